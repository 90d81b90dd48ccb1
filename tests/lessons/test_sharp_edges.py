import contextlib
import io
import warnings

import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
import torch


def outcome(action, *arguments) -> str:
    """What a call does, in a word or two: its value, or what it raises."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = f"`{np.asarray(action(*arguments)).tolist()}`"
        except Exception as error:
            return f"raises `{type(error).__name__}`"
    return f"{text}, and warns" if caught else text


def out_of_bounds() -> dict[str, list[str]]:
    """Of four numbers, 0 to 3: reads at 5 and at -9, and all four after a write at 5."""

    def read(x, i):
        return x[i]

    def write(x, i):
        x[i] = 7
        return x

    def functional_write(x, i):
        return x.at[i].set(7)

    def four():  # the middle of a larger array, so that one may read and write beyond its ends
        return np.arange(-8, 8)[8:12]

    def row(x, read, write):
        return [outcome(read, x, 5), outcome(read, x, -9), outcome(write, x, 5)]

    checked = numba.njit(boundscheck=True)
    return {
        "NumPy": row(four(), read, write),
        "PyTorch": row(torch.arange(4), read, write),
        "JAX": row(jnp.arange(4), read, functional_write),
        "JAX, jit": row(jnp.arange(4), jax.jit(read), jax.jit(functional_write)),
        "Numba": row(four(), numba.njit(read), numba.njit(write)),
        "Numba, `boundscheck=True`": row(four(), checked(read), checked(write)),
    }


def overflow() -> dict[str, list[str]]:
    """The largest int32: plus one as an array, plus one as a scalar, plus 2**31 as an array."""

    def add(x, y):
        return x + y

    largest = np.int32(2**31 - 1)
    compiled = numba.njit(add)
    return {
        "NumPy": [
            outcome(add, np.array([largest]), 1),
            outcome(add, largest, np.int32(1)),
            outcome(add, np.array([largest]), 2**31),
        ],
        "PyTorch": [
            outcome(add, torch.tensor([largest]), 1),
            outcome(add, torch.tensor(largest), 1),
            outcome(add, torch.tensor([largest]), 2**31),
        ],
        "JAX": [
            outcome(add, jnp.array([largest]), 1),
            outcome(add, jnp.int32(largest), 1),
            outcome(add, jnp.array([largest]), 2**31),
        ],
        "Numba": [
            outcome(compiled, np.array([largest]), 1),
            outcome(compiled, largest, np.int32(1)),
            outcome(compiled, np.array([largest]), 2**31),
        ],
    }


def division() -> dict[str, list[str]]:
    """-7 // 2, 1 // 0 and 1.0 / 0.0 in each framework."""

    def floor(x, y):
        return x // y

    def divide(x, y):
        return x / y

    def row(number, floor=floor, divide=divide):
        return [
            outcome(floor, number(-7), number(2)),
            outcome(floor, number(1), number(0)),
            outcome(divide, number(1.0), number(0.0)),
        ]

    compiled = numba.njit(floor), numba.njit(divide)
    like_numpy = numba.njit(error_model="numpy")
    return {
        "Python": row(lambda x: x),
        "NumPy": row(np.array),
        "PyTorch": row(torch.tensor),
        "JAX": row(jnp.array),
        "Numba, scalars": row(lambda x: x, *compiled),
        'Numba, scalars, `error_model="numpy"`': row(
            lambda x: x, like_numpy(floor), like_numpy(divide)
        ),
        "Numba, arrays": row(lambda x: np.array([x]), *compiled),
    }


def default_dtypes() -> dict[str, list[str]]:
    """What each framework makes where nothing is said, and of int32 and float32 in one sum."""

    def row(library):
        def name(x):
            return f"{x.dtype}".removeprefix("torch.")

        return [
            name(library.zeros(3)),
            name(library.arange(3)),
            name(library.sqrt(library.arange(3))),
            name(library.ones(3, dtype=library.int32) + library.ones(3, dtype=library.float32)),
        ]

    rows = {"NumPy": row(np), "PyTorch": row(torch), "JAX": row(jnp)}
    with jax.enable_x64(True):
        rows["JAX, `jax_enable_x64`"] = row(jnp)
    return rows


