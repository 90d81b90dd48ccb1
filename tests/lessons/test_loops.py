import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch


def test_fori_loop_is_a_for_loop():
    """`fori_loop(start, stop, f, x)` calls `f(i, x)` for each `i`, and passes its result to the
    next call."""

    def fori_loop(start, stop, f, x):  # what it does, in Python
        for i in range(start, stop):
            x = f(i, x)
        return x

    def add_square(i, total):
        return total + i * i

    assert fori_loop(0, 5, add_square, 0) == jax.lax.fori_loop(0, 5, add_square, 0) == 30


def test_while_loop_asks_before_every_step():
    """`while_loop(unfinished, f, x)` calls `f(x)` for as long as `unfinished(x)` is true. How long
    that takes may depend on the numbers, even under `jit`."""

    def unfinished(carry):
        n, _ = carry
        return n != 1

    def collatz(carry):
        n, steps = carry
        return jnp.where(n % 2 == 0, n // 2, 3 * n + 1), steps + 1

    steps = jax.jit(lambda n: jax.lax.while_loop(unfinished, collatz, (n, 0))[1])
    assert [steps(n) for n in (1, 8, 27)] == [0, 3, 111]


def test_scan_carries_and_stacks():
    """`scan(f, carry, xs)` goes along the first axis of `xs`. From the carry and `x`, `f` makes the
    next carry and a `y`. The last carry comes back, with all the `y` stacked."""

    def scan(f, carry, xs):  # what it does, in Python
        ys = []
        for x in xs:
            carry, y = f(carry, x)
            ys.append(y)
        return carry, np.stack(ys)

    def leak(voltage, current):
        voltage = voltage / 2 + current
        return voltage, voltage > 1.5

    currents = np.array([1, 1, 0, 1], np.float32)
    for each in (scan, jax.lax.scan):
        voltage, above = each(leak, 2.0, currents)
        assert voltage == 1.5
        assert above.tolist() == [True, True, False, False]


def test_carry_and_rows_may_be_structures():
    """The carry, `x` and `y` may be tuples, dicts or NamedTuples of arrays, or `None` if there is
    nothing: `length` then says how many steps there are."""

    def step(state, _):
        a, b = state["a"], state["b"]
        return {"a": b, "b": a + b}, (a, b)

    state, (a, b) = jax.lax.scan(step, {"a": 0, "b": 1}, None, length=6)
    assert a.tolist() == [0, 1, 1, 2, 3, 5]
    assert b.tolist() == [1, 1, 2, 3, 5, 8]
    assert state == {"a": 8, "b": 13}


def test_a_carry_keeps_its_type():
    """A carry has one shape and one dtype from the first step to the last. An integer array that
    turns into floats is refused, and so is an array that grows."""

    def halve(x, _):
        return x / 2, None

    def grow(x, _):
        return jnp.append(x, 1.0), None

    with pytest.raises(TypeError, match="the dtypes do not match"):
        jax.lax.scan(halve, jnp.array([8]), length=3)
    with pytest.raises(TypeError, match="the shapes do not match"):
        jax.lax.scan(grow, jnp.array([8.0]), length=3)


def test_a_python_number_may_change_its_type():
    """There is one exception: a Python number is weak, and becomes a float in advance if the step
    makes it one."""
    halved, _ = jax.lax.scan(lambda x, _: (x / 2, None), 8, length=3)
    assert (halved, halved.dtype) == (1, "float32")


def test_a_python_loop_is_written_out():
    """Python runs a Python loop under `jit` while JAX traces: the program contains every step, and
    the compiler reads them all. A `scan` is one operation, which contains one step."""

    def looped(x, steps):
        for _ in range(steps):
            x = x / 2 + 1
        return x

    def scanned(x, steps):
        return jax.lax.scan(lambda x, _: (x / 2 + 1, None), x, length=steps)[0]

    def size(function, steps):
        return len(jax.make_jaxpr(function, static_argnums=1)(1.0, steps).eqns)

    assert [size(looped, steps) for steps in (1, 10, 100)] == [2, 20, 200]
    assert [size(scanned, steps) for steps in (1, 10, 100)] == [1, 1, 1]


def test_the_step_is_traced_even_where_none_is_taken():
    """Python runs the step while JAX traces: once or a few times, however many steps are taken
    later, and even if there are none. A mistake in it shows up either way."""
    traced = []

    def step(i, x):
        traced.append(i)
        return x + 1

    run = jax.jit(lambda n: jax.lax.fori_loop(0, n, step, 0))
    assert run(0) == 0
    assert 1 <= len(traced) < 10
    before = len(traced)
    assert run(1000) == 1000
    assert len(traced) == before


def test_unroll_puts_several_steps_into_one_round():
    """`unroll=4` puts four steps into each round of the loop: fewer rounds, a longer program, the
    same numbers. `unroll=True` leaves no loop."""

    @jax.jit(static_argnames="unroll")
    def orbit(x, unroll):
        return jax.lax.scan(lambda x, _: (x / 2 + 1, x), x, length=20, unroll=unroll)[1]

    def count(word, unroll):
        return orbit.lower(8.0, unroll=unroll).as_text().count(word)

    assert [count("stablehlo.while", n) for n in (1, 4, True)] == [1, 1, 0]
    assert count("call @", 1) < count("call @", 4) < count("call @", True)
    assert (orbit(8.0, unroll=1) == orbit(8.0, unroll=4)).all()


def test_what_is_written_out_may_be_computed_again():
    """A step that is written out may be computed more than once: for twenty steps whose results are
    all kept, the compiled program holds more than twenty sines."""

    @jax.jit(static_argnames="unroll")
    def orbit(x, unroll):
        return jax.lax.scan(lambda x, _: (jnp.sin(x), x), x, length=20, unroll=unroll)[1]

    def sines(unroll):
        return orbit.lower(1.0, unroll=unroll).compile().as_text().count(" sine(")

    assert sines(1) == 1
    assert sines(True) > 20


def test_fori_loop_is_one_of_the_other_two():
    """A `fori_loop` whose bounds are known while tracing becomes a `scan`, otherwise a
    `while_loop`. So the first kind has a reverse-mode gradient, and the second has none."""

    def power(x, n):
        return jax.lax.fori_loop(0, n, lambda _, y: y * x, 1.0)

    known = jax.jit(power, static_argnums=1)
    traced = jax.jit(power)
    assert "scan[" in str(jax.make_jaxpr(known, static_argnums=1)(2.0, 3))
    assert "while[" in str(jax.make_jaxpr(traced)(2.0, 3))

    assert known(2.0, 3) == traced(2.0, 3) == 8
    assert jax.grad(known)(2.0, 3) == 12
    with pytest.raises(ValueError, match="Reverse-mode differentiation"):
        jax.grad(traced)(2.0, 3)


def test_while_loop_has_a_forward_derivative():
    """In forward mode, where nothing has to be remembered, a `while_loop` can be differentiated
    too."""

    def power(x, n):
        return jax.lax.fori_loop(0, n, lambda _, y: y * x, 1.0)

    value, slope = jax.jit(lambda x, n: jax.jvp(lambda x: power(x, n), (x,), (1.0,)))(2.0, 3)
    assert (value, slope) == (8, 12)


def test_a_scan_stops_only_in_effect():
    """A `scan` takes all its steps. To stop it in effect, leave the carry unchanged from then on:
    the length becomes an upper bound, and the gradient is still there."""

    def halve(x, _):
        return jnp.where(x > 1, x / 2, x), x > 1

    def last(x):
        return jax.lax.scan(halve, x, length=20)[0]

    assert jax.lax.scan(halve, 40.0, length=20)[1].sum() == 6
    assert last(40.0) == jax.lax.while_loop(lambda x: x > 1, lambda x: x / 2, 40.0) == 0.625
    assert jax.grad(last)(40.0) == 1 / 64


def test_an_associative_step_needs_no_order():
    """If the step is associative, as a sum, a product or a maximum is, `associative_scan` joins
    neighbours, then pairs, then fours: about log2(n) rounds instead of n steps one after
    another."""
    x = jnp.array([3, 1, 4, 1, 5, 9, 2, 6])
    _, largest = jax.lax.scan(lambda m, x: (jnp.maximum(m, x),) * 2, x[0], x)
    assert jax.lax.associative_scan(jnp.maximum, x).tolist() == largest.tolist()

    program = str(jax.make_jaxpr(lambda x: jax.lax.associative_scan(jnp.maximum, x))(x))
    assert "scan[" not in program
    assert program.count(" max ") < len(x)


def test_torch_writes_a_loop_out():
    """torch.compile writes a Python loop out, too: a hundred additions become a hundred nodes of
    its graph."""
    graphs = []

    def compiler(graph, _):  # a backend that compiles nothing, and keeps the graph
        graphs.append(graph)
        return graph

    @torch.compile(backend=compiler)
    def count(x):
        for _ in range(100):
            x = x + 1
        return x

    assert count(torch.zeros(1)) == 100
    (graph,) = graphs
    assert sum(node.op == "call_function" for node in graph.graph.nodes) == 100
