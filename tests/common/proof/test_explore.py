"""Beyond the inputs given: where a port parts from the original, and what is said of it."""

import json
from typing import Any

import numpy as np
import pytest
from portstudy import find_kernel, load
from portstudy.functions import fresh
from portstudy.measure.mistakes import try_mistakes
from portstudy.proof.explore import LAYOUTS, explore

from tests.common.cli.test_cli import portstudy
from tests.common.test_functions import write

BEFORE = """import numpy as np
def inputs(rng, n=50):
    return rng.normal(size=n), 3
def largest(x, k):
    return np.sort(x)[-k:], np.argmax(x)
"""
NUMPY_LOOP = """import numpy as np
def largest(x, k):
    best = -np.inf
    where = 0
    for i in range(len(x)):
        if x[i] {} best:
            best, where = x[i], i
    return np.sort(x)[-k:], where
"""


def searched(folder, **files: str) -> dict[str, Any]:
    target = write(folder, **files)
    last = list(files)[-1]
    ports: Any = [load(target, next(iter(files))), load(target, last)]
    return {search.kind: search for search in explore(*ports, seconds=8)}


def test_a_tie_and_a_nan_are_found_and_shrunk(tmp_path):
    found = searched(tmp_path, before=BEFORE, after=NUMPY_LOOP.format(">="))
    assert found["sizes"].parting is None
    assert found["sizes"].tried > 10
    tie = found["zeros and ties"].parting
    assert "n=2" in tie.where
    assert "output[1] differs in 1 of 1 values" in tie.what
    assert "= nan" in found["NaN and infinity"].parting.where  # NumPy's argmax finds NaN first


def test_a_right_port_is_the_same_wherever_it_is_tried(tmp_path):
    after = BEFORE.replace("np.argmax(x)", "int(np.argmax(x))").replace("def inputs", "def _inputs")
    found = searched(tmp_path, before=BEFORE, after=after)
    assert [search.parting for search in found.values()] == [None] * 4
    assert all(search.tried for search in found.values())


def test_sizes_are_cut_where_inputs_has_none(tmp_path):
    before = BEFORE.replace(", n=50", "").replace("size=n", "size=50")
    after = "import numpy as np\ndef largest(x, k):\n    return np.sort(x[:50])[-k:], {}(x[:50])\n"
    found = searched(tmp_path, before=before, after=after.format("np.argmax"))
    assert [search.parting for search in found.values()] == [None] * 4
    (tmp_path / "other").mkdir()
    after = after.format("(lambda x: np.argmax(x) if len(x) > 7 else 0)")
    found = searched(tmp_path / "other", before=before, after=after)
    assert found["sizes"].parting.where in ("length 50 cut to 2", "length 50 cut to 3")


def test_a_port_that_raises_is_found(tmp_path):
    after = """import numpy as np
def largest(x, k):
    if not x.flags.c_contiguous:
        raise BufferError('rows, please')
    return np.sort(x)[-k:], np.argmax(x)
"""
    found = searched(tmp_path, before=BEFORE, after=after)
    assert found["memory layout"].parting.what == (
        "after raises BufferError: rows, please; in after.py, line 4: raise "
        "BufferError('rows, please')"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fresh_copies_keep_their_layout(layout):
    given = {"a": LAYOUTS[layout](np.arange(12.0).reshape(3, 4))}
    (copy,) = fresh(given).values()
    assert (copy == given["a"]).all()
    assert copy.flags.c_contiguous == given["a"].flags.c_contiguous
    assert not np.shares_memory(copy, given["a"])


def test_explored_at_the_terminal(tmp_path):
    files = write(tmp_path, before=BEFORE, after=NUMPY_LOOP.format(">="))
    report = tmp_path / "report.json"
    done = portstudy("check", *files, "--explore", "4", "--mistakes", "6", "--json", str(report))
    assert done.returncode == 1, done.stderr
    assert "    zeros and ties: differs at n=2, " in done.stdout
    assert "2 equal, 1 different beyond the inputs given" in done.stdout
    assert "    mistakes: " in done.stdout
    _, row = json.loads(report.read_text())
    assert row["explored"][0]["kind"] == "sizes"
    assert all(line.startswith("line ") for line in row["unnoticed"])


def test_it_is_for_files(tmp_path):
    done = portstudy("check", "geometric_decay", "--explore")
    assert done.returncode == 2
    assert "--explore, --mistakes: allowed: with files, such as before.py after.py" in done.stderr


def test_mistakes_that_inputs_do_not_show(tmp_path):
    """Ones show no mistake in an exponent; what hangs is noticed."""
    before = "import numpy as np\ndef inputs():\n    return (np.ones(5),)\n"
    function = (
        "def f(x):\n    y = x**2 + 2 * x\n    while y[0] < 100:\n        y = 2 * y\n    return y\n"
    )
    files = write(tmp_path, before=before + function, after=function)
    trial = try_mistakes(files, "after", 100, timeout=3)
    missed = [mistake.what for mistake in trial.unnoticed]
    assert 10 < trial.tried == len(set(missed)) + (trial.tried - len(missed))
    assert any("**" in what or "1.01" in what or "3 in place of 2" in what for what in missed)
    assert len(missed) < trial.tried / 2
    assert find_kernel(files).ports() == ["before", "after"]