def markdown(columns: list[str], rows: dict[str, list[str]]) -> str:
    """A table for the note."""
    lines = [f"| {' | '.join(['', *columns])} |", "|---" * (len(columns) + 1) + "|"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(row)} |" for name, row in rows.items())])


def test_jit_runs_python_once():
    """Under `jit`, Python runs while JAX traces, with a placeholder instead of a number. Later
    calls run the compiled program, which knows nothing of the `append` or the `print`."""
    seen = []

    @jax.jit
    def double(x):
        seen.append(x)
        return 2 * x

    assert [double(1.0), double(2.0), double(3.0)] == [2, 4, 6]
    assert len(seen) == 1
    assert isinstance(seen[0], jax.core.Tracer)


def test_a_tracer_must_not_escape():
    """If an impure function keeps something from such a call, it keeps the placeholder, and
    computing with it afterwards is an error."""
    kept = []

    @jax.jit
    def keep(x):
        kept.append(x)
        return x

    keep(1.0)
    with pytest.raises(jax.errors.UnexpectedTracerError):
        kept[0] + 1


def test_jit_freezes_what_it_does_not_trace():
    """A variable from outside is read while tracing, and is a constant from then on, until an
    argument of another type makes JAX trace again. Then the two programs disagree."""
    rate = 2.0

    @jax.jit
    def scaled(x):
        return rate * x

    assert scaled(1.0) == 2
    rate = 3.0
    assert scaled(1.0) == 2  # a float: compiled when the rate was 2
    assert scaled(1) == 3  # an integer: compiled now


def test_numba_freezes_as_well():
    """Numba freezes it, too."""
    rate = 2.0

    @numba.njit
    def scaled(x):
        return rate * x

    assert scaled(1.0) == 2
    rate = 3.0
    assert scaled(1.0) == 2


def test_torch_compile_watches():
    """torch.compile notes what it has read, checks that before every call (a *guard*), and compiles
    again if it has changed."""
    rate = 2.0
    programs = []

    def compiler(program, inputs):  # a backend that compiles nothing, and counts
        programs.append(program)
        return program

    @torch.compile(backend=compiler)
    def scaled(x):
        return rate * x

    assert (scaled(torch.ones(1)), scaled(torch.ones(1)), len(programs)) == (2, 2, 1)
    rate = 3.0
    assert (scaled(torch.ones(1)), len(programs)) == (3, 2)


def test_jit_freezes_numpy_random_numbers():
    """NumPy's random state is such a variable from outside: the noise is the same in every call. If
    the key is an argument, the noise changes with the key."""

    @jax.jit
    def frozen(x):
        return x + np.random.default_rng().normal()

    @jax.jit
    def noisy(x, key):
        return x + jax.random.normal(key)

    first, second = jax.random.split(jax.random.key(0))
    assert frozen(1.0) == frozen(1.0)
    assert noisy(1.0, first) != noisy(1.0, second)


def test_a_key_used_twice_gives_the_same_numbers():
    """A JAX key is a value, not a generator that moves on: use it twice, and you get the same
    numbers twice. `jax.debug_key_reuse` makes that an error."""
    key = jax.random.key(0)
    assert (jax.random.normal(key, 3) == jax.random.normal(key, 3)).all()

    first, second = jax.random.split(key)
    assert (jax.random.normal(first, 3) != jax.random.normal(second, 3)).all()

    with jax.debug_key_reuse(True), pytest.raises(jax.errors.KeyReuseError):
        jax.random.normal(key, 3), jax.random.normal(key, 3)


