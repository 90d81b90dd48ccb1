"""`portstudy try`: what is refused before anything runs, what is written and said."""

import subprocess
import sys

import pytest

from tests.common.cli.test_cli import portstudy

pytest.importorskip("libcst", reason="the extra `try` is not here")
pytest.importorskip("line_profiler", reason="the extra `try` is not here")

BEFORE = """\
import numpy as np


def inputs(rng, points=60):
    return rng.normal(size=(points, points)), 30


def relax(a, steps):
    for _ in range(steps):
        for i in range(1, len(a)):
            a[i, 0] = 0.5 * (a[i, 0] + a[i - 1, 0])  # from the top
        if a[-1, 0] > 9:
            break
"""
INPUTS = "def inputs(rng): return (rng.normal(size=9),)\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def inputs(): return 1\n", "it defines no function"),
        ("def f(a): return a\n", "has none; allowed: one that makes the arguments"),
        (f"def f(a: return a\n{INPUTS}", "line 1"),
        (f"def f(a): return a\ndef g(a): return a\n{INPUTS}", "several functions (f, g)"),
        (f"import jax\ndef f(a): return a\n{INPUTS}", "it is jax already"),
        (f"def f(a): return f(a)\n{INPUTS}", "f calls itself"),
        (f"def f(a):\n    raise ValueError('too hot')\n{INPUTS}", "too hot in before.py, line 2"),
        ("def f(a): return a\ndef inputs(rng): return rng.nothing()\n", "inputs of before.py"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, said):
    (tmp_path / "before.py").write_text(text)
    done = portstudy("try", str(tmp_path / "before.py"))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [x.name for x in tmp_path.iterdir() if x.suffix == ".py"] == ["before.py"]


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "before.py").write_text(BEFORE)
    (tmp_path / "jax_jit.py").write_text("mine\n")
    done = portstudy("try", str(tmp_path / "before.py"))
    assert done.returncode == 2
    assert "jax_jit.py: in" in done.stderr
    assert "--force" in done.stderr
    assert (tmp_path / "jax_jit.py").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nothing.py"], "does not exist"), (["lif"], "allowed: one Python file")],
)
def test_what_is_no_file_is_refused(tmp_path, arguments, said):
    done = portstudy("try", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_without_its_extra_it_says_what_to_install(tmp_path):
    (tmp_path / "before.py").write_text(BEFORE)
    program = (
        "import importlib.util as u, sys\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *x: None if name == 'libcst' else find(name, *x)\n"
        f"sys.argv[1:] = ['try', {str(tmp_path / 'before.py')!r}]\n"
        "from portstudy.cli import main\nsys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 2
    assert "libcst not installed: pip install portstudy[try]" in done.stderr


def test_other_verbs_import_nothing_of_it(tmp_path):
    (tmp_path / "before.py").write_text(BEFORE)
    program = (
        f"import sys; sys.argv[1:] = ['list', {str(tmp_path / 'before.py')!r}]\n"
        "from portstudy.cli import main; main()\n"
        "import portstudy.cli.check, portstudy.cli.compare, portstudy.cli.try_\n"
        "print('imported:', *{'libcst', 'line_profiler', 'portstudy.drafts'} & set(sys.modules))"
    )
    said = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert said.endswith("imported:\n")


def test_from_a_function_to_a_recommendation(tmp_path):
    (tmp_path / "before.py").write_text(BEFORE)
    done = portstudy("try", str(tmp_path / "before.py"), "--out", str(tmp_path / "drafts"))
    assert done.returncode == 0, done.stderr
    assert "Before porting: relax takes" in done.stdout
    assert "numba_parallel.py is left out: " in done.stdout
    assert "may be of another pass" in done.stdout
    assert "Recommendation: " in done.stdout
    written = sorted(x.name for x in (tmp_path / "drafts").glob("*.py"))
    assert written == ["numba_njit.py"]
    assert "# from the top" in (tmp_path / "drafts" / "numba_njit.py").read_text()
    assert "jax_jit.py is left out: line " in done.stdout
    assert "break" in done.stdout
    assert (tmp_path / "before.py").read_text() == BEFORE
