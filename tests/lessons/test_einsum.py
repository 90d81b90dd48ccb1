from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import torch
from portstudy import find_kernel
from portstudy.implementations.lif import jax_einsum, jax_scan
from portstudy.pages.readme import gain, link
from portstudy.pages.recorded import recorded
from portstudy.show.text import markdown_table


def intermediates(function, *arguments):
    """The shapes of all that a JAX function computes on its way, its result included."""
    return [step.outvars[0].aval.shape for step in jax.make_jaxpr(function)(*arguments).eqns]


def operations(function, *arguments):
    """The names of the operations of a JAX function, in order."""
    return [step.primitive.name for step in jax.make_jaxpr(function)(*arguments).eqns]


def entry(report, name):
    """A number in what `np.einsum_path` reports."""
    return float(report.split(f"{name}:")[1].split()[0])


def gains(kernel: str, size: str, *pairs: tuple[str, str]) -> str:
    """Recorded gains of ports over others, as a table for the note."""
    found = recorded(kernel, size)
    rows = [[link(found[a]), link(found[b]), gain(kernel, size, a, b)] for a, b in pairs]
    table = markdown_table(["from", "to", "gain"], rows, "llr")
    return f"{table}\n\n*{kernel}, {size}; {found.caption}.*"


def test_an_index_that_is_not_in_the_result_is_summed_over():
    """An index that appears in the result is an axis of it; any other index is summed over. That is
    the whole rule. Written out, it is one loop per index around one product."""
    a, b = np.arange(6).reshape(2, 3), np.arange(12).reshape(3, 4)

    result = np.zeros((2, 4), int)
    for i in range(2):
        for j in range(3):
            for k in range(4):
                result[i, k] += a[i, j] * b[j, k]

    assert (np.einsum("ij,jk->ik", a, b) == result).all()


