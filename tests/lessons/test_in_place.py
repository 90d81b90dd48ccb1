import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
import torch


def test_a_slice_is_a_view():
    """In NumPy a slice is a *view*: the same memory under another name. Indexing with a list or a
    mask makes a copy."""
    x = np.zeros(4)
    tail, picked, masked = x[2:], x[[2, 3]], x[x == 0]
    x[3] = 7
    assert tail.tolist() == [0, 7]
    assert picked.tolist() == [0, 0]
    assert [np.shares_memory(x, y) for y in (tail, picked, masked)] == [True, False, False]


def test_a_function_may_write_into_its_argument():
    """A function that writes into an argument writes into the caller's array: in NumPy, Numba and
    PyTorch alike, compiled or not. Its return value says nothing about that."""

    def clear_first(x):
        x[0] = 0
        return x.sum()

    compiled = torch.compile(clear_first, backend="aot_eager")
    for ones, function in (
        (np.ones, clear_first),
        (np.ones, numba.njit(clear_first)),
        (torch.ones, clear_first),
        (torch.ones, compiled),
    ):
        x = ones(3)
        assert function(x) == 2
        assert x.tolist() == [0, 1, 1]


def test_plus_equals_depends_on_the_library():
    """`x += 1` changes the array in NumPy and PyTorch, for everyone who holds it. In JAX it makes
    another array, and names that one `x`."""

    def add_one(x):
        x += 1
        return x

    for library, changed in ((np, True), (torch, True), (jnp, False)):
        x = library.zeros(1)
        assert add_one(x) == 1
        assert (x == 1) == changed


def test_jax_arrays_do_not_change():
    """A JAX array never changes: an assignment is refused, and NumPy's view of it is read-only."""
    x = jnp.zeros(3)
    with pytest.raises(TypeError, match="immutable"):
        x[0] = 1
    assert not np.asarray(x).flags.writeable


def test_at_set_returns_another_array():
    """`x.at[i].set(y)` returns another array with that element changed, and leaves `x` as it was.
    Without its result it does nothing, and gives no warning."""
    x = jnp.zeros(3)
    y = x.at[0].set(1)
    x.at[1].set(1)
    assert y.tolist() == [1, 0, 0]
    assert x.tolist() == [0, 0, 0]


def test_at_knows_repeated_indices():
    """`x.at[i].add(1)` counts an index as often as it occurs. In NumPy and PyTorch `x[i] += 1`
    counts it once; use `np.add.at` and `index_add_` there."""
    i = [0, 0, 2]
    assert jnp.zeros(3).at[jnp.array(i)].add(1).tolist() == [2, 0, 1]
    x = np.zeros(3)
    x[i] += 1
    assert x.tolist() == [1, 0, 1]
    np.add.at(x, i, 1)
    assert x.tolist() == [3, 0, 2]


def test_an_update_outside_of_jit_is_a_copy():
    """Outside `jit`, such an update copies the whole array. So does a jitted function, because its
    argument belongs to the caller, who may still want it."""
    x = jnp.zeros(1000)
    set_first = jax.jit(lambda x: x.at[0].set(1))
    for y in (x.at[0].set(1), set_first(x)):
        assert y.unsafe_buffer_pointer() != x.unsafe_buffer_pointer()
        assert (x[0], y[0]) == (0, 1)


def test_donation_hands_the_memory_over():
    """A *donated* argument is given away: the result may be written into its memory, which the
    compiled program calls an alias. The old array is deleted, and reading it is an error."""

    @jax.jit(donate_argnames="x")
    def set_first(x):
        return x.at[0].set(1)

    x = jnp.zeros(1000)
    assert "input_output_alias" in set_first.lower(x).compile().as_text()
    before = x.unsafe_buffer_pointer()
    y = set_first(x)
    assert y.unsafe_buffer_pointer() == before
    assert x.is_deleted()
    with pytest.raises(RuntimeError, match="deleted"):
        x + 1


def test_a_gift_has_to_fit():
    """A donated array is useful if a result has its shape and dtype. If none has, JAX warns that
    the donation was for nothing."""

    @jax.jit(donate_argnames="x")
    def total(x):
        return x.sum()

    with pytest.warns(UserWarning, match="donated buffers were not usable"):
        assert total(jnp.ones(1000)) == 1000


def test_inside_of_jit_updates_are_in_place():
    """Inside a jitted function nobody else holds an intermediate array, so XLA writes into it. Ten
    thousand updates need room for the one result, and almost nothing else."""

    @jax.jit
    def squares():
        return jax.lax.fori_loop(0, 10_000, lambda i, x: x.at[i].set(i * i), jnp.zeros(10_000))

    memory = squares.lower().compile().memory_analysis()
    assert memory.output_size_in_bytes == 40_000
    assert memory.temp_size_in_bytes < 4_000
    assert squares()[99] == 99 * 99


def test_out_takes_a_buffer():
    """NumPy's functions write into an array that they are given as `out`, and so do PyTorch's. That
    saves a temporary array, as donation does in JAX."""
    x, buffer = np.arange(3.0), np.empty(3)
    assert np.multiply(x, 2, out=buffer) is buffer
    np.add(buffer, 1, out=buffer)
    assert buffer.tolist() == [1, 3, 5]


def test_torch_shares_memory_with_numpy():
    """`torch.from_numpy` copies nothing: a write on either side is seen on the other.
    `torch.tensor` copies, and so does `jnp.array`."""
    x = np.zeros(2, np.float32)
    shared, copied, device = torch.from_numpy(x), torch.tensor(x), jnp.array(x)
    x[0] = 7
    assert [y[0].item() for y in (shared, copied, device)] == [7, 0, 0]


def test_autograd_keeps_count_of_writes():
    """PyTorch's autograd keeps arrays for the backward pass, and counts how often each is written
    to. If a number that it needs is gone, it raises an error instead of returning a wrong
    gradient."""
    x = torch.zeros(3, requires_grad=True)
    y = x.exp()  # whose derivative is y itself
    assert y._version == 0
    y += 1
    assert y._version == 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_functional_updates_have_gradients():
    """`x.at[i].set(y)` is an operation like any other, with a gradient: the element that was
    overwritten gets none, and the value written gets that of its element."""

    def energy(x, y):
        return (x.at[0].set(y) ** 2).sum()

    dx, dy = jax.grad(energy, argnums=(0, 1))(jnp.array([1.0, 2.0]), 3.0)
    assert dx.tolist() == [0, 4]
    assert dy == 6
