"""Scaling: the same work over several devices, in turn, proven; and what is made of its times."""

import math

import numpy as np
import pytest
from portstudy.measure.session import Figures, Session
from portstudy.measure.sweep import Sweep
from portstudy.pages import device_study as scaling

from tests.conftest import skipped_if_unavailable


def test_devices_are_measured_in_turn_and_proven(monkeypatch):
    with skipped_if_unavailable("jax"):
        scaling.find_kernel("lif").backend("jax_sharded")()
    monkeypatch.setattr(scaling, "ROUNDS", 2)
    found = scaling.measure_devices("lif", {1: "check", 2: "check,steps=200"})
    assert found.values == [1, 2]
    assert [s.ports["jax_sharded"].device_name for s in found.sessions] == ["1 x cpu", "2 x cpu"]
    for session in found.sessions:
        for figures in session.ports.values():
            assert (figures.status, len(figures.samples)) == ("measured", 2), figures.reason
            assert figures.largest_error == 0
    assert found.sessions[0].bits


def sweep(sizes: list[str], samples: list[list[float]]) -> Sweep:
    sessions = [
        Session("lif", size, "float64", "cpu", "all", "numpy_dense", True, "3", 2,
                {scaling.PORT: Figures(scaling.PORT, samples=times)})
        for size, times in zip(sizes, samples, strict=True)
    ]  # fmt: skip
    return Sweep("lif", "devices", [1, 4], sessions)


def test_work_per_second_is_of_one_round():
    same, more = ["small", "small"], ["small", "large"]
    assert scaling.work_per_second(sweep(same, [[8, 4], [2, 2]]), 1) == [4, 2]
    assert scaling.work_per_second(sweep(more, [[8, 4], [8, 8]]), 1) == [
        4,
        2,
    ]  # 4 times the work
    assert scaling.work_per_second(sweep(more, [[8, 4], [8, 8]]), 0) == [1, 1]


def test_weak_scaling_has_as_much_work_for_each_device():
    for name, (kernel, sizes) in scaling.SWEEPS.items():
        for devices, size in sizes.items():
            shape, first = (scaling.find_kernel(kernel).shape(s) for s in (size, sizes[1]))
            work = [x["neurons"] ** 2 * x.get("trials", 1) for x in (shape, first)]
            expected = devices if name.endswith("weak") else 1
            assert math.isclose(work[0] / work[1], expected, rel_tol=1e-3)


@pytest.mark.parametrize("system", scaling.SYSTEMS.values(), ids=scaling.SYSTEMS)
@pytest.mark.parametrize("share", [scaling.DENSE, scaling.EVENTS])
def test_one_device_waits_for_nobody_and_more_never_for_less(system, share):
    for neurons in scaling.NEURONS:
        waits = [scaling.gather_seconds(neurons, n, system) for n in scaling.DEVICES]
        assert waits[0] == 0
        assert waits == sorted(waits)
        assert scaling.gain(neurons, 1, system, share) == 1
        for devices in scaling.DEVICES:
            assert scaling.gain(neurons, devices, system, share) <= devices
    gains = [scaling.gain(n, 64, system, share) for n in scaling.NEURONS]
    assert gains == sorted(gains), "a larger network gains more"


def test_gathering_by_hand():
    nvlink = scaling.SYSTEMS["NVLink 4, 8 a machine"]
    # Three messages inside a machine, one between two; 15 of 16 parts of 1.6 MB come from others.
    expected = 6.6e-6 + 3 * 0.6e-6 + 1 * 2.7e-6 + 1.6e6 * 15 / 16 / 50e9
    assert np.isclose(scaling.gather_seconds(1_600_000, 16, nvlink), expected)
    expected = 6.6e-6 + 2 * 0.6e-6 + 1.6e6 * 3 / 4 / 450e9
    assert np.isclose(scaling.gather_seconds(1_600_000, 4, nvlink), expected)
