"""What no port takes: a kernel says so for all of its ports, before anything is compiled.

A message names the argument, what was given and what is allowed. What a kernel alone refuses is
tested beside it, in tests/kernels; here is what all have in common. Names that do not exist are
answered with the nearest that does; a library that is missing and a port that is broken are two
different things.
"""

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from portstudy import (
    Broken,
    InvalidInput,
    Unavailable,
    UnknownName,
    find_kernel,
    kernels,
    load,
)
from portstudy.backends import LIBRARIES, library_of
from portstudy.find import load_file
from portstudy.proof.comparison import structure
from portstudy.trees import leaves

from tests import conftest
from tests.conftest import (
    CUDA_MAY_BE_HERE,
    NETWORKS,
    Case,
    assert_refused,
    cases,
    each_dtype,
    inputs,
    open_port,
    skipped_if_unavailable,
)


def changed(array: np.ndarray, index: tuple, value: float) -> np.ndarray:
    array = array.astype(np.float64)
    array[index] = value
    return array


def but(**parameters: Any) -> Callable:
    return lambda given: given._replace(**parameters)


NUMBERS = r"allowed: integers from 0 to 2\*\*63 - 1$"

# Argument, how it is spoilt, and what the kernel says. `...` in an index: there may be trials.
BAD: list[tuple[str, Callable, str]] = [
    (
        "weights",
        lambda w: w[:, :-1],
        r"^weights: shape \((\d+), .*\) does not match \(neurons=\1, ",
    ),
    ("weights", lambda w: w[0], r"^weights: shape \(\d+,\); allowed: \(neurons, neurons\)$"),
    ("weights", lambda w: w[None], r"^weights: shape \(1, .*\); allowed: \(neurons, neurons\)$"),
    ("weights", lambda w: w[:0, :0], r"^weights: shape \(0, 0\) is empty; allowed: lengths from 1"),
    ("weights", lambda w: changed(w, (1, 2), np.nan), r"^weights: nan at \[1, 2\] is not finite"),
    ("weights", lambda w: changed(w, (0, 3), -np.inf), r"^weights: -inf at \[0, 3\] is not finite"),
    ("weights", lambda w: changed(w, (0, 0), 1e39), r"^weights: 1e\+39 .* not finite in float32$"),
    ("weights", lambda w: w.astype(object), "^weights: dtype object; allowed: real numbers$"),
    ("weights", lambda w: w.astype(complex), "^weights: dtype complex128; allowed: real numbers$"),
    ("weights", lambda w: w.astype(str), r"^weights: dtype <U\d+; allowed: real numbers$"),
    ("weights", lambda w: [[0.0], [0.0, 1.0]], r"^weights: not an array \(.*inhomogeneous"),
    ("weights", lambda w: None, "^weights: dtype object; allowed: real numbers$"),
    ("drive", lambda d: d[..., :-1], r"^drive: shape \(.*\) does not match \(.*neurons=\d+\)$"),
    ("drive", lambda d: d[None], r"^drive: shape \(1, .*\); allowed: \(.*neurons\)$"),
    ("drive", lambda d: 1.5, r"^drive: shape \(\); allowed: \(.*neurons\)$"),
    ("drive", lambda d: changed(d, (..., 5), np.inf), r"^drive: inf at \[.*5\] is not finite in"),
    ("state", lambda s: (s[0][..., 1:],), r"^state\.voltage: shape .* does not match \(.*\)$"),
    ("state", lambda s: (changed(s[0], (..., 0), np.nan),), r"^state\.voltage: nan at \[.*0\]"),
    ("state", lambda s: s.voltage, r"^state: ndarray; allowed: State\(voltage\)$"),
    ("state", lambda s: {"voltage": s.voltage}, r"^state: dict; allowed: State\(voltage\)$"),
    ("state", lambda s: (s.voltage, s.voltage), r"^state: tuple; allowed: State\(voltage\)$"),
    ("parameters", but(dt=0.0), r"^parameters\.dt: 0\.0 ms; allowed: above 0$"),
    ("parameters", but(dt=-0.1), r"^parameters\.dt: -0\.1\d* ms; allowed: above 0$"),
    ("parameters", but(tau=0), r"^parameters\.tau: 0\.0 ms; allowed: above 0$"),
    ("parameters", but(tau=-16.0), r"^parameters\.tau: -16\.0 ms; allowed: above 0$"),
    ("parameters", but(tau=np.nan), r"^parameters\.tau: nan .* is not finite in float32$"),
    ("parameters", but(resistance="8"), r"^parameters\.resistance: dtype <U1; allowed: real"),
    ("parameters", but(resistance=[8.0]), r"^parameters\.resistance: shape \(1,\); allowed: \(\)$"),
    ("parameters", but(v_threshold=-65.0), r"v_threshold: -65\.0 mV; allowed: above v_reset = -65"),
    ("parameters", but(v_threshold=-70.0), r"v_threshold: -70\.0 mV; allowed: above v_reset = -65"),
    ("parameters", lambda p: p[:-1], r"^parameters: tuple; allowed: Parameters\(dt, tau, v_reset"),
    ("parameters", lambda p: p._asdict(), r"^parameters: dict; allowed: Parameters\(dt, tau,"),
    ("steps", lambda n: -1, f"^steps: -1; {NUMBERS}"),
    ("steps", lambda n: 1.5, rf"^steps: 1\.5; {NUMBERS}"),
    ("steps", lambda n: 2.0, rf"^steps: 2\.0; {NUMBERS}"),
    ("steps", lambda n: True, f"^steps: True; {NUMBERS}"),
    ("steps", lambda n: np.True_, rf"^steps: np\.True_; {NUMBERS}"),
    ("steps", lambda n: "3", f"^steps: '3'; {NUMBERS}"),
    ("steps", lambda n: None, f"^steps: None; {NUMBERS}"),
    ("steps", lambda n: 10**400, f"^steps: 10+; {NUMBERS}"),
    ("steps", lambda n: 10**15, r"needs [\d,]+\.\d GiB; [\d,]+\.\d GiB are free$"),
]


