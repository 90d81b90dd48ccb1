"""What two outputs may differ by: a rule for each output of a kernel."""

from dataclasses import dataclass
from typing import Any

import numpy as np


class Different(AssertionError):
    """A port that does not compute what the reference computes; says what differs and where."""


@dataclass(frozen=True, init=False)
class Exact:
    """Every value must be the same."""

    axes: tuple[str, ...]
    unit = ""

    def __init__(self, *axes: str) -> None:
        object.__setattr__(self, "axes", axes)

    def allowed(self, expected: np.ndarray) -> np.ndarray:
        """The largest difference allowed, for each value."""
        return np.zeros(expected.shape)


@dataclass(frozen=True, init=False)
class Ulps:
    """Values may differ by a few units in the last place.

    A unit in the last place is that of the expected value, or of `floor` where the value is
    smaller: the natural scale of the quantity, below which differences are cancellation.
    """

    count: float
    axes: tuple[str, ...]
    floor: float
    unit: str

    def __init__(self, count: float, *axes: str, floor: float = 0.0, unit: str = "") -> None:
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "axes", axes)
        object.__setattr__(self, "floor", floor)
        object.__setattr__(self, "unit", unit)

    def allowed(self, expected: np.ndarray) -> np.ndarray:
        """The largest difference allowed, for each value."""
        return self.count * ulp(expected, self.floor)


@dataclass(frozen=True)
class Measured:
    """Values may differ by what rounding does to the reference on these inputs: see `rounding`.

    And by a few units in the last place in any case. For a function whose mathematics no spec
    states.
    """

    count: float = 16
    axes: tuple[str, ...] = ()
    unit: str = ""

    def allowed(self, expected: np.ndarray) -> np.ndarray:
        """The largest difference allowed for each value, besides what is measured."""
        return self.count * ulp(expected)


def scale_of(rule: Any, expected: np.ndarray) -> float:
    """The size below which differences of an output are cancellation: ulps are counted of it."""
    if isinstance(rule, Measured):  # no spec says it: the root mean square of what is finite
        finite = expected[np.isfinite(expected)].astype(np.float64)
        with np.errstate(over="ignore"):
            size = float(np.sqrt(np.mean(np.square(finite)))) if finite.size else 0.0
        return size if np.isfinite(size) else 0.0
    return getattr(rule, "floor", 0.0)


def ulp(values: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """Distance from each value to the next representable one, as float64."""
    scale = np.maximum(np.abs(values), values.dtype.type(floor))
    return np.spacing(scale).astype(np.float64)