def test_numba_has_a_random_state_of_its_own():
    """`np.random.seed` in Python does not seed the `np.random` of compiled Numba code. That is
    another generator, which must be seeded in compiled code."""

    @numba.njit
    def draw():
        return np.random.random()

    @numba.njit
    def seed():
        np.random.seed(0)

    np.random.seed(0), seed()
    expected = draw()
    np.random.seed(0)
    assert draw() != expected
    seed()
    assert draw() == expected


def test_a_numpy_argument_is_sent_in_every_call():
    """A NumPy array given to a jitted function is sent to the device in this and every later call.
    `jax.transfer_guard` forbids that, and so finds it; an array that is already there passes."""
    square = jax.jit(lambda matrix: matrix @ matrix)
    host = np.ones((3, 3), np.float32)
    device = jnp.asarray(host)
    square(host)  # compiled, and sent for the first time

    with jax.transfer_guard("disallow"):
        square(device)
        for _ in range(2):
            with pytest.raises(jax.errors.JaxRuntimeError, match="host-to-device"):
                square(host)


def test_a_result_is_a_promise():
    """A jitted function may return before its result is computed. `is_ready` asks,
    `block_until_ready` waits, and so does everything that needs the numbers."""

    @jax.jit
    def power(matrix, n):
        return jax.lax.fori_loop(0, n, lambda _, x: jnp.sin(x @ matrix), matrix)

    def returns_early(n):
        result = power(jnp.ones((200, 200)), n)
        early = not result.is_ready()
        assert result.block_until_ready() is result
        assert result.is_ready()
        return early

    assert any(returns_early(n) for n in (1, 100, 10_000))


def test_cond_is_a_branch():
    """`lax.cond` is a branch: either one function runs, or the other."""

    def choose(x):
        return jax.lax.cond(x > 0, jnp.sin, jnp.cos, x)

    program = str(jax.make_jaxpr(choose)(1.0))
    assert "cond[" in program
    assert "select_n" not in program


def test_cond_under_vmap_is_a_select():
    """Under `vmap`, if each element has a condition of its own, it is no longer a branch: both
    functions are computed for all elements, and `select_n` picks."""

    def choose(x):
        return jax.lax.cond(x > 0, jnp.sin, jnp.cos, x)

    program = str(jax.make_jaxpr(jax.vmap(choose))(jnp.ones(3)))
    assert "cond[" not in program
    assert all(word in program for word in ("sin", "cos", "select_n"))


def test_cond_under_vmap_may_stay_a_branch():
    """It stays a branch if one condition holds for all elements, that is, where `in_axes` says
    `None`."""

    def choose(sunny, x):
        return jax.lax.cond(sunny, jnp.sin, jnp.cos, x)

    program = str(jax.make_jaxpr(jax.vmap(choose, in_axes=(None, 0)))(True, jnp.ones(3)))
    assert "cond[" in program
    assert "select_n" not in program


def test_where_lets_a_nan_through_to_the_gradient():
    """The gradient of `where` passes through the branch that was not selected, and zero times
    infinity is NaN. Make the argument harmless before the function, not only after it."""

    def root(x):
        return jnp.where(x > 0, jnp.sqrt(x), 0.0)

    def careful(x):
        return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0)

    assert root(0.0) == careful(0.0) == 0
    assert jnp.isnan(jax.grad(root)(0.0))
    assert jax.grad(careful)(0.0) == 0


def test_torch_where_does_so_as_well():
    """PyTorch does the same."""
    x = torch.tensor(0.0, requires_grad=True)
    torch.where(x > 0, torch.sqrt(x), 0.0).backward()
    assert x.grad is not None
    assert x.grad.isnan()


def test_cond_under_vmap_does_not():
    """`lax.cond` under `vmap` does not, although it is a select, too: JAX cuts off the gradient for
    those elements that a branch is not meant for."""

    def root(x):
        return jax.lax.cond(x > 0, jnp.sqrt, jnp.zeros_like, x)

    slopes = jax.grad(lambda x: jax.vmap(root)(x).sum())(jnp.array([0.0, 4.0]))
    assert slopes.tolist() == [0, 0.25]


