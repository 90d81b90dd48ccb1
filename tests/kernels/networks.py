"""Networks of LIF neurons, whichever kernel simulates them, and two independent answers."""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from portstudy import Port
from portstudy.implementations.lif.spec import Parameters, State


class Network(NamedTuple):
    weights: Any  # (neurons, neurons) nA, from row to column
    drive: Any  # (neurons,) nA
    voltage: Any  # (neurons,) mV
    parameters: Parameters
    steps: int


def simulate(port: Port, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Raster (steps, neurons) and final voltage (neurons,) of one network."""
    weights, drive, voltage, parameters, steps = network
    if port.kernel.name == "lif":
        spikes, state = port(weights, drive, State(voltage), parameters, steps)
        return spikes, state.voltage
    # Of two trials ours is the second; the first has its neurons in reverse, lest they be mixed up.
    trials = [np.stack([np.flip(x), x]) for x in (drive, voltage)]
    spikes, spike_count, state = port(weights, trials[0], State(trials[1]), parameters, steps, True)
    assert (spike_count == spikes.sum(axis=1)).all()
    return spikes[1], state.voltage[1]


def as_fractions(parameters: Parameters, dtype: str = "float64") -> Parameters:
    """The parameters as this dtype has them, exactly."""
    return Parameters(*(Fraction(float(np.dtype(dtype).type(x))) for x in parameters))


def exactly(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """The model in rational numbers, line by line as implementations/lif/spec.py states it."""
    dt, tau, v_reset, v_threshold, resistance = as_fractions(network.parameters)
    weights, drive, voltage = ([Fraction(x) for x in np.ravel(a).tolist()] for a in network[:3])
    n = len(drive)
    raster = []
    for _ in range(network.steps):
        fired = [v >= v_threshold for v in voltage]
        voltage = [v_reset if f else v for v, f in zip(voltage, fired, strict=True)]
        current = [
            sum(weights[i * n + j] for i in range(n) if fired[i]) + drive[j] for j in range(n)
        ]
        voltage = [
            v + (dt / tau) * (-v + v_reset + resistance * i)
            for v, i in zip(voltage, current, strict=True)
        ]
        voltage = [v_reset if f else v for v, f in zip(voltage, fired, strict=True)]
        raster.append(fired)
    return np.array(raster, dtype=bool).reshape(-1, n), np.array([float(v) for v in voltage])


def voltage_after(steps: int, drive: Fraction, parameters: Parameters) -> Fraction:
    """Closed form of `steps` Euler steps of an uncoupled neuron from v_reset, below threshold.

    Each step leaves (1 - dt/tau) of the distance to v_inf = v_reset + R I, where it would end.
    """
    dt, tau, v_reset, _, resistance = parameters
    v_inf = v_reset + resistance * drive
    return v_inf + (v_reset - v_inf) * (1 - dt / tau) ** steps


def drive_reaching(voltage: Fraction, steps: int, parameters: Parameters) -> Fraction:
    """The drive with which so many steps from v_reset end at this voltage."""
    dt, tau, v_reset, _, resistance = parameters
    return (voltage - v_reset) / resistance / (1 - (1 - dt / tau) ** steps)
