"""asv's side: what is selected, what is skipped and what fails, the site, the README's figures."""

import dataclasses
import io
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from portstudy import UnknownName, find_kernel, kernels
from portstudy.checkout import ROOT, git
from portstudy.history import offline as site
from portstudy.history import record, results
from portstudy.history.commits import predates
from portstudy.history.results import cells
from portstudy.history.selection import Conditions, select
from portstudy.measure.session import Figures, Session, Status
from portstudy.pages import readme as figure
from portstudy.pages import recorded as recorded_results
from portstudy.show.table import table
from portstudy.show.text import duration

from benchmarks import ports as suite


def test_selection():
    assert select([]) == [
        (kernel, next(iter(find_kernel(kernel).sizes)), find_kernel(kernel).ports())
        for kernel in ("lif", "lif_ensemble")
    ]
    assert {kernel for kernel, _, _ in select(["all"])} == set(kernels())
    assert [size for _, size, _ in select(["lif:*"])] == [
        "small",
        "large",
        "wide",
        "silent",
    ]
    ((kernel, size, ports),) = select(["lif:large:torch_*,numpy_event"])
    there = find_kernel("lif").ports()
    assert (kernel, size) == ("lif", "large")
    assert ports[:2] == ["numpy_dense", "numpy_event"], "the reference is always with them"
    assert ports[2:] == [port for port in there if port.startswith("torch_")]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("liff", "unknown kernel 'liff': did you mean 'lif'"),
        ("lif:larg", "unknown size 'larg': did you mean 'large'"),
        ("lif:small:jaxscan", "unknown port 'jaxscan': did you mean 'jax_scan'"),
        ("lif:small:jax_*,nothing", "unknown port 'nothing'"),
    ],
)
def test_a_word_that_names_nothing(word, message):
    with pytest.raises(UnknownName, match=message):
        select([word])


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A session that asv's benchmarks read: one port of each status."""
    ports = {
        "numpy_dense": Figures("numpy_dense", samples=[1.0, 2.0], first_call_seconds=1.0),
        "jax_scan": Figures("jax_scan", samples=[0.1, 0.2], first_call_seconds=3.0),
        "jax_jit_step": Figures("jax_jit_step", samples=[3.0, 3.0], first_call_seconds=3.0),
        "numba_event": Figures("numba_event", Status.UNAVAILABLE, "numba is not installed"),
        "torch_scan": Figures("torch_scan", Status.DIFFERENT, "spikes differs at step 3"),
    }
    session = Session(
        "lif", "small", "float64", "cpu", "all", "numpy_dense", True, "3.11", 2, ports
    )
    session.save(tmp_path / "Lif-small.json")
    monkeypatch.delenv("PORTSTUDY_REQUIRE", raising=False)
    return session


@pytest.fixture
def prepared(recorded, tmp_path):
    """asv's benchmark of a port, once it has found its figures."""

    def prepare(port):
        benchmark = vars(suite)["Lif"]()
        benchmark.setup(str(tmp_path), port, "small")
        return benchmark

    return prepare


def test_figures_come_from_the_session(prepared):
    benchmark = prepared("jax_scan")
    assert benchmark.track_steady_state("", "jax_scan", "small")["samples"] == [0.1, 0.2]
    assert benchmark.track_relative_time("", "jax_scan", "small")["samples"] == [0.1, 0.1]
    assert benchmark.track_first_call("", "jax_scan", "small") == 3.0
    assert benchmark.track_break_even("", "jax_scan", "small") == 3
    never = prepared("jax_jit_step").track_break_even("", "jax_jit_step", "small")
    assert never != never  # asv's n/a


def test_unavailable_is_skipped_and_different_fails(prepared, monkeypatch):
    with pytest.raises(NotImplementedError, match="numba is not installed"):
        prepared("numba_event")
    with pytest.raises(NotImplementedError, match="not measured at small"):
        prepared("jax_eager")
    with pytest.raises(RuntimeError, match="spikes differs at step 3"):
        prepared("torch_scan")
    monkeypatch.setenv("PORTSTUDY_REQUIRE", "numpy,numba")
    with pytest.raises(RuntimeError, match="numba is not installed"):
        prepared("numba_event")


def test_every_kernel_has_a_benchmark_of_all_its_ports():
    for kernel in kernels():
        benchmark = getattr(suite, kernel.title().replace("_", ""))
        assert benchmark.params[0] == find_kernel(kernel).ports()
        assert "check" not in benchmark.params[1]


