"""Pallas: a program of one GPU kernel for each trial, which keeps that trial's state on the chip.

The trials share nothing that changes, so no program ever waits for another, and each runs all its
steps on its own. Voltage, drive and spike count stay in the registers of its threads; in a step it
reads a row of the weights for each spike and writes the raster. All trials read the same weights,
which the GPU's second-level cache keeps if they fit. Each multiprocessor has room for a few trials
at a time; the others start as these end, in any order.

It is event-driven, like jax_pallas of `lif`: a row for each spike of each trial, so its time
depends on how rarely neurons fire. The dense ports, a product of matrices for all trials, read each
weight once per step however many fire. To do that here, a program would need many trials, and their
state does not fit into registers.

As in `lif`, an array has a power of two of elements, the network is padded with neurons at rest,
and masks keep loads and stores within the arrays. On a CPU the kernel is interpreted, one trial
after the other, with the same result.
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax.experimental import pallas as pl
from jax.experimental.pallas import triton as pltriton


def any_left(carry):
    last, _, _ = carry
    return last >= 0


@partial(jax.jit, static_argnames=("steps", "raster"))
def lif_ensemble(weights, drive, state, parameters, steps, raster):
    trials, neurons = drive.shape
    recorded = raster and steps > 0  # Pallas has no empty arrays

    def simulate(weights, drive, state, parameters, spikes, spike_count, end):  # references
        dt, tau, v_reset, v_threshold, resistance = (x[...] for x in parameters)
        trial = pl.program_id(0)
        n = jnp.arange(pl.next_power_of_2(neurons), dtype=jnp.int32)  # (block,)
        real = n < neurons
        drive = pltriton.load(drive.at[trial, n], mask=real, other=0)  # (block,) nA

        def add_row(carry):
            last, left, current = carry
            row = pltriton.load(weights.at[last, n], mask=real, other=0)  # (block,) nA
            left = jnp.where(n < last, left, -1)
            return left.max(), left, current + row

        def step(i, carry):
            voltage, count = carry
            fired = voltage >= v_threshold  # (block,) bool
            left = jnp.where(fired, n, -1)  # (block,) numbers of those that fired
            _, _, current = jax.lax.while_loop(any_left, add_row, (left.max(), left, drive))  # nA
            voltage = voltage + (dt / tau) * (-voltage + v_reset + resistance * current)
            voltage = jnp.where(fired, v_reset, voltage)
            if recorded:
                pltriton.store(spikes.at[trial, i, n], fired, mask=real)
            return voltage, count + fired

        voltage = pltriton.load(state.voltage.at[trial, n], mask=real, other=v_reset)  # (block,) mV
        count = jnp.zeros(len(n), dtype=jnp.int32)
        voltage, count = jax.lax.fori_loop(0, steps, step, (voltage, count))
        pltriton.store(spike_count.at[trial, n], count, mask=real)
        pltriton.store(end.voltage.at[trial, n], voltage, mask=real)

    run = partial(
        pl.pallas_call,
        simulate,
        grid=(trials,),
        out_shape=(
            jax.ShapeDtypeStruct((trials, steps, neurons), bool) if recorded else None,
            jax.ShapeDtypeStruct((trials, neurons), jnp.int32),
            state,
        ),
        compiler_params=pltriton.CompilerParams(num_warps=4),
    )
    spikes, spike_count, state = jax.lax.platform_dependent(
        weights, drive, state, parameters, cpu=run(interpret=True), default=run()
    )
    if not recorded:
        spikes = jnp.empty((trials, 0, neurons), dtype=bool)
    return spikes, spike_count, state
