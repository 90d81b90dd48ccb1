"""Two sets of outputs, compared value by value."""

from typing import Any

import numpy as np

from portstudy.kernel import Kernel, Port
from portstudy.rules import Different, ulp
from portstudy.trees import leaves


def _pairs(kernel: Kernel, a: Any, b: Any, what: str) -> list[tuple[str, Any, Any, str]]:
    # Not strict: a port that returns too few outputs, or too many, is told so by `compare`.
    named = zip(kernel.rules(a), leaves(a), leaves(b), strict=False)
    return [(name, x, y, what) for name, x, y in named]


def _same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _first(rule: Any, expected: np.ndarray, actual: np.ndarray) -> str:
    different = np.argwhere(~((expected == actual) | ((expected != expected) & (actual != actual))))
    if len(different) == 0:
        return ": only in the sign of a zero or the bits of a NaN"
    return describe(rule, expected, actual, tuple(int(i) for i in different[0]))


def describe(rule: Any, expected: np.ndarray, actual: np.ndarray, index: tuple[int, ...]) -> str:
    """Where two outputs differ first, with both values."""
    where = ", ".join(f"{axis} {i}" for axis, i in zip(rule.axes, index, strict=False))
    if not rule.axes and index:
        where = str(list(index))
    unit = f" {rule.unit}" if rule.unit else ""
    message = (
        f", first at {where or 'the only value'}: "
        f"expected {expected[index]}{unit}, got {actual[index]}{unit}"
    )
    if expected.dtype.kind == "f":
        error = abs(float(actual[index]) - float(expected[index]))
        floor = getattr(rule, "floor", 0.0)
        with np.errstate(over="ignore"):  # next to zero, an ulp is the smallest number there is
            message += f" ({error / ulp(expected[index], floor):.3g} ulps)"
    return message


def compare(
    kernel: Kernel,
    expected: Any,
    actual: Any,
    *,
    bits: bool = False,
    elsewhere: float = 0.0,
    allowed: list[np.ndarray] | None = None,
) -> float:
    """Hold a port's outputs against the reference's; returns the largest error, in ulps.

    By the rule of each output; with `bits`, to the last bit; with `elsewhere`, by so many times
    what the rule allows, for a library that rounds in other places (`Backend.rounds_elsewhere`);
    with `allowed`, by these differences.
    Raises Different, with the first value that differs too much.
    """
    rules = kernel.rules(expected)
    bits = bits and not elsewhere
    wanted, given = leaves(expected), leaves(actual)
    if len(wanted) != len(given):
        s = "" if len(given) == 1 else "s"
        raise Different(f"{len(given)} output{s}; expected {len(wanted)}: {', '.join(rules)}")
    largest = 0.0
    for i, (name, rule) in enumerate(rules.items()):
        want, got = wanted[i], given[i]
        if got.shape != want.shape:
            hint = " (transposed?)" if got.ndim > 1 and got.T.shape == want.shape else ""
            raise Different(f"{name} has shape {got.shape}; expected {want.shape}{hint}")
        if got.dtype != want.dtype:
            raise Different(f"{name} has dtype {got.dtype}; expected {want.dtype}")
        if want.size == 0:
            continue
        if want.dtype.kind == "c":  # real and imaginary parts, along one more axis
            want, got = (np.stack([x.real, x.imag], axis=-1) for x in (want, got))
        error = (got != want).astype(np.float64)
        if want.dtype.kind == "f":
            with np.errstate(invalid="ignore"):  # infinity less infinity
                distance = np.abs(got.astype(np.float64) - want.astype(np.float64))
            error = np.where(got == want, 0.0, distance)
        limit = np.zeros(want.shape) if bits else rule.allowed(want) * (elsewhere or 1)
        if allowed is not None:
            limit = np.maximum(limit, allowed[i])
        wrong = np.argwhere(~(error <= limit))  # so that a NaN is wrong
        if bits and len(wrong) == 0 and not _same_bits(want, got):
            raise Different(f"{name} differs in the sign of a zero or the bits of a NaN")
        if len(wrong):
            first = tuple(int(i) for i in wrong[0])
            raise Different(
                f"{name} differs in {len(wrong):,} of {want.size:,} values"
                + describe(rule, want, got, first)
            )
        if want.dtype.kind == "f":
            with np.errstate(over="ignore"):
                ulps = error / ulp(want, getattr(rule, "floor", 0.0))
            largest = max(largest, float(np.max(ulps, where=error > 0, initial=0.0)))
    return largest


def structure(tree: Any) -> str:
    """How outputs are nested: what is returned must fit where it is fed back."""
    if isinstance(tree, tuple):
        return f"{type(tree).__name__}({', '.join(structure(item) for item in tree)})"
    return "array"


def require_structure(port: Port, outputs: Any) -> None:
    """Raise Different where outputs are not nested as the kernel says."""
    given, wanted = structure(outputs), structure(port.kernel.returned)
    if given != wanted:
        raise Different(f"{port.kernel.name}/{port.name} returns {given}; expected {wanted}")


def values_of(outputs: Any) -> int:
    """How many values these outputs have."""
    return sum(np.size(leaf) for leaf in leaves(outputs))


def alike(expected: Any, actual: Any) -> bool:
    """Are these as many outputs, of the same shapes and dtypes?"""
    return [(x.shape, x.dtype) for x in leaves(expected)] == [
        (x.shape, x.dtype) for x in leaves(actual)
    ]
