"""A comparison as a picture in a file."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_picture(tmp_path, form):
    """In a process of its own: matplotlib's settings are global."""
    pytest.importorskip("matplotlib")
    program = (
        "import sys; from portstudy.show.plots import draw; "
        "from tests.common.show.test_table import session; "
        "draw([session(), session()], open(sys.argv[1], 'wb'), sys.argv[2])"
    )
    path = tmp_path / f"a.{form}"
    subprocess.run([sys.executable, "-c", program, path, form], check=True)
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[form]
    assert path.read_bytes().startswith(start)
