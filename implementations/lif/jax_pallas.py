"""Pallas: one GPU kernel for all steps, which keeps the voltage on the chip and walks the spikes.

Between two steps, `scan` writes the state to the GPU's memory and launches the next operations.
Here one program runs the whole time loop. Voltage and drive stay in the registers of its threads;
in a step it reads a row of the weights for each spike and writes the raster. The next spike is the
largest number left among those that fired, as in torch_scan_event.

It is one program because a step needs all spikes of the step before. Many programs would have to
wait for each other, but a grid has no barrier, and its programs need not even run at the same time.
So a single multiprocessor of the GPU's many fetches every row, one after the other, and its
registers hold the network: up to 8,192 neurons in float32; of a larger one, some goes to memory
after all. This pays while few neurons fire. The alternative is a launch per step, whose end is the
barrier: the whole GPU then fetches rows, but nothing stays in registers.

This is for Pallas's Triton backend, where the number of elements of every array in the kernel is a
power of two, fixed when it is compiled. So the network is padded with neurons at rest, and masks
keep loads and stores within the arrays. On a CPU the kernel is interpreted, with the same result.
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
