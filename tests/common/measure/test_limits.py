"""The machine's limit: what a result needs at least, and how fast this machine provides it."""

import json
import math
import sys
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from portstudy import Traffic, Unavailable, Work, find_kernel, kernels, load, moved
from portstudy.measure import rounds
from portstudy.measure.limits import Limit
from portstudy.measure.session import Bound, Figures, Session
from portstudy.show import table


@pytest.fixture(scope="module")
def limit():
    pytest.importorskip("numba")
    return Limit(Work((Traffic(1e6, 2e4),), 0), "float64")


@pytest.mark.parametrize("kernel", kernels())
def test_what_a_result_needs_is_bytes_and_operations(kernel):
    spec = find_kernel(kernel)
    if spec.work is None:
        pytest.skip(f"{kernel} does not state it")
    arguments = spec.make_inputs("check", "float64")
    work = spec.work(arguments, load(kernel, spec.reference)(*arguments))
    assert work.operations >= 0
    assert 0 < sum(traffic.bytes for traffic in work.traffic) < math.inf
    # The least is never more than what a naive program moves: all arguments, in every step.
    assert all(traffic.within > 0 or traffic.bytes == 0 for traffic in work.traffic)


@pytest.mark.parametrize("kernel", kernels())
def test_peers_are_ports(kernel):
    spec = find_kernel(kernel)
    assert set(spec.peers) <= set(spec.ports()) - {spec.reference}


def test_arrays_are_moved_once():
    assert moved(np.zeros(3), np.zeros((2, 2), np.float32)) == Traffic(40, 40)


def test_lif_moves_the_rows_that_fire_and_its_state():
    spec = find_kernel("lif")
    assert spec.work is not None
    arguments = spec.make_inputs("check", "float64")
    outputs = load("lif", "numpy_dense")(*arguments)
    rows, state, raster = spec.work(arguments, outputs).traffic
    spikes, _ = outputs
    steps, neurons = spikes.shape
    assert rows.bytes == spikes.sum() * neurons * 8
    assert rows.within <= neurons * neurons * 8
    assert (state.bytes, state.within) == (steps * 3 * neurons * 8, 2 * neurons * 8)
    assert raster.bytes == steps * neurons


def test_twice_the_work_takes_twice_the_time(limit, monkeypatch):
    monkeypatch.setattr(limit, "bandwidth", lambda within: 1e9 if within > 1e6 else 1e10)
    monkeypatch.setattr(limit, "peak", lambda: 1e9)
    cases = {
        ((Traffic(1e9, 2e6),), 0): 1.0,  # from memory
        ((Traffic(1e9, 1e3),), 0): 0.1,  # from a cache
        ((Traffic(1e9, 2e6), Traffic(1e9, 1e3)), 0): 1.1,
        ((Traffic(1e9, 2e6),), 3e9): 3.0,  # arithmetic takes longer than the bytes
    }
    for work, seconds in cases.items():
        limit.work = Work(*work)
        assert limit.sample()["seconds"] == pytest.approx(seconds)


def test_rates_of_this_machine_are_plausible(limit):
    assert 1e8 < limit.bandwidth(2e4) < 1e14  # bytes a second
    assert 1e7 < limit.peak() < 1e14


def test_without_numba_the_limit_is_unavailable(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(Unavailable, match="numba"):
        Limit(Work((Traffic(1, 1),), 0), "float64")


def test_time_over_the_limit_is_held_against_the_best_that_was_seen():
    port = Figures("port", samples=[2.0, 4.0, 4.0])
    session = Session(
        "lif", "small", "float64", "cpu", "all", "port", True, "3.11", 2, {"port": port}, [1.5, 1.0]
    )
    assert session.over_limit("port") == [2.0, 4.0, 4.0]
    assert session.share("port") == 0.25
    session.limit = []  # not known on this device
    assert session.over_limit("port") == []
    assert math.isnan(session.share("port"))


BEFORE = """import numpy as np

def inputs(rng, points=20000):
    return rng.normal(size=points), np.float64(0.5)

def settle(x, pull):
    for _ in range(50):
        x = x + pull * np.cos(x)
    return x
"""
AFTER = """from jax import jit, lax, numpy as jnp

@jit
def settle(x, pull):
    return lax.fori_loop(0, 50, lambda _, x: x + pull * jnp.cos(x), x)
"""
STEPWISE = """from jax import numpy as jnp

def settle(x, pull):
    assert float(x[0]) < 99
    for _ in range(50):
        x = x + pull * jnp.cos(x)
    return x
"""


@pytest.fixture
def compared(tmp_path, monkeypatch):
    """Sessions of `settle`, with these ports."""
    monkeypatch.setattr(rounds, "BUDGET", 0.0)
    (tmp_path / "before.py").write_text(BEFORE)

    def measure(**ports: str) -> Session:
        for name, text in ports.items():
            (tmp_path / f"{name}.py").write_text(text)
        files = [str(tmp_path / f"{name}.py") for name in ("before", *ports)]
        return rounds.measure(tuple(files), "default", timeout=60)

    return measure


def test_ones_own_function_has_a_limit(compared):
    pytest.importorskip("numba")
    pytest.importorskip("jax")
    session = compared(after=AFTER, stepwise=STEPWISE)
    bound = session.bound
    assert bound.bytes == 2 * 8 * 20000 + 8
    assert (bound.counted, bound.operations) == ("after", 50 * 20000 * (16 + 2))
    assert bound.computing > bound.moving
    assert 0 < session.share("after") < 1
    (line,) = [line for line in table.remarks(session) if line.startswith("limit: ")]
    assert "bound by arithmetic (1.8e+07 operations of after at " in line
    assert "limit" in table._cells(session)[0]
    assert Session.of(json.loads(json.dumps(asdict(session)))).bound == bound


def test_without_a_traced_port_it_is_the_bytes_alone(compared):
    pytest.importorskip("numba")
    pytest.importorskip("jax")
    session = compared(stepwise=STEPWISE)
    assert session.ports["stepwise"].status == "measured"
    assert session.bound.operations == 0 < session.share("before")
    first, second = [line for line in table.remarks(session) if line.startswith("limit: ")]
    assert "bound by memory traffic (313 KiB in and out at " in first
    assert "arithmetic is left out: stepwise cannot be traced: " in second


def test_why_there_is_no_limit_is_said(compared, monkeypatch):
    monkeypatch.setattr(rounds, "Worker", without_limits(rounds.Worker))
    session = compared()
    assert session.limit == []
    assert "No limit: limits are measured with numba." in table.remarks(session)


def without_limits(worker: Any) -> Any:
    class Without(worker):
        def ask(self, command, **arguments):
            if "limits" in self.process.args[3]:
                return {"error": "Unavailable", "reason": "limits are measured with numba"}
            return super().ask(command, **arguments)

    return Without


def test_a_share_above_all_of_it_is_explained():
    port = Figures("port", samples=[1.0])
    session = Session(
        "lif", "small", "float64", "cpu", "all", "port", True, "3.11", 2, {"port": port}, [1.5],
        Bound(bytes=3e9, moving=1.5, computing=0.5),
    )  # fmt: skip
    limit, share = table._limit(session)
    assert limit.startswith(
        "limit: 1.5 s, bound by memory traffic (2.79 GiB in and out at 1.86 GiB/s)"
    )
    assert share == "A share above 100%: the machine was busy while its limit was measured."
