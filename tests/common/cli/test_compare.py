"""`portstudy compare`: what is printed and written, and how it ends."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from portstudy import find_kernel
from portstudy.measure import machine
from portstudy.show import table

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
        (["lif", "--csv", "/dev/null"], "--csv: /dev/null is not a file"),
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


# The other verbs
