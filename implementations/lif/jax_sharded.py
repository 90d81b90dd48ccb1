"""Several devices: each integrates its own neurons, and `all_gather` tells all of them who fired.

In `shard_map` the function is what one device does on its part of each argument: of `weights`, the
columns of its neurons, which are all that they receive. What the devices must tell each other in a
step is who fired, a byte per neuron, and none can go on before it has heard from all. That wait is
the price: a network whose step takes a few microseconds gets slower, but one that does not fit into
the memory of a single device becomes possible.

The arguments may lie on the devices in any way. If each device has all of them, as here, it cuts
its columns out at the start of a call; if they are cut already, no device ever holds all weights.
The network is padded with neurons that nobody hears, so that all devices have equally many; any
number of devices will do, even one. Columns are cut rather than rows because a device with its
columns computes its currents alone. With rows, currents would have to be summed over the devices,
and floating-point sums depend on their order.
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
