"""Measurement: what is derived from samples, and that no port gets a number without a proof."""

import json
import math
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from portstudy import UnknownName
from portstudy.measure.process import PARENT, usable_processors
from portstudy.measure.rounds import MOST_ROUNDS, _interruptible, _rounds, measure
from portstudy.measure.session import Figures, Interrupted, Session, Status
from portstudy.measure.worker import Commands, _moved


def session(**samples: tuple[float, list[float]]) -> Session:
    """Ports with their first call and samples; the first is the reference."""
    ports = {
        name: Figures(name, first_call_seconds=first, samples=steady)
        for name, (first, steady) in samples.items()
    }
    return Session(
        "lif", "small", "float64", "cpu", "all", next(iter(samples)), True, "3.11", 2, ports
    )


def test_ratios_are_taken_round_by_round():
    # The machine was twice as slow in the second round: the ratio does not notice.
    both = session(reference=(1, [1.0, 2.0, 1.0]), port=(1, [0.25, 0.5, 0.25]))
    assert both.ratios("port") == [0.25, 0.25, 0.25]
    assert both.relative("port") == 0.25
    assert both.relative("reference") == 1


@pytest.mark.parametrize(
    ("first", "steady", "calls"),
    [
        (0.5, 0.5, 1),  # ahead from the first call on
        (1.0, 0.5, 1),
        (6.0, 0.5, 11),  # 5 s behind, 0.5 s ahead a call
        (6.1, 0.5, 12),
        (1.1, 1.0, math.inf),  # never ahead
        (0.1, 2.0, math.inf),
    ],
)
def test_break_even(first, steady, calls):
    both = session(reference=(1.0, [1.0] * 3), port=(first, [steady] * 3))
    assert both.break_even("port") == calls
    if 1 < calls < math.inf:  # by its definition: total time of so many calls, and of one fewer
        total = [first + n * steady for n in (calls - 2, calls - 1)]
        assert total[1] <= 1.0 + (calls - 1) * 1.0
        assert total[0] > 1.0 + (calls - 2) * 1.0


def test_a_port_without_figures_has_no_ratio():
    both = session(reference=(1, [1.0]), port=(math.nan, []))
    assert both.ratios("port") == []
    assert math.isnan(both.relative("port"))
    assert math.isnan(both.break_even("port"))


def test_sessions_are_saved_whole(tmp_path):
    saved = session(reference=(1, [1.0, 2.0]), port=(math.nan, []))
    saved.save(tmp_path / "session.json")
    assert [p.name for p in tmp_path.iterdir()] == ["session.json"]
    assert Session.load(tmp_path / "session.json").ratios("reference") == [1, 1]


def test_the_oracle_computes_in_float64_what_is_asked_in_float32():
    worker = Commands(
        "softmax_regression", "numpy_vectorised", "check", "float64", "cpu", "float32"
    )
    x, *_ = worker.arguments
    assert x.dtype == np.float64
    assert (x == x.astype(np.float32)).all()


def test_beside_complex_numbers_indices_are_not_moved():
    places, values = _moved((np.array([5, 1]), np.array([1 + 2j, 3])), 1)
    assert places.tolist() == [5, 1]
    assert values[0] != 1 + 2j
    assert values[0] == pytest.approx(1 + 2j)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("liff", "small", []), "unknown kernel 'liff': did you mean 'lif'"),
        (("lif", "smal", []), "unknown size 'smal' of kernel 'lif': did you mean 'small'"),
        (("lif", "small", ["jax_scn"]), "unknown port 'jax_scn' of kernel 'lif': did you mean"),
    ],
)
def test_names_are_checked_before_anything_starts(names, message):
    with pytest.raises(UnknownName, match=message):
        measure(*names)


