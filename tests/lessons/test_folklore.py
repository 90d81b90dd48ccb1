import ast

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from portstudy.implementations.lif import numpy_dense, spec
from portstudy.pages.readme import caption, gain, link
from portstudy.pages.recorded import Result, read, recorded
from portstudy.show.text import duration, markdown_table, times


def jitted_over_numpy() -> list[tuple[Result, Result]]:
    """Of each kernel with a port `jax_jit`: the results of the NumPy reference and of that port."""
    pairs = [(c.get(c.kernel.reference), c.get("jax_jit")) for c in read().everything()]
    both = [(before, after) for before, after in pairs if before and after]
    return sorted(both, key=lambda pair: pair[1].ratio)


def jitted_table() -> str:
    """The same as a table for the note."""
    rows = [
        [
            f"{before.kernel.name}, {before.size}",
            *(f"{duration(r.seconds)} {link(r)}" for r in (before, after)),
            times(after.gain),
        ]
        for before, after in jitted_over_numpy()
    ]
    captions = {caption(before.kernel.name, before.size) for before, _ in jitted_over_numpy()}
    table = markdown_table(["kernel", "the reference", "`jax_jit`", "gain"], rows)
    return "\n".join([table, "", "  \n".join(sorted(captions))])


def loop_table() -> str:
    """What was recorded of loops that are jitted by the step, or as a whole in two ways."""
    rows = [
        [f"{kernel}: {link(recorded(kernel, size)[before])}",
         link(recorded(kernel, size)[after]), gain(kernel, size, before, after)]
        for kernel, size, before, after in (
            ("lif", "small", "jax_jit_step", "jax_scan"),
            ("lif", "small", "jax_fori", "jax_scan"),
            ("nested_recurrence", "large", "jax_jit_row", "jax_scan"),
            ("nested_recurrence", "large", "jax_fori", "jax_scan"),
        )
    ]  # fmt: skip
    table = markdown_table(["from", "to", "gain in steady state"], rows, "llr")
    return f"{table}\n\n{caption('lif', 'small')}"


def test_matmul_and_the_operator_are_one_program():
    """`a @ b` and `jnp.matmul(a, b)` trace to the same program, a single `dot_general`."""
    a, b = jnp.ones((2, 3)), jnp.ones((3, 4))
    by_name = str(jax.make_jaxpr(jnp.matmul)(a, b))
    by_operator = str(jax.make_jaxpr(lambda a, b: a @ b)(a, b))
    assert by_name == by_operator
    assert by_name.count("dot_general") == 1


def test_the_operator_asks_its_operands():
    """Which library computes `a @ b` is no mystery: JAX, if either operand is a JAX array. It is
    `np.matmul` that takes its arguments to the host and returns a NumPy array."""
    host, device = np.ones((2, 2)), jnp.ones((2, 2))
    assert isinstance(host @ device, jax.Array)
    assert isinstance(device @ host, jax.Array)
    assert isinstance(host @ host, np.ndarray)
    assert isinstance(np.matmul(device, device), np.ndarray)


def test_the_operator_came_with_python_3_5():
    """`@` came with Python 3.5 (PEP 465), five years before 3.9. Python's own parser can tell."""
    ast.parse("a @ b", feature_version=(3, 5))
    with pytest.raises(SyntaxError, match=r"only supported in Python 3\.5 and greater"):
        ast.parse("a @ b", feature_version=(3, 4))


def test_grad_picks_with_argnums():
    """`argnums` tells `grad` which arguments to differentiate with respect to. `static_argnums`
    belongs to `jit`, and names arguments that are not arrays at all."""

    def power(x, y, n):
        return y * x**n

    assert jax.grad(power, argnums=1)(3.0, 2.0, 2) == 9
    assert jax.grad(power, argnums=(0, 1))(3.0, 2.0, 2) == (12, 9)
    with pytest.raises(TypeError, match="static_argnums"):
        jax.grad(power, static_argnums=2)


def test_jit_keeps_programs_and_not_results():
    """`jit` keeps the compiled program. It runs that program in every call, even if the arguments
    are the same as before."""
    traced: list = []
    ran: list = []

    @jax.jit
    def double(x):
        traced.append(x)
        jax.debug.callback(ran.append, x)
        return 2 * x

    for _ in range(3):
        double(1.0)
    jax.effects_barrier()
    assert (len(traced), len(ran)) == (1, 3)


def test_scan_is_as_long_as_one_step():
    """A Python loop under `jit` is unrolled into a program that grows with the number of steps. The
    program of a `scan` holds one step, however many are taken."""

    def looped(x, steps):
        for _ in range(steps):
            x = jnp.sin(x)
        return x

    def scanned(x, steps):
        return jax.lax.scan(lambda x, _: (jnp.sin(x), None), x, length=steps)[0]

    def sines(function, steps):
        return str(jax.make_jaxpr(function, static_argnums=1)(1.0, steps)).count("sin ")

    assert [sines(looped, steps) for steps in (1, 10, 100)] == [1, 10, 100]
    assert [sines(scanned, steps) for steps in (1, 10, 100)] == [1, 1, 1]


