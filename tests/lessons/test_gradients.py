"""Claims of notes/gradients.md."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch


def test_grad_picks_the_first_argument():
    """`grad` differentiates with respect to the first argument; `argnums` names others."""

    def f(a, b):
        return 2 * a**3 - b**2

    assert jax.grad(f)(2.0, 3.0) == 24
    assert jax.grad(f, argnums=(0, 1))(2.0, 3.0) == (24, -6)


def test_only_real_numbers_have_gradients():
    """An integer has no gradient: `grad` refuses it, so write `2.0` instead of `2`."""
    with pytest.raises(TypeError, match="real- or complex-valued inputs"):
        jax.grad(lambda x: x**2)(2)


def test_grad_can_be_applied_to_itself():
    """`grad` of a `grad` is the second derivative, and so on."""

    def f(x):
        return x**3 - 3 * x**2 + 2 * x

    third = jax.grad(jax.grad(jax.grad(f)))
    assert third(0.7) == 6


def test_at_a_kink_every_library_has_its_own_answer():
    """At 0 the rectifier has no derivative. What a library returns there follows from how the
    rectifier was written."""

    def torch_slope(f):
        x = torch.tensor(0.0, requires_grad=True)
        (slope,) = torch.autograd.grad(f(x), x)
        return slope.item()

    assert jax.grad(jax.nn.relu)(0.0) == 0
    assert jax.grad(lambda x: jnp.where(x > 0, x, 0))(0.0) == 0
    assert jax.grad(lambda x: jnp.maximum(x, 0))(0.0) == 0.5
    assert torch_slope(torch.relu) == 0
    assert torch_slope(lambda x: torch.maximum(x, torch.tensor(0.0))) == 0.5
    assert torch_slope(lambda x: torch.clamp(x, min=0)) == 1


def test_where_does_not_keep_nan_out_of_a_gradient():
    """`where` picks a value, but both branches are differentiated, and 0 times infinity is NaN."""

    def root(x):
        return jnp.where(x > 0, jnp.sqrt(x), 0)

    def safe_root(x):
        positive = jnp.where(x > 0, x, 1)  # what the root sees has a derivative
        return jnp.where(x > 0, jnp.sqrt(positive), 0)

    assert root(0.0) == safe_root(0.0) == 0
    assert jnp.isnan(jax.grad(root)(0.0))
    assert jax.grad(safe_root)(0.0) == 0


def test_a_spike_has_no_slope():
    """A comparison has the derivative 0 everywhere, so nothing can be learnt through a spike."""

    def spike(u):
        return (u > 0).astype(u.dtype)

    u = jnp.array([-1.0, 0.0, 1.0])
    assert (jax.vmap(jax.grad(spike))(u) == 0).all()


def test_a_surrogate_changes_the_slope_and_not_the_spike():
    """A surrogate gives a spike another derivative, in the backward pass only: the spikes stay the
    same."""

    @jax.custom_jvp
    def spike(u):
        return (u > 0).astype(u.dtype)

    @spike.defjvp
    def fast_sigmoid(primals, tangents):
        (u,), (change,) = primals, tangents
        return spike(u), change / (1 + jnp.abs(u)) ** 2

    u = jnp.array([-1.0, 0.0, 1.0])
    assert spike(u).tolist() == [0, 0, 1]
    assert jax.vmap(jax.grad(spike))(u).tolist() == [0.25, 1, 0.25]


def test_one_gradient_for_each_example():
    """`vmap` of `grad` gives one gradient per example, and they add up to the gradient of the
    batch."""

    def loss(weights, x):
        return jnp.tanh(weights @ x) ** 2

    weights, batch = jnp.array([0.5, -1.0]), jnp.array([[1.0, 2.0], [3.0, 0.5], [0.0, 1.0]])
    each = jax.vmap(jax.grad(loss), in_axes=(None, 0))(weights, batch)
    whole = jax.grad(lambda w: jax.vmap(loss, in_axes=(None, 0))(w, batch).sum())(weights)
    assert each.shape == (3, 2)
    assert jnp.allclose(each.sum(axis=0), whole, rtol=1e-5)


def test_checkpoint_computes_again_what_it_does_not_keep():
    """`checkpoint` keeps less and computes it again: the gradient's program has more sines in
    it."""

    def f(x):
        return jnp.sin(jnp.sin(jnp.sin(x)))

    plain, again = jax.grad(f), jax.grad(jax.checkpoint(f))
    assert plain(0.3) == again(0.3)
    sines = [str(jax.make_jaxpr(g)(0.3)).count("sin ") for g in (plain, again)]
    assert sines[0] < sines[1]


def test_a_reverse_loop_needs_a_known_length():
    """A `while_loop` has no reverse-mode derivative, because nobody knows how much to keep; `scan`
    has one."""

    def double(x, _):
        return 2 * x, None

    assert jax.grad(lambda x: jax.lax.scan(double, x, length=3)[0])(1.0) == 8
    with pytest.raises(ValueError, match="Reverse-mode differentiation does not work"):
        jax.grad(lambda x: jax.lax.while_loop(lambda x: x < 8, lambda x: 2 * x, x))(1.0)


def test_torch_func_does_not_ask_for_no_grad():
    """Under `torch.no_grad()` autograd finds nothing to differentiate; `torch.func.grad` still
    does."""
    x = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        y = x**2
        assert not y.requires_grad
        assert torch.func.grad(lambda x: x**2)(x) == 6


def test_a_complex_step_loses_no_digits():
    """Without autodiff: a step along the imaginary axis needs no subtraction, so it loses no
    digits."""

    def f(x):
        return np.exp(x) * np.sin(x)

    def exact(x):
        return np.exp(x) * (np.sin(x) + np.cos(x))

    step = 1e-100
    along = np.imag(f(0.7 + step * 1j)) / step
    central = (f(0.7 + 1e-6) - f(0.7 - 1e-6)) / 2e-6
    assert abs(along - exact(0.7)) < 1e-15
    assert abs(central - exact(0.7)) > 1e-12
