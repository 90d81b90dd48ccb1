"""The command, as a subprocess: what it prints, where, and how it ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from portstudy import find_kernel, kernels


def portstudy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portstudy", *arguments]
    # readline sets COLUMNS behind Python's back, and a test process of xdist inherits it.
    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(command, capture_output=True, text=True, env=inherited | environment)


def test_list_names_every_kernel_and_every_port():
    done = portstudy("list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[3:] if line] == kernels()
    done = portstudy("list", "lif")
    assert done.returncode == 0
    assert set(find_kernel("lif").ports()) <= set(done.stdout.split())


def test_list_imports_no_library_of_a_port():
    program = (
        "import sys; sys.argv[1:] = ['list', 'lif']; from portstudy.cli import main; main(); "
        "print('imported:', *{'jax', 'numba', 'torch', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).endswith(
        "imported:\n"
    )


def test_help_imports_no_library_of_a_port_and_no_table():
    program = (
        "import sys; sys.argv[1:] = ['compare', '--help']\n"
        "from portstudy.cli.parser import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print('imported:', *{'jax', 'numba', 'torch', 'rich'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).endswith(
        "imported:\n"
    )


def test_check_proves():
    done = portstudy("check", "lif", "--port", "numpy_event", "--dtype", "float32")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "lif: spikes (exact), state.voltage (4 ulps), compared with numpy_dense",
        "  lif/numpy_event float32: equal: to the bit (25,664 values), "
        "single steps (51,200 values, 1 ulps), free run (25,664 values, 6 ulps)",
        "1 equal",
    ]


def in_a_copy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a copy of the project, in which LIF has a port that is wrong."""
    copy = folder / "copy"
    for name in ("common", "implementations"):
        shutil.copytree(name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "implementations" / "lif" / "numpy_odd.py").write_text(
        "from portstudy.implementations.lif.numpy_event import lif as right\n"
        "def lif(weights, drive, *rest):\n    return right(weights, drive * 1.01, *rest)\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "portstudy", *arguments],
        cwd=copy, env=os.environ | {"PYTHONPATH": str(copy / "common")},
        capture_output=True, text=True,
    )  # fmt: skip


def test_check_takes_patterns_and_says_what_differs(tmp_path):
    words = ("--port", "numpy_e*", "numpy_o*", "--dtype", "float64")
    done = in_a_copy(tmp_path, "check", "lif", *words)
    assert done.returncode == 1, done.stderr
    assert "lif/numpy_odd float64: wrong: lif/numpy_odd: spikes differs in" in done.stdout
    assert "first at step" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 equal, 1 wrong"


def test_what_is_not_here_is_unavailable_and_not_wrong():
    done = portstudy("check", "lif", "--port", "numpy_event", "--device", "cuda")
    assert done.returncode == 0
    assert done.stdout.count("unavailable: numpy ports run on the CPU, not on 'cuda'") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "liff"], "unknown kernel 'liff': did you mean 'lif'?"),
        (["check", "lif", "--port", "jaxscan"], "unknown port 'jaxscan' of kernel 'lif': did you"),
        (
            ["check", "lif", "--dtype", "float16"],
            "unknown dtype 'float16': did you mean 'float64'?",
        ),
        ([], "required: verb"),
    ],
)
def test_wrong_names_end_with_code_2(arguments: list[str], message: str):
    done = portstudy(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
