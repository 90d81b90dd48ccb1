"""Rounding or a mistake? Decided for any two functions, by what precision does to their difference.

Rounding shrinks with precision, a mistake does not. Both functions are run in float64 and in
float32, on the same inputs: how far each is from itself says what rounding does to it, value by
value and in its own order of operations, and 2**-29 of that is what rounding may do in float64. A
mistake is in both precisions and cancels there; so is a constant that is wrong in its tenth digit,
a tolerance, or a part that is float32 in any case. What is allowed for a value is the largest of

- 16 units in the last place of it;
- `margin` times 2**-29 of its noise: root mean square over several draws of the inputs, which are
  scaled by a little so that each draw rounds anew (after Parker, Monte Carlo Arithmetic, UCLA CSD
  970002, 1997, which perturbs the operations), and at least that of values of the same magnitude;
- where noise shows nothing but the rounding of the result, since a library computes float32 in
  float64: `margin` units of the output's size, or 32 times what moved inputs do to most values;
- 32 times what moving the inputs by one unit in the last place does to it in the reference: the
  conditioning, where float32 has no digits left or a value lies on a threshold.

Where the last explains more than 0.1 % of an output's size, equality would mean nothing: the inputs
cannot tell. `resolution` is the relative error that would have been seen.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from portstudy.proof.observation import Outcome
from portstudy.rules import Different, ulp

FLOAT32 = 2.0**-23
SHRINKS = 2.0**-29
"""Rounding errors in float64, relative to those in float32."""
ULPS = 16.0
"""Allowed in any case."""
MOVED = 32.0
"""Allowed, in units of what moving the inputs by one unit in the last place does."""
SOME, MANY = 0.03, 4.0
"""Between these shares of float32's noise a difference looks like it."""
CHAOS = 1e-3
"""The share of an output's size from which on rounding explains too much to prove anything."""
FEW = 0.01
"""The share of values that may lie on a threshold, which rounding decides."""
DRAWS = 8
"""How often noise is measured, until all is explained."""
MOVES = 4
"""How often inputs are moved."""
PATIENCE = 60.0
"""Seconds after which no further draw is made."""

Values = dict[str, Any]
Measure = Callable[[int], Values]


@dataclass(frozen=True)
class Evidence:
    """What can be measured of rounding, each as often as asked: by the number of the draw."""

    reference: Measure
    """Noise of the reference's outputs by name: how far its run in float32 is from float64."""
    port: Measure
    """The same of the port."""
    moved: Measure
    """The reference's outputs, for inputs moved by one unit in the last place."""
    terms: int = 0
    """How many a sum may have: the numbers of the largest argument."""
    narrow: bool = False
    """Are the arguments float32, so that a part may be float32 whatever it is given?"""
    sums_in_float64: bool = False
    """Does one of the libraries add float32 numbers up in float64?"""

    @property
    def margin(self) -> float:
        """How many times its noise a difference may be: 32, if noise shows the order of sums."""
        return self.blind_margin if self.sums_in_float64 else 32

    @property
    def blind_margin(self) -> float:
        """The same where float32 inputs are added up in float64, so that noise does not show it.

        A sum of n terms errs by sqrt(n) / 2 units or so when its terms are added one by one, and
        hardly at all in pairs.
        """
        return 32 + math.sqrt(self.terms) / 2


@dataclass(frozen=True)
class Verdict:
    """What was found: the outputs are the same up to rounding."""

    ulps: float
    """The largest difference, in units in the last place of the reference's value, or of the
    output's root mean square where that is larger."""
    values: int
    """How many were compared."""
    resolution: float
    """A relative error above this would have been seen."""
    notes: tuple[str, ...] = ()


class Unmeasured(RuntimeError):
    """A run in another precision that could not be made; says why."""


