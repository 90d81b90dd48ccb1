"""The model as text: Brian2 writes a C++ program from it, compiles it and runs it as a process.

A step is a second of Brian2's time, so one program serves any parameters. Values are those of the
arguments, in mV, nA and MOhm, without Brian2's units. Each program is built on a device of its own,
as a device of Brian2 has one program.
"""

import functools
import shutil
import tempfile
import weakref

import brian2 as b2
import numpy as np
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from .spec import State


@functools.cache
def build(neurons, steps, dtype):
    device = CPPStandaloneDevice()
    b2.set_device(device, build_on_run=False)
    b2.prefs.core.default_float_dtype = dtype
    b2.defaultclock.dt = b2.second
    population = b2.NeuronGroup(
        neurons,
        """dvoltage/dt = (-voltage + v_reset + resistance * (current + drive)) / tau : 1
        current : 1
        drive : 1 (constant)
        tau : second (shared, constant)
        v_reset : 1 (shared, constant)
        v_threshold : 1 (shared, constant)
        resistance : 1 (shared, constant)""",
        method="euler",
        threshold="voltage >= v_threshold",
        reset="voltage = v_reset",
    )
    population.run_regularly("current = 0", when="end")
    synapses = b2.Synapses(population, population, "weight : 1", on_pre="current_post += weight")
    synapses.connect()  # all to all: row by row, as `weights` lies in memory
    monitor = b2.SpikeMonitor(population)
    network = b2.Network(population, synapses, monitor)
    network.schedule = ["start", "thresholds", "synapses", "groups", "resets", "end"]
    network.run(steps * b2.second)
    folder = tempfile.mkdtemp()
    weakref.finalize(device, shutil.rmtree, folder)  # at the latest when Python ends
    device.build(directory=folder, run=False, with_output=False)
    return device, population, synapses, monitor


def lif(weights, drive, state, parameters, steps):
    dt, tau, v_reset, v_threshold, resistance = parameters
    neurons = len(drive)
    device, population, synapses, monitor = build(neurons, steps, drive.dtype.type)
    b2.set_device(device, build_on_run=False)
    values = {
        synapses.weight: weights.ravel(),
        population.drive: drive,
        population.voltage: state.voltage,
        population.tau: tau / dt * b2.second,
        population.v_reset: v_reset,
        population.v_threshold: v_threshold,
        population.resistance: resistance,
    }
    device.run(run_args=values, with_output=False)
    spikes = np.zeros((steps, neurons), dtype=bool)
    spikes[(monitor.t / b2.second).astype(int), monitor.i] = True
    return spikes, State(np.array(population.voltage[:]))
