"""Claims of notes/scaling.md; those about compiled programs run in a process with four devices."""

import re

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P
from portstudy import find_kernel
from portstudy.implementations.lif import jax_scan
from portstudy.implementations.lif.jax_sharded import lif, simulate
from portstudy.implementations.lif_ensemble.jax_sharded import simulate_all
from portstudy.pages.device_study import (
    DEVICES,
    EVENTS,
    NDR,
    NEURONS,
    NVLINK,
    SYSTEMS,
    fastest,
    gain,
    gather_seconds,
    holds,
    read_seconds,
    smallest,
    step_seconds,
    worthwhile,
)

from tests.lessons.four_devices import on_four_devices

SENT = r"= (\w+\[[\d,]*\])\S* (all-\w+|collective-\w+|reduce-\w+)\("


@on_four_devices
def test_who_fired_is_all_that_is_sent():
    """Each of four devices holds a quarter of the weights: everything that its own neurons receive.
    The compiled program has one place at which the devices communicate: they gather the spikes of a
    step."""
    weights, *others, steps = find_kernel("lif").make_inputs("check", "float32")
    mesh = Mesh(jax.devices(), ("neurons",))
    columns = jax.device_put(weights, NamedSharding(mesh, P(None, "neurons")))
    others = jax.device_put(others, NamedSharding(mesh, P()))

    assert [part.data.shape for part in columns.addressable_shards] == [(64, 16)] * 4
    program = simulate.lower(columns, *others, steps, mesh).compile().as_text()
    assert re.findall(SENT, program) == [("pred[64]", "all-gather")]  # pred: one byte each


@on_four_devices
def test_four_devices_give_what_one_gives():
    """Split or not, the spikes and the potentials are the same to the bit, on inputs whose sums are
    exact."""
    *arrays, steps = find_kernel("lif").make_inputs("check", "float32")
    everywhere = NamedSharding(Mesh(jax.devices(), ("devices",)), P())
    weights, drive, state, parameters = jax.device_put(arrays, everywhere)
    four = lif(weights, drive, state, parameters, steps)
    one = jax_scan.lif(*arrays, steps)

    for x, y in zip(jax.tree.leaves(one), jax.tree.leaves(four), strict=True):
        assert (len(x.devices()), len(y.devices())) == (1, 4)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


@on_four_devices
def test_trials_have_nothing_to_say_until_the_end():
    """Eight trials over four devices send nothing at all. Five are padded to eight, and taking the
    five out again sends data once, at the end: so choose numbers that divide evenly."""
    mesh = Mesh(jax.devices(), ("trials",))
    sent = {}
    for trials in (8, 5):
        *arguments, steps, raster = find_kernel("lif_ensemble").make_inputs(
            f"check,trials={trials}", "float32"
        )
        arguments = jax.device_put(arguments, NamedSharding(mesh, P()))
        program = simulate_all.lower(*arguments, steps, raster, mesh).compile().as_text()
        sent[trials] = re.findall(SENT, program)

    assert sent[8] == []
    assert {operation for _, operation in sent[5]} == {"all-gather"}
    assert "while" in program  # the steps, of which the gathering is outside
    assert all("8,48" in what or "8,300,48" in what for what, _ in sent[5])  # of all steps at once


def test_reading_shrinks_and_waiting_grows():
    """With more devices each reads less, and all wait longer. So there is a number beyond which a
    step takes longer again: 16, for 10,000 neurons."""
    system = SYSTEMS["NVLink 4, 8 a machine"]
    reading = [read_seconds(10_000, devices) for devices in DEVICES]
    waiting = [gather_seconds(10_000, devices, system) for devices in DEVICES]
    assert reading == sorted(reading, reverse=True)
    assert waiting == sorted(waiting)

    assert fastest(10_000, system) == 16
    steps = [step_seconds(10_000, devices, system) for devices in DEVICES]
    assert steps[:5] == sorted(steps[:5], reverse=True)
    assert steps[4:] == sorted(steps[4:])


def test_a_small_network_loses_on_two_devices():
    """Two devices are slower than one up to about 4,000 neurons, on any of these interconnects. If
    only the rows of neurons that fired are read, they are slower up to more than 130,000."""
    for system in SYSTEMS.values():
        assert 4_000 < smallest(system) < 5_000
        assert 130_000 < smallest(system, EVENTS) < 170_000
        assert all(gain(1_000, devices, system) < 0.5 for devices in DEVICES[1:])


def test_it_is_latency_and_not_bandwidth():
    """NVLink carries nine times as much as InfiniBand NDR. Yet wherever several devices gain
    anything, a step without it is less than half as long again. Sending bits instead of bytes saves
    less than a tenth."""
    assert NVLINK.bandwidth == 9 * NDR.bandwidth
    fast, slow = SYSTEMS["NVLink 4, 8 a machine"], SYSTEMS["1 a machine"]
    for neurons in NEURONS:
        for devices in DEVICES:
            with_bytes = step_seconds(neurons, devices, fast)
            with_bits = step_seconds(neurons, devices, fast, each=1 / 8)
            assert with_bits > 0.9 * with_bytes
            if gain(neurons, devices, fast) > 1:
                assert step_seconds(neurons, devices, slow) < 1.5 * with_bytes


def test_skipping_beats_cutting():
    """One device that reads only the rows of neurons that fired is faster than any number that read
    all of them: for 100,000 neurons, more than three times as fast as 1,024."""
    for system in SYSTEMS.values():
        dense = [step_seconds(100_000, devices, system) for devices in DEVICES]
        assert 3 * step_seconds(100_000, 1, system, EVENTS) < min(dense)


def test_memory_is_the_better_reason():
    """A million neurons, all connected to all, need 29 devices to hold their weights, however slow.
    If all weights are read, 1,024 are still worth it; event-driven, the 32 that hold them are 14
    times as fast as one."""
    system = SYSTEMS["NVLink 4, 8 a machine"]
    assert holds(100_000) == 1
    assert holds(1_000_000) == 29
    assert worthwhile(1_000_000, system) == 1_024
    assert round(gain(1_000_000, 32, system, EVENTS)) == 14
