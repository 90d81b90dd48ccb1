"""`scan`, event-driven: `nonzero` lists who fired, and indices pick the row of each.

Under jit every shape is fixed, but neither the number of spikes nor the length of a row. So the
list has room for all neurons, and every row is read as if it were the longest: what lies beyond its
end counts as zero. Both cost more on a CPU than what `jax_scan_event` does instead.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    longest = int(jnp.diff(synapses.indptr).max())  # a shape: known when `simulate` is compiled
    return simulate(synapses, drive, state, parameters, refractory_steps, steps, longest)


@partial(jax.jit, static_argnames=("refractory_steps", "steps", "longest"))
def simulate(synapses, drive, state, parameters, refractory_steps, steps, longest):
    indptr, indices, weights = synapses
    neurons, delay = len(drive), len(state.arriving)
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(state, step):
        voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) nA
        slot = step % delay
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arriving[slot] + drive  # (neurons,) nA
        sources = jnp.nonzero(fired, size=neurons)[0]  # (neurons,), the first fired.sum() count

        def add_row(k, sent):
            pre = sources[k]
            row = indptr[pre] + jnp.arange(longest)
            weight = jnp.where(row < indptr[pre + 1], weights[row], 0)
            return sent.at[indices[row]].add(weight)

        sent = jax.lax.fori_loop(0, fired.sum(), add_row, jnp.zeros_like(drive))
        arriving = arriving.at[slot].set(sent)
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        return State(voltage, refractory, arriving), fired

    state, spikes = jax.lax.scan(step, state, jnp.arange(steps))
    return spikes, state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
