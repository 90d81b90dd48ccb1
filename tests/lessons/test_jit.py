import jax
import jax.numpy as jnp
import numpy as np
import pytest


def test_np_becomes_jnp():
    """`jax.numpy` has NumPy's functions under the same names. They accept NumPy arrays, and return
    JAX arrays."""

    def length(library, x):
        return library.sqrt(library.sum(x * x))

    x = np.array([3, 4], np.float32)
    assert length(np, x) == length(jnp, x) == 5
    assert isinstance(length(np, x), np.float32)
    assert isinstance(length(jnp, x), jax.Array)


def test_jit_writes_down_what_is_asked_for():
    """`jit` first records which operations a function asks for, one after another. You can read
    that record, the *jaxpr*. It is what gets compiled, as a whole."""

    def decay(v):
        return v + (2 - v) / 8

    program = jax.make_jaxpr(decay)(1.0)
    assert [step.primitive.name for step in program.eqns] == ["sub", "div", "add"]
    whole = jax.jit(decay).lower(1.0).as_text()
    assert all(f"stablehlo.{name}" in whole for name in ("subtract", "divide", "add"))


def test_a_new_shape_or_dtype_is_a_new_program():
    """The first call with arguments of some shape and dtype runs the Python code, to trace it.
    Calls with other numbers of the same shape and dtype do not."""
    traced = []

    @jax.jit
    def double(x):
        traced.append(f"{x.dtype}{x.shape}")
        return 2 * x

    for x in (jnp.ones(3), jnp.zeros(3), jnp.ones(4), jnp.ones(3, jnp.int32), jnp.ones(4)):
        double(x)
    assert traced == ["float32(3,)", "float32(4,)", "int32(3,)"]


def test_a_python_number_is_traced_by_its_type():
    """Python numbers behave the same way: another float needs no new program, an integer does. A
    float32 array needs another one again, because a Python float is *weak*: it takes the dtype that
    it meets."""
    traced = []

    @jax.jit
    def double(x):
        traced.append((str(x.dtype), x.weak_type))
        return 2 * x

    for x in (1.0, 2.0, -0.5, 1, 2, jnp.float32(1), jnp.float32(2)):
        double(x)
    assert traced == [("float32", True), ("int32", True), ("float32", False)]


def test_a_static_argument_is_a_python_value():
    """A *static* argument is not traced: Python may loop over it and branch on it, and each of its
    values has a program of its own."""
    traced = []

    @jax.jit(static_argnames="n")
    def power(x, n):
        traced.append(n)
        result = 1
        for _ in range(n):
            result = result * x
        return result

    assert [power(3, n=2), power(5, n=2), power(3, n=4)] == [9, 25, 81]
    assert traced == [2, 4]


def test_a_static_argument_is_looked_up():
    """Programs are looked up by their static arguments, as in a dictionary, so these need a hash.
    Lists and arrays have none; a tuple, a string or a function will do."""

    @jax.jit(static_argnames="powers")
    def polynomial(x, powers):
        return sum(x**n for n in powers)

    with pytest.raises(ValueError, match="hashable"):
        polynomial(2, powers=[0, 1, 2])
    assert polynomial(2, powers=(0, 1, 2)) == 7


def test_equal_is_not_the_same():
    """As static arguments, 1 and 1.0 are told apart by their types. Inside a tuple they are not:
    they are equal, so whichever comes second gets the program of the first, with its dtype."""

    @jax.jit(static_argnames="by")
    def scaled(x, by):
        return x * (by if isinstance(by, (int, float)) else by[0])

    assert [scaled(3, by=1).dtype, scaled(3, by=1.0).dtype] == ["int32", "float32"]
    assert [scaled(3, by=(1,)).dtype, scaled(3, by=(1.0,)).dtype] == ["int32", "int32"]


