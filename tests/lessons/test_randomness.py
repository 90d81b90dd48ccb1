"""Claims of notes/randomness.md."""

import jax
import jax.numpy as jnp
import numpy as np
import torch
from numba import njit


def test_a_key_has_no_state():
    """In JAX a key has no state: draw with it twice, and you get the same numbers twice."""
    key = jax.random.key(0)
    first = jax.random.normal(key, (3,))
    second = jax.random.normal(key, (3,))
    assert (first == second).all()


def test_a_generator_has_a_state():
    """NumPy's generator has one, and each draw moves it on, so the order of the draws matters."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=3), rng.normal(size=3)
    assert (first != second).all()
    again = np.random.default_rng(0)
    assert (again.normal(size=6) == np.concatenate([first, second])).all()


def test_split_gives_keys_that_are_not_each_other():
    """`split` makes new keys from one; do not use the old one again."""
    key = jax.random.key(0)
    new = jax.random.split(key, 3)
    draws = {float(jax.random.uniform(k)) for k in [key, *new]}
    assert len(draws) == 4


def test_the_first_numbers_of_a_longer_draw_are_those_of_a_shorter_one():
    """A number depends only on the key and its own place, so a longer draw begins with the shorter
    one."""
    key = jax.random.key(1)
    short, long = jax.random.bits(key, (5,)), jax.random.bits(key, (500,))
    assert (short == long[:5]).all()


def test_the_shape_of_a_draw_does_not_matter():
    """Nor does the shape matter: the numbers are the same, arranged differently."""
    key = jax.random.key(1)
    flat = jax.random.uniform(key, (6,))
    assert (flat.reshape(2, 3) == jax.random.uniform(key, (2, 3))).all()


def test_fold_in_gives_each_step_its_key():
    """`fold_in` makes a key from a key and a number, say of a step or of a trial, in any order."""
    key = jax.random.key(2)
    forward = [jax.random.uniform(jax.random.fold_in(key, step)) for step in range(4)]
    backward = [jax.random.uniform(jax.random.fold_in(key, step)) for step in reversed(range(4))]
    assert forward == backward[::-1]


def test_a_batch_of_keys_draws_what_each_would():
    """So a batch, a loop and any number of threads draw the same: `vmap` over keys is the loop."""
    keys = jax.random.split(jax.random.key(3), 4)
    batch = jax.vmap(lambda key: jax.random.normal(key, (2,)))(keys)
    loop = jnp.stack([jax.random.normal(key, (2,)) for key in keys])
    assert (batch == loop).all()


def test_a_draw_under_jit_is_the_draw_without():
    """`jit` changes no bit of a draw; `np.random` in a traced function is drawn only once."""

    def draw(key):
        return jax.random.uniform(key), np.random.default_rng().uniform()

    key = jax.random.key(4)
    compiled = jax.jit(draw)
    (inside, frozen), (again, still) = compiled(key), compiled(key)
    assert inside == again == draw(key)[0]
    assert frozen == still


def test_numba_has_a_generator_of_its_own():
    """`np.random.seed` does not reach `np.random` inside Numba: compiled code has its own."""

    @njit
    def seed_and_draw(seed):
        np.random.seed(seed)
        return np.random.random()

    @njit
    def draw():
        return np.random.random()

    seed_and_draw(0)
    first = draw()
    seed_and_draw(0)
    np.random.seed(12345)  # NumPy's, not Numba's
    assert draw() == first


def test_torch_draws_from_one_state_unless_told_otherwise():
    """PyTorch draws from one global state, unless you pass a `Generator`."""
    torch.manual_seed(0)
    first = torch.rand(3)
    torch.manual_seed(0)
    torch.rand(3, generator=torch.Generator().manual_seed(7))  # moves only its own state
    assert torch.equal(torch.rand(3), first)


def test_a_uniform_float32_is_one_of_8_million():
    """A uniform float32 in JAX is a multiple of 2**-23: 0 is among them, and 1 is not."""
    x = np.asarray(jax.random.uniform(jax.random.key(5), (100_000,)))
    assert (x * 2**23 % 1 == 0).all()
    assert x.max() < 1
    # Of 100,000 draws from 2**23 values some 592 are repeated; of real numbers, none would be.
    repeated = len(x) - len(np.unique(x))
    assert 450 < repeated < 750
