"""The proof for functions that no spec describes: the same as the original, up to rounding."""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from portstudy.backends import LIBRARIES
from portstudy.find import reference_of
from portstudy.functions import FunctionPort, Functions, Parameters, precision_of
from portstudy.importing import import_again
from portstudy.names import one_of
from portstudy.proof.observation import Outcome, call_once, observe
from portstudy.proof.precision import evidence, is_narrow, wide
from portstudy.proof.rounding import Evidence, Verdict, distance, judge, matched, rms
from portstudy.rules import Different, ulp


def assert_same_up_to_rounding(
    f: Callable, g: Callable, *arguments: Any, library: str = "", **named: Any
) -> Verdict:
    """Assert that g computes what f computes: that rounding alone explains how they differ.

    No tolerance is asked for. Both functions are run in float64 and in float32, since rounding
    shrinks by 2**29 from one to the other and a mistake does not: see `portstudy.proof.rounding`.

        from portstudy import assert_same_up_to_rounding

        def test_the_port_computes_what_the_original_does():
            x = np.random.default_rng(0).normal(size=(1000, 3))
            assert_same_up_to_rounding(before.energy, after.energy, x, radius=0.1)

    Args:
        f: the original, of NumPy arrays.
        g: the port, in NumPy, JAX, Numba or PyTorch. Its arguments are given to it as its library's
            arrays; it returns as many arrays as f, of the same shapes and kinds.
        arguments, named: what both are called with: arrays of any shape and dtype, numbers, and
            tuples, lists, dicts and objects of them. Each call gets copies: what f changes in place
            g may change as well, or return.
        library: "numpy", "jax", "numba" or "torch", where g does not say it.

    Returns:
        A Verdict: the largest difference in units in the last place, how many values were compared,
        and `resolution`, the relative error above which a mistake would have been seen.

    Raises:
        portstudy.Different: an AssertionError; what differs, where, and what it looks like; also
            where the inputs are such that rounding could explain anything (chaos).
    """
    names = {"f": _parameters(f), "g": _parameters(g)}
    given = {f"argument {i}": x for i, x in enumerate(arguments)} | named
    first = names["f"].positional[: len(arguments)]
    if len(first) == len(arguments):
        given = dict(zip(first, arguments, strict=True)) | named
    kernel = Functions(
        arguments={}, inputs=dict, outputs={}, sizes={}, reference="f",
        name=getattr(f, "__name__", "f"), parameters=names,
    )  # fmt: skip
    dtype = precision_of(given)
    ports = [
        FunctionPort(kernel, name, function, LIBRARIES[kind]("cpu", dtype))
        for name, function, kind in (
            ("f", f, library_of(f)),
            ("g", g, one_of("library", library, LIBRARIES) if library else library_of(g)),
        )
    ]
    return same(*ports, given)


def _parameters(function: Callable) -> Parameters:
    try:
        known = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # in C
        return Parameters(any_number=True)
    placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return Parameters(
        positional=tuple(x.name for x in known if x.kind in placed),
        keyword=tuple(x.name for x in known if x.kind == inspect.Parameter.KEYWORD_ONLY),
        any_number=any(x.kind == inspect.Parameter.VAR_POSITIONAL for x in known),
    )


def library_of(function: Callable) -> str:
    """The library of a function: of what compiled it, or of what it uses; else NumPy."""
    kinds = [kind.__module__.partition(".")[0] for kind in type(function).__mro__]
    for name in ("numba", "torch"):
        if name in kinds:
            return name
    if "jax" in kinds or "jaxlib" in kinds:
        return "jax"
    inner = inspect.unwrap(function)
    names = getattr(getattr(inner, "__code__", None), "co_names", ())
    used = [getattr(inner, "__globals__", {}).get(name) for name in names]
    roots = [
        (getattr(x, "__module__", "") or getattr(x, "__name__", "") or "").partition(".")[0]
        if not inspect.ismodule(x) else x.__name__.partition(".")[0]
        for x in used
    ]  # fmt: skip
    roots += [library_of(x) for x in used if inspect.isfunction(x) and x is not inner]
    return next((name for name in ("jax", "jaxlib", "torch", "numba") if name in roots), "numpy")


def same(reference: FunctionPort, port: FunctionPort, arguments: dict[str, Any]) -> Verdict:
    """The verdict on two functions, in this process: the guards, then the comparison."""
    expected, given = observe(reference, arguments), observe(port, arguments)
    found = evidence(reference, port, arguments)
    pair = (wide(reference, arguments), wide(port, arguments)) if is_narrow(arguments) else ()
    return compare_outcomes(port, expected, given, found, *pair)


def compare_outcomes(
    port: FunctionPort, expected: Outcome, given: Outcome, found: Evidence, *wider: Outcome
) -> Verdict:
    """Judge what a port gave. Where arguments are float32: by the two outcomes in float64, `wider`.

    In float32 the port must then round no more coarsely than the original does.
    """
    who = f"{port.kernel.name}/{port.name}"
    require_alive(port, expected)
    if not wider:
        verdict = judge(who, expected, given, found)
        return replace(verdict, notes=(*verdict.notes, *_wider_dtypes(port, expected, given)))
    verdict = judge(who, *wider, found)
    ulps = _require_precision(who, expected, given, *wider, margin=found.margin)
    return replace(verdict, ulps=ulps)


