"""What the specs of spiking networks share: what explains the first difference of two runs.

A spiking network is chaotic: after one rounding error on the wrong side of the threshold two right
answers part, for good. So ports are compared in single steps, and of a whole run only the first
difference counts.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from portstudy.trees import leaves


def explain(
    reference: Any, port: Any, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Is what differs in two runs of LIF neurons a matter of rounding? With both potentials.

    The leak forgets a rounding error within tau, so the errors of a run add up to a few ulps times
    tau / dt. A potential further from threshold than that is on the same side in every port, and
    as long as no spike differs, no potential differs by more.

    Spikes (.., steps, neurons) come first; what is in front of the steps are trials, each of which
    must be explained.
    """
    kernel = port.kernel
    parameters = arguments[list(kernel.arguments).index("parameters")]
    tolerance = 4 * float(np.spacing(np.abs(parameters.v_reset)) * parameters.tau / parameters.dt)

    def voltage(run: Any, step: int) -> np.ndarray:
        return kernel.state_of(run(*kernel.some_steps(arguments, 0, step))).voltage

    why = ""
    for trial in np.ndindex(expected[0].shape[:-2]):
        spikes = expected[0][trial], outputs[0][trial]
        ends = [kernel.state_of(ours).voltage[trial] for ours in (expected, outputs)]
        if np.array_equal(*spikes) and np.array_equal(*ends):
            continue
        rounding, reason = first_difference(
            spikes,
            ends,
            lambda step, trial=trial: [voltage(run, step)[trial] for run in (reference, port)],
            float(parameters.v_threshold),
            tolerance,
        )
        reason = f"in trial {trial[0]} {reason}" if trial else reason
        why = why or reason
        if not rounding:
            return False, reason
    if np.array_equal(expected[0], outputs[0]) and (name := beyond(kernel, expected, outputs)):
        return False, f"all spikes alike, but not {name}"
    return bool(why), why


def beyond(kernel: Any, expected: tuple, outputs: tuple) -> str:
    """The first output other than the potentials that differs by more than its rule allows."""
    for (name, rule), ours, theirs in zip(
        kernel.rules(outputs).items(), leaves(expected), leaves(outputs), strict=True
    ):
        error = np.abs(ours.astype(np.float64) - theirs)
        if name != "state.voltage" and (error > rule.allowed(ours)).any():
            return name
    return ""


def first_difference(
    spikes: Any, ends: Any, before: Callable, threshold: float, tolerance: float
) -> tuple[bool, str]:
    """Was the first spike that differs so near to threshold that rounding decides it?

    `spikes` are both rasters (steps, neurons), `ends` both potentials (neurons,) after the last
    step, mV; `before(step)` gives both potentials that decide who fires in a step.
    """
    different = np.argwhere(spikes[0] != spikes[1])
    if len(different):
        step, neuron = (int(i) for i in different[0])
        potentials = [float(voltage[neuron]) for voltage in before(step)]
        distance = abs(potentials[0] - threshold)
        where = f"{distance:.3g} mV from threshold"
    else:
        step, neuron = len(spikes[0]), int(np.argmax(np.abs(ends[1] - ends[0])))
        potentials = [float(voltage[neuron]) for voltage in ends]
        distance, where = 0.0, "all spikes alike"
    rounding = max(distance, abs(potentials[1] - potentials[0])) <= tolerance
    return rounding, (
        f"at step {step} neuron {neuron} has {potentials[0]!r} mV in the reference and "
        f"{potentials[1]!r} mV in the port, {where} "
        f"({'within' if rounding else 'beyond'} the {tolerance:.3g} mV that rounding explains)"
    )
