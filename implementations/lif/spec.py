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

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from common.checks import Arrays, InvalidInput, fits, named, size
from common.equivalence import Exact, Ulps
from common.kernel import Kernel
from common.roofline import Traffic, Work, moved


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
    dtype: np.dtype,
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
    dtype: np.dtype,
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


def check_model(arrays: Arrays, parameters: Any) -> Parameters:
    """Parameters of a LIF neuron as scalars of the arrays' dtype."""
    if not isinstance(parameters, tuple) or len(parameters) != len(Parameters._fields):
        raise InvalidInput(
            f"parameters: {parameters!r}; allowed: Parameters({', '.join(Parameters._fields)})"
        )
    checked = Parameters(
        *(
            arrays.scalar(f"parameters.{name}", value)
            for name, value in zip(Parameters._fields, parameters, strict=True)
        )
    )
    for name in ("dt", "tau"):
        if getattr(checked, name) <= 0:
            raise InvalidInput(f"parameters.{name}: {getattr(checked, name)} ms; allowed: above 0")
    if checked.v_threshold <= checked.v_reset:
        raise InvalidInput(
            f"parameters.v_threshold: {checked.v_threshold} mV; "
            f"allowed: above v_reset = {checked.v_reset} mV"
        )
    return checked


def check_state(arrays: Arrays, state: Any, *axes: str) -> State:
    """A State whose voltage has these axes."""
    named("state", state, State)
    return State(arrays.take("state.voltage", state[0], *axes))


def check(
    dtype: np.dtype, weights: Any, drive: Any, state: Any, parameters: Any, steps: Any
) -> tuple:
    """weights (neurons, neurons) nA, drive (neurons,) nA, State, Parameters, steps >= 0."""
    arrays = Arrays(dtype)
    weights = arrays.take("weights", weights, "neurons", "neurons")
    drive = arrays.take("drive", drive, "neurons")
    state = check_state(arrays, state, "neurons")
    parameters = check_model(arrays, parameters)
    steps = size("steps", steps)
    fits("steps: a raster of (steps, neurons)", (steps, len(drive)), 1)
    return weights, drive, state, parameters, steps


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


def single_steps(reference: Callable, arguments: tuple) -> Iterator[tuple]:
    """The arguments of each single step along the reference's trajectory, for spike replay."""
    weights, drive, state, parameters, steps = arguments
    for _ in range(steps):
        yield weights, drive, state, parameters, 1
        _, state = reference(weights, drive, state, parameters, 1)


def explain(
    reference: Callable, port: Callable, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Does rounding explain the first difference in a free run? With both membrane potentials.

    The leak forgets a rounding error within tau, so the errors of a run add up to a few ulps times
    tau / dt. A potential further from threshold than that is on the same side in every port, and
    as long as no spike differs, no potential differs by more.
    """
    weights, drive, state, parameters, steps = arguments
    tolerance = 4 * float(np.spacing(np.abs(parameters.v_reset)) * parameters.tau / parameters.dt)
    different = np.argwhere(expected[0] != outputs[0])
    if len(different):
        step, neuron = (int(i) for i in different[0])
        potentials = [
            float(run(weights, drive, state, parameters, step)[1].voltage[neuron])
            for run in (reference, port)
        ]
        distance = abs(potentials[0] - float(parameters.v_threshold))
        where = f"{distance:.3g} mV from threshold"
    else:
        step, neuron = steps, int(np.argmax(np.abs(outputs[1] - expected[1])))
        potentials = [float(voltage[neuron]) for voltage in (expected[1], outputs[1])]
        distance, where = 0.0, "all spikes alike"
    rounding = max(distance, abs(potentials[1] - potentials[0])) <= tolerance
    return rounding, (
        f"at step {step} neuron {neuron} has {potentials[0]!r} mV in the reference and "
        f"{potentials[1]!r} mV in the port, {where} "
        f"({'within' if rounding else 'beyond'} the {tolerance:.3g} mV that rounding explains)"
    )


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
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        # A rounding error in each step, forgotten by the leak within tau / dt = 128 steps.
        "voltage": Ulps(4, "neuron", unit="mV", elsewhere=4 * 128),
    },
    sizes={
        "small": dict(neurons=1000, steps=2000),
        "large": dict(neurons=4000, steps=2000),
        "wide": dict(neurons=16000, steps=200),  # 2 GB of weights
        "tutorial": dict(neurons=1000, steps=9999),
        # The original tutorial's workload: without a drive no neuron ever fires, at any weights.
        "silent": dict(neurons=1000, steps=9999, driven=False),
        "check": dict(neurons=64, steps=400),
    },
    reference="numpy_dense",
    references={"wide": "numpy_event"},
    check=check,
    alive=alive,
    single_steps=single_steps,
    explain=explain,
    work=work,
    peers=("brian2_cpp", "nest_delta"),
)