def test_nan_is_silent():
    """NumPy warns when it makes a NaN; JAX and PyTorch do not. `jax.debug_nans` turns it into an
    error, at the price of a check after every call."""
    with pytest.warns(RuntimeWarning, match="invalid value"):
        np.log(np.float32(-1))
    assert jnp.isnan(jnp.log(-1.0))
    assert torch.log(torch.tensor(-1.0)).isnan()

    with jax.debug_nans(True), pytest.raises(FloatingPointError):
        jnp.log(-1.0)


def test_python_max_depends_on_the_order_of_nan():
    """NumPy's `max` passes a NaN on. Python's, and Numba's of two scalars, take the first of two
    values that cannot be compared, so it matters which one is the NaN."""
    larger = numba.njit(lambda x, y: max(x, y))
    for maximum in (max, larger):
        assert maximum(1.0, np.nan) == 1
        assert np.isnan(maximum(np.nan, 1.0))
    assert np.isnan(np.maximum(1.0, np.nan))
    assert np.isnan(np.maximum(np.nan, 1.0))


def test_fastmath_takes_every_number_for_a_number():
    """`fastmath=True` promises LLVM that there is no NaN, and LLVM may then drop the check for one.
    The flags can be chosen one by one: these allow another order of summation and say nothing about
    NaN."""

    def missing(values):
        count = 0
        for value in values:
            count += np.isnan(value)
        return count

    values = np.array([1.0, np.nan, 3.0])
    assert numba.njit(missing)(values) == 1
    assert numba.njit(fastmath=True)(missing)(values) == 0
    assert numba.njit(fastmath={"reassoc", "contract", "nsz"})(missing)(values) == 1


def test_an_integer_knows_no_nan():
    """As an integer, NaN is 0 in JAX, where infinity becomes the largest integer. NumPy warns, and
    the number depends on the processor; PyTorch does not warn, and promises no number either."""
    values = np.array([np.nan, np.inf])
    assert (jnp.asarray(values).astype(jnp.int32) == jnp.array([0, 2**31 - 1])).all()
    with pytest.warns(RuntimeWarning, match="invalid value encountered in cast"):
        values.astype(np.int32)
    torch.tensor(values).to(torch.int32)


def test_out_of_bounds():
    """Beyond the end, NumPy and PyTorch raise. JAX reads the nearest element and drops a write.
    Numba reads and writes whatever memory lies there, unless `boundscheck=True`."""
    does = out_of_bounds()  # read at 5, read at -9, write 7 at 5
    for name in ("NumPy", "PyTorch", "Numba, `boundscheck=True`"):
        assert does[name] == ["raises `IndexError`"] * 3
    assert does["JAX"] == does["JAX, jit"] == ["`3`", "`0`", "`[0, 1, 2, 3]`"]
    assert does["Numba"] == ["`5`", "`-5`", "`[0, 1, 2, 3]`"]


def test_numba_writes_beyond_the_end():
    """That Numba's four numbers are unharmed is no comfort: its write went into the next array."""

    @numba.njit
    def write(x, i):
        x[i] = 7

    memory = np.zeros(8)
    mine, yours = memory[:4], memory[4:]
    write(mine, 5)
    assert yours.tolist() == [0, 7, 0, 0]


def test_jax_can_be_told_what_lies_outside():
    """In JAX, `mode="fill"` reads NaN outside (for integers, the smallest one), or what
    `fill_value` says. For `jnp.take` that is the default, so `x[5]` and `jnp.take(x, 5)` differ."""
    x = jnp.arange(4.0)
    assert x[5] == 3
    assert jnp.isnan(x.at[5].get(mode="fill"))
    assert jnp.isnan(jnp.take(x, 5))
    assert x.at[5].get(mode="fill", fill_value=-1) == -1


