"""The proof for functions that no spec describes: the same as the original, up to rounding."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from portstudy.backends import LIBRARIES
from portstudy.backends.numba import bounds_checked
from portstudy.find import reference_of
from portstudy.functions import FunctionPort, Functions, Parameters, precision_of
from portstudy.importing import import_source
from portstudy.names import one_of
from portstudy.proof.observation import UNSTEADY, Outcome, call_once, observe
from portstudy.proof.precision import evidence, is_narrow, other, wide
from portstudy.proof.rounding import (
    SHRINKS,
    Evidence,
    Unmeasured,
    Values,
    Verdict,
    distance,
    in_ulps,
    judge,
    matched,
    rms,
)
from portstudy.rules import Different

Compare = Callable[[tuple[Outcome, ...]], Verdict]
"""Judges what a call of a port gave: see `compare_outcomes`."""


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

    `f` is the original, of NumPy arrays; `g` the port, in NumPy, JAX, Numba or PyTorch. It is given
    its library's arrays, and returns as many as f does, of the same shapes and kinds. `arguments`
    and `named` are what both are called with: arrays of any shape and dtype, numbers, and tuples,
    lists, dicts and objects of them. Each call gets copies; what f changes in place g may change as
    well, or return. `library` is "numpy", "jax", "numba" or "torch", where g does not show it.

    Returns a Verdict: the largest difference in units in the last place, how many values were
    compared, and `resolution`, the relative error above which a mistake would have been seen.

    Raises portstudy.Different, an AssertionError, which says what differs, where, and what it looks
    like; also where the inputs are such that rounding could explain anything (chaos).
    """
    return same(*ports_of(f, g, arguments, named, library))


def ports_of(
    f: Callable, g: Callable, arguments: tuple, named: dict[str, Any], library: str = ""
) -> tuple[FunctionPort, FunctionPort, dict[str, Any]]:
    """Two functions as the ports of a kernel, and the arguments by name."""
    names = {"f": _parameters(f), "g": _parameters(g)}
    given = {f"argument {i}": x for i, x in enumerate(arguments)} | named
    first = names["f"].positional[: len(arguments)]
    if len(first) == len(arguments):
        given = dict(zip(first, arguments, strict=True)) | named
    kernel = Functions(
        arguments={}, inputs=lambda: (), outputs={}, sizes={}, reference="f",
        name=getattr(f, "__name__", "f"), parameters=names,
    )  # fmt: skip
    dtype = precision_of(given)
    kind = one_of("library", library, LIBRARIES) if library else library_of(g)
    reference = FunctionPort(kernel, "f", f, LIBRARIES[library_of(f)]("cpu", dtype))
    port = FunctionPort(kernel, "g", g, LIBRARIES[kind]("cpu", dtype))
    return reference, port, given


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
    if hasattr(function, "_torchdynamo_orig_callable"):
        return "torch"
    kinds = [kind.__module__.partition(".")[0] for kind in type(function).__mro__]
    for name in ("numba", "torch"):
        if name in kinds:
            return name
    if "jax" in kinds or "jaxlib" in kinds:
        return "jax"
    inner = inspect.unwrap(function)
    codes = [inner.__code__] if hasattr(inner, "__code__") else []
    for code in codes:  # and of the functions inside of it
        codes += [x for x in code.co_consts if inspect.iscode(x)]
    space = getattr(inner, "__globals__", {})
    used = [space.get(name) for code in codes for name in code.co_names]
    roots = [
        (getattr(x, "__module__", "") or getattr(x, "__name__", "") or "").partition(".")[0]
        if not inspect.ismodule(x) else x.__name__.partition(".")[0]
        for x in used
    ]  # fmt: skip
    roots += [library_of(x) for x in used if inspect.isfunction(x) and x is not inner]
    return next((name for name in ("jax", "jaxlib", "torch", "numba") if name in roots), "numpy")


def same(reference: FunctionPort, port: FunctionPort, arguments: dict[str, Any]) -> Verdict:
    """The verdict on two functions, in this process: the guards, then the comparison."""
    return _judged(reference, port, arguments)[0]


def _judged(
    reference: FunctionPort, port: FunctionPort, arguments: dict[str, Any]
) -> tuple[Verdict, Outcome, Compare]:
    """The verdict, what the port gave, and what judges more of its outcomes."""
    who = f"{port.kernel.name}/{port.name}"
    expected, given = outcomes(reference, arguments), outcomes(port, arguments)
    require_no_memory(who, expected, given, [other(x, arguments, 1) for x in (reference, port)])
    found = evidence(reference, port, arguments)
    compare = functools.partial(compare_outcomes, who, expected, found=found)
    return compare(given), given[0], compare


def outcomes(
    port: FunctionPort, arguments: dict[str, Any], *, once: bool = False
) -> tuple[Outcome, ...]:
    """What a call gives, under guards or just once; in float64 too, where arguments have less."""
    found = [(call_once if once else observe)(port, arguments)]
    if is_narrow(arguments):
        with contextlib.suppress(Unmeasured):  # it knows float32 alone: then that is what is judged
            found.append(wide(port, arguments))
    return tuple(found)