def judge(who: str, expected: Outcome, given: Outcome, evidence: Evidence) -> Verdict:
    """Are these outputs the same up to rounding? Raises Different, which says what differs."""
    pairs, notes = matched(who, expected, given)
    ulps, values, resolution = 0.0, 0, 0.0
    noise = _Noise(evidence)
    for name, mine in pairs:
        want, got = expected.values[name], given.values[mine]
        if not isinstance(want, np.ndarray):
            if isinstance(want, str | bytes | type(None)):
                if want != got:
                    raise Different(f"{who}: {name} is {got!r}; expected {want!r}")
            else:
                notes.append(f"{name} was not compared: {want.kind} is no array")
            continue
        largest, seen, note = _judge_one(who, name, mine, want, got, noise)
        ulps, values = max(ulps, largest), values + want.size
        resolution = max(resolution, seen)
        notes += [note] if note else []
    return Verdict(ulps, values, resolution, tuple(dict.fromkeys(notes + noise.notes)))


def matched(who: str, expected: Outcome, given: Outcome) -> tuple[list[tuple[str, str]], list[str]]:
    """Which output of a port is which of the reference's, by name; and what was not compared.

    What the reference changes in place the port may change as well, or return after the rest.
    """
    mine, notes = list(given.returned), []
    if changes := [name for name in given.changed if name not in expected.changed]:
        raise Different(
            f"{who} changes an argument in place, which the original leaves alone: "
            f"{', '.join(changes)}"
        )
    wanted = list(expected.returned)
    if not mine and given.changed:  # what the original changes and returns, it may change alone
        changed = list(expected.changed.values())
        wanted = [x for x in wanted if not any(_equal(expected.returned[x], y) for y in changed)]
    if len(mine) < len(wanted):
        s = "" if len(mine) == 1 else "s"
        raise Different(f"{who}: {len(mine)} output{s}; expected {len(wanted)}: {listed(wanted)}")
    by_name = {*wanted} <= {*mine}
    pairs = [(name, name) for name in wanted] if by_name else [*zip(wanted, mine, strict=False)]
    rest = [name for name in mine if name not in [b for _, b in pairs]]
    missing = []
    for name, value in expected.changed.items():
        key = f"argument {name}"
        if name in given.changed:
            pairs.append((key, key))
            continue
        if any(_equal(value, expected.returned[x]) for x in wanted):
            continue  # it is returned as well
        fits = [x for x in rest if np.shape(given.returned[x]) == np.shape(value)]
        if fits:
            best = min(fits, key=lambda x: _apart(value, given.returned[x]))
            rest.remove(best)
            pairs.append((key, best))
        else:
            missing.append(name)
    while missing and rest:  # of another shape, as will be said
        pairs.append((f"argument {missing.pop(0)}", rest.pop(0)))
    if rest and wanted:
        s = "" if len(mine) == 1 else "s"
        expects = listed([*wanted, *(f"argument {name}" for name in expected.changed)])
        raise Different(f"{who}: {len(mine)} output{s}; expected {len(wanted)}: {expects}")
    if rest:
        notes.append(f"not compared: {listed(rest)} of {who}; the original returns nothing")
    if missing and not (pairs and (wanted or given.returns_all)):
        raise Different(
            f"{who} neither changes nor returns {listed(missing)}, which the original changes in "
            "place"
        )
    if missing:
        notes.append(
            f"not compared: {listed(missing)}, which the original changes in place and {who} "
            "neither changes nor returns"
        )
    return pairs, notes


def listed(names: list[str]) -> str:
    """A few names of a list that may be long."""
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _equal(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b))


def _apart(a: Any, b: Any) -> float:
    with np.errstate(all="ignore"):
        return float(
            np.nan_to_num(np.mean(np.abs(np.subtract(a, b, dtype=np.complex128))), nan=1e300)
        )


