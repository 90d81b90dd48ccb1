"""What rounding may do to a function whose mathematics no spec states: measured."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from portstudy.find import reference_of
from portstudy.kernel import Port
from portstudy.rules import Different, Measured, scale_of, ulp
from portstudy.trees import leaves, map_arrays


@dataclass(frozen=True)
class Rounding:
    """What rounding may do to a reference's outputs, as measured on the arguments in question."""

    allowed: list[np.ndarray]
    """The largest difference allowed, for each value of each output."""
    changed: list[int]
    """How many values of each output change when the inputs move in their last place."""
    note: str = ""
    """Why one of the two measurements could not be made."""

    def refuse_chaos(
        self, name: str, want: np.ndarray, error: np.ndarray, limit: np.ndarray
    ) -> None:
        """Raise Different where the outputs differ, and rounding may do so much that it could be.

        Then equal within rounding would mean nothing.
        """
        size = scale_of(Measured(), want) if want.dtype.kind == "f" else 0.0
        if size == 0 or not error.any():
            return
        most = float(np.max(limit, where=np.isfinite(limit), initial=0.0)) / size
        if most > CHAOS:
            raise Different(
                f"{name} differs, and these inputs cannot tell why: rounding alone may move it by "
                f"{most:.2g} times its size. Allowed: inputs on which the reference is less "
                "sensitive, such as fewer steps"
            )

    def explain(
        self, output: int, rule: Any, want: np.ndarray, error: np.ndarray, limit: np.ndarray,
        index: tuple[int, ...],
    ) -> str:  # fmt: skip
        """Is what differs first a matter of rounding?"""
        if want.dtype.kind != "f":
            changed = self.changed[output]
            if not changed:
                return ". Not rounding: inputs moved in their last place change none of it"
            return (
                f". Perhaps rounding: inputs moved in their last place change "
                f"{changed:,} of its values in the reference itself. Allowed: other inputs"
            )
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            most = float(limit[index]) / float(ulp(want[index], scale_of(rule, want)))
            wrong = error[error > limit]
            relative = np.median(wrong) / scale_of(Measured(), want)
        text = f". Not rounding, which may do {most:.2g} ulps there"
        most_differ = wrong.size > want.size / 2
        if want.dtype == np.float64 and most_differ and 1e-9 < relative < 1e-5:
            text += "; it is as large as float32's: is something computed in float32?"
        return text


CHAOS = 1e-3
"""The share of an output's size from which on rounding explains too much to prove anything."""


def rounding(reference: Port, arguments: tuple) -> Rounding:
    """Measure what rounding may do to the outputs of a reference, value by value.

    From three runs on inputs moved by one unit in the last place, up or down at random, and from
    one in the other precision, which rounds in every operation: what float32 does to it, 2**-29 of
    that in float64. Allowed is some multiple of both, since a value may be lucky in three runs.
    """
    expected = leaves(reference(*arguments))
    rng = np.random.default_rng(0)

    def move(x: Any) -> Any:
        if getattr(x, "dtype", np.dtype(int)).kind not in "fc":
            return x
        parts = x.reshape(-1).view(x.real.dtype) if x.ndim else x.real
        moved = parts + rng.choice([-1, 1], np.shape(parts)) * np.spacing(np.abs(parts))
        moved = np.where(parts == 0, parts, moved).astype(x.real.dtype)  # 0 is exactly meant
        return moved.view(x.dtype).reshape(x.shape) if x.ndim else moved[()]

    shaken = [leaves(reference(*map_arrays(move, arguments))) for _ in range(3)]

    other = "float32" if reference.backend.dtype == "float64" else "float64"
    single, double = (reference_of(reference, dtype) for dtype in ("float32", "float64"))
    note = ""
    try:
        narrow = single.check(*arguments)
        rough, fine = leaves(single(*narrow)), leaves(double(*narrow))
    except Exception as error:  # whatever the function raises where it knows one precision only
        rough = fine = expected
        note = (
            f"{reference.name} could not be run in {other} ({type(error).__name__}: {error}): what "
            "rounding may do was measured on inputs moved in their last place alone"
        )
    share = 2.0**-29 if other == "float32" else 1.0

    allowed, changed = [], []
    for i, want in enumerate(expected):
        alike = [run[i] for run in shaken if len(run) > i and np.shape(run[i]) == want.shape]
        changed.append(max((int(np.sum(run != want)) for run in alike), default=want.size))
        if want.dtype.kind not in "fc":
            allowed.append(np.zeros(want.shape))
            continue
        with np.errstate(invalid="ignore"):
            most = _distance(want, want)
            if alike:
                squares = [np.square(_distance(run, want)) for run in alike]
                most = 32 * np.sqrt(np.mean(squares, axis=0))
            if np.shape(rough[i]) == np.shape(fine[i]) == want.shape:
                most = most + 4 * share * _distance(rough[i], fine[i])
            allowed.append(most)
    return Rounding(allowed, changed, note)


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between values, real and imaginary parts apart; 0 where one of them is no number."""
    if b.dtype.kind == "c":
        a, b = (np.stack([x.real, x.imag], axis=-1) for x in (a, b))
    with np.errstate(invalid="ignore", over="ignore"):
        return np.nan_to_num(np.abs(a.astype(np.float64) - b.astype(np.float64)), posinf=0.0)