@pytest.mark.parametrize("kernel", NETWORKS)
@pytest.mark.parametrize(("argument", "spoil", "message"), BAD)
def test_argument_is_refused(kernel: str, argument: str, spoil: Callable, message: str):
    position = ["weights", "drive", "state", "parameters", "steps"].index(argument)
    arguments = list(inputs(kernel, "float32"))
    arguments[position] = spoil(arguments[position])
    assert_refused(kernel, "float32", arguments, message)


@each_dtype
@pytest.mark.parametrize("kernel", kernels())
def test_no_argument_may_be_none(kernel: str, dtype: str):
    arguments = inputs(kernel, dtype)
    for i, name in enumerate(find_kernel(kernel).arguments):
        if name != "width":  # None: as wide as the dtype
            given = (*arguments[:i], None, *arguments[i + 1 :])
            assert_refused(kernel, dtype, given, "None|object")


def as_python(argument: Any) -> Any:
    """Lists for arrays and plain tuples for NamedTuples."""
    if isinstance(argument, tuple):
        return tuple(as_python(item) for item in argument)
    return argument if isinstance(argument, int) else argument.tolist()


@each_dtype
@pytest.mark.parametrize("kernel", kernels())
def test_lists_do_as_well_as_arrays(kernel: str, dtype: str):
    """They are the same arrays when a port sees them."""
    check = load(kernel, find_kernel(kernel).reference, dtype=dtype).check
    arguments = inputs(kernel, dtype)
    given, wanted = check(*as_python(arguments)), check(*arguments)
    for mine, theirs in zip(leaves(given), leaves(wanted), strict=True):
        assert type(mine) is type(theirs)
        assert np.asarray(mine).dtype == np.asarray(theirs).dtype
        assert np.asarray(mine).tobytes() == np.asarray(theirs).tobytes()
    assert structure(given) == structure(wanted)


class Reached(Exception):
    """The backend was."""


# A port for each backend: what comes before the backend is `Port.__call__`, the same for all.
ONE_OF_EACH = {find_kernel(case.kernel).backend(case.port): case for case in reversed(cases())}


