import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
import torch


class Counter:
    """A backend for torch.compile that compiles nothing, and counts how often it was asked to."""

    def __init__(self):
        self.programs = 0

    def __call__(self, graph, example_inputs):
        self.programs += 1
        return graph


def test_a_shape_is_part_of_the_type():
    """JAX can say what shape and dtype a function returns without computing anything: they follow
    from those of the arguments, and the numbers play no part in it."""

    def covariance(x):
        assert x.shape == (10**6, 10**3)  # eight gigabytes, if they were there
        x = x - x.mean(axis=0)
        return x.T @ x / len(x)

    data = jax.ShapeDtypeStruct((10**6, 10**3), jnp.float32)
    result = jax.eval_shape(covariance, data)
    assert (result.shape, result.dtype) == ((1000, 1000), "float32")


def test_a_traced_number_is_no_shape():
    """So under `jit` no shape may depend on a traced number: not the length of a new array, and not
    the end of a slice. A static argument may be a shape, and each of its values is compiled
    anew."""

    def ramp(n):
        return jnp.zeros(n)

    def head(x, n):
        return x[:n]

    x = jnp.arange(5)
    with pytest.raises(TypeError, match="Shapes must be 1D sequences of concrete values"):
        jax.jit(ramp)(3)
    with pytest.raises(IndexError, match="Slice entries must be static integers"):
        jax.jit(head)(x, 3)
    assert jax.jit(ramp, static_argnames="n")(n=3).shape == (3,)
    assert jax.jit(head, static_argnames="n")(x, n=3).tolist() == [0, 1, 2]


def test_a_slice_of_known_length_may_start_anywhere():
    """Where a slice starts may depend on a traced number, as long as its length does not:
    `dynamic_slice` reads such a window, `dynamic_update_slice` writes it."""

    @jax.jit
    def window(x, start):
        return jax.lax.dynamic_slice(x, (start,), (3,))

    x = jnp.arange(10)
    assert window(x, 2).tolist() == [2, 3, 4]
    assert window(x, 5).tolist() == [5, 6, 7]


def test_a_mask_is_refused_under_jit():
    """How many elements a mask selects is known only when its numbers are: `x[mask]`, `nonzero` and
    `unique` work outside `jit`, and are refused under it."""

    def positive(x):
        return x[x > 0]

    x = jnp.array([3, -1, 3])
    assert positive(x).tolist() == [3, 3]
    with pytest.raises(jax.errors.NonConcreteBooleanIndexError):
        jax.jit(positive)(x)
    for function in (jnp.nonzero, jnp.unique):
        function(x)
        with pytest.raises(jax.errors.ConcretizationTypeError):
            jax.jit(function)(x)


def test_where_keeps_the_shape():
    """Often you do not need the selection, only its sum. `where` keeps the shape and puts a
    harmless number where nothing was selected; sums and means take a mask as `where=`."""

    @jax.jit
    def mean_of_positive(x):
        return x.mean(where=x > 0), jnp.where(x > 0, x, -jnp.inf).max()

    x = np.array([1.0, -5.0, 3.0], np.float32)
    mean, largest = mean_of_positive(x)
    assert mean == x[x > 0].mean() == 2
    assert largest == x[x > 0].max() == 3


def test_size_makes_room():
    """With `size=`, `nonzero` and `unique` return an array of that length: padded if there is less
    to return, and cut without a warning if there is more."""

    @jax.jit(static_argnames="size")
    def fired(spikes, size):
        return jnp.nonzero(spikes, size=size, fill_value=-1)[0]

    spikes = jnp.array([False, True, False, True, True])
    assert fired(spikes, size=4).tolist() == [1, 3, 4, -1]
    assert fired(spikes, size=2).tolist() == [1, 3]


