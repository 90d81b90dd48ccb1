"""Several devices: each integrates its own neurons, and `all_gather` tells every one who fired.

In `shard_map` the function is what one device does, on its part of each argument: of `weights` the
columns of its neurons, all that they receive. What the devices have to tell each other in a step
is who fired, a byte a neuron, and none can go on before it has heard from all. That wait is the
price: a network whose step takes a device a few microseconds gets slower by it, and one that does
not fit into the memory of a device becomes possible.

The arguments may lie on the devices in any way: whole on each, as they do here, in which case each
device cuts its columns out at the start of a call, or cut already, and then no device ever holds
all weights. The network is filled up with neurons that nobody hears, so that every device has as
many; one device is enough, and any number will do. Columns are cut, and not rows, because with its
columns a device has a current to itself: of rows, the currents would have to be summed over the
devices, and they are floats.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P


@partial(jax.jit, static_argnames=("steps", "mesh"))
def simulate(weights, drive, state, parameters, steps, mesh):
    neurons = len(drive)
    spare = -neurons % mesh.size

    def fill(x):
        return jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, spare)])

    def part(weights, drive, state, parameters):
        dt, tau, v_reset, v_threshold, resistance = parameters

        def step(state, _):
            voltage = state.voltage  # (neurons / devices,) mV
            fired = voltage >= v_threshold  # (neurons / devices,) bool
            voltage = jnp.where(fired, v_reset, voltage)
            all_fired = jax.lax.all_gather(fired, "neurons", tiled=True)  # (neurons + spare,)
            current = all_fired[:neurons] @ weights + drive  # (neurons / devices,) nA
            voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
            voltage = jnp.where(fired, v_reset, voltage)
            return state._replace(voltage=voltage), fired

        state, spikes = jax.lax.scan(step, state, length=steps)
        return spikes, state

    columns, own = P(None, "neurons"), P("neurons")
    whole = jax.shard_map(
        part, mesh=mesh, in_specs=(columns, own, own, P()), out_specs=(columns, own)
    )
    spikes, state = whole(fill(weights), fill(drive), jax.tree.map(fill, state), parameters)
    return spikes[:, :neurons], jax.tree.map(lambda x: x[:neurons], state)


def lif(weights, drive, state, parameters, steps):
    devices = sorted(weights.devices(), key=lambda device: device.id)
    mesh = Mesh(devices, ("neurons",))
    return simulate(weights, drive, state, parameters, steps, mesh)
