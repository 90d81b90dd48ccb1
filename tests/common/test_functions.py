"""One's own functions and folders: how they are found, compared, and what is said of them."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from portstudy import InvalidInput, UnknownName, find_kernel, load
from portstudy import functions as own
from portstudy.backends import LIBRARIES
from portstudy.checkout import SOURCE
from portstudy.proof import Different, prove
from portstudy.proof.precision import moved
from portstudy.show.lines import changed_lines
from portstudy.trees import names_of

from tests.common.cli.test_cli import portstudy
from tests.conftest import skipped_if_unavailable

BEFORE = '''"""As it was."""
import numpy as np

def inputs(rng, points=40):
    return rng.normal(size=(points, 3)), 0.5

def nearest(positions, radius):
    distance = np.sqrt(((positions[:, None] - positions) ** 2).sum(-1))
    distance[np.arange(len(positions)), np.arange(len(positions))] = np.inf
    return distance.min(axis=1), (distance < radius).sum()
'''
AFTER = '''"""As it is now."""
import numpy as np

def nearest(positions, radius):
    best = np.empty_like(positions[:, 0])
    near = 0
    for i in range(len(positions)):
        x, y, z = (positions - positions[i]).T
        distance = np.sqrt(z**2 + y**2 + x**2)
        distance[i] = np.inf
        best[i] = distance.min()
        near += (distance < radius).sum()
    return best, near
'''


def write(folder: Path, **files: str) -> tuple[str, ...]:
    """The target of these files."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return tuple(str(folder / f"{name}.py") for name in files)


def proof(folder: Path, after: str, before: str = BEFORE, dtype: str = "float64") -> float:
    folder = Path(tempfile.mkdtemp(dir=folder))  # a file is imported once
    (tier,) = prove(load(write(folder, before=before, after=after), "after", dtype=dtype))
    assert tier.name == "within rounding"
    return tier.ulps


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_two_files_are_a_kernel(tmp_path, dtype):
    target = write(tmp_path, before=BEFORE, after=AFTER)
    kernel = find_kernel(target)
    assert (kernel.name, kernel.ports(), kernel.reference) == (
        "nearest", ["before", "after"], "before",
    )  # fmt: skip
    assert kernel.summary("after") == "As it is now."
    assert kernel.shape("default,points=7") == {"points": 7}
    arguments = kernel.make_inputs("default,points=7", dtype)
    assert arguments["positions"].shape == (7, 3)
    assert arguments["positions"].dtype == dtype
    assert type(arguments["radius"]) is float  # which takes the dtype of what it meets
    assert proof(tmp_path, AFTER, dtype=dtype) < 16


