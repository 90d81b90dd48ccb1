"""`scan`, event-driven: spikes are packed into words, and a `while_loop` takes them bit by bit.

Shapes are fixed under jit, the number of spikes is not. A list of them (jax_scan_nonzero) needs
room for all neurons and a running sum over them. Finding the next spike in a few packed words costs
next to nothing, and a step in which nobody fires is over at once.
"""

from functools import partial

import jax
import jax.numpy as jnp


def pack(fired):
    rows = jnp.pad(fired, (0, -len(fired) % 32)).reshape(-1, 32).astype(jnp.uint32)
    return (rows << jnp.arange(32, dtype=jnp.uint32)).sum(axis=1, dtype=jnp.uint32)


def any_left(carry):
    words, _ = carry
    return (words != 0).any()


def next_spike(words):
    word = jnp.argmax(words != 0).astype(jnp.int32)  # the first that is not empty
    bit = 31 - jax.lax.clz(words[word])  # its highest
    words = words.at[word].set(words[word] ^ (jnp.uint32(1) << bit))
    return 32 * word + bit.astype(jnp.int32), words


@partial(jax.jit, static_argnames="steps")
def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters

    def add_row(carry):
        words, current = carry
        pre, words = next_spike(words)
        return words, current + weights[pre]

    def step(state, _):
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        words = pack(fired)  # (neurons / 32,) uint32
        _, current = jax.lax.while_loop(any_left, add_row, (words, drive))  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return state._replace(voltage=voltage), fired

    state, spikes = jax.lax.scan(step, state, length=steps)
    return spikes, state
