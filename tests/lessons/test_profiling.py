"""Claims of notes/profiling.md."""

import contextlib
import cProfile
import gzip
import io
import json
import pstats
import re

import jax
import jax.numpy as jnp
import numba
import numpy as np
import torch


def test_a_trace_is_a_list_of_events(tmp_path):
    """`jax.profiler.trace` writes a file with a timeline in gzipped JSON: what Python asked for,
    and the operations that then ran, each with its start and its duration."""
    square = jax.jit(lambda x: x @ x)
    x = jnp.ones((100, 100))
    square(x)  # compiled before the trace, not in it
    with jax.profiler.trace(tmp_path):
        square(x).block_until_ready()

    (trace,) = tmp_path.rglob("*.trace.json.gz")
    events = json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]
    bars = [event for event in events if event.get("ph") == "X"]
    assert all("ts" in bar and "dur" in bar for bar in bars)  # microseconds
    assert any(bar["name"] == "PjitFunction(<lambda>)" for bar in bars)
    assert any(bar.get("args", {}).get("hlo_module") == "jit__lambda" for bar in bars)


def test_an_annotation_is_a_bar_of_your_own(tmp_path):
    """`TraceAnnotation` draws a bar of your own on the timeline."""
    with jax.profiler.trace(tmp_path), jax.profiler.TraceAnnotation("my step"):
        jnp.ones(3).block_until_ready()

    (trace,) = tmp_path.rglob("*.trace.json.gz")
    events = json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]
    assert "my step" in {event.get("name") for event in events}


def test_a_bar_is_an_operation_of_the_compiled_program(tmp_path):
    """The bars are named after operations of the compiled program. There, each one names what it
    was made from, with the scopes of `jax.named_scope` in it."""

    @jax.jit
    def step(voltage, weights):
        with jax.named_scope("leak"):
            voltage = voltage * 0.5
        with jax.named_scope("synapses"):
            return voltage @ weights

    arguments = jnp.ones((64, 64)), jnp.ones((64, 64))
    compiled = step.lower(*arguments).compile()
    with jax.profiler.trace(tmp_path):
        compiled(*arguments).block_until_ready()

    (trace,) = tmp_path.rglob("*.trace.json.gz")
    events = json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]
    operations = {event["args"]["hlo_op"] for event in events if "hlo_op" in event.get("args", {})}
    assert operations
    assert all(f"%{operation} = " in compiled.as_text() for operation in operations)
    assert 'op_name="jit(step)/synapses/dot_general"' in compiled.as_text()


def test_a_trace_finds_what_nobody_wrote(tmp_path):
    """A trace counts. `jnp.array` of a list of arrays runs a separate operation for every row,
    before it puts them together."""
    rows = [jnp.ones(3)] * 20
    jnp.array(rows)  # compiled
    with jax.profiler.trace(tmp_path):
        jnp.array(rows).block_until_ready()

    (trace,) = tmp_path.rglob("*.trace.json.gz")
    events = json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]
    names = [event.get("name") for event in events]
    assert names.count("PjitFunction(broadcast_in_dim)") >= 20


def test_cost_analysis_counts_operations():
    """A compiled function tells how many operations XLA counts in it: n³ additions and as many
    multiplications for a product of two (n, n) matrices."""
    compiled = jax.jit(jnp.matmul).lower(jnp.ones((50, 50)), jnp.ones((50, 50))).compile()
    assert compiled.cost_analysis()["flops"] == 2 * 50**3


def test_cost_analysis_counts_a_loop_once():
    """It counts the body of a loop once, however often it runs: a hundred products cost the same as
    one."""

    def count(f):
        return jax.jit(f).lower(jnp.ones((50, 50))).compile().cost_analysis()["flops"]

    def loop(x):
        return jax.lax.fori_loop(0, 100, lambda _, power: power @ x, x)

    assert 2 * 50**3 <= count(loop) < 2 * 2 * 50**3
    assert count(lambda x: jnp.linalg.matrix_power(x, 2**4)) == 4 * 2 * 50**3  # no loop


