"""What README, notes and report show of the recorded results: the rule, on files of our own."""

import pytest
from portstudy.pages.recorded import Comparison, Record, recorded

from tests.common.pages.test_report import record


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def lif(folder, machine="") -> Comparison:
    found = Record.read(folder).compared("lif", machine=machine)
    assert found
    return found


def test_on_all_cores_of_a_cpu(folder):
    ratios = {"numpy_dense": 1.0, "jax_scan": 0.5}
    record(folder, ratios, date=1)
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.1}, commit="b" * 40, date=2, threads="1")
    more = ratios | {"numba_event": 0.2}
    record(folder, more, commit="c" * 40, date=3, machine="b", device="cuda", device_name="A GPU")
    assert lif(folder).best.gain == 2
    assert lif(folder).caption.startswith("A CPU, 8 cores; float64, threads: all; Python")
    assert lif(folder).caption.endswith("; commit aaaaaaaa")
    assert lif(folder, "b").best.port == "numba_event"


def test_ports_of_several_runs(folder):
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.5, "numba_event": 0.25}, date=1)
    record(folder, {"numpy_dense": 1.0, "jax_scan": 0.2}, commit="b" * 40, date=2)
    found = lif(folder)
    assert [(r.port, r.gain) for r in found] == [
        ("jax_scan", 5), ("numba_event", 4), ("numpy_dense", 1)
    ]  # fmt: skip
    assert found.caption.endswith("; commits bbbbbbbb, aaaaaaaa")
    assert found.best_of("numba") is found["numba_event"]
    assert found.best_of("torch") is None
    with pytest.raises(KeyError, match="lif, small: no recorded result of jax_jit"):
        found["jax_jit"]


def test_a_size_that_is_not_recorded():
    with pytest.raises(FileNotFoundError, match="no recorded result for lif, wide: make bench"):
        recorded("lif", "wide")
