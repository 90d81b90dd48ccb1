"""`scan` in windows as long as the delay: what arrives within one was sent before it began.

A ring that is read and written in the same step is copied in each, as XLA finds no order in which
it can do without. Here an inner `scan` takes the ring apart row by row, and what it stacks up is
the next one: nothing is overwritten, and no slot is counted.
"""

from functools import partial

import jax
import jax.numpy as jnp

from .jax_scan_event import send
from .spec import State


def lif_sparse(synapses, drive, state, parameters, refractory_steps, steps):
    longest = int(jnp.diff(synapses.indptr).max())  # a shape: known when `simulate` is compiled
    return simulate(synapses, drive, state, parameters, refractory_steps, steps, longest)


@partial(jax.jit, static_argnames=("refractory_steps", "steps", "longest"))
def simulate(synapses, drive, state, parameters, refractory_steps, steps, longest):
    neurons, delay = len(drive), len(state.arriving)
    dt, tau, v_reset, v_threshold, resistance = parameters

    def step(neurons_state, arrived):
        voltage, refractory = neurons_state  # (neurons,) mV, (neurons,) steps left
        fired = voltage >= v_threshold  # (neurons,) bool
        current = arrived + drive  # (neurons,) nA
        sent = send(fired, synapses, longest)  # (neurons,) nA
        refractory = jnp.where(fired, refractory_steps, refractory)
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(refractory > 0, v_reset, voltage)
        refractory = jnp.maximum(refractory - 1, 0)
        return (voltage, refractory), (sent, fired)

    def window(state, length):
        voltage, refractory, arriving = state
        (voltage, refractory), (sent, fired) = jax.lax.scan(
            step, (voltage, refractory), arriving[:length]
        )
        arriving = jnp.concatenate([arriving[length:], sent])  # (delay, neurons) nA
        return State(voltage, refractory, arriving), fired

    windows, rest = divmod(steps, delay)
    state, spikes = jax.lax.scan(lambda state, _: window(state, delay), state, length=windows)
    state, fired = window(state, rest)
    return jnp.concatenate([spikes.reshape(windows * delay, neurons), fired]), state
