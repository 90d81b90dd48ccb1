"""Tests of the tests: every kernel's known-wrong ports are caught, by words that convict them.

Each meets what a port to be measured meets: all tiers that its kernel has, at size `check`.
"""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from portstudy import Port, find_kernel, kernels, load
from portstudy.backends import library_of
from portstudy.proof import Different, prove, prove_to_the_bit

from tests.conftest import load_edited
from tests.wrong import Wrong


def listed(name: str) -> list[Any]:
    """The cases of one list of every kernel's file, with the kernel in front."""
    cases = []
    for kernel in kernels():
        for case in getattr(importlib.import_module(f"tests.wrong.{kernel}"), name, []):
            cases.append(pytest.param(kernel, *case.values, id=f"{kernel}-{case.id}"))
    return cases


def load_wrong(kernel: str, case: Wrong, folder: Path, dtype: str = "float64") -> Port:
    return load_edited(folder, case.name, kernel, case.port, case.edits, dtype)


@pytest.mark.parametrize(("kernel", "case"), listed("WRONG"))
def test_wrong_port_is_caught(kernel: str, case: Wrong, tmp_path: Path):
    with pytest.raises(case.error, match=case.verdict) as caught:
        prove(load_wrong(kernel, case, tmp_path))
    if case.error is Different:
        assert str(caught.value).startswith(f"{kernel}/{library_of(case.port)}_{case.name}")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("kernel", "case"), listed("EQUIVALENT"))
def test_right_port_passes(kernel: str, case: Wrong, dtype: str, tmp_path: Path):
    prove(load_wrong(kernel, case, tmp_path, dtype))


@pytest.mark.parametrize("kernel", kernels())
def test_copy_without_an_edit_passes(kernel: str, tmp_path: Path):
    """So it is not the copying that the wrong ones are caught by."""
    prove(load_wrong(kernel, Wrong("unedited", find_kernel(kernel).reference, {}, ""), tmp_path))


@pytest.mark.parametrize("kernel", kernels())
def test_every_kernel_has_wrong_ports(kernel: str):
    assert importlib.import_module(f"tests.wrong.{kernel}").WRONG


UNSEEN = ("delayed", "transposed", "all_excite", "last_neuron_lost", "no_resistance", "never_reset")


@pytest.mark.parametrize(
    ("kernel", "case"),
    [x for x in listed("WRONG") if x.values[0] == "lif" and x.values[1].name in UNSEEN],
)
def test_where_nothing_fires_a_wrong_port_passes(kernel: str, case: Wrong, tmp_path: Path):
    """What the original tutorial's workload, size `silent`, cannot see."""
    silent = dict(neurons=50, steps=100, driven=False)
    dyadic = find_kernel(kernel).dyadic
    assert dyadic is not None
    prove_to_the_bit(load_wrong(kernel, case, tmp_path), dyadic(np.random.default_rng(0), **silent))


def test_inputs_on_which_nothing_fires_are_refused():
    weights, drive, state, parameters, steps = find_kernel("lif").make_inputs("check", "float64")
    state = state._replace(voltage=state.voltage - 1)
    with pytest.raises(AssertionError, match=r"mean rate of 0\.00 Hz; plausible: 0\.05 to 200 Hz"):
        prove_to_the_bit(load("lif", "numpy_event"), (weights, drive / 2, state, parameters, steps))
