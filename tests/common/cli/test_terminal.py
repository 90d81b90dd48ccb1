"""What differs on a terminal from a pipe: colours, and how wide lines are."""

import os
import re
import subprocess
import sys

import pytest

from tests.common.cli.test_cli import portstudy
from tests.common.cli.test_compare import FAST, LIF, needs_numba, table_of


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