def test_the_table_names_every_port(recorded):
    from rich.console import Console

    console = Console(width=80, file=io.StringIO())
    with console.capture() as captured:
        console.print(table(recorded))
    lines = captured.get().splitlines()
    rows = {line.split()[0]: line for line in lines if "_" in line and ":" not in line}
    assert set(rows) == set(recorded.ports)
    assert re.search(r"150 ms +67% +0\.1 +3 s +3 ", rows["jax_scan"])
    assert "never" in rows["jax_jit_step"]
    assert "unavailable" in rows["numba_event"]
    assert next(iter(rows)) == "jax_scan"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2.5e-7, "250 ns"),
        (1.234e-6, "1.23 µs"),
        (0.0315, "31.5 ms"),
        (1, "1 s"),
        (1234.5, "1234 s"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def in_asv(program: str) -> str:
    """What a program with our plugin prints; in a process of its own, as the plugin changes asv."""
    pytest.importorskip("asv")
    setup = (
        "import json, os; from asv.benchmarks import Benchmarks; from asv.config import Config; "
        "from asv.environment import get_environments; from asv.repo import get_repo; "
        "from portstudy.history import asv_plugin; conf = Config.load('asv.conf.json'); "
        "environments = list(get_environments(conf, [])); "
    )
    command = [sys.executable, "-c", setup + program]
    path = {"PYTHONPATH": str(ROOT / "common")}
    return subprocess.check_output(command, text=True, cwd=ROOT, env=os.environ | path)


def test_asv_records_versions_and_no_path():
    name = in_asv("print(*(e.name for e in environments))").strip()
    assert name.startswith("checkout-py3.")
    assert re.search(r"-numpy\d+\.\d+", name)
    assert "venv" not in name
    assert " " not in name, "one environment"


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (None, {"Lif-small": find_kernel("lif").ports()}),
        (["Lif.track_steady_state.*'numba_event', '(small|large)'"],
         {"Lif-small": ["numba_event"], "Lif-large": ["numba_event"]}),
    ],
)  # fmt: skip
def test_the_suite_is_told_which_ports_are_selected(regex, expected):
    chosen = in_asv(
        "from portstudy.history import asv; listed = [vars(b) for b in asv.suite()]; "
        "Benchmarks._disc_benchmarks = classmethod(lambda cls, *a: listed); "
        f"Benchmarks.discover(conf, None, environments, [], regex={regex!r}); "
        "print(os.environ['PORTSTUDY_SELECTED'])"
    )
    assert json.loads(chosen) == expected


def test_all_that_is_selected_is_measured_together(tmp_path, monkeypatch):
    calls = []

    class Measured:
        def save(self, path):
            calls.append(path.name)

    def measure(kernel, size, ports, **conditions):
        calls.append((kernel, size, ports, conditions["threads"]))
        return Measured()

    monkeypatch.setattr(suite, "measure", measure)
    monkeypatch.setenv("PORTSTUDY_SESSIONS", str(tmp_path))
    monkeypatch.setenv("PORTSTUDY_THREADS", "1")
    ports = ["numba_event", "numpy_event"]
    monkeypatch.setenv("PORTSTUDY_SELECTED", json.dumps({"Lif-small": ports}))
    folder = vars(suite)["Lif"]().setup_cache()
    assert folder == str(tmp_path / Path(sys.prefix).name)
    assert calls == [("lif", "small", ports, "1"), "Lif-small.json"]


def test_a_session_is_recorded_as_asv_would(recorded, tmp_path, monkeypatch):
    pytest.importorskip("asv")
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(record, "git", lambda *words: "1795218061")
    machine = {"machine": "a-machine", "cpu": "a", "num_cpu": "2", "device": "cpu"}
    versions = {"python": "3.11", "jax": "1", "numba": "2", "numpy": "3", "torch": "none"}
    path = record.record_sessions(
        [recorded], "1" * 40, machine, Conditions("float64", "all", "cpu"), versions
    )
    assert path.name == (
        "11111111-checkout-py3.11-jax1-numba2-numpy3-torchnone"
        "-PORTSTUDY_DTYPEfloat64-PORTSTUDY_THREADSall.json"
    )
    assert results.unsound(path) == ""
    data = json.loads(path.read_text())
    of_asv = json.loads(next(results.RESULTS.glob("*/*-checkout-*.json")).read_text())
    assert list(data) == list(of_asv)
    assert data["result_columns"] == of_asv["result_columns"]
    assert data["date"] == 1795218061000
    row = dict(
        zip(data["result_columns"], data["results"]["ports.Lif.track_steady_state"], strict=False)
    )
    assert row["version"] == "1"
    assert row["params"][1][0] == "'small'"
    sizes = len(row["params"][1])
    first = {
        port: {
            column: row[column][sizes * number]
            for column in ("result", "stats_q_25", "stats_repeat")
        }
        for number, port in enumerate(find_kernel("lif").ports())
        if port in recorded.ports
    }
    assert first["numpy_dense"] == {"result": 1.5, "stats_q_25": 1.25, "stats_repeat": 2}
    assert first["torch_scan"]["result"] is None, "its proof failed"
    assert math.isnan(first["numba_event"]["result"]), "unavailable"
    ratios = cells(data, "ports.Lif.track_relative_time")
    again = {port: ratio for (port, size), ratio in ratios.items() if size == "small" and ratio}
    assert {port: ratio for port, ratio in again.items() if ratio == ratio} == {
        "numpy_dense": 1.0, "jax_scan": pytest.approx(0.1), "jax_jit_step": 2.25
    }  # fmt: skip