@pytest.mark.parametrize("case", ONE_OF_EACH.values(), ids=str)
def test_bad_input_reaches_no_backend(case: Case, monkeypatch: pytest.MonkeyPatch):
    """Nor does it reach the port: nothing is put on a device, nothing called, nothing compiled."""

    def reached(*_: Any) -> None:
        raise Reached

    port = open_port(case)
    for verb in ("put", "call", "wait", "get"):
        monkeypatch.setattr(port.backend, verb, reached)
    arguments = inputs(case.kernel, case.dtype)
    for i in range(len(arguments)):
        with pytest.raises(InvalidInput):
            port(*arguments[:i], None, *arguments[i + 1 :])
    with pytest.raises(Reached):
        port(*arguments)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (dict(kernel="lfi"), r"kernel 'lfi': did you mean 'lif'\? allowed: .*lif_ensemble"),
        (dict(port="jax_scann"), r"port 'jax_scann' of kernel 'lif': did you mean 'jax_scan'\? "),
        (dict(port="numpy"), r"port 'numpy' of kernel 'lif': did you mean 'numpy_\w+'\? allowed"),
        (dict(port="spec"), r"port 'spec' of kernel 'lif': .*allowed: numpy_dense, "),
        (dict(port="../lif/jax_scan"), r"port '../lif/jax_scan' of kernel 'lif': "),
        (dict(dtype="float46"), r"dtype 'float46': did you mean 'float64'\? allowed: float64, "),
        (dict(device="cuda:0"), r"device 'cuda:0': did you mean 'cuda'\? allowed: cpu, cuda$"),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(names: dict, message: str):
    with pytest.raises(UnknownName, match=f"^unknown {message}"):
        load(**dict(kernel="lif", port="numpy_dense") | names)


@pytest.mark.parametrize(
    ("size", "dtype", "message"),
    [
        ("chek", "float64", "^unknown size 'chek' of kernel 'lif': did you mean 'check'"),
        ("check", "double", "^unknown dtype 'double': .*allowed: float64, float32$"),
    ],
)
def test_unknown_size_is_answered_with_the_nearest(size: str, dtype: str, message: str):
    with pytest.raises(UnknownName, match=message):
        find_kernel("lif").make_inputs(size, dtype)


def test_library_that_no_backend_knows():
    with pytest.raises(UnknownName, match=r"^unknown library 'nunpy', the first word of port"):
        library_of("nunpy_dense")


LIF = find_kernel("lif")


@pytest.mark.parametrize("library", LIBRARIES)
def test_missing_library_is_unavailable(library: str, monkeypatch: pytest.MonkeyPatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == library else find(name)
    )
    backend = LIBRARIES[library]
    remedy = f"pip install {backend.distribution or library}"
    if backend.environment:
        remedy = f"it needs the environment of `make {backend.environment}`"
    with pytest.raises(Unavailable, match=f"^{library} is not installed: {remedy}$"):
        backend()


@pytest.mark.skipif(CUDA_MAY_BE_HERE, reason="there may be a GPU here")
@pytest.mark.parametrize("library", LIBRARIES)
def test_missing_device_is_unavailable(library: str):
    with skipped_if_unavailable(library):
        LIBRARIES[library]()
    with pytest.raises(Unavailable, match=r"^\w+ (sees no|ports run on the CPU).*'cuda'"):
        LIBRARIES[library]("cuda")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_library\n", "cannot be imported: ModuleNotFoundError.*no_such_library"),
        ("from numpy import no_such_function\n", "cannot be imported: ImportError"),
        ("def lif(:\n", "cannot be imported: SyntaxError"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError"),
        ("def life(): pass\n", "has no function named 'lif'$"),
    ],
)
def test_port_that_cannot_be_imported_is_broken(source: str, message: str, tmp_path):
    path = tmp_path / "numpy_broken.py"
    path.write_text(source)
    with pytest.raises(Broken, match=f"^lif/numpy_broken {message}"):
        load_file(LIF, path)


def test_unavailable_port_is_skipped_with_its_reason_or_fails_where_it_is_required(monkeypatch):
    missing = Case("lif", "numpy_dense", "float64", "cuda")
    with pytest.raises(pytest.skip.Exception, match=r"^numpy ports run on the CPU, not on 'cuda'$"):
        open_port(missing)
    monkeypatch.setattr(conftest, "REQUIRED", ["numpy@cuda"])
    with pytest.raises(pytest.fail.Exception, match=r"^PORTSTUDY_REQUIRE names numpy@cuda, but"):
        open_port(missing)
