"""Proof that a port computes what the reference computes, in tiers.

1. Bit for bit, on dyadic inputs, where no order of summation can change a result. (A library
   that rounds in other places even so, NEST, is held to the rule of each output.)
2. Against float64: a float32 port may err a little more than the reference does in float32.
3. Single steps: the reference's state is fed into the port step by step, because a spiking
   network is chaotic and two right answers part after the first rounding error. On a free run
   the first difference must be one that rounding explains.
4. Against the world: closed forms and other simulators, in the tests of each kernel.

And the guards without which a pass means little, for every call that is compared: the outputs are
alive, the inputs are untouched, the second call compiles nothing and gives the same, the outputs
were complete when `wait` returned, and shapes and dtypes are the reference's.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.backends import leaves, map_arrays
from common.kernel import Kernel, Port, load_file


class Different(AssertionError):
    """A port that does not compute what the reference computes; says what differs and where."""


@dataclass(frozen=True, init=False)
class Exact:
    """Every value must be the same."""

    axes: tuple[str, ...]
    unit = ""

    def __init__(self, *axes: str) -> None:
        object.__setattr__(self, "axes", axes)

    def allowed(self, expected: np.ndarray, *, elsewhere: bool = False) -> np.ndarray:
        """The largest difference allowed, for each value."""
        return np.zeros(expected.shape)


@dataclass(frozen=True, init=False)
class Ulps:
    """Values may differ by a few units in the last place.

    A unit in the last place is that of the expected value, or of `floor` where the value is
    smaller: the natural scale of the quantity, below which differences are cancellation.
    `elsewhere` is how many at the end of a whole run, of a library that rounds in other places.
    """

    count: float
    axes: tuple[str, ...]
    floor: float
    unit: str
    elsewhere: float

    def __init__(
        self, count: float, *axes: str, floor: float = 0.0, unit: str = "", elsewhere: float = 0.0
    ) -> None:
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "axes", axes)
        object.__setattr__(self, "floor", floor)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "elsewhere", elsewhere or count)

    def allowed(self, expected: np.ndarray, *, elsewhere: bool = False) -> np.ndarray:
        """The largest difference allowed, for each value."""
        return (self.elsewhere if elsewhere else self.count) * ulp(expected, self.floor)


@dataclass(frozen=True)
class Measured:
    """Values may differ by what rounding does to the reference on these inputs: see `rounding`.

    And by a few units in the last place in any case. For a function whose mathematics no spec
    states.
    """

    count: float = 16
    axes: tuple[str, ...] = ()
    unit: str = ""

    def allowed(self, expected: np.ndarray, *, elsewhere: bool = False) -> np.ndarray:
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


@dataclass(frozen=True)
class Run:
    """What one guarded call gave."""

    outputs: Any
    """NumPy arrays, in the structure that the port returned."""
    seconds: float
    """Of the second call, which compiled nothing."""


def run(port: Port, arguments: tuple) -> Run:
    """Call a port twice under all guards. Raises Different where one of them fails."""
    who = f"{port.kernel.name}/{port.name}"
    before = [x.copy() if isinstance(x, np.ndarray) else x for x in leaves(arguments)]
    placed = port.put(arguments)
    first = map_arrays(np.array, port.get(port.wait(port.call(*placed))))
    for leaf in leaves(first):
        if leaf.dtype.kind not in "biufc":
            raise Different(f"{who} returns {type(leaf[()]).__name__}; allowed: arrays, numbers")
    for given, now in zip(before, leaves(port.get(placed)), strict=True):
        if isinstance(given, np.ndarray) and not _same_bits(given, now):
            raise Different(f"{who} changed an argument of shape {given.shape} in place")

    compiled, _ = port.backend.compiled()
    start = time.perf_counter()
    outputs = port.wait(port.call(*placed))
    seconds = time.perf_counter() - start
    second = map_arrays(np.array, port.get(outputs))
    again, _ = port.backend.compiled()
    if again != compiled:
        raise Different(f"{who} compiled {again - compiled} times in its second call; allowed: 0")

    # A port that hands its outputs over before they are complete is still writing to them.
    time.sleep(min(max(seconds, 0.005), 0.5))
    late = port.get(outputs)
    for name, here, there, what in (
        *_pairs(port.kernel, second, late, "changed after the port had returned"),
        *_pairs(port.kernel, first, second, "differs between two calls with the same arguments"),
    ):
        if not _same_bits(here, there):
            where = _first(port.kernel.rules(second)[name], here, there)
            raise Different(f"{who}: {name} {what}{where}")
    return Run(second, seconds)


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
        with np.errstate(over="ignore"):  # next to zero, an ulp is the smallest number there is
            message += f" ({error / ulp(expected[index], scale_of(rule, expected)):.3g} ulps)"
    return message


def compare(
    kernel: Kernel,
    expected: Any,
    actual: Any,
    *,
    bits: bool = False,
    elsewhere: bool = False,
    allowed: list[np.ndarray] | None = None,
    rounding: "Rounding | None" = None,
) -> float:
    """Hold a port's outputs against the reference's; returns the largest error, in ulps.

    By the rule of each output; with `bits`, to the last bit; with `elsewhere`, by what the rule
    allows a whole run of a library that rounds in other places; with `allowed`, by these
    differences; with `rounding`, by what that may change.
    Raises Different, with the first value that differs too much.
    """
    rules = kernel.rules(expected)
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
        limit = np.zeros(want.shape) if bits else rule.allowed(want, elsewhere=elsewhere)
        if allowed is not None:
            limit = np.maximum(limit, allowed[i])
        if rounding is not None:
            limit = np.maximum(limit, rounding.allowed[i])
            rounding.refuse_chaos(name, want, error, limit)
        wrong = np.argwhere(~(error <= limit))  # so that a NaN is wrong
        if bits and len(wrong) == 0 and not _same_bits(want, got):
            raise Different(f"{name} differs in the sign of a zero or the bits of a NaN")
        if len(wrong):
            first = tuple(int(i) for i in wrong[0])
            raise Different(
                f"{name} differs in {len(wrong):,} of {want.size:,} values"
                + describe(rule, want, got, first)
                + (rounding.explain(i, rule, want, error, limit, first) if rounding else "")
            )
        if want.dtype.kind == "f":
            with np.errstate(over="ignore"):
                ulps = error / ulp(want, scale_of(rule, want))
            largest = max(largest, float(np.max(ulps, where=error > 0, initial=0.0)))
    return largest


def structure(tree: Any) -> str:
    """How outputs are nested: what is returned must fit where it is fed back."""
    if isinstance(tree, tuple):
        return f"{type(tree).__name__}({', '.join(structure(item) for item in tree)})"
    return "array"


@dataclass(frozen=True)
class Rounding:
    """What rounding may do to a reference's outputs, as measured on the arguments in question."""

    allowed: list[np.ndarray]
    """The largest difference allowed, for each value of each output."""
    changed: list[int]
    """How many values of each output change when the inputs move in their last place."""

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
                return ". No matter of rounding: inputs moved in their last place change none of it"
            return (
                f". Perhaps a matter of rounding: inputs moved in their last place change "
                f"{changed:,} of its values in the reference itself. Allowed: other inputs"
            )
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            most = float(limit[index]) / float(ulp(want[index], scale_of(rule, want)))
            wrong = error[error > limit]
            relative = np.median(wrong) / scale_of(Measured(), want)
        text = f". No matter of rounding, which may do {most:.2g} ulps there"
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
    try:
        narrow = single.check(*arguments)
        rough, fine = leaves(single(*narrow)), leaves(double(*narrow))
    except Exception:  # a function that knows one precision only: the other runs must do
        rough = fine = expected
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
    return Rounding(allowed, changed)


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between values, real and imaginary parts apart; 0 where one of them is no number."""
    if b.dtype.kind == "c":
        a, b = (np.stack([x.real, x.imag], axis=-1) for x in (a, b))
    with np.errstate(invalid="ignore", over="ignore"):
        return np.nan_to_num(np.abs(a.astype(np.float64) - b.astype(np.float64)), posinf=0.0)


def reference_of(port: Port, dtype: str | None = None) -> Port:
    """The reference that a port is held against, on the CPU."""
    path = port.kernel.path(port.kernel.reference)
    return load_file(port.kernel, path, dtype=dtype or port.backend.dtype)


@dataclass(frozen=True)
class Tier:
    """What one tier of a proof found."""

    name: str
    values: int
    """How many output values were compared."""
    ulps: float = 0.0
    """The largest error among them."""
    note: str = ""
    """Where a free run parts from the reference's first, and why rounding explains it."""


