"""How time grows: fitted exponents, and where one port overtakes another."""

import math
import re
from dataclasses import replace

import pytest
from portstudy.measure.session import Figures, Session
from portstudy.measure.sweep import Sweep, exponent, measure_sweep
from portstudy.show.growth import draw

from tests.common.cli.test_cli import portstudy


def sweep(values: list[float], **ports: list[list[float]]) -> Sweep:
    """Each port's samples at each value; the first is the reference."""
    sessions = [
        Session(
            "lif", "small", "float64", "cpu", "all", next(iter(ports)), True, "3.11", 2,
            {name: Figures(name, samples=all[i], peak_bytes=100) for name, all in ports.items()},
            [1e-6],
        )
        for i in range(len(values))
    ]  # fmt: skip
    return Sweep("lif", "neurons", values, sessions)


def law(values: list[float], factor: float, power: float) -> list[list[float]]:
    return [[factor * value**power] * 3 for value in values]


VALUES = [100.0, 1000.0, 10000.0]


@pytest.mark.parametrize("power", [0.0, 1.0, 2.5])
def test_the_exponent_of_a_power_law_is_found(power):
    grown = sweep(VALUES, reference=law(VALUES, 3e-9, power))
    assert grown.exponent("reference") == pytest.approx(power, abs=1e-9)
    assert grown.exponent("reference", "peak_bytes") == pytest.approx(0, abs=1e-9)


def test_one_point_has_no_exponent():
    assert math.isnan(exponent([1.0], [2.0]))


def test_ports_cross_where_their_laws_do():
    grown = sweep(VALUES, slow_start=law(VALUES, 1e-3, 1), fast_start=law(VALUES, 1e-6, 2))
    ((first, second, value),) = grown.crossings()
    assert (first, second) == ("fast_start", "slow_start")
    assert value == pytest.approx(1000)
    assert grown.ports() == ["slow_start", "fast_start"]  # as they are at the last value


def test_noise_is_no_crossing():
    even = [[1.0, 1.1, 0.9, 1.0]] * 3
    other = [[1.1, 1.0, 1.0, 0.9]] * 3
    assert sweep(VALUES, a=even, b=other).crossings() == []


def test_a_port_that_failed_at_a_value_is_left_out_there():
    grown = sweep(VALUES, reference=law(VALUES, 1, 1), port=[[1.0], [], [100.0]])
    assert grown.curve("port") == ([100.0, 10000.0], [1.0, 100.0])
    assert grown.exponent("port") == pytest.approx(1)


def test_a_sweep_is_measured_saved_and_drawn(tmp_path, monkeypatch):
    """From the smallest value to the largest, each as a size of its own."""

    def session(kernel, size, ports, **conditions):
        value = float(size.partition("neurons=")[2])
        ports = dict(numpy_dense=[[1e-6 * value**2]], numpy_event=[[1e-6 * value]])
        return replace(sweep([value], **ports).sessions[0], size=size)

    monkeypatch.setattr("portstudy.measure.sweep.measure", session)
    done = measure_sweep("lif", "check,steps=50", "neurons", [16, 8], ["numpy_event"])
    assert done.values == [8, 16]
    assert [session.size for session in done.sessions] == [
        f"check,steps=50,neurons={v}" for v in done.values
    ]
    done.save(tmp_path / "sweep.json")
    again = Sweep.load(tmp_path / "sweep.json")
    assert repr(again) == repr(done)  # a NaN is not equal to itself
    assert set(again.ports()) == {"numpy_dense", "numpy_event"}
    pytest.importorskip("matplotlib")
    draw(again, tmp_path / "sweep.svg", "svg")
    assert "numpy_event ^" in (tmp_path / "sweep.svg").read_text()


def test_interrupted_it_keeps_what_is_complete(monkeypatch):
    complete = sweep([8.0], numpy_dense=[[1.0]]).sessions[0]
    calls = iter([complete])

    def session(*arguments, **conditions):
        try:
            return next(calls)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("portstudy.measure.sweep.measure", session)
    done = measure_sweep("lif", "check", "neurons", [8, 16])
    assert done.values == [8]
    assert done.interrupted
    with pytest.raises(KeyboardInterrupt):
        measure_sweep("lif", "check", "neurons", [8, 16])


def test_the_verb_prints_times_exponents_and_writes_files(tmp_path):
    pytest.importorskip("matplotlib")
    files = [tmp_path / "growth.json", tmp_path / "growth.png"]
    done = portstudy(
        "scale", "lif", "--size", "check,steps=50", "--over", "neurons", "16", "8",
        "--port", "numpy_e*", "--json", str(files[0]), "--plot", str(files[1]),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0].startswith("lif over neurons: time of one call")
    row = next(line for line in lines if line.startswith("numpy_event"))
    assert re.fullmatch(r"numpy_event +\S+ \w+ +\S+ \w+ +\^-?\d\.\d\d", row)
    measured = Sweep.load(files[0])
    assert measured.values == [8, 16]
    assert set(measured.ports()) == {"numpy_dense", "numpy_event"}
    sizes = [session.size for session in measured.sessions]
    assert sizes == ["check,steps=50,neurons=8", "check,steps=50,neurons=16"]
    assert files[1].read_bytes()[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["neuron", "8", "16"], "unknown dimension 'neuron' of kernel 'lif': did you mean 'neur"),
        (["neurons", "8"], "--over neurons: 8; allowed: two values"),
        (["neurons", "8", "many"], "neurons: 'many'; allowed: a number"),
    ],
)
def test_the_verb_refuses(words, message):
    done = portstudy("scale", "lif", "--over", *words)
    assert done.returncode == 2
    assert message in done.stderr
