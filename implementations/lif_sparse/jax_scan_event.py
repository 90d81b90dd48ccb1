"""`scan`, event-driven: two loops of scalars, over the neurons and over what each of them sends.

Under jit every shape is fixed, but not how often a loop runs: a row may have any length, and that
of a neuron that did not fire counts as empty. To list those that fired first, with `jnp.nonzero`,
takes longer on a CPU than to ask all of them; to read a row at once, too: see `jax_scan_padded`.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


@partial(jax.jit, static_argnames=("refractory_steps", "steps"))
def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    indptr, indices, weights = synapses
    neurons, delay = len(drive), len(state.arriving)
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(state, step):
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) nA
        slot = step % delay
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        stop = jnp.where(fired, indptr[1:], indptr[:-1])  # (neurons,)

        def add_row(pre, sent):
            return jax.lax.fori_loop(
                indptr[pre], stop[pre], lambda k, sent: sent.at[indices[k]].add(weights[k]), sent
            )

        sent = jax.lax.fori_loop(0, neurons, add_row, jnp.zeros_like(drive))
        arriving = arriving.at[slot].set(sent)
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, jnp.arange(steps))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