def test_many_functions_are_one():
    """Products, sums, transposes and diagonals each have a name, yet they differ only in their
    indices. NumPy, JAX and PyTorch read them alike."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(-9, 9, (2, 3))
    a, b = rng.integers(-9, 9, (2, 3, 3))
    stack = rng.integers(-9, 9, (5, 3, 3))
    for indices, operands, expected in (
        ("i,i->", (x, y), x @ y),
        ("i,j->ij", (x, y), np.outer(x, y)),
        ("i,i->i", (x, y), x * y),
        ("ij->ji", (a,), a.T),
        ("ij->i", (a,), a.sum(axis=1)),
        ("ii->i", (a,), np.diagonal(a)),
        ("ii->", (a,), np.trace(a)),
        ("ij->", (a,), a.sum()),
        ("ij,j->i", (a, x), a @ x),
        ("ij,jk->ik", (a, b), a @ b),
        ("ij,ij->", (a, b), np.trace(a @ b.T)),
        ("bij,bjk->bik", (stack, stack), stack @ stack),
        ("i,ij,j->", (x, a, y), x @ a @ y),
    ):
        assert (np.einsum(indices, *operands) == expected).all()
        assert (jnp.einsum(indices, *operands) == expected).all()
        assert (torch.einsum(indices, *map(torch.tensor, operands)).numpy() == expected).all()


def test_without_an_arrow_the_alphabet_decides():
    """Without `->`, the indices that appear once are kept, in alphabetical order, wherever they
    stood: `"ba"` is a transpose and `"ab"` is not. Write the arrow."""
    a = np.arange(6).reshape(2, 3)
    assert (np.einsum("ab", a) == a).all()
    assert (np.einsum("ba", a) == a.T).all()
    assert (np.einsum("ba->ba", a) == a).all()


def test_three_dots_are_all_other_axes():
    """`...` stands for all axes without a letter, however many there are, and they are broadcast: a
    function of one matrix becomes one of a stack of matrices, or of a stack of stacks."""
    one, many = np.ones((3, 4)), np.ones((7, 5, 3, 4))
    column = np.arange(4.0)
    for matrix in (one, many):
        image = np.einsum("...ij,j->...i", matrix, column)
        assert image.shape == matrix.shape[:-1]
        assert (image == 6).all()


def test_a_diagonal_is_a_view():
    """If nothing is summed and nothing is multiplied, NumPy's `einsum` returns a view, through
    which you can write to the diagonal."""
    a = np.zeros((3, 3))
    np.einsum("ii->i", a)[:] = 1
    assert (a == np.eye(3)).all()


def test_at_takes_products_from_left_to_right():
    """`a @ b @ y` is (a b) y: it makes a whole matrix on the way to a vector. `jnp.einsum` looks
    for the cheapest order while it is traced, and computes the vector b y first."""
    a, b, y = jnp.ones((300, 100)), jnp.ones((100, 300)), jnp.ones(300)
    by_at = intermediates(lambda a, b, y: a @ b @ y, a, b, y)
    by_indices = intermediates(lambda a, b, y: jnp.einsum("ij,jk,k->i", a, b, y), a, b, y)
    assert by_at == [(300, 300), (300,)]
    assert by_indices == [(100,), (300,)]


def test_numpy_looks_for_an_order_only_with_optimize():
    """NumPy's `einsum` looks for an order only with `optimize=True`. `np.einsum_path` tells what it
    would do: here two hundred times less work, in two steps instead of one loop over all
    indices."""
    a, b, y = np.ones((300, 100)), np.ones((100, 300)), np.ones(300)

    path, report = np.einsum_path("ij,jk,k->i", a, b, y, optimize=False)
    assert path == ["einsum_path", (0, 1, 2)]  # all three at once

    path, report = np.einsum_path("ij,jk,k->i", a, b, y, optimize=True)
    assert path == ["einsum_path", (1, 2), (0, 1)]  # b y, which comes last, then a times that
    assert entry(report, "Theoretical speedup") > 200


def test_sums_of_a_product_need_no_product():
    """The row sums of a product are a times the row sums of b. `einsum` knows that only these are
    wanted, and sums first; `(a @ b).sum(axis=1)` was told to multiply."""
    a, b = jnp.ones((300, 100)), jnp.ones((100, 300))
    by_indices = operations(lambda a, b: jnp.einsum("ij,jk->i", a, b), a, b)
    by_name = operations(lambda a, b: (a @ b).sum(axis=1), a, b)
    assert by_indices == ["reduce_sum", "dot_general"]
    assert by_name == ["dot_general", "reduce_sum"]


def test_a_quadratic_form_of_many_points_needs_no_square():
    """To compute x C x for many points, `points @ C @ points.T` makes a matrix of all pairs of
    points, of which only the diagonal is wanted. The indices say so, and nothing larger than the
    points is made."""
    points, matrix = jnp.ones((50, 4)), jnp.ones((4, 4))

    def by_name(x, c):
        return jnp.diagonal(x @ c @ x.T)

    def by_indices(x, c):
        return jnp.einsum("pi,ij,pj->p", x, c, x)

    assert (by_name(points, matrix) == by_indices(points, matrix)).all()
    assert (50, 50) in intermediates(by_name, points, matrix)
    assert intermediates(by_indices, points, matrix) == [(4, 50), (50,)]


def test_einsum_is_dot_general():
    """To JAX, `einsum` of two operands and `@` are the same operation, `dot_general`, for matrices
    as well as for batches of them."""
    a, b = jnp.ones((5, 2, 3)), jnp.ones((5, 3, 4))
    for indices, x, y in (("ij,jk->ik", a[0], b[0]), ("bij,bjk->bik", a, b)):
        (by_indices,) = jax.make_jaxpr(partial(jnp.einsum, indices))(x, y).eqns
        (by_at,) = jax.make_jaxpr(jnp.matmul)(x, y).eqns
        assert str(by_indices) == str(by_at)
        assert by_at.primitive.name == "dot_general"


def test_two_ports_are_one_program():
    """Two ports of the LIF network differ in just this: `fired @ weights` in one,
    `einsum("i,ij->j", fired, weights)` in the other. They trace to the same program."""
    arguments = find_kernel("lif").make_inputs("check", "float32")
    by_at, by_indices = (
        jax.make_jaxpr(lif, static_argnums=4)(*arguments) for lif in (jax_scan.lif, jax_einsum.lif)
    )
    assert str(by_at) == str(by_indices)
    assert "dot_general" in str(by_at)


def test_a_sum_has_the_type_of_its_terms():
    """`einsum` adds in the type of its operands, as `@` does: in 8 bits, 100 times 100 plus 100
    times 100 is 32. NumPy accepts a `dtype`, JAX a `preferred_element_type`."""
    x = np.full(2, 100, np.int8)
    assert np.einsum("i,i->", x, x) == x @ x == 20_000 % 256 == 32
    assert jnp.einsum("i,i->", x, x) == 32
    assert np.einsum("i,i->", x, x, dtype=int) == 20_000
    assert jnp.einsum("i,i->", x, x, preferred_element_type=jnp.int32) == 20_000


def test_numpy_adds_to_zero():
    """NumPy's `einsum` adds to a zero even if there is nothing to add, and 0 + -0 is 0. With
    `optimize`, and in JAX and PyTorch, the minus survives, as it does in a product."""
    zero, minus_one = np.zeros(1), -np.ones(1)
    assert np.signbit(zero * minus_one)
    assert not np.signbit(np.einsum("i,i->i", zero, minus_one))
    assert np.signbit(np.einsum("i,i->i", zero, minus_one, optimize=True))
    assert jnp.signbit(jnp.einsum("i,i->i", zero, minus_one))
    assert torch.signbit(torch.einsum("i,i->i", torch.tensor(zero), torch.tensor(minus_one)))
