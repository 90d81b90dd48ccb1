"""A network of leaky integrate-and-fire (LIF) neurons, all connected to all, by explicit Euler.

Between spikes the membrane potential V of each neuron relaxes towards rest and is pushed by an
input current I (Gerstner et al., Neuronal Dynamics, 2014, section 1.3):

    tau dV/dt = -(V - v_reset) + R I,        a spike and V <- v_reset when V >= v_threshold

One step of length dt, in this order:

    1. fired = V >= v_threshold              the row that the raster records for this step
    2. V = v_reset                           where fired
    3. I = fired @ weights + drive           a spike acts in the very step in which it is fired
    4. V = V + (dt / tau) (-V + v_reset + R I)
    5. V = v_reset                           where fired: no neuron integrates while it fires

The potential rests where it is reset. `weights[pre, post]` is what neuron `pre` sends to neuron
`post`, so a row is all that one neuron sends. With v_threshold > v_reset no neuron fires in two
steps in a row.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import (
    Array,
    Exact,
    InvalidInput,
    Kernel,
    Scalar,
    Size,
    Traffic,
    Ulps,
    Work,
    fits,
    moved,
)
from portstudy.implementations._spiking import explain


class State(NamedTuple):
    """What changes from step to step."""

    voltage: Any  # (neurons,) mV: membrane potential


class Parameters(NamedTuple):
    """What does not change, the same for all neurons."""

    dt: Any  # ms: length of a step
    tau: Any  # ms: membrane time constant
    v_reset: Any  # mV: potential at rest and after a spike
    v_threshold: Any  # mV: potential at which a neuron fires
    resistance: Any  # MOhm: of the membrane


# Nothing is exactly representable, and every operation rounds.
GENERAL = Parameters(dt=0.1, tau=15.0, v_reset=-65.3, v_threshold=-50.7, resistance=9.7)
# dt / tau and the resistance are powers of two: see make_dyadic.
DYADIC = Parameters(dt=0.125, tau=16.0, v_reset=-65.0, v_threshold=-50.0, resistance=8.0)


def make_weights(rng: np.random.Generator, neurons: int) -> np.ndarray:
    """Dense weights, nA: four of five neurons excite, the fifth inhibits four times as much.

    Excitation and inhibition balance on average, and the weights shrink with the square root of
    their number, so that the fluctuation of a neuron's input does not depend on the network's size.
    """
    mean = 1.6 * np.sqrt(1000 / neurons)  # nA
    weights = rng.uniform(0, 2 * mean, (neurons, neurons))
    weights[rng.permutation(neurons)[: neurons // 5]] *= -4
    np.fill_diagonal(weights, 0.0)
    return weights


def make_drive(
    rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...], rate: float | None
) -> np.ndarray:
    """Drive, nA: low to high for all; or, for a mean firing rate in Hz, a strong one for a few.

    At 2.5 times the drive a neuron fires at some 100 Hz: for a rate of 1, one in a hundred gets it.
    """
    drive = rng.uniform(low, high, shape)
    if rate is None:
        return drive
    order = rng.random(shape).argsort(axis=-1)
    return np.where(order < rate / 100 * shape[-1], 2.5 * drive, 0)


def make_inputs(
    rng: np.random.Generator,
    *,
    neurons: int,
    steps: int,
    driven: bool = True,
    rate: float | None = None,
) -> tuple:
    """General inputs: a network that fires at cortical rates, where every operation rounds."""
    weights = make_weights(rng, neurons)
    # 0.8 to 1.16 times what it takes to reach threshold.
    drive = make_drive(rng, 1.2, 1.75, (neurons,), rate)
    voltage = rng.uniform(GENERAL.v_reset, GENERAL.v_threshold, neurons)
    if not driven:
        drive, voltage = np.zeros(neurons), np.full(neurons, GENERAL.v_reset)
    return weights, drive, State(voltage), GENERAL, steps


def make_dyadic(
    rng: np.random.Generator,
    *,
    neurons: int,
    steps: int,
    driven: bool = True,
    rate: float | None = None,
) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    Currents are multiples of 1/64 nA and their sums stay below 2**18 nA, so they are exact in any
    order of summation. dt / tau and the resistance are powers of two, so a product is exact and
    fusing it with an addition changes nothing. Below threshold, -V + v_reset is exact as well. What
    still rounds in a step are two single additions, in the same place in every port. The first
    neuron and the last start exactly at threshold: a port with > for >= goes wrong there, and so
    does one that loses the end of a row.
    """
    weights = np.round(make_weights(rng, neurons) * 64) / 64
    drive = np.round(make_drive(rng, 1.5, 2.17, (neurons,), rate) * 64) / 64
    voltage = np.round(rng.uniform(DYADIC.v_reset, DYADIC.v_threshold, neurons) * 1024) / 1024
    voltage[[0, -1]] = DYADIC.v_threshold
    if not driven:
        drive, voltage = np.zeros(neurons), np.full(neurons, DYADIC.v_reset)
    return weights, drive, State(voltage), DYADIC, steps