class _Noise:
    """Evidence as far as it was asked for: shared by the outputs of a port."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.notes: list[str] = []
        self.draws: list[tuple[Values, Values]] = []
        self.moves: list[Values] = []
        self.failed = False
        self.until = time.perf_counter() + PATIENCE

    def draw(self, number: int) -> tuple[Values, Values] | None:
        """The noise of both functions in this draw; None where there is no further one."""
        while len(self.draws) <= number:
            late = self.draws and time.perf_counter() > self.until
            if self.failed or late or number >= DRAWS:
                return None
            pair, reasons = [], []
            for measure in (self.evidence.reference, self.evidence.port):
                try:
                    pair.append(measure(len(self.draws)))
                except Unmeasured as error:
                    pair.append({})
                    reasons.append(str(error))
            self.failed = len(reasons) == 2
            self.notes += [reason for reason in reasons if reason not in self.notes]
            if not self.failed:
                self.draws.append((pair[0], pair[1]))
        return self.draws[number]

    def squares(self, name: str, mine: str, shape: tuple[int, ...], number: int) -> Any:
        """Squared noise of an output in the draws up to this one, on average; or None."""
        found = []
        for k in range(number + 1):
            pair = self.draw(k)
            if pair is None:
                break
            for values, key in zip(pair, (name, mine), strict=True):
                noise = values.get(key)
                if noise is not None and np.shape(noise) == shape:
                    found.append(np.square(np.nan_to_num(noise, posinf=0.0)))
        return np.sum(found, axis=0) / (number + 1) if found else None

    def moved(self, name: str, want: np.ndarray) -> list[np.ndarray]:
        """The reference's output for moved inputs, where it has the same shape."""
        if not self.moves:
            self.moves = [self.evidence.moved(k) for k in range(MOVES)]
        runs = [run[name] for run in self.moves if name in run]
        return [run for run in runs if np.shape(run) == want.shape]


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between values, as float64: 0 where both are the same infinity, or NaN."""
    wide = np.complex128 if "c" in (a.dtype.kind, b.dtype.kind) else np.float64
    if {a.dtype.kind, b.dtype.kind} <= {*"biu"}:
        return (a != b).astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(a.astype(wide) - b.astype(wide))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


def _judge_one(
    who: str, name: str, mine: str, want: np.ndarray, got: Any, noise: _Noise
) -> tuple[float, float, str]:
    """The largest difference in ulps, the resolution, and a note; or Different."""
    require_alike(who, name, want, got)
    if want.size == 0:
        return 0.0, 0.0, ""
    error = distance(want, got)
    if want.dtype.kind not in "fc":
        return 0.0, 0.0, _judge_exact(who, name, want, got, error, noise)
    precision = np.finfo(want.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        # Below the least normal number libraries differ: some flush to zero.
        unit = np.maximum(ulp(np.abs(np.nan_to_num(want))), float(precision.smallest_subnormal))
    allowed = np.maximum(ULPS * unit, float(precision.tiny))
    shrinks = SHRINKS if precision.eps < FLOAT32 else 1.0
    finite = np.isfinite(want)
    size = rms(want[finite])
    wrong = error > allowed
    squares = None
    for k in range(DRAWS if wrong.any() else 0):
        squares = noise.squares(name, mine, want.shape, k)
        if squares is None:
            break
        bound = shrinks * noise.evidence.margin * _pooled(squares, want)
        wrong = error > np.maximum(allowed, bound)
        if not wrong.any() or (error[wrong] > np.max(bound)).any():
            break
    if wrong.any() and squares is not None and noise.evidence.narrow and shrinks != 1:
        usual, found = rms(np.sqrt(squares)), rms(error[finite])
        if SOME * usual < found < MANY * usual:
            bound = np.maximum(bound, 2 * MANY * _pooled(squares, want))
            noise.notes.append(
                f"{name} was judged in float32, in which a part of one of the two computes "
                "whatever it is given"
            )
    in_float64 = squares is not None and rms(np.sqrt(squares)) < 0.6 * FLOAT32 * size
    if wrong.any() and in_float64:
        unit_of_size = ulp(np.asarray(size, unit.dtype))
        bound = np.maximum(bound, noise.evidence.blind_margin * unit_of_size)
    if squares is not None:
        allowed = np.maximum(allowed, bound)
        wrong = error > allowed
    note = ""
    if wrong.any():
        apart = [distance(want, run) for run in noise.moved(name, want)]
        squared = [np.square(np.where(np.isfinite(x), x, 0.0)) for x in apart]
        bound = MOVED * np.sqrt(np.mean(squared, axis=0)) if squared else np.zeros(want.shape)
        if in_float64:
            bound = np.maximum(bound, noise.evidence.blind_margin / MOVED * np.median(bound))
        explained = wrong & (error <= bound)
        chaotic = explained & (bound > CHAOS * size)
        few = chaotic.sum() <= FEW * want.size
        if few and chaotic.any() and chaotic.sum() < want.size:
            note = (
                f"{name}: {int(chaotic.sum()):,} of {want.size:,} values lie where rounding "
                "decides: moving the inputs by one unit in the last place changes them as much"
            )
        elif chaotic.any():
            share = float(np.max(bound[np.isfinite(bound)], initial=0.0)) / size
            raise Different(
                f"{who}: {name} differs, and these inputs cannot tell why: rounding alone may move "
                f"it by {share:.2g} times its size. Allowed: inputs on which the reference is less "
                "sensitive, such as fewer steps"
            )
        allowed = np.maximum(allowed, np.where(chaotic, 0.0, bound))
        wrong &= ~explained
    if wrong.any():
        raise Different(
            f"{who}: {name} differs in {int(wrong.sum()):,} of {want.size:,} values"
            + _first(want, got, error, unit, wrong)
            + _explain(want, got, error, unit, wrong, allowed, squares)
            + "".join(f" ({note})" for note in noise.notes)
        )
    seen = rms(allowed[finite]) / size if size else 0.0
    return in_ulps(want, error), seen, note


def in_ulps(want: np.ndarray, error: np.ndarray) -> float:
    """The largest difference, in ulps of the value, or of the usual size where that is larger."""
    with np.errstate(over="ignore", invalid="ignore"):
        unit = ulp(np.abs(want), rms(want[np.isfinite(want)]))
        return float(np.max(error / unit, where=error > 0, initial=0.0))


def _pooled(squares: np.ndarray, want: np.ndarray) -> np.ndarray:
    """Noise of each value: at least that of values of its magnitude, since one may be lucky.

    And at least that of the whole output, where float32 leaves a value no digits: what cancels has
    the noise of what it is made of.
    """
    size = np.abs(np.where(np.isfinite(want), want, 0.0))
    binade = np.frexp(size)[1].ravel()
    binade = binade - binade.min()
    total, number = np.bincount(binade, squares.ravel()), np.bincount(binade)
    alike = (total / np.maximum(number, 1))[binade].reshape(want.shape)
    lost = squares > (0.1 * size) ** 2
    return np.sqrt(np.maximum(np.maximum(squares, alike), np.where(lost, np.mean(squares), 0.0)))


def rms(values: np.ndarray) -> float:
    """Root mean square; 0 of nothing."""
    if values.size == 0:
        return 0.0
    largest = float(np.max(np.abs(values)))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean(np.square(np.abs(values) / largest))))


def require_alike(who: str, name: str, want: np.ndarray, got: Any) -> None:
    """Raise Different where an output is of another shape or kind, or less precise."""
    if not isinstance(got, np.ndarray):
        raise Different(f"{who} returns {type(got).__name__} for {name}; allowed: arrays, numbers")
    if got.shape != want.shape:
        hint = " (transposed?)" if got.ndim > 1 and got.T.shape == want.shape else ""
        raise Different(f"{who}: {name} has shape {got.shape}; expected {want.shape}{hint}")
    kinds = {"u": "i"}
    alike = kinds.get(got.dtype.kind, got.dtype.kind) == kinds.get(want.dtype.kind, want.dtype.kind)
    narrower = got.dtype.kind in "fc" and got.dtype.itemsize < want.dtype.itemsize
    if not alike or narrower:
        raise Different(f"{who}: {name} has dtype {got.dtype}; expected {want.dtype}")


def _judge_exact(
    who: str, name: str, want: np.ndarray, got: np.ndarray, error: np.ndarray, noise: _Noise
) -> str:
    """Integers and booleans: the same, unless rounding decides a few of them."""
    wrong = error > 0
    if not wrong.any():
        return ""
    moved = [run != want for run in noise.moved(name, want)]
    changes = np.any(moved, axis=0) if moved else np.zeros(want.shape, bool)
    text = f"{who}: {name} differs in {int(wrong.sum()):,} of {want.size:,} values" + _first(
        want, got, error, np.ones(want.shape), wrong
    )
    if not changes.any():
        raise Different(f"{text}. Not rounding: inputs moved in their last place change none of it")
    if (wrong & ~changes).any() or wrong.sum() > FEW * want.size:
        raise Different(
            f"{text}. Perhaps rounding: inputs moved in their last place change "
            f"{int(changes.sum()):,} of its values in the reference itself. Allowed: other inputs"
        )
    return (
        f"{name}: {int(wrong.sum()):,} of {want.size:,} values lie where rounding decides: moving "
        "the inputs by one unit in the last place changes them in the reference itself"
    )


def _first(
    want: np.ndarray, got: np.ndarray, error: np.ndarray, unit: np.ndarray, wrong: np.ndarray
) -> str:
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    text = f", first at {list(index) or 'the only value'}: expected {want[index]}, got {got[index]}"
    if want.dtype.kind in "fc" and np.isfinite(error[index]):
        text += f" ({error[index] / unit[index]:.3g} ulps)"
    return text


def _explain(
    want: np.ndarray, got: np.ndarray, error: np.ndarray, unit: np.ndarray, wrong: np.ndarray,
    allowed: np.ndarray, squares: Any,
) -> str:  # fmt: skip
    """Why it is not rounding, and what it looks like."""
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    with np.errstate(over="ignore"):
        text = f". Not rounding, which may do {allowed[index] / unit[index]:.2g} ulps there"
    if squares is None or not np.isfinite(error[wrong]).all():
        return text
    with np.errstate(all="ignore"):
        ratio = got[wrong].astype(want.dtype) / want[wrong]
        shift = got[wrong] - want[wrong]
        typical = float(np.median(error[wrong] / np.abs(want[wrong])))
        noise = rms(np.sqrt(squares)[wrong])
    most = wrong.sum() > want.size / 2 and wrong.sum() > 1
    float32 = want.dtype.itemsize in (8, 16) and noise and 0.02 < rms(error[wrong]) / noise < 50
    if most and _constant(ratio):
        factor = float(np.median(ratio.real))
        factors = f"{factor:.6g}" if abs(factor - 1) > 1e-3 else f"(1 {factor - 1:+.2g})"
        text += f"; each value is {factors} times what it should be"
    elif most and _constant(shift):
        text += f"; each value is off by {float(np.median(shift.real)):.6g}"
    elif most and float32 and typical < 1e-4:
        text += "; it is as large as float32's: is something computed in float32?"
    elif most and typical < 1e-7:
        text += (
            f"; values are off by {typical:.1e} of their size in both precisions: a constant, a "
            "tolerance or an approximation?"
        )
    return text


def _constant(values: np.ndarray) -> bool:
    """Are these numbers alike, but for rounding, and neither 0 nor 1?"""
    middle = np.median(values.real)
    if not np.isfinite(values).all() or abs(middle - 1) < 1e-14 or middle == 0:
        return False
    spread = np.abs(values - middle).max()
    return bool(spread < 1e-3 * min(abs(middle), abs(middle - 1)))
