"""`portstudy compare`, `diff` and `machine`: what is printed and written, and how they end."""

import csv
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from portstudy import find_kernel
from portstudy.backends import LIBRARIES
from portstudy.files import unwritable, write_whole
from portstudy.measure import machine
from portstudy.measure.rounds import _interruptible
from portstudy.measure.session import Figures, Interrupted, Session
from portstudy.show import export, table
from portstudy.show.lines import changed_lines, files_of
from portstudy.show.text import factor, memory, percent

from tests.common.cli.test_cli import in_a_copy, portstudy

FAST = ["numpy_event", "numba_event"]
LIF = ["compare", "lif", "--size", "check", "--port", *FAST]
needs_numba = pytest.mark.skipif(
    not machine.versions()["numba"], reason="numba, with which limits are measured, is not here"
)


def table_of(text: str) -> tuple[list[str], dict[str, list[str]]]:
    """Headings, and the cells of each port: columns are two blanks apart, or more."""
    lines = text.splitlines()
    rule = next(i for i, line in enumerate(lines) if "──" in line)
    cells = [re.split(r" {2,}", line.strip()) for line in lines[rule + 1 :]]
    return lines[rule - 1].split(), {row[0]: row for row in cells[: cells.index([""])]}


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A comparison with all its files."""
    folder = tmp_path_factory.mktemp("compared")
    files = ["--json", folder / "a.json", "--csv", folder / "a.csv", "--markdown", folder / "a.md"]
    plot = ["--plot", folder / "a.svg"] if machine_has_matplotlib() else []
    done = portstudy(*LIF, "--timeout", "120", *map(str, files + plot))
    assert done.returncode == 0, done.stderr
    return folder, done


def machine_has_matplotlib() -> bool:
    return subprocess.run([sys.executable, "-c", "import matplotlib"]).returncode == 0


@needs_numba
def test_the_table_has_all_columns_in_a_pipe(compared):
    _, done = compared
    assert "\x1b" not in done.stdout
    headings, rows = table_of(done.stdout)
    words = " ".join(["port", *(heading for heading, _ in table.COLUMNS.values())])
    assert headings == words.split()
    assert set(rows) == {"numpy_dense", *FAST}
    assert all(len(row) == len(table.COLUMNS) + 1 for row in rows.values())
    assert next(iter(rows)) == "numba_event"
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())
    assert "numba_event is" in done.stdout
    assert "equal bit for bit to numpy_dense on the arguments that were timed" in done.stdout


@needs_numba
def test_progress_is_not_in_the_output(compared):
    _, done = compared
    assert "lif check: proving numba_event" in done.stderr
    assert "lif check: round 3 of " in done.stderr
    assert "proving" not in done.stdout


@needs_numba
def test_json_has_what_the_table_has(compared):
    folder, _ = compared
    result = json.loads((folder / "a.json").read_text())
    (session,) = result["comparisons"]
    assert (session["kernel"], session["size"], session["dtype"]) == ("lif", "check", "float64")
    assert session["shape"] == dict(find_kernel("lif").sizes["check"])
    ports = {port["port"]: port for port in session["ports"]}
    assert set(ports) == {"numpy_dense", *FAST}
    event = ports["numba_event"]
    assert event["status"] == "measured"
    assert event["largest_error_ulps"] == 0
    assert event["compile_seconds"] > 0
    assert 0 < event["ratio"] < 1
    assert len(event["samples"]) >= 3
    assert min(event["samples"]) <= event["steady_seconds"] <= max(event["samples"])
    assert ports["numpy_event"]["changed_lines"] == 1
    assert ports["numpy_dense"]["changed_lines"] == 0
    assert ports["numpy_dense"]["ratio"] == 1


@needs_numba
def test_csv_markdown_and_picture(compared):
    folder, _ = compared
    with (folder / "a.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert {line["port"] for line in lines} == {"numpy_dense", *FAST}
    assert all(float(line["steady_seconds"]) > 0 for line in lines)
    assert "samples" not in lines[0]
    rows = [line for line in (folder / "a.md").read_text().splitlines() if line.startswith("| `")]
    assert len(rows) == 3
    assert len({line.count("|") for line in rows}) == 1
    if machine_has_matplotlib():
        assert (folder / "a.svg").read_text().rstrip().endswith("</svg>")
    assert not list(folder.glob(".*"))  # nothing half-written is left


def test_what_cannot_be_had_is_a_row_with_its_reason(tmp_path):
    done = portstudy(
        "compare", "lif", "--size", "check", "--port", "numpy_event", "--device", "cuda",
        "--threads", "1", "--dtype", "float32", "--csv", str(tmp_path / "a.csv"),
    )  # fmt: skip
    assert done.returncode == 0
    assert table_of(done.stdout)[1]["numpy_event"] == ["numpy_event", "unavailable"]
    assert "numpy_event: unavailable: numpy ports run on the CPU, not on 'cuda'" in done.stdout
    with (tmp_path / "a.csv").open() as file:
        (line,) = [line for line in csv.DictReader(file) if line["port"] == "numpy_event"]
    assert line["status"] == "unavailable"
    assert line["steady_seconds"] == ""


def test_a_port_that_differs_is_a_row_and_the_exit_code(tmp_path):
    done = in_a_copy(tmp_path, *LIF[:4], "--port", "numpy_odd", "--threads", "1")
    assert done.returncode == 1, done.stderr
    assert table_of(done.stdout)[1]["numpy_odd"] == ["numpy_odd", "different"]
    assert "numpy_odd: different: spikes differs in" in done.stdout
    assert "threads: 1" in done.stdout


def test_a_port_that_hangs_is_a_row_and_the_exit_code():
    done = portstudy(*LIF[:4], "--port", "numpy_event", "--timeout", "0.01")
    assert done.returncode == 1
    assert "numpy_dense: failed: no answer within 0.01 s" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["liff"], "unknown kernel 'liff': did you mean 'lif'?"),
        (["lif", "--size", "chek"], "unknown size 'chek' of kernel 'lif': did you mean 'check'?"),
        (["lif", "--port", "jaxscan"], "unknown port 'jaxscan' of kernel 'lif': did you mean"),
        (["lif", "--port", "numpy_*", "cupy_*"], "unknown port 'cupy_*' of kernel 'lif'"),
        (["lif", "--dtype", "float16"], "unknown dtype 'float16': did you mean"),
        (["lif", "--device", "cpu", "gpu"], "unknown device 'gpu'"),
        (["lif", "--threads", "2"], "unknown threads '2'"),
        (["lif", "--timeout", "0"], "argument --timeout: invalid"),
        (["lif", "--timeout", "inf"], "argument --timeout: invalid"),
        (["lif", "--json", "nowhere/a.json"], "--json: there is no folder"),
        (["lif", "--csv", "/dev/null"], "--csv: /dev/null is no file"),
        (["lif", "--markdown", "."], "is a folder"),
        (["lif", "--plot", "a.jpeg"], "--plot: 'a.jpeg' ends with none of .png, .svg, .pdf"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_measured(arguments, message):
    done = portstudy("compare", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "proving" not in done.stderr
    assert done.stdout == ""


def test_two_outputs_are_two_files(tmp_path):
    done = portstudy("compare", "lif", "--json", str(tmp_path / "a"), "--csv", str(tmp_path / "a"))
    assert done.returncode == 2
    assert "is another output already" in done.stderr


def test_a_missing_matplotlib_is_said_before_anything_is_measured(tmp_path):
    program = (
        "import importlib.util as u, sys; find = u.find_spec; "
        "u.find_spec = lambda name, *more: None if name == 'matplotlib' else find(name, *more); "
        "from portstudy.cli.parser import main; main()"
    )
    command = [sys.executable, "-c", program, *LIF, "--plot", str(tmp_path / "a.png")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--plot: matplotlib is not installed: pip install matplotlib" in done.stderr
    assert "proving" not in done.stderr
    assert not list(tmp_path.iterdir())


# Ctrl-C


def interrupted(tmp_path: Path, when: str) -> tuple[int, str, str]:
    """Exit code and output of a comparison that gets SIGINT when its progress says so."""
    command = [sys.executable, "-m", "portstudy", *LIF, "--json", str(tmp_path / "a.json")]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stderr:
        if when in line:
            break
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
    assert not list(tmp_path.iterdir())  # no file, and none half-written
    return process.returncode, out, err


@needs_numba
@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal on POSIX systems only")
def test_ctrl_c_prints_what_is_finished(tmp_path):
    code, out, err = interrupted(tmp_path, "round 2")
    assert code == 130
    assert "Traceback" not in err
    assert "Interrupted: this is what was finished; no file was written." in err
    _, rows = table_of(out)
    assert set(rows) == {"numpy_dense", *FAST}
    assert "1 round" in out.splitlines()[0] or "2 rounds" in out.splitlines()[0]


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal on POSIX systems only")
def test_ctrl_c_before_the_first_round(tmp_path):
    code, out, err = interrupted(tmp_path, "proving numpy_event")
    assert code == 130
    assert "Traceback" not in err
    assert table_of(out)[1]["numpy_event"] == ["numpy_event", "interrupted"]
    assert "numpy_event: interrupted: before its first round" in out


def test_an_interrupted_session_has_whole_rounds():
    ports = {
        "a": Figures("a", samples=[1.0, 2.0, 3.0]),
        "b": Figures("b", samples=[1.0, 2.0]),
        "c": Figures("c", "failed", "it raised"),
        "d": Figures("d"),
    }
    session = Session("lif", "check", "float64", "cpu", "all", "a", True, "3.11", 2, ports)
    with pytest.raises(Interrupted) as stop, _interruptible(session):
        raise KeyboardInterrupt
    assert stop.value.session is session
    assert session.ratios("b") == [1, 1]
    assert {name: figures.status for name, figures in ports.items()} == {
        "a": "measured", "b": "measured", "c": "failed", "d": "interrupted",
    }  # fmt: skip


# How a session is shown


def session() -> Session:
    ports = {
        "numpy_dense": Figures(
            "numpy_dense", samples=[1.0, 2.0, 1.0], first_call_seconds=1.5, largest_error=0.0
        ),
        "jax_scan": Figures(
            "jax_scan", samples=[0.001] * 3, first_call_seconds=4.0, largest_error=2.5,
            compile_seconds=3.0, peak_bytes=3 * 2**20, put_seconds=1e-3, get_seconds=2e-6,
        ),
        "numba_event": Figures("numba_event", "unavailable", "numba [is] not installed"),
    }  # fmt: skip
    return Session(
        "lif", "check", "float64", "cpu", "all", "numpy_dense", False, "3.11", 2, ports, [5e-4]
    )


@pytest.mark.parametrize("width", range(30, 131, 10))
def test_the_least_important_columns_go_first(width):
    from rich.console import Console

    console = Console(width=width, file=io.StringIO())
    with console.capture() as captured:
        console.print(table.table(session(), width))
    text = captured.get()
    headings, _ = table_of(text)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    names = [heading for heading, _ in table.COLUMNS.values()]
    shown = [name for name in names if name.split()[0] in headings]
    order = [table.COLUMNS[name][0] for name in table.IMPORTANT]
    assert set(shown) == set(order[: len(shown)])
    assert set(table.hidden(session(), width)) == set(names) - set(shown)
    assert ("get" in headings) == (width >= 120)


def test_every_column_is_important_in_some_order():
    assert sorted(table.IMPORTANT) == sorted(table.COLUMNS)


def test_no_number_without_a_proof():
    row = table.rows(session())[-1]
    assert row["port"] == "numba_event"
    figures = {name: value for name, value in row.items() if name in table.COLUMNS}
    assert [name for name, value in figures.items() if value == value] == ["changed_lines"]


def test_never_is_null_and_json_is_strict():
    slow = session()
    slow.ports["jax_scan"].samples = [3.0] * 3
    text = export.as_json([slow])
    (comparison,) = json.loads(text, parse_constant=lambda name: pytest.fail(name))["comparisons"]
    ports = {port["port"]: port for port in comparison["ports"]}
    assert ports["jax_scan"]["break_even_calls"] is None
    assert "| never |" in export.as_markdown([slow])
    assert ",inf," in export.as_csv([slow])


def test_the_verdict():
    told = "jax_scan is 1,000 times as fast as numpy_dense, equal within 2.5 ulps, and "
    assert table.verdict(session()) == told + "breaks even after 4 calls."
    alone = session()
    del alone.ports["jax_scan"]
    assert table.verdict(alone) == ""


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb = 2\n", 0),
        ("a = 1\nb = 2\n", "a = 1\nb = 3\n", 1),  # one that is another, not one less and one more
        ("a = 1\n", "a = 1\nb = 2\nc = 3\n", 2),
        ('"""One."""\n\na = 1\n', '"""Two.\n\nMore.\n"""\na = 1\n\n\n', 0),
        ("a = 1\n", "b = 1\nc = 1\n", 2),
    ],
)
def test_changed_lines(tmp_path, before, after, changed):
    (tmp_path / "a.py").write_text(before)
    (tmp_path / "b.py").write_text(after)
    assert changed_lines(tmp_path / "a.py", tmp_path / "b.py") == changed


def test_lines_that_a_port_shares_count_as_its_own(tmp_path):
    """So do those that a shared file takes from another, of another kernel or of its own."""
    (here, other) = (tmp_path / "here", tmp_path / "other")
    here.mkdir()
    other.mkdir()
    (here / "a.py").write_text('"""A."""\nx = 1\ny = 2\nz = 3\n')
    (here / "b.py").write_text(
        '"""B."""\nfrom ..other._y import x, y\nfrom ._lost import w\nz = 3\n'
    )
    (other / "_y.py").write_text('"""Y."""\nfrom ._x import x\ny = 2\n')
    (other / "_x.py").write_text('"""X."""\nx = 1\n')
    assert files_of(here / "b.py") == [other / "_x.py", other / "_y.py", here / "b.py"]
    assert changed_lines(here / "a.py", here / "b.py") == 3  # the imports


def test_files_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, lambda file: file.write(b"old"))

    def fail(file):
        file.write(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, fail)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert unwritable(path) == ""
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_picture(tmp_path, form):
    """In a process of its own: matplotlib's settings are global."""
    pytest.importorskip("matplotlib")
    program = (
        "import sys; from portstudy.show.plots import draw; "
        "from tests.common.show.test_compare import session; "
        "draw([session(), session()], open(sys.argv[1], 'wb'), sys.argv[2])"
    )
    path = tmp_path / f"a.{form}"
    subprocess.run([sys.executable, "-c", program, path, form], check=True)
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form]
    assert path.read_bytes().startswith(start)


