import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from portstudy.pages.readme import link
from portstudy.pages.recorded import read
from portstudy.show.text import duration, markdown_table, times
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop

TIE = 1.5
"""Recorded on a shared machine: of two ports that are nearer to each other, none is the faster."""


def counting():
    """A list of graphs, and a backend that puts there what it is given to compile, and runs it."""
    torch._dynamo.reset()  # a function's earlier programs are forgotten
    graphs = []

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    return graphs, backend


def programs(function, *calls, **options):
    """How many programs there are after each of these calls."""
    graphs, backend = counting()
    compiled = torch.compile(function, backend=backend, **options)
    counts = []
    for arguments in calls:
        compiled(*arguments)
        counts.append(len(graphs))
    return counts


def double(x):
    return 2 * x


def recorded() -> str:
    """What compiling gained over eager PyTorch, and JAX over that, as a table for the note."""
    rows, captions, faster = [], set(), 0
    for found in read().everything():
        by_torch = [r for r in found if r.library == "torch"]
        code = {r.port: found.kernel.path(r.port).read_text(encoding="utf-8") for r in by_torch}
        compiled = next((r for r in by_torch if "@torch.compile" in code[r.port]), None)
        eager, by_jax = found.get("torch_eager"), found.best_of("jax")
        if not compiled or not eager or not by_jax:
            continue
        rows.append([
            f"[{found.name}](../implementations/{found.name}/spec.py), {found.size}",
            link(compiled), times(eager.ratio / compiled.ratio),
            duration(compiled.first_call), link(by_jax),
            times(compiled.ratio / by_jax.ratio),
        ])  # fmt: skip
        captions.add(f"*{found.caption}.*")
        faster += TIE * compiled.ratio < eager.ratio
    headings = [
        "kernel", "compiled port", "over `torch_eager`", "first call", "fastest in JAX", "over that"
    ]  # fmt: skip
    table = markdown_table(headings, rows, "llrrlr")
    summary = f"Compiled, {faster} of {len(rows)} are at least {TIE} times as fast as without."
    return "\n\n".join([table, summary, *sorted(captions)])


def test_the_second_shape_is_compiled_for_all():
    """The first call is compiled for its shape. torch takes a second length as a sign that there
    will be more, and compiles for any; one more program is for length 1, which broadcasts."""
    lengths = [(torch.ones(n),) for n in (3, 4, 5, 6, 1)]
    assert programs(double, *lengths) == [1, 2, 2, 2, 3]
    assert programs(double, *lengths, dynamic=True) == [1, 1, 1, 1, 2]
    assert programs(double, *lengths, dynamic=False) == [1, 2, 3, 4, 5]


def test_jax_compiles_for_every_shape():
    """JAX compiles for every length, as torch does with `dynamic=False`."""
    traced = []

    @jax.jit
    def double(x):
        traced.append(x.shape)
        return 2 * x

    for n in (3, 4, 5, 6, 1, 3):
        double(jnp.ones(n))
    assert len(traced) == 5


def test_a_python_number_is_part_of_the_program():
    """A Python number is compiled in, until another one comes: then torch makes it an argument.
    With `dynamic=False` every value has its own program. JAX makes it an argument from the
    start."""

    def scale(x, factor):
        return x * factor

    x = torch.ones(3)
    for factors in ((2.0, 3.0, 4.0), (2, 3, 4)):
        calls = [(x, factor) for factor in factors]
        assert programs(scale, *calls) == [1, 2, 2]
        assert programs(scale, *calls, dynamic=False) == [1, 2, 3]
        as_tensors = [(x, torch.tensor(factor)) for factor in factors]
        assert programs(scale, *as_tensors, dynamic=False) == [1, 1, 1]

    assert "3.0" not in str(jax.make_jaxpr(scale)(jnp.ones(3), 3.0))


def test_gradients_are_another_program():
    """Whether gradients are to be recorded is guarded, too, and so are the dtype and whether the
    argument wants a gradient: each has a program of its own, and none is compiled twice."""
    graphs, backend = counting()
    compiled = torch.compile(double, backend=backend)
    x = torch.ones(3)

    compiled(x)
    with torch.no_grad():
        compiled(x)
    compiled(x.requires_grad_())
    compiled(x.double())
    assert len(graphs) == 4

    with torch.no_grad():
        compiled(torch.ones(3))
    assert len(graphs) == 4


