"""A step with a slope: the check."""

import jax
import jax.numpy as jnp


def check(task):
    u = jnp.array([-2.0, -0.25, 0.0, 0.25, 0.75])
    assert task.spike(u).tolist() == [0, 0, 0, 1, 1], f"spikes: {task.spike(u).tolist()}"
    assert task.spike(u).dtype == u.dtype, f"spikes of dtype {task.spike(u).dtype}"
    slope = jax.grad(lambda u: task.spike(u).sum())(u)
    assert slope.tolist() == [0, 1, 1, 1, 0], f"backward: {slope.tolist()}"
    _, slope = jax.jvp(task.spike, (u,), (2 * jnp.ones_like(u),))
    assert slope.tolist() == [0, 2, 2, 2, 0], f"forward, along 2: {slope.tolist()}"
    jax.jit(jax.vmap(task.spike))(u)
