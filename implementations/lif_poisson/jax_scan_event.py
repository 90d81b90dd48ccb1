"""`scan`, event-driven: a `while_loop` adds the rows of those that fired, found bit by bit.

As in implementations/lif/jax_scan_event.py. The noise is drawn as in jax_scan: with so few numbers
at a time, nothing is gained by writing the generator out.
"""

from functools import partial

import jax
import jax.numpy as jnp
from portstudy.implementations.lif.jax_scan_event import any_left, next_spike, pack

from .spec import State


@partial(jax.jit, static_argnames="steps")
def lif_poisson(weights, strength, table, key, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    key = jax.random.wrap_key_data(key, impl="threefry2x32")

    def add_row(carry):
        left, current = carry
        pre, left = next_spike(left)
        return left, current + weights[pre]

    def step(state, _):
        voltage, now = state  # (neurons,) mV, ()
        step_key = jax.random.fold_in(key, now)
        words = jax.random.bits(step_key, len(voltage), "uint32")  # (neurons,)
        arrived = jnp.sum(words >= table[:, jnp.newaxis], axis=0, dtype=voltage.dtype)  # (neurons,)
        fired = voltage >= v_threshold  # (neurons,) bool
        outside = strength * arrived  # (neurons,) nA
        _, current = jax.lax.while_loop(any_left, add_row, (pack(fired), outside))
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return State(voltage, now + 1), fired

    state, spikes = jax.lax.scan(step, state, length=steps)
    return spikes, state
