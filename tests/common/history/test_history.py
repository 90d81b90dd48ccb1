"""asv's side: what is selected, what is skipped and what fails, the site, the README's figures."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from portstudy import UnknownName, find_kernel, kernels
from portstudy.history import offline as site
from portstudy.history import results
from portstudy.history.selection import select
from portstudy.measure.session import Figures, Session
from portstudy.pages import readme as figure
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
        "tutorial",
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
    """A session of which asv's benchmarks read: one port of each status."""
    ports = {
        "numpy_dense": Figures("numpy_dense", samples=[1.0, 2.0], first_call_seconds=1.0),
        "jax_scan": Figures("jax_scan", samples=[0.1, 0.2], first_call_seconds=3.0),
        "jax_jit": Figures("jax_jit", samples=[3.0, 3.0], first_call_seconds=3.0),
        "numba_event": Figures("numba_event", "unavailable", "numba is not installed"),
        "torch_scan": Figures("torch_scan", "different", "spikes differs at step 3"),
    }
    session = Session(
        "lif", "small", "float64", "cpu", "all", "numpy_dense", True, "3.11", 2, ports
    )
    folder = tmp_path / Path(sys.prefix).name
    folder.mkdir()
    session.save(folder / "lif-small.json")
    monkeypatch.setenv("PORTSTUDY_SESSIONS", str(tmp_path))
    monkeypatch.delenv("PORTSTUDY_REQUIRE", raising=False)
    return session


def prepared(port):
    benchmark = vars(suite)["Lif"]()
    benchmark.setup("", port, "small")
    return benchmark


def test_figures_come_from_the_session(recorded):
    benchmark = prepared("jax_scan")
    assert benchmark.track_steady_state("", "jax_scan", "small")["samples"] == [0.1, 0.2]
    assert benchmark.track_relative_time("", "jax_scan", "small")["samples"] == [0.1, 0.1]
    assert benchmark.track_first_call("", "jax_scan", "small") == 3.0
    assert benchmark.track_break_even("", "jax_scan", "small") == 3
    never = prepared("jax_jit").track_break_even("", "jax_jit", "small")
    assert never != never  # asv's n/a


def test_unavailable_is_skipped_and_different_fails(recorded, monkeypatch):
    with pytest.raises(NotImplementedError, match="numba is not installed"):
        prepared("numba_event")
    with pytest.raises(NotImplementedError, match="not selected"):
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
    assert "never" in rows["jax_jit"]
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


def test_asv_records_versions_and_no_path():
    """In a process of its own: asv forks, of which JAX warns once it has been imported."""
    pytest.importorskip("asv")
    program = (
        "import portstudy.history.checkout_plugin; from asv.config import Config; "
        "from asv.environment import get_environments; "
        "(found,) = get_environments(Config.load('asv.conf.json'), ['checkout']); "
        "assert not found.can_install_project(); print(found.name)"
    )
    name = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert name.startswith("checkout-py3.")
    assert re.search(r"-numpy\d+\.\d+", name)
    assert "venv" not in name


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
                    [["'numpy_dense'", "'jax_scan'", "'jax_jit'"], ["'small'", "'large'"]],
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
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    rows = figure.table("lif", "small").splitlines()
    assert "commit 22222222" in rows[-1]
    assert [re.findall(r"`(\w+)`", row)[0] for row in rows[2:5]] == [
        "jax_scan", "numpy_dense", "jax_jit",
    ]  # fmt: skip
    assert rows[2].endswith("| 500 ms | 20× | 12 s | 2 |")
    assert rows[4].endswith("| 20 s | 0.5× | 20 s | never |")
    with pytest.raises(FileNotFoundError, match="no recorded result for lif, large"):
        figure.newest("lif", "large")