def test_a_dynamic_slice_moves():
    """NumPy cuts off a slice that reaches beyond the end. A `dynamic_slice`, whose length is fixed,
    is moved until it fits: two numbers from 3 on are those from 2 on."""
    assert np.arange(4)[3:5].tolist() == [3]
    assert jax.lax.dynamic_slice(jnp.arange(4), (3,), (2,)).tolist() == [2, 3]


def test_overflow():
    """int32 wraps around in NumPy, PyTorch and JAX, and only NumPy's scalars warn. NumPy and JAX
    refuse a Python integer that does not fit; PyTorch wraps it, too, and Numba takes int64."""
    does = overflow()  # [largest] + 1, largest + 1, [largest] + 2**31
    assert does["NumPy"] == [
        "`[-2147483648]`",
        "`-2147483648`, and warns",
        "raises `OverflowError`",
    ]
    assert does["JAX"] == ["`[-2147483648]`", "`-2147483648`", "raises `OverflowError`"]
    assert does["PyTorch"] == ["`[-2147483648]`", "`-2147483648`", "`[-1]`"]
    assert does["Numba"] == ["`[2147483648]`", "`2147483648`", "`[4294967295]`"]


def test_division():
    """`//` rounds down in every framework. An integer divided by zero raises in PyTorch and in
    Numba's scalars, is 0 in NumPy, with a warning, and some number in JAX. A float becomes
    infinite, except in Python and in Numba's scalars."""
    does = division()  # -7 // 2, 1 // 0, 1.0 / 0.0
    assert {row[0].strip("`[]") for row in does.values()} == {"-4"}
    assert does["Python"][1:] == does["Numba, scalars"][1:] == ["raises `ZeroDivisionError`"] * 2
    assert does["NumPy"][1:] == ["`0`, and warns", "`inf`, and warns"]
    assert does["PyTorch"][1:] == ["raises `RuntimeError`", "`inf`"]
    assert "raises" not in does["JAX"][1]
    assert does["JAX"][2] == "`inf`"
    assert does['Numba, scalars, `error_model="numpy"`'][1:] == ["`0`", "`inf`"]
    assert does["Numba, arrays"][1:] == ["`[0]`", "`[inf]`"]


def test_lax_div_cuts():
    """`lax.div` is the machine's division, which rounds towards zero."""
    assert jax.lax.div(-7, 2) == -3
    assert jnp.floor_divide(-7, 2) == -7 // 2 == -4


def test_default_dtypes():
    """By default NumPy takes 64 bits, JAX 32, and PyTorch 64 for integers, 32 for floats. int32 and
    float32 make float64 in NumPy and float32 in the other two."""
    assert default_dtypes() == {
        "NumPy": ["float64", "int64", "float64", "float64"],
        "PyTorch": ["float32", "int64", "float32", "float32"],
        "JAX": ["float32", "int32", "float32", "float32"],
        "JAX, `jax_enable_x64`": ["float64", "int64", "float64", "float32"],
    }


def test_jax_halves_float64_without_a_word():
    """A NumPy array of float64 becomes float32 in JAX without a warning. If you ask for float64 by
    name, you get a warning and float32. `jax_enable_x64` allows it, for a program or in a
    `with`."""
    tenth = np.array([0.1])
    assert jnp.asarray(tenth).dtype == "float32"
    with pytest.warns(UserWarning, match="float64 requested in asarray is not available"):
        assert jnp.asarray(tenth, dtype="float64").dtype == "float32"
    with jax.enable_x64(True):
        assert jnp.asarray(tenth).dtype == "float64"


def test_a_python_number_is_weak():
    """A Python number takes the type of the array that it meets; a NumPy scalar brings its own.
    Compiled Numba code has no Python numbers: a literal is float64."""
    half = np.ones(2, np.float32)
    assert (half * 0.5).dtype == (jnp.asarray(half) * 0.5).dtype == "float32"
    assert (half * np.float64(0.5)).dtype == "float64"

    short = jnp.ones(2, jnp.bfloat16)
    assert (short * 0.5).dtype == "bfloat16"
    assert (short * np.float32(0.5)).dtype == "float32"

    assert numba.njit(lambda x: x * 0.5)(half).dtype == "float64"