def require_alive(port: FunctionPort, expected: Outcome) -> None:
    """Raise Different where the reference's outputs would prove nothing."""
    who = f"{port.kernel.name}/{port.kernel.reference}"
    values = [x for x in expected.values.values() if isinstance(x, np.ndarray)]
    if not expected.values:
        raise Different(f"{who} returns nothing and changes nothing; allowed: arrays and numbers")
    if values and all(x.size == 0 or not np.any(np.nan_to_num(x)) for x in values):
        raise Different(f"{who} returns nothing but zeros and NaN: such inputs prove nothing")


def _wider_dtypes(port: FunctionPort, expected: Outcome, given: Outcome) -> Iterator[str]:
    for name, mine in matched(port.name, expected, given)[0]:
        want, got = expected.values[name], given.values[mine]
        if isinstance(want, np.ndarray) and want.dtype != got.dtype:
            yield f"{port.name} returns {name} as {got.dtype}, the original as {want.dtype}"


def _require_precision(
    who: str, expected: Outcome, given: Outcome, expected_wide: Outcome, given_wide: Outcome, *,
    margin: float,
) -> float:  # fmt: skip
    """Largest difference in float32, in ulps; Different where the port is less precise there."""
    largest = 0.0
    for name, mine in matched(who, expected, given)[0]:
        want, got = expected.values[name], given.values[mine]
        true, near = expected_wide.values[name], given_wide.values[mine]
        if not isinstance(want, np.ndarray) or want.dtype.kind not in "fc" or not want.size:
            continue
        if want.shape != got.shape:
            raise Different(f"{who}: {name} has shape {got.shape}; expected {want.shape}")
        unit = np.finfo(np.float32).eps * np.maximum(np.abs(true.astype(want.dtype)), 1e-30)
        mistake = rms(distance(true, near))
        usual = max(rms(distance(want, true)), rms(unit))
        coarse = rms(distance(got, near))
        if not coarse <= margin * (usual + mistake / 2.0**-29):
            raise Different(
                f"{who}: {name} errs {coarse / usual:.2g} times as much as the original in "
                "float32, and not in float64: is a part of it computed in TF32, bfloat16 or half?"
            )
        with np.errstate(all="ignore"):
            apart = distance(want, got)
            ratio = apart / np.maximum(ulp(np.abs(want)), np.finfo(np.float32).tiny)
            largest = max(largest, float(np.max(ratio, where=apart > 0, initial=0.0)))
    return largest


def prove_function(port: FunctionPort) -> Verdict:
    """The proof of a port in a file: guards, verdict, numbers of threads, and Numba's bounds."""
    kernel = port.kernel
    arguments = kernel.make_inputs("default", port.asked)
    reference = reference_of(port)
    expected, given = observe(reference, arguments), observe(port, arguments)
    found = evidence(reference, port, arguments)
    pair: tuple = ()
    if is_narrow(arguments):
        pair = wide(reference, arguments), wide(port, arguments)
    verdict = compare_outcomes(port, expected, given, found, *pair)
    if port.name != reference.name:
        for threads, other in with_threads(port, arguments):
            with naming(f"with {threads} thread" + "s" * (threads > 1)):
                wider = (pair[0], wide(port, arguments)) if pair else ()
                compare_outcomes(port, expected, other, found, *wider)
        check_bounds(port, arguments)
    return replace(verdict, notes=(*given.notes, *verdict.notes))


@contextlib.contextmanager
def naming(when: str) -> Iterator[None]:
    """Say when it was that outputs differed."""
    try:
        yield
    except Different as error:
        raise Different(f"{when}: {error}") from None


def with_threads(
    port: FunctionPort, arguments: dict[str, Any]
) -> Iterator[tuple[int, Outcome]]:
    """What a port gives with other numbers of threads than it has: 1 and 2. A race may show."""
    backend = port.backend
    usual = backend.threads()
    try:
        for number in sorted({1, 2, usual} - {usual}):
            if number < usual:
                backend.set_threads(number)
                yield number, call_once(port, arguments)
    finally:
        backend.set_threads(usual)


def check_bounds(port: FunctionPort, arguments: dict[str, Any]) -> None:
    """Raise Different where a Numba port reads or writes beyond the end of an array.

    Numba checks no index unless told to. The file is imported once more, and compiled with checks.
    """
    if port.backend.package != "numba":
        return
    from numba import config

    kept = config.BOUNDSCHECK
    config.BOUNDSCHECK = 1
    try:
        module = import_again(port.kernel.path(port.name))
        checked = replace(port, function=getattr(module, port.kernel.function(port.name)))
        call_once(checked, arguments)
    except IndexError as error:
        raise Different(
            f"{port.kernel.name}/{port.name} reads or writes beyond the end of an array, which "
            f"Numba does not check unless told to: {error}"
        ) from None
    finally:
        config.BOUNDSCHECK = kept