def prove(port: Port) -> list[Tier]:
    """All tiers that the kernel has, under all guards, at size `check` or else the first one.

    Raises Different, or AssertionError where the reference's outputs would prove nothing.
    """
    kernel, dtype = port.kernel, port.backend.dtype
    size = "check" if "check" in kernel.sizes else next(iter(kernel.sizes))
    tiers = []
    if kernel.dyadic is not None:
        result = prove_to_the_bit(port, kernel.make_inputs(size, dtype))
        how = "on dyadic inputs" if port.backend.rounds_elsewhere else "to the bit"
        tiers.append(Tier(how, values_of(result.outputs)))
    general = kernel.make_inputs(size, dtype, dyadic=False)
    if kernel.single_steps is not None:  # chaotic, or nearly so: errors of a whole run say little
        if kernel.dyadic is None:
            run(port, general)
        tiers.append(prove_single_steps(port, general))
        tiers.append(prove_free_run(port, general))
        return tiers
    reference = reference_of(port)
    expected = reference(*general)
    kernel.alive(general, tuple(leaves(expected)))
    outputs = run(port, general).outputs
    if kernel.measures_rounding:
        allowed = rounding(reference, general)
        try:
            ulps = compare(kernel, expected, outputs, rounding=allowed)
        except Different as error:
            raise Different(f"{kernel.name}/{port.name}: {error}") from None
        tiers.append(Tier("within rounding", values_of(outputs), ulps))
    else:
        tiers.append(Tier("against float64", values_of(outputs), prove_accuracy(port, general)))
        if structure(outputs) != structure(expected):
            what = f"returns {structure(outputs)}; expected {structure(expected)}"
            raise Different(f"{kernel.name}/{port.name}: {what}")
    return tiers


