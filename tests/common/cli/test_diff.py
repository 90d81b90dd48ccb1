"""`portstudy diff`."""

import re

from tests.common.cli.test_cli import portstudy


def test_diff_in_a_pipe():
    done = portstudy("diff", "lif", "numpy_dense", "numpy_event")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["--- lif/numpy_dense.py", "+++ lif/numpy_event.py"]
    assert "-        current = fired @ weights + drive  # (neurons,) nA" in lines
    assert re.fullmatch(r"1 line of code changed, of \d+; docstrings not counted\.", lines[-1])
    same = portstudy("diff", "lif", "numpy_dense", "numpy_dense")
    assert same.stdout == "numpy_dense and numpy_dense are the same.\n"
