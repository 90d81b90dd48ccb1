"""NEST's own `iaf_psc_delta`, which decays exactly: its time constant makes that our Euler step.

In a step, Euler leaves 1 - dt / tau of the distance to rest, and NEST leaves exp(-1 / tau_m), with
time counted in steps. A spike moves the voltage by what its current adds in our step. It arrives
one step later, since NEST asks who fires at the end of a step and we ask at the beginning of the
next. A constant current does nothing but move the potential at rest, E_L.
"""

import nest
import numpy as np

from .spec import State


def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    if dt >= tau:
        raise ValueError(f"dt: {dt} ms; NEST takes less than tau = {tau} ms")
    neurons = len(drive)
    rest = v_reset + resistance * drive  # (neurons,) mV
    nest.ResetKernel()
    nest.resolution = 1.0
    neuron = {
        "tau_m": -1 / np.log1p(-dt / tau),
        "E_L": rest,
        "V_m": rest,
        "V_reset": v_reset,
        "V_th": np.inf,
        "t_ref": 1.0,
    }
    population = nest.Create("iaf_psc_delta", neurons, neuron)
    jumps = (dt / tau) * resistance * weights  # (neurons, neurons) mV
    nest.Connect(population, population, "all_to_all", {"weight": jumps.T, "delay": 1.0})
    # All rest, until one spike takes them to where they start: now NEST asks who fires.
    start = nest.Create("spike_generator", params={"spike_times": [1.0]})
    jump = state.voltage - rest  # (neurons,) mV
    nest.Connect(start, population, "all_to_all", {"weight": jump[:, None], "delay": 1.0})
    recorder = nest.Create("spike_recorder")
    nest.Connect(population, recorder)
    with nest.RunManager():
        nest.Run(1.0)
        population.V_th = v_threshold
        nest.Run(float(steps))
        population.V_th = np.inf  # our last voltages have not been asked yet who fires
        nest.Run(1.0)
    spikes = np.zeros((steps, neurons), dtype=bool)
    times, senders = (np.array(recorder.events[x], dtype=int) for x in ("times", "senders"))
    spikes[times - 2, senders - 1] = True
    return spikes, State(np.reshape(population.V_m, neurons))