PORTS = {
    "numpy_fine": "from portstudy.implementations.lif.numpy_event import lif",
    "numpy_wrong": "from portstudy.implementations.lif.numpy_event import lif as right\n"
    "def lif(weights, drive, state, parameters, steps):\n"
    "    return right(weights, drive * 1.01, state, parameters, steps)",
    "numpy_raises": "def lif(*arguments):\n    raise ZeroDivisionError('on purpose')",
    "numpy_dies": "import os\ndef lif(*arguments):\n    os._exit(7)",
    "numpy_hangs": "import time\ndef lif(*arguments):\n    time.sleep(600)",
    "numpy_broken": "import a_module_that_is_not_there",
    "numpy_remembers": "import functools\n"
    "from portstudy.implementations.lif.numpy_event import lif as right\nlast = {}\n"
    "def lif(weights, drive, state, parameters, steps):\n"
    "    key = weights.tobytes() + drive.tobytes() + state.voltage.tobytes()\n"
    "    if key not in last:\n"
    "        last.clear()\n"
    "        last[key] = right(weights, drive, state, parameters, steps)\n"
    "    return last[key]",
    "numpy_late": "from portstudy.implementations.lif.numpy_event import lif as right\ncalls = []\n"
    "def lif(*arguments):\n"
    "    calls.append(0)\n"
    "    if len(calls) > 14: raise MemoryError('in the rounds')\n"
    "    return right(*arguments)",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A copy of the project with further ports of LIF, measured at size check."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("common", "implementations"):
        shutil.copytree(folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, source in PORTS.items():
        (copy / "implementations" / "lif" / f"{name}.py").write_text(f'"""A test."""\n{source}\n')
    program = (
        "import sys, pathlib; from portstudy.measure.rounds import measure; "
        "measure('lif', 'check', sys.argv[1:], timeout=8).save(pathlib.Path('session.json'))"
    )
    subprocess.run(
        [sys.executable, "-c", program, *PORTS],
        cwd=copy, env=os.environ | {"PYTHONPATH": str(copy / "common")}, check=True,
    )  # fmt: skip
    return Session.load(copy / "session.json")


@pytest.mark.parametrize(
    ("port", "status", "reason"),
    [
        ("numpy_wrong", "different", "spikes differs in .* first at step .*, neuron "),
        ("numpy_raises", "failed", "ZeroDivisionError: on purpose"),
        ("numpy_dies", "failed", "ended with exit code 7"),
        ("numpy_hangs", "failed", "no answer within 8 s"),
        ("numpy_broken", "failed", "numpy_broken cannot be imported: ModuleNotFoundError"),
        ("numpy_remembers", "different", "remembers what it returned: a call takes .* s with the"),
        ("numpy_late", "failed", "MemoryError: in the rounds"),
    ],
)
def test_no_number_without_a_proof(measured, port, status, reason):
    figures = measured.ports[port]
    assert figures.status == status
    assert re.search(reason, figures.reason), figures.reason
    assert figures.samples == []
    assert math.isnan(measured.relative(port))


def test_a_port_is_measured_by_adding_its_file(measured):
    fine, reference = measured.ports["numpy_fine"], measured.ports["numpy_dense"]
    assert fine.status == reference.status == "measured", fine.reason
    assert len(fine.samples) == len(reference.samples) >= 3
    assert fine.largest_error == 0
    assert fine.values == 400 * 64 + 64
    assert 0 < fine.steady_seconds < 1
    assert fine.first_call_seconds > 0
    assert len(measured.limit) == len(fine.samples)
    assert 0 < measured.share("numpy_fine") < 1


def test_without_an_oracle_nothing_is_proven(tmp_path):
    """In float32, where no inputs are dyadic, ports are compared with the reference in float64."""
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "spec.py").write_text(
        "from portstudy import Array, Kernel, Ulps\n"
        "half = Kernel(\n"
        "    arguments={'x': Array('n')}, inputs=lambda rng: (rng.normal(size=5),),\n"
        "    outputs={'y': Ulps(1)}, sizes={'check': {}}, reference='numpy_half',\n"
        ")\n"
    )
    source = "def half(x):\n    {}return x / x.dtype.type(2)\n"
    refuse = "if x.dtype == 'float64': raise MemoryError('too wide')\n    "
    (tmp_path / "half" / "numpy_half.py").write_text(source.format(refuse))
    (tmp_path / "half" / "numpy_other.py").write_text(source.format(""))
    ports = measure(str(tmp_path / "half"), "check", dtype="float32").ports
    assert {port.status for port in ports.values()} == {Status.FAILED}
    why = "its run in float64, for comparison: MemoryError: too wide"
    assert ports["numpy_half"].reason == why
    assert ports["numpy_other"].reason == "nothing to compare it with: numpy_half failed"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
@pytest.mark.parametrize("threads", ["1", "all"])
def test_one_thread_means_one_processor(threads):
    # XLA starts as many threads as the process has processors, whatever the variables say.
    code = """
import os
from portstudy.measure.process import serve

class Probe:
    def processors(self):
        return {"count": len(os.sched_getaffinity(0))}

serve(lambda job: Probe())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps({"threads": threads})],
        input='["load", {}]\n["processors", {}]\n', capture_output=True, text=True, check=True,
        env=os.environ | {PARENT: str(os.getpid())},
    )  # fmt: skip
    count = json.loads(done.stdout.splitlines()[1])["count"]
    assert count == (1 if threads == "1" else usable_processors())


@pytest.mark.parametrize(("noise", "rounds"), [(0.0, 10), (0.02, 10), (1.0, MOST_ROUNDS)])
def test_rounds_are_added_where_the_ratio_spreads_wide(noise, rounds):
    class Pretended:
        def __init__(self, noise):
            self.noise, self.rounds = noise, 0

        def ask(self, command):
            self.rounds += 1
            return {"seconds": 1.0 + self.noise * (self.rounds % 2)}

    both = session(numpy_dense=(1, []), jax_scan=(1, []))
    workers: dict = {"numpy_dense": Pretended(0.0), "jax_scan": Pretended(noise)}
    _rounds(both, workers, None, lambda done, total, what: None)
    assert len(both.ports["jax_scan"].samples) == rounds
    assert both.spread("jax_scan") == pytest.approx(noise / (1 + noise / 2))
    assert both.spread("numpy_dense") == 0


def test_an_interrupted_session_has_whole_rounds():
    ports = {
        "a": Figures("a", samples=[1.0, 2.0, 3.0]),
        "b": Figures("b", samples=[1.0, 2.0]),
        "c": Figures("c", Status.FAILED, "it raised"),
        "d": Figures("d"),
    }
    session = Session("lif", "check", "float64", "cpu", "all", "a", True, "3.11", 2, ports)
    with pytest.raises(Interrupted) as stop, _interruptible(session):
        raise KeyboardInterrupt
    assert stop.value.session is session
    assert session.ratios("b") == [1, 1]
    assert {name: figures.status for name, figures in session.ports.items()} == {
        "a": "measured", "b": "measured", "c": "failed", "d": "interrupted",
    }  # fmt: skip
