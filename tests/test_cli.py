"""The command, as a subprocess: what it prints, where, and how it ends."""

import subprocess
import sys

import pytest

from common.kernel import find_kernel, kernels


def portstudy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "common", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_list_names_every_kernel_and_every_port():
    done = portstudy("list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[3:-1]] == kernels()
    done = portstudy("list", "lif")
    assert done.returncode == 0
    assert set(find_kernel("lif").ports()) <= set(done.stdout.split())


def test_list_imports_no_library_of_a_port():
    program = (
        "import sys; sys.argv[1:] = ['list', 'lif']; from common.cli import main; main(); "
        "print('imported:', *{'jax', 'numba', 'torch', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).endswith(
        "imported:\n"
    )


def test_check_proves():
    done = portstudy("check", "lif", "--port", "numpy_event", "--dtype", "float32")
    assert done.returncode == 0, done.stderr
    expected = "lif/numpy_event float32: equal: to the bit, single steps, free run; at most 1 ulps"
    assert done.stdout.strip() == expected


def test_what_is_not_here_is_unavailable_and_not_wrong():
    done = portstudy("check", "lif", "--port", "numpy_event", "--device", "cuda")
    assert done.returncode == 0
    assert done.stdout.count("unavailable: numpy ports run on the CPU, not on 'cuda'") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "liff"], "unknown kernel 'liff': did you mean 'lif'?"),
        (["check", "lif", "--port", "jaxscan"], "unknown port 'jaxscan' of kernel 'lif': did you"),
        (["check", "lif", "--dtype", "float16"], "invalid choice: 'float16'"),
        ([], "required: verb"),
    ],
)
def test_wrong_names_end_with_code_2(arguments: list[str], message: str):
    done = portstudy(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