def test_after_some_programs_it_gives_up(caplog):
    """After `recompile_limit` programs of one function, torch stops compiling, says so in its log,
    and runs the Python code instead: right, but slow. With `fullgraph=True` it is an error."""
    lengths = [(torch.ones(n),) for n in range(2, 7)]
    with torch._dynamo.config.patch(recompile_limit=2):
        assert programs(double, *lengths, dynamic=False) == [1, 2, 2, 2, 2]
        assert "hit config.recompile_limit" in caplog.text
        with pytest.raises(torch._dynamo.exc.FailOnRecompileLimitHit):
            programs(double, *lengths, dynamic=False, fullgraph=True)


def test_a_number_taken_out_breaks_the_graph():
    """`item()` takes a number out of a tensor, into Python, and breaks the graph in two. In JAX it
    is an error. The number can stay where it is, in a tensor without axes."""

    def normalised(x):
        x = x + 1
        return x / x.sum().item()

    def better(x):
        x = x + 1
        return x / x.sum()

    assert torch._dynamo.explain(normalised)(torch.ones(2)).graph_count == 2
    assert torch._dynamo.explain(better)(torch.ones(2)).graph_count == 1
    with pytest.raises(jax.errors.ConcretizationTypeError):
        jax.jit(normalised)(jnp.ones(2))


def test_a_loop_is_written_out():
    """A Python loop is unrolled, in torch as in JAX: the program grows with the number of turns. A
    `scan` stays one operation, however many turns it takes."""

    def looped(x, steps):
        for _ in range(steps):
            x = torch.sin(x)
        return x

    def scanned(x, steps):
        def step(x, _):
            return torch.sin(x), x.clone()

        return scan(step, x, torch.empty(steps))

    def length(function, steps):
        graphs, backend = counting()
        with torch.no_grad():
            torch.compile(function, backend=backend, fullgraph=True)(torch.ones(2), steps)
        return len(graphs[0].graph.nodes)

    assert length(looped, 12) == length(looped, 2) + 10
    assert length(scanned, 12) == length(scanned, 2)


def test_while_loop_ends_where_the_data_say():
    """`while_loop` is a loop whose end depends on the data, within one graph. A Python `while` is
    not. (Like `scan`, it is a prototype, in a module with an underscore.)"""

    def by_operation(x):
        return while_loop(lambda x: x.sum() < 100, lambda x: (2 * x,), (x,))

    def in_python(x):
        while x.sum() < 100:
            x = 2 * x
        return x

    graphs, backend = counting()
    (x,) = torch.compile(by_operation, backend=backend, fullgraph=True)(torch.ones(2))
    assert x.tolist() == [64, 64]
    assert len(graphs) == 1
    with pytest.raises(torch._dynamo.exc.Unsupported):
        torch.compile(in_python, backend=backend, fullgraph=True)(torch.ones(2))


def test_python_around_the_graph_still_runs():
    """What a function does to Python objects happens again in every call: torch.compile replays it
    after the graph. Under `jax.jit` it happens once, while tracing."""
    calls: list[int] = []

    def note(x):
        calls.append(len(calls))
        return x + 1

    compiled = torch.compile(note, backend="eager", fullgraph=True)
    for _ in range(3):
        compiled(torch.ones(2))
    assert calls == [0, 1, 2]

    calls.clear()
    jitted = jax.jit(note)
    for _ in range(3):
        jitted(jnp.ones(2))
    assert calls == [0]


def test_a_compiled_function_may_write_in_place():
    """A compiled function may change an argument in place, like any other, and the caller sees it.
    JAX has no such thing."""

    def advance(x):
        x += 1
        return 2 * x

    x = torch.ones(2)
    assert torch.compile(advance, backend="eager", fullgraph=True)(x).tolist() == [4, 4]
    assert x.tolist() == [2, 2]

    x = jnp.ones(2)
    assert jax.jit(advance)(x).tolist() == [4, 4]
    assert x.tolist() == [1, 1]  # `+=` made another array, and gave it the name


def test_a_number_over_a_tensor_is_rounded_twice():
    """PyTorch computes `5.0 / x` as 5.0 times the reciprocal of x, which is rounded twice: in the
    last digit, some results differ from those of NumPy and JAX. A tensor over a tensor is really
    divided."""
    x = torch.arange(1, 101, dtype=torch.float64)
    expected = 5.0 / x.numpy()
    with jax.enable_x64(True):
        assert (5.0 / jnp.asarray(x.numpy()) == expected).all()

    assert (5.0 / x == 5.0 * x.reciprocal()).all()
    assert 0 < ((5.0 / x).numpy() != expected).sum() < 50
    assert (np.abs((5.0 / x).numpy() - expected) <= np.spacing(expected)).all()

    five = torch.tensor(5.0, dtype=torch.float64)
    assert ((five / x).numpy() == expected).all()