# What the parameters of a LIF neuron may be.
LIF = Parameters(
    dt=Scalar(above=0, unit="ms"),
    tau=Scalar(above=0, unit="ms"),
    v_reset=Scalar(),
    v_threshold=Scalar(),
    resistance=Scalar(),
)


def check_threshold(parameters: Any) -> None:
    """Refuse one at which a neuron fires as soon as it is reset."""
    if parameters.v_threshold <= parameters.v_reset:
        raise InvalidInput(
            f"parameters.v_threshold: {parameters.v_threshold} mV; "
            f"allowed: above v_reset = {parameters.v_reset} mV"
        )


def check(*arguments: Any) -> None:
    """A threshold that can be, and a raster that fits into memory."""
    _, drive, _, parameters, steps = arguments
    check_threshold(parameters)
    fits("steps: a raster of (steps, neurons)", (steps, len(drive)), 1)


def check_rate(fired: int, neurons: int, steps: int, dt: float, driven: bool) -> None:
    """A network must fire at a plausible rate, or not at all if it is not driven."""
    if not driven:
        assert fired == 0, f"{fired} spikes, though no neuron is driven and all start at rest"
        return
    rate = fired / (neurons * steps * dt * 1e-3)
    assert 0.05 <= rate <= 200, f"a mean rate of {rate:.2f} Hz; plausible: 0.05 to 200 Hz"


def alive(arguments: tuple, outputs: tuple) -> None:
    """A network that never fires, or always does, would prove nothing."""
    _, drive, state, parameters, steps = arguments
    spikes, _ = outputs
    driven = bool(drive.any() or (state.voltage != parameters.v_reset).any())
    check_rate(int(spikes.sum()), len(drive), steps, float(parameters.dt), driven)


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire; in every step read the drive, read and write V."""
    weights, drive, _, _, steps = arguments
    spikes, _ = outputs
    fired = int(spikes.sum())
    rows = int(spikes.any(axis=0).sum()) * weights[0].nbytes  # read at least once
    return Work(
        traffic=(
            Traffic(fired * weights[0].nbytes, rows),
            Traffic(steps * 3 * drive.nbytes, 2 * drive.nbytes),
            moved(spikes),
        ),
        operations=(fired + 6 * steps) * len(drive),
    )


lif = Kernel(
    arguments={
        "weights": Array("neurons", "neurons"),  # nA
        "drive": Array("neurons"),  # nA
        "state": State(voltage=Array("neurons")),  # mV
        "parameters": LIF,
        "steps": Size(),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        "state": State(voltage=Ulps(4, "neuron", unit="mV")),
    },
    sizes={
        "small": dict(neurons=1000, steps=2000),
        "large": dict(neurons=4000, steps=2000),
        "wide": dict(neurons=16000, steps=200),  # 2 GB of weights
        # The original tutorial's workload: without a drive no neuron ever fires, at any weights.
        "silent": dict(neurons=1000, steps=9999, driven=False),
        "check": dict(neurons=64, steps=400),
    },
    reference="numpy_dense",
    references={"wide": "numpy_event"},
    check=check,
    alive=alive,
    steps="steps",
    explain=explain,
    work=work,
    peers=("brian2_cpp", "nest_delta"),
)
