"""A function in another precision, and on inputs moved a little: what `rounding` judges by."""

import contextlib
import functools
import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from portstudy.functions import FunctionPort, at_precision, message_of
from portstudy.proof.namespaces import float32_by_default
from portstudy.proof.observation import Outcome, call_once
from portstudy.proof.rounding import Evidence, Unmeasured, Values, distance
from portstudy.trees import leaves, map_arrays, map_leaves, map_numbers

SCALED = 2.0**-10
"""Inputs of a draw are made smaller by up to this share, so that all is rounded anew."""


def noise(port: FunctionPort, arguments: dict[str, Any], draw: int) -> Values:
    """How far a function's run in float32 is from its run in float64, on the same inputs.

    By name of the output, as float64. Raises Unmeasured where one of the two cannot be made.
    """
    narrow = _drawn(arguments, draw)
    try:
        rough = in_precision(port, narrow, "float32").values
        fine = in_precision(port, at_precision(narrow, "float64"), "float64").values
    except Exception as error:  # whatever the function raises where it knows one precision only
        said = f"{type(error).__name__}: {message_of(error)[:100]}"
        raise Unmeasured(f"{port.name} could not be run in float32 ({said})") from error
    return {
        name: distance(value, fine[name])
        for name, value in rough.items()
        if name in fine and isinstance(value, np.ndarray) and value.shape == np.shape(fine[name])
    }


def in_precision(port: FunctionPort, arguments: dict[str, Any], dtype: str) -> Outcome:
    """One call of a function, its library set to this precision; `arguments` are in it already."""
    backend = type(port.backend)(port.backend.device, dtype)
    with np.errstate(all="ignore"), warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.simplefilter("ignore")  # of dtypes that JAX narrows, for example
        if dtype == "float32" and backend.takes_numpy:
            stack.enter_context(float32_by_default(port.function))
        return call_once(replace(port, backend=backend), arguments)


def wide(port: FunctionPort, arguments: dict[str, Any]) -> Outcome:
    """One call with all inputs as float64. Raises Unmeasured where it knows float32 alone."""
    try:
        outcome = in_precision(port, at_precision(arguments, "float64"), "float64")
    except Exception as error:
        raise Unmeasured(f"{port.name} could not be run in float64: {message_of(error)}") from error
    if any(getattr(x, "dtype", "") in ("float32", "complex64") for x in outcome.values.values()):
        raise Unmeasured(f"{port.name} gives float32 whatever it is given")
    return outcome


def moved(port: FunctionPort, arguments: dict[str, Any], draw: int) -> Values:
    """The outputs for inputs moved by one unit in the last place of float64, up or down."""
    rng = np.random.default_rng(draw)

    def move(x: Any) -> Any:
        if isinstance(x, float) and not isinstance(x, np.generic):
            return x and math.nextafter(x, rng.choice([-math.inf, math.inf]))
        if getattr(x, "dtype", np.dtype(int)).kind not in "fc" or x.size == 0:
            return x
        parts = x.reshape(-1).view(x.real.dtype) if x.ndim else x.real
        step = rng.choice([-1, 1], np.shape(parts)) * np.spacing(np.abs(parts))
        shifted = np.where(parts == 0, parts, parts + step).astype(x.real.dtype)  # 0 is exact
        return shifted.view(x.dtype).reshape(x.shape) if x.ndim else x.dtype.type(shifted)

    wide = at_precision(arguments, "float64")
    return _tried(port, map_leaves(functools.partial(map_numbers, move), wide), "float64")


def other(port: FunctionPort, arguments: dict[str, Any], draw: int) -> Values:
    """The outputs for other arguments: what a function that remembers them cannot know."""
    dtype = port.backend.dtype
    try:
        return _tried(port, at_precision(_drawn(arguments, draw), dtype), dtype)
    except Unmeasured:  # too large for a draw
        return {}


def _tried(port: FunctionPort, arguments: dict[str, Any], dtype: str) -> Values:
    """The outputs, or nothing where the function refuses what is just outside of its domain."""
    try:
        return in_precision(port, arguments, dtype).values
    except Exception:
        return {}


def evidence(reference: FunctionPort, port: FunctionPort, arguments: dict[str, Any]) -> Evidence:
    """All that `judge` may ask for, measured in this process."""
    return Evidence(
        reference=functools.partial(noise, reference, arguments),
        port=functools.partial(noise, port, arguments),
        moved=functools.partial(moved, reference, arguments),
        terms=terms(arguments),
        narrow=is_narrow(arguments),
        sums_in_float64=reference.backend.sums_in_float64 or port.backend.sums_in_float64,
    )


def terms(arguments: Any) -> int:
    """How many terms a sum may have."""
    return max((np.size(leaf) for leaf in leaves(arguments)), default=0)


def is_narrow(arguments: Any) -> bool:
    """Is there an array that float64 would widen?"""
    return any(getattr(leaf, "dtype", np.dtype(int)).char in "fF" for leaf in leaves(arguments))


def _drawn(arguments: dict[str, Any], draw: int) -> dict[str, Any]:
    """The arguments in float32, scaled a little: zeros, ties, order and symmetry stay as they are.

    Whole numbers stay too: they may be counts or places.
    """
    rng = np.random.default_rng(draw)

    def narrow(x: Any) -> Any:
        if x.dtype.kind not in "fc":
            return x
        with np.errstate(over="ignore", under="ignore"):
            y = x.astype(np.complex64 if x.dtype.kind == "c" else np.float32)
        if not np.array_equal(np.isfinite(y), np.isfinite(x)):
            raise Unmeasured("the inputs are too large for float32")
        scale = np.float32(1 - SCALED * rng.random())
        return y if draw == 0 or np.all(y == np.rint(y)) else y * scale

    return map_arrays(functools.partial(map_numbers, narrow), arguments)
