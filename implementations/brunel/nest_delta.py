"""NEST's own `iaf_psc_delta`: its steps are those of this model, in this order.

It decays exactly: with tau_m = -1 / log(1 - leak), and time counted in steps, it loses the share
`leak`. What arrives from outside is sent by a generator for each neuron. All delays are equal, so
neurons are advanced by that many steps at a time. How long a neuron is still held cannot be set, so
those that are held at the start fire before it, by the length of the delay, with a refractory time
of their own and before any neurons are connected. NEST does not tell what is still under way at the
end, but the last rows of the raster do.
"""

import nest
import numpy as np

from ._under_way import under_way
from .spec import State


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    delay = len(state.arriving)
    sends = np.where(np.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    arriving = external.astype(sends.dtype)  # (steps, neurons) jumps, but for what is fired here
    arriving[:delay] += state.arriving[:steps]
    nest.ResetKernel()
    nest.set(resolution=1.0, min_delay=delay, max_delay=delay)
    held = state.refractory > 0
    neuron = {
        "tau_m": -1 / np.log1p(-leak),
        "E_L": 0.0,
        "V_m": np.where(held, np.inf, 0.0),
        "V_reset": v_reset,
        "V_th": np.inf,
        "t_ref": np.where(held, state.refractory + delay - 1.0, 0.0),
    }
    population = nest.Create("iaf_psc_delta", neurons, neuron)
    outside = nest.Create("spike_generator", neurons)
    outside.set(
        [
            {"spike_times": np.flatnonzero(column) + 1.0, "spike_weights": column[column != 0]}
            for column in arriving.T
        ]
    )
    nest.Connect(outside, population, "one_to_one", {"weight": jump, "delay": delay})
    nest.Simulate(delay)
    voltage = np.where(held, v_reset, state.voltage)  # (neurons,) mV
    population.set(V_m=voltage, V_th=v_threshold, t_ref=refractory_steps)
    pre = np.repeat(np.arange(neurons), np.diff(indptr))  # (synapses,)
    delays = np.full(len(pre), float(delay))  # (synapses,) steps
    sent = {"weight": jump * sends[pre], "delay": delays}
    nest.Connect(pre + 1, indices + 1, "one_to_one", sent)  # NEST counts from 1
    recorder = nest.Create("spike_recorder")
    nest.Connect(population, recorder, syn_spec={"delay": delay})
    nest.Simulate(steps)
    spikes = np.zeros((steps, neurons), dtype=bool)
    ends, senders = (np.array(recorder.events[x], dtype=int) for x in ("times", "senders"))
    spikes[ends - delay - 1, senders - 1] = True
    voltage = np.reshape(population.V_m, neurons)
    ago = spikes[::-1].argmax(axis=0)  # (neurons,) steps since each one fired, if it did
    left = np.where(spikes.any(axis=0), refractory_steps - ago, state.refractory - steps)
    refractory = np.maximum(left, 0).astype(np.int32)
    arriving = under_way(state.arriving, spikes, synapses, sends)
    return spikes, State(voltage, refractory, arriving)