def test_a_new_length_is_a_new_program():
    """Each new length is traced and compiled, however small the difference. Padded to the next
    power of two, a hundred lengths are eight programs; a mask keeps the padding out of the
    result."""
    traced = []

    @jax.jit
    def total(x, length):
        traced.append(len(x))
        return x.sum(where=jnp.arange(len(x)) < length)

    for length in range(1, 101):
        room = 1 << (length - 1).bit_length()
        x = np.full(room, 7, np.float32)  # 7 where nothing was put
        x[:length] = 1
        assert total(x, length) == length
    assert traced == [1, 2, 4, 8, 16, 32, 64, 128]


def test_one_program_may_be_exported_for_every_length():
    """`jax.export` traces a function with a name for a length, and the program serves every length.
    A question about `n` is refused if its answer is not the same for all of them."""
    (n,) = jax.export.symbolic_shape("n")
    vector = jax.ShapeDtypeStruct((n,), jnp.float32)
    mean = jax.export.export(jax.jit(lambda x: x.sum() / x.shape[0]))(vector)
    assert [mean.call(jnp.ones(3)), mean.call(jnp.ones(7))] == [1, 1]

    with pytest.raises(Exception, match="inconclusive"):
        jax.export.export(jax.jit(lambda x: x if x.shape[0] > 3 else -x))(vector)


def test_torch_compiles_the_second_length_for_all():
    """torch.compile takes the first length for the only one. At the second it compiles a program
    for every length; with `dynamic=True` it does so at the first, and with `False` never."""

    def programs(dynamic):
        torch.compiler.reset()
        counter = Counter()
        double = torch.compile(lambda x: 2 * x, backend=counter, dynamic=dynamic)
        seen = []
        for length in (3, 4, 5, 6):
            double(torch.ones(length))
            seen.append(counter.programs)
        return seen

    assert programs(None) == [1, 2, 2, 2]
    assert programs(True) == [1, 1, 1, 1]
    assert programs(False) == [1, 2, 3, 4]


def test_length_one_is_special():
    """Every length is not quite every length: 1 has a program of its own, even with `dynamic=True`,
    because an axis of one element is broadcast."""
    torch.compiler.reset()
    counter = Counter()
    double = torch.compile(lambda x: 2 * x, backend=counter, dynamic=True)
    for length in (3, 4, 1):
        double(torch.ones(length))
    assert counter.programs == 2


def test_one_axis_may_be_marked():
    """`mark_dynamic` says which axis will vary: the batch, but not the number of neurons."""
    torch.compiler.reset()
    counter = Counter()
    double = torch.compile(lambda x: 2 * x, backend=counter)
    for batch in (3, 4, 5):
        x = torch.ones(batch, 10)
        torch._dynamo.mark_dynamic(x, 0)
        double(x)
    assert counter.programs == 1
    double(torch.ones(5, 11))
    assert counter.programs == 2


def test_torch_compiles_a_mask():
    """torch.compile takes a mask into its graph: the graph has a name for the number of elements
    that it selects, and one program does for all."""
    torch.compiler.reset()
    counter = Counter()
    positive = torch.compile(lambda x: 2 * x[x > 0], backend=counter, fullgraph=True)
    assert positive(torch.tensor([3.0, -1.0, 1.0])).tolist() == [6, 2]
    assert positive(torch.tensor([-3.0, -1.0, 1.0])).tolist() == [2]
    assert counter.programs == 1


def test_numba_does_not_care():
    """Numba compiles once for each type of its arguments. The type of an array is its dtype, its
    number of axes, and whether its elements lie side by side. Lengths are not part of it."""
    double = numba.njit(lambda x: 2 * x)
    for length in (1, 2, 100):
        double(np.ones(length))
    assert len(double.signatures) == 1

    for other in (np.ones(4, np.float32), np.ones((2, 2)), np.ones(4)[::2]):
        double(other)
    assert len(double.signatures) == 4
    assert numba.njit(lambda x: x[x > 0])(np.array([3, -1, 3])).tolist() == [3, 3]