WRONG = {
    "a value": (
        "best[i] = distance.min()", "best[i] = distance.min() + (i == 7) * 1e-6",
        r"nearest/after: output\[0\] differs in 1 of 40 values, first at \[7\]: expected \d\.\d+, "
        r"got \d\.\d+ \(.*e\+\d+ ulps\)\. Not rounding, which may do .* ulps there$",
    ),
    "precision": (
        "positions - positions[i]", "(positions - positions[i]).astype(np.float32)",
        r"differs in \d+ of 40 .*float32's: is something computed in float32\?$",
    ),
    "a count": (
        "near += ", "near += 1 + ",
        r"output\[1\] differs in 1 of 1 values, first at the only value: expected \d+, got \d+\. "
        r"Not rounding: inputs moved in their last place change none of it$",
    ),
    "an output": ("return best, near", "return best", r"1 output; expected 2: output\[0\], outpu"),
    "a shape": (
        "return best", "return best[:, None]", r"output\[0\] has shape \(40, 1\); expected \(40,\)"
    ),
    "a dtype": ("best, near", "best.astype('f4'), near", r"dtype float32; expected float64"),
    "nothing": ("return best, near", "return", r"0 outputs; expected 2: output\[0\], output\[1"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=list(WRONG))
def test_what_differs_is_said(tmp_path, old, new, message):
    assert old in AFTER
    with pytest.raises(Different, match=message):
        proof(tmp_path, AFTER.replace(old, new))


def test_a_transposed_result_is_suspected(tmp_path):
    before = "def inputs(rng):\n    return rng.normal(size=(2, 3))\ndef f(x):\n    return x\n"
    with pytest.raises(Different, match=r"shape \(3, 2\); expected \(2, 3\) \(transposed\?\)"):
        proof(tmp_path, "def f(x):\n    return x.T\n", before)


LORENZ = """import numpy as np
def inputs(steps=300):
    return np.ones(3), 0.01, steps
def lorenz(x, dt, steps):
    for _ in range(steps):
        x = x + dt * np.array(
            [10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]]
        )
    return x
"""


def test_an_ill_conditioned_function_may_differ_more(tmp_path):
    """Errors grow with e**(0.9 t): what rounding may do is not a constant of the project."""
    after = LORENZ.replace("dt * np.array(", "(1 / (1 / dt)) * np.array(")
    other = after.replace("10 * (x[1] - x[0])", "10 * x[1] - 10 * x[0]")
    assert proof(tmp_path, other, LORENZ) > 16
    wrong = other.replace("8 / 3", "8 / 3.000000001")
    with pytest.raises(Different, match="Not rounding"):
        proof(tmp_path, wrong, LORENZ)


def test_a_chaotic_run_proves_nothing(tmp_path):
    before = LORENZ.replace("300", "4000")
    other = before.replace("10 * (x[1] - x[0])", "10 * x[1] - 10 * x[0]")
    with pytest.raises(Different, match="these inputs cannot tell why: rounding alone may move"):
        proof(tmp_path, other, before)
    assert proof(tmp_path, before, before) == 0


def test_a_count_at_the_edge_is_perhaps_a_matter_of_rounding(tmp_path):
    before = (
        "import numpy as np\n"
        "def inputs():\n    return np.full(1000, 0.1), 0.1\n"
        "def f(x, threshold):\n    return x, x >= threshold\n"
    )
    with pytest.raises(Different, match=r"Perhaps rounding: .* change \d+ of its val"):
        proof(tmp_path, before.replace("x >= t", "1 - (1 - x) >= t"), before)


def test_zeros_stay_zeros_where_inputs_are_moved(tmp_path):
    before = (
        "import numpy as np\n"
        "def inputs():\n    return np.array([0.0, 1.0, 2.0]), {'scale': 2.0, 'n': [3, 1 + 2j]}\n"
        "def f(x, p):\n    return {'y': x * p['scale'], 'z': x * p['n'][1]}\n"
    )
    target = write(tmp_path, before=before)
    port: Any = load(target, "before")
    arguments = find_kernel(target).make_inputs("default", own.AS_MADE)
    runs = [moved(port, arguments, draw) for draw in range(8)]
    assert all(list(run) == ["y", "z"] and run["y"][0] == 0 for run in runs)
    assert np.any([run["y"][1:] != [2, 4] for run in runs], axis=0).all()
    assert np.any([run["z"][1:] != [1 + 2j, 2 + 4j] for run in runs], axis=0).all()


@pytest.mark.parametrize(
    ("after", "library"),
    [
        ("import numpy as np\ndef nearest(a, b): ...", "numpy"),
        ("import numpy as np\nfrom numba import njit\n@njit\ndef nearest(a, b): ...", "numba"),
        ("import jax.numpy as jnp\ndef nearest(a, b): ...", "jax"),
        ("import jax\nimport diffrax as dx\ndef nearest(a, b): ...", "diffrax"),
        ("def helper(a): ...\ndef nearest(a, b):\n    import torch", "torch"),
    ],
)
def test_the_library_is_the_one_that_is_imported(tmp_path, after, library):
    kernel = find_kernel(write(tmp_path, before=BEFORE, after=after))
    assert kernel.library("after") == library
    assert kernel.library("before") == "numpy"


def test_the_first_word_of_a_files_name_decides(tmp_path):
    both = "import jax\nimport torch\ndef nearest(a, b): ...\n"
    assert find_kernel(write(tmp_path, before=BEFORE, jax_after=both)).library("jax_after") == "jax"
    with pytest.raises(UnknownName, match=r"imports jax and torch; allowed: jax_after.py or torch"):
        find_kernel(write(tmp_path, before=BEFORE, after=both))


@pytest.mark.parametrize(
    ("source", "function"),
    [
        ("def _helper(): ...\ndef nearest(a, b): ...\ndef main(): ...", "nearest"),
        ("def helper(): ...\ndef faster(a, b): ...", "faster"),
        ("def slow(a, b): ...\nfast = jit(vmap(slow))\nresult = slow(1, 2)", "fast"),
    ],
)
def test_the_function_is_the_one_of_that_name_or_the_last(tmp_path, source, function):
    kernel = find_kernel(write(tmp_path, before=BEFORE, after=source))
    assert kernel.function("after") == function


INPUTS = {
    "none": (BEFORE.replace("def inputs", "def _inputs"), "before.py has none; allowed: one that"),
    "too few": (BEFORE.replace(", 0.5", ""), r"1 argument; allowed: a tuple of 2, or a dict, of p"),
    "chance": (
        BEFORE.replace("rng.normal", "np.random.default_rng().normal"), "different arguments in eac"
    ),
    "syntax": ("def inputs(:\n", r"before.py': line 1: "),
    "no function": ("x = 1\n", "it defines no function; allowed: one, and inputs"),
    "generators": (BEFORE.replace("rng, ", "rng, key, "), "rng, key have no default; allowed: one"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "message"), INPUTS.values(), ids=list(INPUTS))
def test_inputs_that_cannot_be_made_are_refused(tmp_path, before, message):
    with pytest.raises((UnknownName, InvalidInput), match=message):
        find_kernel(write(tmp_path, before=before)).make_inputs("default", "float64")


def test_the_same_arguments_for_the_same_seed(tmp_path):
    kernel = find_kernel(write(tmp_path, before=BEFORE))
    first, again, other = (
        kernel.make_inputs("default", "float64", seed=s)["positions"] for s in (0, 0, 1)
    )
    assert (first == again).all()
    assert (first != other).all()


def test_what_lies_beside_a_file_can_be_imported(tmp_path):
    (tmp_path / "beside_own.py").write_text("OFFSET = 3\n")
    source = "from beside_own import OFFSET\n" + BEFORE.replace("axis=1)", "axis=1) + OFFSET")
    target = write(tmp_path, before=source)
    arguments = find_kernel(target).make_inputs("default", "float64")
    distances, _ = load(target, "before")(**arguments)
    assert (distances > 3).all()


def test_zeros_prove_nothing(tmp_path):
    before = "def inputs(rng):\n    return rng.normal(size=3)\ndef f(x):\n    return 0 * x\n"
    with pytest.raises(AssertionError, match="nothing but zeros and NaN"):
        proof(tmp_path, before, before)


def test_names_of_outputs():
    point = np.ones(2)
    assert names_of(point) == ["output"]
    assert names_of({"a": point, "b": (point, {"c": point})}) == ["a", "b[0]", "b[1].c"]
    assert names_of([point, point]) == ["output[0]", "output[1]"]


def test_compared_at_the_terminal(tmp_path):
    """The answer that one comes for; and a port that changes its argument is told so."""
    with skipped_if_unavailable("numba"):
        LIBRARIES["numba"]()
    numba = AFTER.replace("import numpy as np", "import numpy as np\nfrom numba import njit\n@njit")
    numba = numba.replace(
        "x, y, z = (positions - positions[i]).T", "d = positions - positions[i]"
    ).replace("z**2 + y**2 + x**2", "d[:, 0] ** 2 + d[:, 1] ** 2 + d[:, 2] ** 2")
    inplace = AFTER.replace("    near = 0\n", "    near = 0\n    positions *= 2\n")
    files = write(tmp_path, before=BEFORE, after=numba, inplace=inplace)
    done = portstudy("compare", *files, "--json", str(tmp_path / "all.json"))
    assert done.returncode == 1, done.stderr
    assert "nearest, default: as made, cpu, threads: all" in done.stdout
    assert re.search(
        r"after is [\d.]+ times as fast as before, equal (within [\d.]+ ulps|to the bit), and ",
        done.stdout,
    )
    assert "equal within rounding to before on the arguments that were timed" in done.stdout
    assert re.search(
        r"inplace: different: nearest/inplace changes an argument in place, which", done.stdout
    )
    (found,) = json.loads((tmp_path / "all.json").read_text())["comparisons"]
    assert found["kernel"] == "nearest"
    assert found["shape"] == {"points": 40}
    assert {port["port"] for port in found["ports"]} == {"before", "after", "inplace"}


NEIGHBOURS = ("common", "tests", "benchmarks", "implementations", "report", "portable", "scipy")


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_users_own_packages_are_imported_by_their_code(tmp_path, name):
    """Whatever they are called: as Python has it for a script, and unlike what is installed."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("def scale(x):\n    return 3 * x\n")
    source = (
        f"from {name} import scale\n\n"
        "def inputs(rng):\n    return (rng.normal(size=9),)\n\n"
        "def tripled(x):\n    return {}\n"
    )
    write(tmp_path, before=source.format("scale(x)"), after=source.format("3.0 * x + 0 * scale(x)"))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "portstudy", "check", "before.py", "after.py"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert "2 equal" in done.stdout


def test_workers_import_a_users_packages_too(tmp_path):
    """And a port may be called as the library that it imports."""
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "__init__.py").write_text("def scale(x):\n    return 3 * x\n")
    after = "import numpy as np\nfrom common import scale\n\ndef f(x):\n    return scale(x)\n"
    write(tmp_path, before="def inputs(rng):\n    return (rng.normal(size=9),)\n" + after)
    write(tmp_path, numpy=after)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "portstudy", "compare", "before.py", "numpy.py"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert "on the arguments that were timed" in done.stdout


def test_a_run_in_the_other_precision_that_fails_is_said(tmp_path):
    source = (
        "import numpy as np\n\n"
        "def inputs(rng):\n    return (rng.normal(size=9),)\n\n"
        "def f(x):\n    if x.dtype != 'float64':\n        raise TypeError('float64 alone')\n"
        "    return 3 * x\n"
    )
    write(tmp_path, before=source, after=source.replace("3 * x", "3 * (x + 1e3) - 3e3"))
    kernel = (str(tmp_path / "before.py"), str(tmp_path / "after.py"))
    with pytest.raises(Different, match=r"before could not be run in float32 \(TypeError: float"):
        prove(load(kernel, "after"))


def test_lines_of_inputs_are_not_counted(tmp_path):
    write(tmp_path, before=BEFORE, after=BEFORE.replace("inputs", "_unused"))
    files = [tmp_path / "before.py", tmp_path / "after.py"]
    assert changed_lines(*files) == 2  # `_unused`, which is a function like any other
    assert changed_lines(files[0], files[0]) == 0


def test_growth_and_diff_at_the_terminal(tmp_path):
    files = write(tmp_path, before=BEFORE, after=AFTER)
    done = portstudy("scale", *files, "--over", "points", "10", "40")
    assert done.returncode == 0, done.stderr
    assert "nearest over points: time of one call" in done.stdout
    done = portstudy("diff", *files)
    assert done.returncode == 0, done.stderr
    assert "lines of code changed" in done.stdout
    done = portstudy("list", *files)
    assert "As it is now." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "lif", "./before.py"], "allowed: a kernel, a folder, or .py files"),
        (
            ["compare", "./nowhere"],
            "is not a folder; allowed: the name of a kernel, a folder with a",
        ),
        (["compare", "tests"], "has no spec.py; allowed: "),
        (["check", "./nowhere.py"], "file './nowhere.py' does not exist"),
        (["diff", "lif", "numpy_dense"], "allowed: KERNEL A B, or two .py files"),
    ],
)
def test_what_is_no_kernel_is_refused(arguments, message):
    done = portstudy(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
