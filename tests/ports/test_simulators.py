"""Brian2 and NEST, given the same network as the other ports: the same, spike for spike.

They live in an environment of their own, in which `make test-simulators` runs these tests.
"""

import subprocess
import sys
import time

import numpy as np
import pytest
from portstudy import Port, Unavailable, find_kernel, load
from portstudy.backends import LIBRARIES, library_of
from portstudy.measure.session import Session
from portstudy.proof import compare, prove_free_run, prove_to_the_bit

from tests.conftest import cases, inputs, load_edited, ports, skipped_if_unavailable

SIMULATORS = ("brian2", "nest")

simulator_port = ports([case for case in cases("lif") if library_of(case.port) in SIMULATORS])
brunel_port = ports([case for case in cases("brunel") if library_of(case.port) in SIMULATORS])


@pytest.mark.parametrize("dyadic", [True, False], ids=["dyadic", "general"])
def test_a_network_of_1000_fires_spike_for_spike_as_ours(simulator_port: Port, dyadic: bool):
    """Over 2,000 steps and thousands of spikes. A first difference must be one of rounding."""
    kernel, dtype = simulator_port.kernel, simulator_port.backend.dtype
    arguments = kernel.make_inputs("small", dtype, dyadic=dyadic)
    if dyadic:
        prove_to_the_bit(simulator_port, arguments)
        return
    expected, _ = load("lif", kernel.reference, dtype=dtype)(*arguments)
    spikes, _ = simulator_port(*arguments)
    assert spikes.shape == (2000, 1000)
    assert spikes.sum() > 2000
    if dtype == "float64":
        assert np.argwhere(spikes != expected)[:1].tolist() == []
    else:
        prove_free_run(simulator_port, arguments)


@pytest.mark.parametrize("dyadic", [True, False], ids=["dyadic", "general"])
def test_brunels_network_of_2500_fires_spike_for_spike_as_ours(brunel_port: Port, dyadic: bool):
    """Half a million synapses, 1,500 steps and some 18,000 spikes.

    On dyadic inputs NEST agrees to the bit as well: here potentials are relative to 0 mV.
    """
    kernel, dtype = brunel_port.kernel, brunel_port.backend.dtype
    arguments = kernel.make_inputs("small", dtype, dyadic=dyadic)
    expected = load("brunel", kernel.reference, dtype=dtype)(*arguments)
    if dyadic:
        compare(kernel, expected, brunel_port(*arguments), bits=True)
        return
    spikes, _ = brunel_port(*arguments)
    assert spikes.sum() > 15_000
    if dtype == "float64":
        assert np.argwhere(spikes != expected[0])[:1].tolist() == []
    else:
        prove_free_run(brunel_port, arguments)


def test_own_seconds_are_those_of_the_steps(simulator_port: Port):
    arguments = simulator_port.put(inputs("lif", simulator_port.backend.dtype))
    simulator_port.call(*arguments)  # compiles
    start = time.perf_counter()
    simulator_port.call(*arguments)
    seconds = time.perf_counter() - start
    own = simulator_port.backend.own_seconds()
    assert own is not None
    assert 0 < own < seconds


def test_the_seconds_of_other_libraries_are_ours():
    assert load("lif", "numpy_dense").backend.own_seconds() is None


def test_two_programs_of_brian2_in_turn_are_not_mixed_up(tmp_path):
    with skipped_if_unavailable("brian2"):
        right = load("lif", "brian2_cpp")
    deaf = load_edited(tmp_path, "deaf", "lif", "brian2_cpp", {"+= weight": "+= 0 * weight"})
    arguments = inputs("lif", "float64")
    first, _ = right(*arguments)
    apart, _ = deaf(*arguments)
    again, _ = right(*arguments)
    assert (apart != first).any()
    assert (again == first).all()


@pytest.mark.parametrize("dt", [16.0, 20.0])
def test_nest_refuses_a_step_as_long_as_tau(dt: float):
    with skipped_if_unavailable("nest"):
        port = load("lif", "nest_delta")
    *network, parameters, steps = inputs("lif", "float64")
    with pytest.raises(ValueError, match=rf"^dt: {dt} ms; NEST takes less than tau = 16\.0 ms$"):
        port(*network, parameters._replace(dt=dt), steps)


def test_brian2_that_numpy_is_too_new_for_is_unavailable_not_broken(tmp_path, monkeypatch):
    (tmp_path / "brian2.py").write_text("import numpy\n\nnumpy.ndarray.no_longer_here\n")
    (tmp_path / "brian2-2.9.0.dist-info").mkdir()
    (tmp_path / "brian2-2.9.0.dist-info" / "METADATA").write_text("Name: brian2\nVersion: 2.9.0\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "brian2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    message = r"^brian2 2\.9\.0 cannot be imported with NumPy .*no_longer_here.*`make simulators`$"
    with pytest.raises(Unavailable, match=message):
        LIBRARIES["brian2"]()


def test_nest_has_no_float32():
    with skipped_if_unavailable("nest"):
        LIBRARIES["nest"]()
    with pytest.raises(Unavailable, match=r"^nest computes in float64, not in float32$"):
        LIBRARIES["nest"](dtype="float32")


MEASURE = """
import pathlib
import sys
from portstudy.measure.rounds import measure
measure("lif", "check", ["nest_delta"]).save(pathlib.Path(sys.argv[1]))
"""


def test_a_simulator_is_measured_in_its_own_environment(tmp_path):
    """From any environment, if there is one that has it."""
    session = tmp_path / "session.json"
    subprocess.run([sys.executable, "-c", MEASURE, session], check=True)
    port = Session.load(session).ports["nest_delta"]
    if port.status == "unavailable":
        assert port.reason.endswith("it needs the environment of `make simulators`")
        with skipped_if_unavailable("nest"):
            raise Unavailable(port.reason)
    assert (port.status, port.reason) == ("measured", "")
    assert port.version
    rule = find_kernel("lif").rules(())["state.voltage"]
    assert 0 < port.largest_error <= rule.count * LIBRARIES["nest"].rounds_elsewhere
    assert 0 < port.steady_seconds < port.first_call_seconds
