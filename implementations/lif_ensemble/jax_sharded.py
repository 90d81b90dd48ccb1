"""Several devices: each takes a share of the trials, and they have nothing to tell each other.

`shard_map` gives each device its part of every argument: all weights, and the drives and states of
its own trials. What a device does with them is `jax_vmap` as it stands, which does not mention that
there are others. As nobody waits, twice as many devices take half the time, as long as each has
enough trials to be busy. The price is memory: every device holds all weights.

The mesh has the devices on which the arguments lie, one or any number. Trials are padded to a
multiple of it, and what was computed of the added ones is dropped.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P


def simulate(weights, drive, state, parameters, steps, raster):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)

    def step(carry, _):
        state, spike_count = carry
        voltage = state.voltage  # (neurons,) mV
        fired = voltage >= v_threshold  # (neurons,) bool
        voltage = jnp.where(fired, v_reset, voltage)
        current = fired @ weights + drive  # (neurons,) nA
        voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
        voltage = jnp.where(fired, v_reset, voltage)
        return (state._replace(voltage=voltage), spike_count + fired), fired if raster else None

    spike_count = jnp.zeros_like(drive, dtype=jnp.int32)
    (state, spike_count), spikes = jax.lax.scan(step, (state, spike_count), length=steps)
    spikes = spikes if raster else jnp.empty((0, neurons), dtype=bool)
    return spikes, spike_count, state


@partial(jax.jit, static_argnames=("steps", "raster", "mesh"))
def simulate_all(weights, drive, state, parameters, steps, raster, mesh):
    trials = len(drive)
    spare = -trials % mesh.size

    def fill(x):
        return jnp.pad(x, [(0, spare), (0, 0)])  # (trials + spare, neurons)

    def part(weights, drive, state, parameters):  # drive: (trials / devices, neurons)
        simulate_own = jax.vmap(simulate, in_axes=(None, 0, 0, None, None, None))
        return simulate_own(weights, drive, state, parameters, steps, raster)

    own = P("trials")
    whole = jax.shard_map(part, mesh=mesh, in_specs=(P(), own, own, P()), out_specs=own)
    outputs = whole(weights, fill(drive), jax.tree.map(fill, state), parameters)
    return jax.tree.map(lambda x: x[:trials], outputs)


def lif_ensemble(weights, drive, state, parameters, steps, raster):
    devices = sorted(weights.devices(), key=lambda device: device.id)
    mesh = Mesh(devices, ("trials",))
    return simulate_all(weights, drive, state, parameters, steps, raster, mesh)
