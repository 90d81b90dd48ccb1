import jax
import jax.numpy as jnp
import numba
import numpy as np
import pytest
import torch


def test_vmap_adds_an_axis():
    """`vmap` turns a function of one thing into a function of many: the results are those of a
    loop, stacked along a first axis that the function itself knows nothing about."""

    def energy(v):
        assert v.shape == (3,)  # one vector, though many are given
        return v @ v

    batch = jnp.arange(12.0).reshape(4, 3)
    assert jax.vmap(energy)(batch).shape == (4,)
    assert jax.vmap(energy)(batch).tolist() == [energy(v) for v in batch]


def test_in_axes_says_what_is_mapped():
    """`in_axes` says, for each argument, along which axis its members lie; `None` means that all of
    them share it. `out_axes` says where that axis goes in the result."""

    def line(slope, x, offset):
        return slope * x + offset

    x = jnp.ones((3, 4))
    offsets = jnp.arange(4.0)
    lines = jax.vmap(line, in_axes=(None, 1, 0))(2.0, x, offsets)
    assert lines.shape == (4, 3)
    assert lines[:, 0].tolist() == [2, 3, 4, 5]
    assert jax.vmap(line, in_axes=(None, 1, 0), out_axes=1)(2.0, x, offsets).shape == (3, 4)


def test_all_members_are_as_many():
    """Whatever is mapped together must have one length; nothing is repeated to fit, as broadcasting
    would do. Nor can a number be mapped: it has no axis."""
    add = jax.vmap(lambda x, y: x + y)
    with pytest.raises(ValueError, match="inconsistent sizes"):
        add(jnp.ones(4), jnp.ones(1))
    with pytest.raises(ValueError, match="rank"):
        add(jnp.ones(4), 1.0)


def test_nested_vmaps_make_a_table():
    """One `vmap` inside another makes a table, of all pairs for instance: the inner one goes along
    the second argument, the outer one along the first."""

    def apart(p, q):
        return jnp.abs(p - q).max()

    to_all = jax.vmap(apart, in_axes=(None, 0))
    all_to_all = jax.vmap(to_all, in_axes=(0, None))
    p, q = jnp.arange(6).reshape(3, 2), jnp.arange(10).reshape(5, 2)
    assert all_to_all(p, q).shape == (3, 5)
    assert (all_to_all(p, q) == np.abs(p[:, None] - q[None]).max(axis=-1)).all()


def test_products_become_one_product():
    """It is not a loop. Each operation becomes one on whole arrays: many products of a vector and a
    matrix become one product of two matrices, a single `dot_general`, as written by hand."""

    def operations(f, *arguments):
        return [(step.primitive.name, step.params) for step in jax.make_jaxpr(f)(*arguments).eqns]

    def product(x, weights):
        return x @ weights

    batch, weights = jnp.ones((5, 3)), jnp.ones((3, 4))
    mapped = jax.vmap(product, in_axes=(0, None))
    assert operations(mapped, batch, weights) == operations(product, batch, weights)
    assert [name for name, _ in operations(mapped, batch, weights)] == ["dot_general"]


def test_a_batch_by_hand_is_the_same_to_the_bit():
    """Its results are the same as well, to the bit, on numbers whose sums are exact in any
    order."""
    rng = np.random.default_rng(0)
    weights = jnp.asarray(rng.integers(-64, 65, (50, 50)) / 64, jnp.float32)
    batch = jnp.asarray(rng.integers(-64, 65, (20, 50)) / 64, jnp.float32)

    def step(v):
        return jnp.where(v > 0, v @ weights, v / 2)

    by_hand = jnp.where(batch > 0, batch @ weights, batch / 2)
    assert (jax.vmap(step)(batch) == by_hand).all()
    assert (jnp.stack([step(v) for v in batch]) == by_hand).all()


def test_a_condition_for_each_is_no_branch():
    """A `cond` in which each member decides for itself becomes a `select_n`: both branches are
    computed for all members."""

    def root(x):
        return jax.lax.cond(x > 0, jnp.sqrt, jnp.exp, x)

    def operations(f, x):
        return {step.primitive.name for step in jax.make_jaxpr(f)(x).eqns}

    assert "cond" in operations(root, jnp.float32(1))
    assert operations(jax.vmap(root), jnp.ones(3)) >= {"sqrt", "exp", "select_n"}
    assert "cond" not in operations(jax.vmap(root), jnp.ones(3))


def test_a_while_loop_runs_until_all_are_done():
    """A `while_loop` runs until the last member is done. The others keep their results, but their
    steps are still computed: here 1, 3 and 7 steps are needed, and each of the three takes 7."""
    halved: list = []

    def halve(x):
        jax.debug.callback(halved.append, x)
        return x // 2

    def leading_bit(x):
        return jax.lax.while_loop(lambda x: x > 1, halve, x)

    x = jnp.array([2, 8, 200])
    assert jax.vmap(leading_bit)(x).tolist() == [1, 1, 1]
    jax.effects_barrier()
    assert len(halved) == 3 * 7


def test_members_may_meet():
    """Members know nothing of each other, unless the axis has a name: then `pmean`, `psum` and
    `pmax` go along it."""

    def deviation(x):
        return x - jax.lax.pmean(x, "members")

    x = jnp.array([1.0, 2.0, 6.0])
    assert jax.vmap(deviation, axis_name="members")(x).tolist() == [-2, -1, 3]


def test_structures_are_mapped_as_well():
    """Arguments may be dicts, tuples or NamedTuples of arrays. `in_axes` then has the same form, or
    is one number for everything in it."""

    def step(state, drive):
        return {"v": state["v"] / 2 + drive, "tau": state["tau"]}

    state = {"v": jnp.array([2.0, 4.0]), "tau": jnp.float32(10)}
    after = jax.vmap(step, in_axes=({"v": 0, "tau": None}, None))(state, 1.0)
    assert after["v"].tolist() == [2, 3]
    assert after["tau"].tolist() == [10, 10]


def test_jnp_vectorize_broadcasts():
    """If members are to be broadcast against each other, as NumPy's operators do, `jnp.vectorize`
    does that with `vmap`; its signature names the axes of one member."""

    def apart(p, q):
        return jnp.abs(p - q).max()

    each = jnp.vectorize(apart, signature="(n),(n)->()")
    p, q = jnp.zeros((3, 1, 2)), jnp.ones((5, 2))
    assert each(p, q).shape == (3, 5)


def test_torch_has_vmap():
    """PyTorch has it as `torch.func.vmap`, with `in_dims` and `out_dims`. A branch on a member's
    number is refused there, as in JAX."""

    def energy(v):
        return v @ v

    def rectified(x):
        return x if x > 0 else 0 * x

    batch = torch.arange(12.0).reshape(3, 4)
    assert torch.func.vmap(energy, in_dims=1)(batch).tolist() == [80, 107, 140, 179]
    with pytest.raises(RuntimeError, match="data-dependent control flow"):
        torch.func.vmap(rectified)(batch[0])
    with pytest.raises(jax.errors.TracerBoolConversionError):
        jax.vmap(rectified)(jnp.arange(4.0))


def test_numba_writes_the_loop():
    """Numba has no `vmap` because it can afford a loop, in which every member branches and stops as
    it likes. `guvectorize` writes the outer loops, and broadcasts."""

    @numba.guvectorize(["void(i8, i8[:])"], "()->()")
    def halvings(x, steps):
        steps[0] = 0
        while x > 1:
            x //= 2
            steps[0] += 1

    assert halvings(np.array([[2, 8], [200, 1]])).tolist() == [[1, 3], [7, 0]]