def test_a_session_is_added_to_what_was_recorded_before(recorded, tmp_path, monkeypatch):
    pytest.importorskip("asv")
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(record, "git", lambda *words: "1795218061")
    machine = {"machine": "a-machine", "cpu": "a", "num_cpu": "2", "device": "cpu"}
    usual = Conditions("float64", "all", "cpu")
    record.record_sessions([recorded], "1" * 40, machine, usual)
    path = record.record_sessions(
        [dataclasses.replace(recorded, size="large")], "1" * 40, machine, usual
    )
    data = json.loads(path.read_text())
    for size in ("small", "large"):
        assert cells(data, "ports.Lif.track_steady_state")["jax_scan", size] > 0, size


def test_a_commit_that_predates_the_package_is_named():
    if not git("rev-parse", "HEAD"):
        pytest.skip("no git here")
    assert predates("HEAD") == ""
    nothing = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's name of an empty tree
    assert predates(nothing) == "4b825dc6 predates the package portstudy: left out"


def test_the_site_is_made_local(tmp_path, monkeypatch):
    asv = pytest.importorskip("asv")
    html = tmp_path / "html"
    html.mkdir()
    page = next(iter(asv.__path__)) + "/www/index.html"
    with open(page, encoding="utf-8") as original:
        (html / "index.html").write_text(original.read(), encoding="utf-8")

    def fetch(package, cache):
        folder = cache / package
        for of_package, member in [
            *site.FILES.values(),
            ("bootstrap@3.1.1", f"dist/fonts/{site.FONT}"),
        ]:
            if of_package == package:
                (folder / member).parent.mkdir(parents=True, exist_ok=True)
                (folder / member).write_text(package)
        return folder

    monkeypatch.setattr(site, "_fetch", fetch)
    assert site.make_local(html, tmp_path / "npm") == ""
    local = (html / "index.html").read_text()
    assert not re.search(r'(src|href)="https://[^"]+\.(js|css)"', local)
    for link in re.findall(r'(?:src|href)="(vendor/[^"]+)"', local):
        assert (html / link).exists()
    assert len(re.findall(r'="vendor/', local)) == len(site.FILES)
    assert "integrity" not in local


def test_the_site_keeps_the_cdn_where_nothing_can_be_fetched(tmp_path, monkeypatch):
    html = tmp_path / "html"
    html.mkdir()
    page = '<script src="https://cdn/jquery-3.3.1.min.js" integrity="x"></script>'
    (html / "index.html").write_text(page)
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm here
    assert "npm" in site.make_local(html, tmp_path / "npm")
    assert (html / "index.html").read_text() == page


def test_the_readme_reads_the_newest_result(tmp_path, monkeypatch):
    nan = float("nan")
    for date, seconds in ((1, 9.0), (2, 0.5)):
        result = {
            "commit_hash": f"{date}" * 40,
            "date": date,
            "python": "3.11",
            "version": 2,
            "env_name": "checkout",
            "params": {
                "machine": "machine",
                "cpu": "a processor",
                "num_cpu": "2",
                "device": "cpu",
            },
            "requirements": {"numpy": "2", "jax": "1", "numba": "1", "torch": "2"},
            "env_vars": {"PORTSTUDY_DTYPE": "float64", "PORTSTUDY_THREADS": "all"},
            "result_columns": ["result", "params"],
            "results": {
                f"ports.Lif.track_{name}": [
                    values,
                    [["'numpy_dense'", "'jax_scan'", "'jax_jit_step'"], ["'small'", "'large'"]],
                ]
                for name, values in {
                    "steady_state": [10.0, nan, seconds, nan, 20.0, nan],
                    "relative_time": [1.0, nan, seconds / 10, nan, 2.0, nan],
                    "first_call": [10.0, nan, 12.0, nan, 20.0, nan],
                    "break_even": [1, nan, 2, nan, nan, nan],
                }.items()
            },
        }
        folder = tmp_path / "machine"
        folder.mkdir(exist_ok=True)
        (folder / f"{str(date) * 8}-env.json").write_text(json.dumps(result))
    monkeypatch.setattr(recorded_results, "read", lambda: recorded_results.Record.read(tmp_path))
    rows = figure.table("lif", "small").splitlines()
    assert "commit 22222222" in rows[-1]
    assert [re.findall(r"`(\w+)`", row)[0] for row in rows[2:5]] == [
        "jax_scan", "numpy_dense", "jax_jit_step",
    ]  # fmt: skip
    assert rows[2].endswith("| 500 ms | 20× | 12 s | 2 |")
    assert rows[4].endswith("| 20 s | 0.5× | 20 s | never |")
    with pytest.raises(FileNotFoundError, match="no recorded result for lif, large"):
        figure.table("lif", "large")
