"""`scan`, event-driven: `nonzero(size=)` lists who fired, a `fori_loop` adds as many rows."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="steps")
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)

    def step(state, _):
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        # Shapes are fixed under jit, the number of spikes is not: the list has room for all.
        sources = jnp.nonzero(fired, size=neurons)[0]  # (neurons,), the first fired.sum() count
        current = jax.lax.fori_loop(
            0, fired.sum(), lambda k, current: current + weights[sources[k]], jnp.zeros_like(drive)
        )
        current = current + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return state._replace(voltage=voltage), fired

    state, spikes = jax.lax.scan(step, state, length=steps)
    return spikes, state