# The other verbs


def test_diff_in_a_pipe():
    done = portstudy("diff", "lif", "numpy_dense", "numpy_event")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["--- lif/numpy_dense.py", "+++ lif/numpy_event.py"]
    assert "-        current = fired @ weights + drive  # (neurons,) nA" in lines
    assert re.fullmatch(r"1 line of code changed, of \d+; docstrings not counted\.", lines[-1])
    same = portstudy("diff", "lif", "numpy_dense", "numpy_dense")
    assert same.stdout == "numpy_dense and numpy_dense are the same.\n"


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What the command writes to a terminal of 60 columns."""
    pty = pytest.importorskip("pty")
    here, there = pty.openpty()
    settings = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "portstudy", *arguments],
        stdin=there, stdout=there, stderr=there,
        env=settings | {"TERM": "xterm-256color", "COLUMNS": "60"} | environment,
    )  # fmt: skip
    os.close(there)
    text = b""
    try:
        while part := os.read(here, 4096):
            text += part
    except OSError:  # Linux: the other end is closed
        pass
    os.close(here)
    assert process.wait(timeout=60) == 0
    return text.decode()


COLOUR = r"\x1b\[([0-9]+;)*(3[0-8]|9[0-7])[;m]"


def test_colours_are_for_terminals_without_no_color():
    words = ("diff", "lif", "numpy_dense", "numpy_event")
    coloured = on_a_terminal(*words)
    assert re.search(COLOUR, coloured)
    plain = on_a_terminal(*words, NO_COLOR="1")
    assert not re.search(COLOUR, plain)
    assert "numpy_event.py" in plain


def test_columns_are_obeyed_in_a_pipe():
    done = portstudy("list", "lif", COLUMNS="60")
    assert 50 < max(map(len, done.stdout.splitlines())) <= 60
    done = portstudy("list", "lif")
    assert 60 < max(map(len, done.stdout.splitlines())) <= 160


@needs_numba
def test_a_narrow_terminal():
    text = on_a_terminal(*LIF, NO_COLOR="1")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    table = text[text.rindex("lif, check: ") :]
    headings, rows = table_of(table)
    assert headings[:3] == ["port", "time", "ratio"]
    assert set(rows) == {"numpy_dense", *FAST}
    assert max(map(len, table.splitlines())) <= 60
    assert "Not in 60 columns: " in text


@needs_numba
def test_machine(tmp_path):
    done = portstudy("machine", "--json", str(tmp_path / "a.json"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "a.json").read_text())
    names = [re.split(r" {2,}", line)[0] for line in done.stdout.splitlines()]
    assert {"processor", "cores", "memory", "bandwidth", "peak", *LIBRARIES} <= set(names)
    assert told["processor"] in done.stdout
    assert all(1e8 < rate["bytes_per_second"] < 1e14 for rate in told["rates"]["bandwidth"])
    assert set(told["rates"]["operations_per_second"]) == {"float64", "float32"}
    assert set(told["devices"]) == {"jax", "torch", "numba_cuda"}
    for devices in told["devices"].values():
        assert all(seen.get("name") or seen["reason"] for seen in devices.values())


def test_a_library_that_does_not_answer_is_a_line_with_its_reason():
    assert machine.devices("jax", timeout=0.01)["cpu"] == {"reason": "no answer within 0.01 s"}
    assert "KeyError: 'jaxx'" in machine.devices("jaxx")["cpu"]["reason"]


def test_caches_are_read(tmp_path):
    for i, words in enumerate((("1", "Data", "48K", "0"), ("3", "Unified", "32M", "0-3,8-11"))):
        folder = tmp_path / "cache" / f"index{i}"
        folder.mkdir(parents=True)
        for name, word in zip(("level", "type", "size", "shared_cpu_list"), words, strict=True):
            (folder / name).write_text(word + "\n")
    (tmp_path / "cache" / "index2").mkdir()  # of which nothing is told
    found = machine.caches(tmp_path)
    assert found == [
        machine.Cache(1, "data", 48 * 2**10, 1),
        machine.Cache(3, "unified", 32 * 2**20, 8),
    ]
    assert machine.working_sets(found, 8) == {
        "L1": 8 * 24 * 2**10, "L3": 16 * 2**20, "memory": machine.MEMORY,
    }  # fmt: skip
    assert list(machine.working_sets([], 2))[-1] == "memory"
    assert machine.caches(tmp_path / "nothing") == []


def test_numbers_as_text():
    assert [memory(n) for n in (0, 999, 2048, 3.5e6, 5e10)] == [
        "0 B", "999 B", "2 KiB", "3.34 MiB", "46.6 GiB",
    ]  # fmt: skip
    assert [percent(x) for x in (1.87, 0.213, 0.0213, 0.00044)] == [
        "187%", "21%", "2.1%", "0.044%",
    ]  # fmt: skip
    assert [factor(x) for x in (1.234, 40.04, 4282)] == ["1.23", "40", "4,282"]
    assert math.isnan(table.rows(session())[-1]["ratio"])
