"""`scan`, with the product as `@` of JAX's own sparse format, BCOO: coordinates and values."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.experimental.sparse import BCOO

from .spec import State


@partial(jax.jit, static_argnames=("refractory_steps", "steps"))
def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    neurons, delay = len(drive), len(state.arriving)
    senders = jnp.repeat(
        jnp.arange(neurons, dtype=indptr.dtype),
        jnp.diff(indptr),
        total_repeat_length=len(indices),
    )  # (synapses,)
    pairs = jnp.stack([senders, indices], axis=1)  # (synapses, 2)
    matrix = BCOO((weights, pairs), shape=(neurons, neurons), indices_sorted=True)
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(state, step):
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) nA
        slot = step % delay
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        sent = fired.astype(drive.dtype) @ matrix
        arriving = arriving.at[slot].set(sent)
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, jnp.arange(steps))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