def compare_outcomes(
    who: str, expected: tuple[Outcome, ...], given: tuple[Outcome, ...], found: Evidence
) -> Verdict:
    """Judge what a port gave: by the outcomes in float64, where the arguments have less.

    In float32 the port must then round no more coarsely than the original does.
    """
    require_alive(expected[0])
    if len(expected) != len(given):
        expected, given = expected[:1], given[:1]
    for again in given[0].others:
        try:
            judge(who, given[0], again, found)
        except Different as error:
            raise Different(f"{who}: {UNSTEADY} ({error})") from None
    verdict = judge(who, expected[-1], given[-1], found)
    if given[0].others:
        unsteady = f"{who} differs in its last digits between calls with the same arguments"
        verdict = replace(verdict, notes=(*verdict.notes, unsteady))
    if len(expected) > 1:
        ulps = _require_precision(who, *expected, *given, margin=found.margin)
        verdict = replace(verdict, ulps=ulps)
    return replace(verdict, notes=(*verdict.notes, *_other_dtypes(who, expected[0], given[0])))


def require_no_memory(
    who: str, expected: tuple[Outcome, ...], given: tuple[Outcome, ...], others: Sequence[Values]
) -> None:
    """Raise Different where a port gives the same for arguments that change the original's outputs.

    `others` are the outputs of both for these.
    """
    theirs, ours = others
    changed = False
    for name, mine in matched(who, expected[0], given[0])[0]:
        want, got = expected[0].values[name], given[0].values[mine]
        if not isinstance(want, np.ndarray) or mine not in ours or want.size == 0:
            continue
        if not np.array_equal(got, ours[mine], equal_nan=True):
            return
        now: Any = theirs.get(name)
        if want.dtype.kind in "fc" and np.shape(now) == want.shape:
            changed = changed or bool(np.mean(distance(want, now) > 0) > 0.5)
    if changed:
        raise Different(
            f"{who} remembers what it returned: it gives the same for other arguments, which "
            "change what the original gives"
        )


def require_alive(expected: Outcome) -> None:
    """Raise Different where the original's outputs would prove nothing."""
    values = [x for x in expected.values.values() if isinstance(x, np.ndarray)]
    if not expected.values:
        raise Different(
            "the original returns nothing, and changes no argument on these inputs: they prove "
            "nothing"
        )
    if values and all(x.size == 0 or not np.any(np.nan_to_num(x)) for x in values):
        raise Different("the original returns nothing but zeros and NaN: such inputs prove nothing")


def _other_dtypes(who: str, expected: Outcome, given: Outcome) -> Iterator[str]:
    for name, mine in matched(who, expected, given)[0]:
        want, got = expected.values[name], given.values[mine]
        if isinstance(want, np.ndarray) and want.dtype != got.dtype:
            yield f"{who} gives {name} as {got.dtype}, the original as {want.dtype}"


def _require_precision(
    who: str, expected: Outcome, expected_wide: Outcome, given: Outcome, given_wide: Outcome, *,
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
        if not coarse <= margin * (usual + mistake / SHRINKS):
            raise Different(
                f"{who}: {name} errs {coarse / usual:.2g} times as much as the original in "
                "float32, and not in float64: is a part of it computed in TF32, bfloat16 or half?"
            )
        largest = max(largest, in_ulps(want, distance(want, got)))
    return largest


def prove_function(port: FunctionPort) -> Verdict:
    """The proof of a port in a file: guards, verdict, numbers of threads, and Numba's bounds."""
    arguments = port.kernel.make_inputs("default", port.asked)
    reference = reference_of(port)
    assert isinstance(reference, FunctionPort)
    verdict, given, compare = _judged(reference, port, arguments)
    if port.name != reference.name:
        compare_threads(compare, with_threads(port, arguments))
        check_bounds(port, arguments)
    return replace(verdict, notes=(*given.notes, *verdict.notes))


def compare_threads(compare: Compare, found: Iterable[tuple[int, tuple[Outcome, ...]]]) -> None:
    """Judge what a port gave with other numbers of threads; Different says with how many."""
    for number, given in found:
        try:
            compare(given)
        except Different as error:
            s = "" if number == 1 else "s"
            raise Different(f"with {number} thread{s}: {error}") from None


def with_threads(
    port: FunctionPort, arguments: dict[str, Any]
) -> Iterator[tuple[int, tuple[Outcome, ...]]]:
    """What a port gives with other numbers of threads than it has: 1 and 2. A race may show."""
    backend = port.backend
    usual = backend.threads()
    try:
        for number in (1, 2):
            if number < usual:
                backend.set_threads(number)
                yield number, outcomes(port, arguments, once=True)
    finally:
        backend.set_threads(usual)


def check_bounds(port: FunctionPort, arguments: dict[str, Any]) -> None:
    """Raise Different where a Numba port reads or writes beyond the end of an array.

    Numba checks no index unless told to. The file is imported once more, and compiled with checks.
    """
    if port.backend.package != "numba":
        return
    try:
        with bounds_checked():
            module = import_source(port.kernel.path(port.name))
            checked = replace(port, function=getattr(module, port.kernel.function(port.name)))
            call_once(checked, arguments)
    except IndexError as error:
        raise Different(
            f"{port.kernel.name}/{port.name} reads or writes beyond the end of an array, which "
            f"Numba does not check unless told to: {error}"
        ) from None