def test_what_is_traced_has_no_value():
    """Whatever depends on a traced value has a shape and a dtype, but no value yet. Anything in
    Python that needs one is refused: a branch, a conversion, a length, a call of NumPy. Each error
    says which."""
    refused = [
        (lambda x: -x if x < 0 else x, jax.errors.TracerBoolConversionError),
        (lambda x: float(x), jax.errors.ConcretizationTypeError),
        (lambda x: range(x)[0], jax.errors.TracerIntegerConversionError),
        (lambda x: np.sqrt(x), jax.errors.TracerArrayConversionError),
    ]
    for function, error in refused:
        function(1)
        with pytest.raises(error):
            jax.jit(function)(1)


def test_shapes_are_known_while_tracing():
    """The shape, the number of axes and the dtype are Python values, even under `jit`: they may
    steer anything, at no cost in the compiled program."""

    @jax.jit
    def total(x):
        if x.ndim == 1 and x.dtype == jnp.float32:
            return sum(x[i] for i in range(len(x)))
        raise TypeError("one axis of float32, please")

    assert total(jnp.ones(5)) == 5
    with pytest.raises(TypeError, match="please"):
        total(jnp.ones((5, 5)))


def test_where_and_cond_decide_in_the_program():
    """A decision that depends on values has to be part of the program: `where` selects element by
    element, `lax.cond` runs one of two functions."""

    @jax.jit
    def rectified(x):
        return jnp.where(x > 0, x, 0)

    @jax.jit
    def limited(x):
        norm = jnp.abs(x).max()
        return jax.lax.cond(norm > 1, lambda x: x / norm, lambda x: x, x)

    assert rectified(jnp.array([-2, 0, 2])).tolist() == [0, 0, 2]
    assert limited(jnp.array([1.0, -4.0])).tolist() == [0.25, -1]
    assert limited(jnp.array([0.5, 0.25])).tolist() == [0.5, 0.25]


def test_numpy_on_constants_runs_while_tracing():
    """You may still call NumPy on anything that is not traced. It runs once, in Python, and the
    program holds only the result: here one product, and no eighth power."""
    turn = np.array([[0, -1], [1, 0]], np.float32)

    @jax.jit
    def turned(x):
        return np.linalg.matrix_power(turn, 8) @ x

    x = jnp.array([1.0, 2.0])
    assert (turned(x) == x).all()
    program = str(jax.make_jaxpr(turned)(x))
    assert program.count("dot_general") == 1


def test_an_array_from_outside_is_frozen():
    """An array that is not an argument is a constant of the program, with the numbers that it held
    while JAX traced. Changing it later changes nothing; if it may change, make it an argument."""
    weights = np.array([1, 2, 3])
    frozen = jax.jit(lambda x: (x * weights).sum())
    passed = jax.jit(lambda x, weights: (x * weights).sum())

    assert frozen(1) == passed(1, weights) == 6
    weights[0] = 101
    assert frozen(1) == 6
    assert passed(1, weights) == 106


def test_a_function_made_anew_is_compiled_anew():
    """Programs are kept per function. `jit` of the same function twice finds them again; a `lambda`
    inside a loop is another function in each round, and is traced in each."""
    traced = []

    def double(x):
        traced.append("double")
        return 2 * x

    for _ in range(3):
        jax.jit(double)(1)
    assert traced == ["double"]

    for _ in range(3):
        jax.jit(lambda x: double(x))(1)
    assert len(traced) == 4


def test_a_program_can_be_compiled_beforehand():
    """`lower` and `compile` do in advance what the first call would do, for a shape of which no
    array need exist yet. The result is one program: it refuses another shape and never
    recompiles."""
    shape = jax.ShapeDtypeStruct((3,), jnp.float32)
    double = jax.jit(lambda x: 2 * x).lower(shape).compile()

    assert double(jnp.ones(3)).tolist() == [2, 2, 2]
    with pytest.raises(TypeError, match=r"float32\[4\]"):
        double(jnp.ones(4))
