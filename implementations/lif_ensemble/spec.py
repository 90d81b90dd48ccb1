"""Many trials of one network of leaky integrate-and-fire (LIF) neurons.

The model, its step and the order within it are those of implementations/lif/spec.py. Here the
network is simulated many times, independently: all trials share the weights and the parameters, and
each has its own start, `state.voltage` (trials, neurons) in mV, and its own `drive` (trials,
neurons) in nA.

Every neuron's spikes are counted in every trial: `spike_count` (trials, neurons). `raster` says
whether each spike is recorded as well. If so, `spikes` is (trials, steps, neurons); otherwise it
is (trials, 0, neurons), for ensembles whose raster would not fit into memory.

Left out: JAX's `pmap`, which is now `jit` and `shard_map` underneath; notes/parallel-devices.md
shows what it needed.
"""

from typing import Any

import numpy as np
from portstudy import Array, Choice, Exact, Kernel, Size, Traffic, Ulps, Work, fits, moved
from portstudy.implementations._spiking import explain as explain_trials
from portstudy.implementations.lif.spec import (
    DYADIC,
    GENERAL,
    LIF,
    State,
    check_rate,
    check_threshold,
    make_drive,
    make_weights,
)


def make_inputs(
    rng: np.random.Generator,
    *,
    trials: int,
    neurons: int,
    steps: int,
    raster: bool,
    rate: float | None = None,
) -> tuple:
    """General inputs: those of `lif`, with a drive and a start for each trial."""
    weights = make_weights(rng, neurons)
    drive = make_drive(rng, 1.2, 1.75, (trials, neurons), rate)
    voltage = rng.uniform(GENERAL.v_reset, GENERAL.v_threshold, (trials, neurons))
    return weights, drive, State(voltage), GENERAL, steps, raster


def make_dyadic(
    rng: np.random.Generator,
    *,
    trials: int,
    neurons: int,
    steps: int,
    raster: bool,
    rate: float | None = None,
) -> tuple:
    """Inputs on which every port must agree to the last bit, for the reasons given in `lif`.

    The first neuron and the last of each trial start exactly at threshold.
    """
    weights = np.round(make_weights(rng, neurons) * 64) / 64
    drive = np.round(make_drive(rng, 1.5, 2.17, (trials, neurons), rate) * 64) / 64
    start = rng.uniform(DYADIC.v_reset, DYADIC.v_threshold, (trials, neurons))
    voltage = np.round(start * 1024) / 1024
    voltage[:, [0, -1]] = DYADIC.v_threshold
    return weights, drive, State(voltage), DYADIC, steps, raster


def check(*arguments: Any) -> None:
    """A threshold that can be, and a raster that fits into memory."""
    _, drive, _, parameters, steps, raster = arguments
    check_threshold(parameters)
    if raster:
        trials, neurons = drive.shape
        fits("raster: spikes of (trials, steps, neurons)", (trials, steps, neurons), 1)


def alive(arguments: tuple, outputs: tuple) -> None:
    """Trials that never fire, always fire or are all alike would prove nothing."""
    _, drive, _, parameters, steps, _ = arguments
    _, spike_count, _ = outputs
    trials, neurons = drive.shape
    check_rate(int(spike_count.sum()), trials * neurons, steps, float(parameters.dt), True)
    for trial in range(1, trials):
        assert (spike_count[trial] != spike_count[trial - 1]).any(), (
            f"trials {trial - 1} and {trial} count the same spikes: a port could mix them up"
        )


def explain(
    reference: Any, port: Any, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Is what differs a matter of rounding? As for `lif`, in each trial, if there is a raster."""
    spikes, spike_count, _ = outputs
    if not arguments[-1]:
        return False, "counts do not say in which step they parted: compare with raster=True"
    if (spike_count != spikes.sum(axis=1)).any():
        return False, "the counts are not those of the raster"
    return explain_trials(reference, port, arguments, expected, outputs)


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire; in every step read the drive, read and write V."""
    weights, drive, _, _, steps, _ = arguments
    spikes, spike_count, _ = outputs
    fired = int(spike_count.sum())
    rows = int(spike_count.any(axis=0).sum()) * weights[0].nbytes  # read at least once
    return Work(
        traffic=(
            Traffic(fired * weights[0].nbytes, rows),
            Traffic(steps * 3 * drive.nbytes, 2 * drive[0].nbytes),  # a trial at a time
            moved(spikes, spike_count),
        ),
        operations=fired * len(weights) + 6 * steps * drive.size,
    )


lif_ensemble = Kernel(
    arguments={
        "weights": Array("neurons", "neurons"),  # nA
        "drive": Array("trials", "neurons"),  # nA
        "state": State(voltage=Array("trials", "neurons")),  # mV
        "parameters": LIF,
        "steps": Size(),
        "raster": Choice(True, False),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("trial", "step", "neuron"),
        "spike_count": Exact("trial", "neuron"),
        "state": State(voltage=Ulps(4, "trial", "neuron", unit="mV")),
    },
    sizes={
        "small": dict(trials=64, neurons=250, steps=500, raster=True),
        # Counts alone: the raster would take 256 MB, and 2.5 GB for a whole second of each trial.
        # The loop over dense trials would take minutes a call: see `references`.
        "large": dict(trials=256, neurons=1000, steps=1000, raster=False),
        "wide": dict(trials=1000, neurons=1000, steps=100, raster=False),  # for a GPU
        "check": dict(trials=5, neurons=48, steps=300, raster=True),
    },
    reference="numpy_loop",
    references={"large": "numpy_vectorised", "wide": "numpy_vectorised"},
    check=check,
    alive=alive,
    steps="steps",
    explain=explain,
    work=work,
)
