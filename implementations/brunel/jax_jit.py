"""The step is compiled, the loop over the steps stays in Python: one dispatch a step.

Its loops over what the neurons send are scalar, as in C. XLA compiles them as well as any others,
and on a CPU nothing is gained by writing them as array operations: implementations/lif_sparse.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .spec import State


@partial(jax.jit, static_argnames=("excitatory", "refractory_steps"))
def step(synapses, excitatory, outside, state, parameters, refractory_steps, slot):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    voltage, refractory, arriving = state  # (neurons,) mV, (neurons,), (delay, neurons) jumps
    neurons = len(voltage)
    sends = jnp.where(jnp.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    arrived = arriving[slot] + outside  # (neurons,) jumps
    voltage = voltage - leak * voltage + jump * arrived
    voltage = jnp.where(refractory > 0, v_reset, voltage)
    fired = voltage >= v_threshold  # (neurons,) bool
    # Shapes are fixed under jit, but not how often a loop runs: a silent neuron's row is empty.
    stop = jnp.where(fired, indptr[1:], indptr[:-1])  # (neurons,)

    def add_row(pre, sent):
        return jax.lax.fori_loop(
            indptr[pre], stop[pre], lambda k, sent: sent.at[indices[k]].add(sends[pre]), sent
        )

    sent = jax.lax.fori_loop(0, neurons, add_row, jnp.zeros_like(voltage))
    arriving = arriving.at[slot].set(sent)
    voltage = jnp.where(fired, v_reset, voltage)
    refractory = jnp.where(fired, refractory_steps, jnp.maximum(refractory - 1, 0))
    return State(voltage, refractory, arriving), fired


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    steps = len(external)
    raster = []
    for i in range(steps):
        slot = i % len(state.arriving)
        state, fired = step(
            synapses, excitatory, external[i], state, parameters, refractory_steps, slot
        )
        raster.append(fired)
    return jnp.array(raster), state._replace(arriving=jnp.roll(state.arriving, -steps, axis=0))