def values_of(outputs: Any) -> int:
    """How many values these outputs have."""
    return sum(np.size(leaf) for leaf in leaves(outputs))


def prove_to_the_bit(port: Port, arguments: tuple, *, alive: bool = True) -> Run:
    """Tier 1. `arguments` are dyadic; every output must be the reference's to the last bit.

    Where the port's library rounds in other places: by what the rule of each output allows it.
    """
    arguments = port.check(*arguments)
    expected = reference_of(port)(*arguments)
    if alive:
        port.kernel.alive(arguments, tuple(leaves(expected)))
    result = run(port, arguments)
    try:
        elsewhere = port.backend.rounds_elsewhere
        compare(port.kernel, expected, result.outputs, bits=not elsewhere, elsewhere=elsewhere)
        if structure(result.outputs) != structure(expected):
            raise Different(f"returns {structure(result.outputs)}; expected {structure(expected)}")
    except Different as error:
        raise Different(f"{port.kernel.name}/{port.name}: {error}") from None
    return result


def compare_accuracy(
    kernel: Kernel, exact: Any, rounded: Any, outputs: Any, *, factor: float = 2.0
) -> float:
    """Hold the errors of a port, value by value, against those of the reference in its dtype.

    `exact` is what the reference gives in float64, `rounded` what it gives in the port's dtype. A
    port may err `factor` times as much as `rounded` does, plus the few ulps of the output's rule.
    Returns the largest error in ulps.
    """
    allowed = []
    expected = []
    for rule, true, near in zip(
        kernel.rules(rounded).values(), leaves(exact), leaves(rounded), strict=True
    ):
        allowed.append(rule.allowed(near))
        expected.append(near)
        if near.dtype.kind == "f":
            allowed[-1] = allowed[-1] + factor * np.abs(near.astype(np.float64) - true)
            expected[-1] = true.astype(near.dtype)
    return compare(kernel, tuple(expected), outputs, allowed=allowed)


def prove_accuracy(port: Port, arguments: tuple) -> float:
    """Tier 2. The port errs little more than the reference; returns the largest error in ulps."""
    exact = reference_of(port, "float64")(*arguments)
    rounded = reference_of(port)(*arguments)
    try:
        return compare_accuracy(port.kernel, exact, rounded, port(*arguments))
    except Different as error:
        raise Different(f"{port.kernel.name}/{port.name}, against float64: {error}") from None


def prove_single_steps(port: Port, arguments: tuple) -> Tier:
    """Tiers 2 and 3. Every single step, from each state the reference goes through."""
    assert port.kernel.single_steps is not None
    reference = reference_of(port)
    values, largest = 0, 0.0
    for i, single in enumerate(port.kernel.single_steps(reference, arguments)):
        try:
            largest = max(largest, prove_accuracy(port, single))
        except Different as error:
            raise Different(f"{error}, in step {i} from the reference's state") from None
        if i == 0:
            each = values_of(reference(*single))
        values += each
    return Tier("single steps", values, largest)


def prove_free_run(port: Port, arguments: tuple) -> Tier:
    """Tier 3. A run on general inputs: the first difference must be explained by rounding."""
    reference = reference_of(port)
    expected = reference(*arguments)
    port.kernel.alive(arguments, tuple(leaves(expected)))
    outputs = port(*arguments)
    try:
        compare(port.kernel, expected, outputs)
    except Different as error:
        rounding, why = False, ""
        if port.kernel.explain is not None and alike(expected, outputs):
            rounding, why = port.kernel.explain(
                reference, port, arguments, tuple(leaves(expected)), tuple(leaves(outputs))
            )
        if not rounding:
            message = f"{port.kernel.name}/{port.name}: {error}"
            raise Different(f"{message}; {why}" if why else message) from None
        return Tier("free run", values_of(outputs), note=why)
    return Tier("free run", values_of(outputs))


def alike(expected: Any, actual: Any) -> bool:
    """Are these as many outputs, of the same shapes and dtypes?"""
    return [(x.shape, x.dtype) for x in leaves(expected)] == [
        (x.shape, x.dtype) for x in leaves(actual)
    ]
