"""The model as text: Brian2 writes a C++ program from it, compiles it and runs it as a process.

A step is a second of Brian2's time, so one program serves a network at any parameters, and each is
built on a device of its own, as a device of Brian2 has one program. The equation leaks, by an Euler
step that takes the share `leak`. What arrives is first counted in jumps and then moves the
potential once, so that it is rounded as often as in the other ports. Brian2 acts on the spikes of a
step in the next one, so its delay is one step shorter. It does not tell what is still under way at
the end, but the last rows of the raster do.
"""

import functools
import shutil
import tempfile
import weakref

import brian2 as b2
import numpy as np
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from ._under_way import under_way
from .spec import State


@functools.cache
def build(indptr, indices, steps, delay, dtype):
    device = CPPStandaloneDevice()
    b2.set_device(device, build_on_run=False)
    b2.prefs.core.default_float_dtype = dtype
    b2.defaultclock.dt = b2.second
    ends = np.frombuffer(indptr, np.int32)  # (neurons + 1,)
    rows = ends[1:] - ends[:-1]  # (neurons,) synapses of each
    neurons = len(rows)
    outside = b2.TimedArray(np.zeros((steps, neurons)), dt=b2.second, name="outside")
    population = b2.NeuronGroup(
        neurons,
        """dvoltage/dt = -leak * voltage / second : 1 (unless refractory)
        arrived : 1
        sends : 1 (constant)
        leak : 1 (shared, constant)
        jump : 1 (shared, constant)
        v_reset : 1 (shared, constant)
        v_threshold : 1 (shared, constant)
        pause : second (shared, constant)""",
        method="euler",
        threshold="voltage >= v_threshold",
        reset="voltage = v_reset",
        refractory="pause",
    )
    population.run_regularly(
        """voltage += jump * (arrived + outside(t, i))
        arrived = 0""",
        when="after_synapses",
    )
    synapses = b2.Synapses(
        population, population, on_pre="arrived_post += sends_pre", delay=(delay - 1) * b2.second
    )
    pre = np.arange(neurons).repeat(rows)  # (synapses,)
    synapses.connect(i=pre, j=np.frombuffer(indices, np.int32))
    monitor = b2.SpikeMonitor(population)
    network = b2.Network(population, synapses, monitor)
    network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    network.run(steps * b2.second)
    folder = tempfile.mkdtemp()
    weakref.finalize(device, shutil.rmtree, folder)  # at the latest when Python ends
    device.build(directory=folder, run=False, with_output=False)
    return device, population, outside, monitor


def brunel(synapses, excitatory, external, state, parameters, refractory_steps):
    indptr, indices = synapses
    leak, jump, g, v_reset, v_threshold = parameters
    steps, neurons = external.shape
    delay = len(state.arriving)
    sends = np.where(np.arange(neurons) < excitatory, 1, -g)  # (neurons,) jumps
    arriving = external.astype(sends.dtype)  # (steps, neurons) jumps, but for what is fired here
    arriving[:delay] += state.arriving[:steps]
    device, population, outside, monitor = build(
        indptr.tobytes(), indices.tobytes(), steps, delay, state.voltage.dtype.type
    )
    b2.set_device(device, build_on_run=False)
    values = {
        outside: arriving,
        population.voltage: np.where(state.refractory > 0, v_reset, state.voltage),
        # Whoever fired `refractory_steps` before the first step is just no longer held.
        population.lastspike: (state.refractory - (refractory_steps + 1)) * b2.second,
        population.sends: sends,
        population.leak: leak,
        population.jump: jump,
        population.v_reset: v_reset,
        population.v_threshold: v_threshold,
        population.pause: (refractory_steps + 1) * b2.second,
    }
    device.run(run_args=values, with_output=False)
    spikes = np.zeros((steps, neurons), dtype=bool)
    spikes[(monitor.t / b2.second).astype(int), monitor.i] = True
    voltage = np.array(population.voltage[:])
    left = population.lastspike[:] / b2.second + (refractory_steps + 1) - steps
    refractory = np.maximum(left, 0).astype(np.int32)
    arriving = under_way(state.arriving, spikes, synapses, sends)
    return spikes, State(voltage, refractory, arriving)
