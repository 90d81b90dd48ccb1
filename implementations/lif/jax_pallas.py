"""Pallas: one GPU kernel for all steps, which keeps the voltage on the chip and walks the spikes.

Between two steps `scan` puts the state into the GPU's memory and launches the next operations. Here
one program runs the whole time loop: voltage and drive stay in the registers of its threads, and
what it touches in a step is a row of the weights for each spike, and the raster. The next spike is
the largest number left among those that fired, as in torch_scan_event.

It is one program because a step needs all spikes of the step before: many programs would have to
wait for each other, and a grid has no barrier; its programs need not even run at the same time. So
a single multiprocessor of the GPU's many fetches every row, one after the other, and its registers
hold the network: in float32 up to 8,192 neurons, of more a part goes to memory after all. It pays
while few fire. The other way out is a launch per step, whose end is the barrier: that has the whole
GPU for the rows, and nothing stays in registers.

This is for Pallas's Triton backend: every array in the kernel has a power of two of elements, fixed
when it is compiled, so the network is filled up with neurons at rest, and masks keep loads and
stores within the arrays. On a CPU the kernel is interpreted, to the same result.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton as pltriton


def any_left(carry):
    last, _, _ = carry
    return last >= 0


@partial(jax.jit, static_argnames="steps")
def lif(weights, drive, state, parameters, steps):
    neurons = len(drive)

    def simulate(weights, drive, state, parameters, spikes, end):  # references to memory
        dt, tau, v_reset, v_threshold, resistance = (x[...] for x in parameters)
        n = jnp.arange(pl.next_power_of_2(neurons), dtype=jnp.int32)  # (block,)
        real = n < neurons
        drive = pltriton.load(drive.at[n], mask=real, other=0)  # (block,) nA

        def add_row(carry):
            last, left, current = carry
            row = pltriton.load(weights.at[last, n], mask=real, other=0)  # (block,) nA
            left = jnp.where(n < last, left, -1)
            return left.max(), left, current + row

        def step(i, voltage):
            fired = voltage >= v_threshold  # (block,) bool
            left = jnp.where(fired, n, -1)  # (block,) numbers of those that fired
            _, _, current = jax.lax.while_loop(any_left, add_row, (left.max(), left, drive))  # nA
            voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
            voltage = jnp.where(fired, v_reset, voltage)
            pltriton.store(spikes.at[i, n], fired, mask=real)
            return voltage

        voltage = pltriton.load(state.voltage.at[n], mask=real, other=v_reset)  # (block,) mV
        voltage = jax.lax.fori_loop(0, steps, step, voltage)
        pltriton.store(end.voltage.at[n], voltage, mask=real)

    if steps == 0:  # no raster to write to
        return jnp.empty((0, neurons), dtype=bool), state
    run = partial(
        pl.pallas_call,
        simulate,
        out_shape=(jax.ShapeDtypeStruct((steps, neurons), bool), state),
        compiler_params=pltriton.CompilerParams(num_warps=16),
    )
    return jax.lax.platform_dependent(
        weights, drive, state, parameters, cpu=run(interpret=True), default=run()
    )