def test_numba_gives_every_value_one_type():
    """In Numba every value has one type, whatever happens at run time. If one branch makes an
    integer and the other a float, both make a float; Python would make an integer."""

    def spent(paid):
        return 0.5 if paid else 0

    assert isinstance(spent(False), int)
    assert isinstance(numba.njit(spent)(False), float)


def test_numba_refuses_what_has_no_common_type():
    """A number in one branch and a string in the other have no common type: an error, at the first
    call, even if the branch is never taken."""

    def name(number):
        if number < 0:
            return "negative"
        return number

    assert name(1) == 1
    with pytest.raises(numba.TypingError, match="Can't unify return type"):
        numba.njit(name)(1)


def test_numba_joins_signed_and_unsigned_as_float():
    """A signed and an unsigned 64-bit integer have no common integer type, and make a float, in
    Numba's arrays as in NumPy's: 2**53 + 1 comes back without its one."""
    large, zero = np.array([2**53 + 1]), np.array([0], np.uint64)
    total = numba.njit(lambda x, y: x + y)(large, zero)
    assert total.dtype == (large + zero).dtype == "float64"
    assert int(total[0]) == 2**53


def test_numba_copies_a_list_there_and_back():
    """A list is copied into the compiled function and, if it was changed, back: with a warning,
    because this is going to be removed. `numba.typed.List` lives in compiled memory; an array is
    better than both."""

    @numba.njit
    def extend(values):
        values.append(3)

    values = [1, 2]
    with pytest.warns(numba.NumbaPendingDeprecationWarning, match="reflected list"):
        extend(values)
    assert values == [1, 2, 3]

    typed = numba.typed.List([1, 2])
    extend(typed)
    assert list(typed) == [1, 2, 3]


def test_jit_refuses_a_branch_on_data():
    """Under `jit`, an `if` on traced numbers is an error. Use `where` or `lax.cond`."""

    def flip(x):
        x = x + 1
        if x.sum() > 0:
            return -x
        return x

    with pytest.raises(jax.errors.TracerBoolConversionError):
        jax.jit(flip)(jnp.ones(2))


def test_a_branch_on_data_breaks_the_graph():
    """torch.compile does not fail where it cannot go on: it compiles what comes before and after,
    and lets Python do the rest. `fullgraph=True` makes such a *graph break* an error."""

    def flip(x):
        x = x + 1
        if x.sum() > 0:
            return -x
        return x

    found = torch._dynamo.explain(flip)(torch.ones(2))
    assert (found.graph_count, found.graph_break_count) == (2, 1)
    with pytest.raises(torch._dynamo.exc.Unsupported, match="Data-dependent branching"):
        torch.compile(flip, backend="eager", fullgraph=True)(torch.ones(2))


def test_print_breaks_the_graph():
    """A `print` breaks the graph, too, and so it prints in every call."""

    def shout(x):
        x = x + 1
        print("computing")
        return 2 * x

    compiled = torch.compile(shout, backend="eager")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert torch._dynamo.explain(shout)(torch.ones(2)).graph_break_count == 1
        printed.truncate(0)
        compiled(torch.ones(2)), compiled(torch.ones(2))
    assert printed.getvalue().count("computing") == 2


def test_the_order_of_a_sum_matters():
    """Sums of floats depend on their order, in every framework alike: near 1e8 the numbers of
    float32 are 8 apart, and a one added there is lost."""
    for library in (np, jnp, torch):
        large, one = (library.ones(1, dtype=library.float32) * x for x in (1e8, 1.0))
        assert (large + one) - large == 0
        assert (large - large) + one == 1