def test_memory_analysis_tells_bytes():
    """It also tells how much memory arguments and results take, and how much is needed in
    between."""

    @jax.jit
    def total(x):
        return jnp.sort(jnp.sin(x) @ x).sum()

    compiled = total.lower(jnp.ones((100, 100), jnp.float32)).compile()
    memory = compiled.memory_analysis()
    assert memory.argument_size_in_bytes == 100 * 100 * 4
    assert memory.output_size_in_bytes == 4
    assert memory.temp_size_in_bytes >= 100 * 100 * 4


def test_torch_counts_its_operators(tmp_path):
    """torch's profiler counts each operator that was called, and writes a timeline in the same
    format as JAX's."""

    def decay(x):
        for _ in range(10):
            x = torch.sin(x) * x
        return x

    with torch.profiler.profile() as profile:
        decay(torch.ones(3))
    calls = {row.key: row.count for row in profile.key_averages()}
    assert calls["aten::sin"] == calls["aten::mul"] == 10

    profile.export_chrome_trace(str(tmp_path / "trace.json"))
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert sum(event["name"] == "aten::sin" for event in events) == 10


def test_a_compiled_function_has_no_operators():
    """A function that torch.compile made into one kernel has no operators left to see: ten calls
    have become one."""

    @torch.compile
    def decay(x):
        for _ in range(5):
            x = torch.sin(x) * x
        return x

    decay(torch.ones(3))
    with torch.profiler.profile() as profile:
        decay(torch.ones(3))
    calls = {row.key: row.count for row in profile.key_averages()}
    assert "aten::sin" not in calls
    assert sum(count for key, count in calls.items() if "CompiledFxGraph" in key) == 1


def test_numba_tells_what_became_parallel():
    """`parallel_diagnostics` tells which loops Numba found, also in expressions of whole arrays,
    and which of them it fused into one."""

    @numba.njit(parallel=True)
    def energy(x):
        y = np.sin(x)
        z = 2 * y + 1
        return z.sum()

    energy(np.ones(10))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        energy.parallel_diagnostics(level=1)
    assert "Parallel loop listing" in printed.getvalue()
    assert re.search(r"loop #\d+\) had \d loop\(s\) fused", printed.getvalue())


def test_numba_shows_whether_a_loop_became_vectors():
    """`inspect_llvm` shows what LLVM made of a loop. A sum becomes vectors only if it may be summed
    in another order, which `fastmath` allows."""

    def dot(x, y):
        total = 0.0
        for i in range(len(x)):
            total += x[i] * y[i]
        return total

    def vectors(function):
        function(np.ones(8), np.ones(8))
        return re.findall(r"fadd .*<\d+ x double>", function.inspect_llvm(function.signatures[0]))

    assert not vectors(numba.njit(dot))
    assert vectors(numba.njit(fastmath=True)(dot))


def test_numba_shows_the_type_of_everything():
    """`inspect_types` writes the type of each variable below its line: here it shows where float32
    became float64."""

    @numba.njit
    def half(x):
        y = x[0]
        z = 0.5 * y
        return y, z

    half(np.ones(1, np.float32))
    half.inspect_types(file=(listing := io.StringIO()))
    types = dict(re.findall(r"#   (\w) = .* :: (\w+)", listing.getvalue()))
    assert types["y"] == "float32"
    assert types["z"] == "float64"


def test_cprofile_does_not_see_a_jitted_call():
    """Python's own profiler sees Python functions. A jitted function that is already compiled has
    no row at all: its time counts as its caller's."""

    @jax.jit
    def jitted(x):
        return x @ x

    def caller(x):
        return jitted(x).block_until_ready()

    caller(jnp.ones((100, 100)))
    with cProfile.Profile() as profile:
        for _ in range(3):
            caller(jnp.ones((100, 100)))
    calls = pstats.Stats(profile).get_stats_profile().func_profiles
    assert calls["caller"].ncalls == "3"
    assert "jitted" not in calls


def test_cprofile_sees_the_outside_of_numba():
    """Of compiled Numba code it sees the function that Python called, and none of those inside."""

    @numba.njit
    def inner(x):
        return x + 1

    @numba.njit
    def outer(x):
        return inner(inner(x))

    outer(1)
    with cProfile.Profile() as profile:
        outer(1)
    calls = pstats.Stats(profile).get_stats_profile().func_profiles
    assert calls["outer"].ncalls == "1"
    assert "inner" not in calls
