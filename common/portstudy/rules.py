"""What two outputs may differ by: a rule for each output of a kernel."""

from dataclasses import dataclass

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


def ulp(values: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """Distance from each value to the next representable one, as float64."""
    scale = np.maximum(np.abs(values), values.dtype.type(floor))
    return np.spacing(scale).astype(np.float64)