def test_jit_makes_some_kernels_slower():
    """In the results recorded here, some kernels are faster under `jit` than in NumPy and some are
    slower, even with all compiling left out."""
    ratios = [jitted.ratio for _, jitted in jitted_over_numpy()]  # its time over the reference's
    assert min(ratios) < 0.5
    assert max(ratios) > 1.5


def test_vmap_and_the_batch_are_one_program():
    """`vmap` is not a loop. It rewrites one operation after another, and turns the product of a
    vector and a matrix into the product of two matrices, just as you would write it."""
    weights, batch = jnp.ones((3, 4)), jnp.ones((5, 3))

    def by_vmap(batch, weights):
        return jax.vmap(lambda x: x @ weights)(batch)

    def by_hand(batch, weights):
        return batch @ weights

    mapped, written = (jax.make_jaxpr(f)(batch, weights) for f in (by_vmap, by_hand))
    assert [str(step) for step in mapped.eqns] == [str(step) for step in written.eqns]


def test_einsum_of_booleans_asks_whether_any_is_true():
    """On booleans, `einsum("ij->")` returns a boolean: whether any entry is true. `"ii"` asks that
    of the diagonal. In PyTorch both count."""
    flags = np.array([[False, True], [True, False]])
    for library in (np, jnp):
        assert library.einsum("ij->", flags).tolist() is True
        assert library.einsum("ii", flags).tolist() is False
        assert library.trace(flags) == 0
        assert flags.sum() == library.einsum("ij->", flags.astype(int)) == 2
    assert torch.einsum("ij->", torch.tensor(flags)).tolist() == 2
    assert torch.einsum("ii", torch.tensor(~flags)).tolist() == 2


def test_a_donated_array_is_updated_in_place():
    """A jitted function with a *donated* argument writes into that argument's own memory, and the
    argument is gone. Without the donation, the same function copies it first."""

    def set_first(x):
        return x.at[0].set(1)

    for donated in (False, True):
        function = jax.jit(set_first, donate_argnums=(0,) if donated else ())
        x = jnp.zeros(1000)
        before = x.unsafe_buffer_pointer()
        after = function(x).unsafe_buffer_pointer()
        assert (after == before) == x.is_deleted() == donated


def test_a_chain_of_updates_is_one_copy():
    """Nor does each update within a jitted function copy: for ten in a row, the compiled program
    holds one result and no room for another."""
    x = jnp.zeros(10_000)

    @jax.jit
    def ten(x):
        for i in range(10):
            x = x.at[i].set(i)
        return x

    memory = ten.lower(x).compile().memory_analysis()
    assert memory.output_size_in_bytes == x.nbytes
    assert memory.temp_size_in_bytes < x.nbytes


def test_a_silent_network_hides_every_mistake():
    """Without a drive and starting at rest, the network fires no spikes, so its weights are never
    added to anything: transposed, or a thousand times as large, they give the same answer."""
    rng = np.random.default_rng(0)
    silent = spec.make_inputs(rng, neurons=50, steps=400, driven=False)
    driven = spec.make_inputs(rng, neurons=50, steps=400)

    def spikes(weights, *rest):
        return numpy_dense.lif(weights, *rest)[0].sum()

    weights, *rest = silent
    assert spikes(weights, *rest) == spikes(weights.T, *rest) == spikes(1000 * weights, *rest) == 0
    weights, *rest = driven
    assert 0 < spikes(weights, *rest) != spikes(weights.T, *rest)


def test_two_ways_to_count_steps_differ():
    """`int(t_max // dt)` and `len(arange(0, t_max, dt)) - 1` give the same number of steps at a dt
    of 0.01, where the first loses one to rounding, and differ at 0.25, where nothing is rounded."""

    def counts(t_max, dt):
        return int(t_max // dt), len(np.arange(0, t_max, dt)) - 1

    assert counts(100, 0.01) == (9999, 9999)
    assert counts(100, 0.25) == (400, 399)


def test_derivatives_are_exact_to_rounding():
    """`grad` is not a finite difference. It applies the rules of differentiation to each operation,
    and its result is right to the last digits, where a finite difference has lost half of them."""

    def f(x):
        return x * jnp.sin(x)

    with jax.enable_x64(True):
        expected = np.sin(4.0) + 4.0 * np.cos(4.0)
        step = 1e-8
        assert abs(jax.grad(f)(4.0) - expected) < 4 * np.spacing(abs(expected))
        assert abs((f(4.0 + step) - f(4.0)) / step - expected) > 1e-10


def test_jit_takes_an_if_on_what_it_knows():
    """An `if` under `jit` is an error only if it depends on traced numbers. It may depend on
    anything known while tracing, such as a shape, and then leaves no trace in the program."""

    @jax.jit
    def mean_or_zero(x):
        if len(x) == 0:
            return jnp.zeros(())
        return x.mean()

    assert mean_or_zero(jnp.zeros(0)) == 0
    assert mean_or_zero(jnp.ones(3)) == 1
    assert "cond" not in str(jax.make_jaxpr(mean_or_zero)(jnp.ones(3)))
