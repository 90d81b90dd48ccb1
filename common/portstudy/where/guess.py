"""What a difference looks like, from a table."""

from typing import Any

import numpy as np


def guess(want: np.ndarray, got: np.ndarray) -> str:
    """What may have happened between these two values; nothing where nothing fits."""
    want, got = np.asarray(want, float), np.asarray(got, float)
    if np.isnan(got).any() and not np.isnan(want).any():
        return "NaN where the original has none: an element that is never written, 0 / 0, a root"
    if want.shape != got.shape:
        return _of_shapes(want, got)
    if want.size == 0:
        return ""
    with np.errstate(all="ignore"):
        return _of_values(want, got)


def _of_shapes(want: np.ndarray, got: np.ndarray) -> str:
    if want.ndim and got.shape == want.shape[::-1]:
        return "transposed"
    if want.ndim == got.ndim and sorted(want.shape) == sorted(got.shape):
        return "axes in another order"
    if want.ndim == got.ndim and want.ndim:
        apart = [a - b for a, b in zip(want.shape, got.shape, strict=True)]
        if sum(map(abs, apart)) == 1:
            return "an element too few: the last or the first term is missing?" if sum(apart) > 0 \
                else "an element too many"  # fmt: skip
    if want.ndim == got.ndim > 0 or (want.size > 1 and got.size > 1):
        return f"another shape, {got.shape}; expected {want.shape}: another axis?"
    return ""


def _same(a: Any, b: Any) -> bool:
    scale = np.max(np.abs(b[np.isfinite(b)]), initial=0.0)
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12 * scale, equal_nan=True))


def _of_values(want: np.ndarray, got: np.ndarray) -> str:
    if _same(got, -want):
        return "the sign"
    if want.ndim > 1 and want.shape[-1] == want.shape[-2] and _same(got, want.swapaxes(-1, -2)):
        return "transposed"
    for axis in range(want.ndim):
        if want.shape[axis] < 3:
            continue
        ahead = np.take(got, range(want.shape[axis] - 1), axis)
        if _same(ahead, np.take(want, range(1, want.shape[axis]), axis)):
            return f"shifted by one along axis {axis}: each has the value of the next"
        behind = np.take(got, range(1, want.shape[axis]), axis)
        if _same(behind, np.take(want, range(want.shape[axis] - 1), axis)):
            return f"shifted by one along axis {axis}: each has the value of the one before"
        if _same(got, np.flip(want, axis)):
            return f"the other way round along axis {axis}"
    if _same(got, np.floor(want)) or _same(got, np.trunc(want)):
        return "the digits after the point are lost: an integer division, or an integer dtype?"
    for bits in (8, 16, 32):
        apart = (got - want) / 2.0**bits
        if np.any(apart) and _same(apart, np.rint(apart)) and np.max(np.abs(apart)) < 4:
            return f"off by 2**{bits}: an integer of {bits} bits wraps around"
    error = np.abs(got - want) / np.abs(want)
    error = error[np.isfinite(error) & (error > 0)]
    if error.size and np.median(error) > 1e-10 and np.max(error) < 2e-7:
        if _same(got, want.astype(np.float32).astype(float)):
            return "rounded to float32"
        if np.median(error) > 2e-9:
            return "as exact as float32: a float32 in between?"
        return "a constant or a tolerance that is off in a late digit"
    ratio, apart = got / want, got - want
    if want.size > 1 and _constant(ratio):
        return f"a factor: each is {np.median(ratio):.6g} times what it should be"
    if want.size > 1 and _constant(apart):
        return f"each is off by {np.median(apart):.6g}"
    if want.size > 2 and _same(np.sort(got, None), np.sort(want, None)):
        return "the same numbers in another order: indices or axes swapped?"
    if want.size == 1:
        for factor, words in ((2.0, "twice"), (0.5, "half")):
            if _same(got, factor * want):
                return f"{words} what it should be"
        return ""
    wrong = ~np.isclose(got, want, rtol=1e-9, atol=0, equal_nan=True)
    if 0 < wrong.sum() < want.size:
        return _of_places(want, got, wrong)
    return ""


def _constant(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    if known.size < 2 or known.size < values.size / 2:
        return False
    middle = np.median(known)
    if middle == 0 or abs(middle - 1) < 1e-12:
        return False
    return bool(np.max(np.abs(known - middle)) < 1e-6 * abs(middle))


def _of_places(want: np.ndarray, got: np.ndarray, wrong: np.ndarray) -> str:
    index = np.argwhere(wrong)
    for axis, n in enumerate(want.shape):
        places = set(index[:, axis].tolist())
        if n > 1 and places == {n - 1}:
            return f"only the last along axis {axis}: a boundary, or a turn of a loop too few"
        if n > 1 and places == {0}:
            return f"only the first along axis {axis}: a boundary, or a turn of a loop too few"
    if np.all(got[wrong] == 0):
        return "zero where the original is not: a part that is skipped, or a condition"
    return ""
