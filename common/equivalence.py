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
    time.sleep(min(max(seconds, 0.02), 0.5))
    late = port.get(outputs)
    for name, here, there, what in (
        *_pairs(port.kernel, second, late, "changed after the port had returned"),
        *_pairs(port.kernel, first, second, "differs between two calls with the same arguments"),
    ):
        if not _same_bits(here, there):
            raise Different(f"{who}: {name} {what}{_first(port.kernel, name, here, there)}")
    return Run(second, seconds)


def _pairs(kernel: Kernel, a: Any, b: Any, what: str) -> list[tuple[str, Any, Any, str]]:
    # Not strict: a port that returns too few outputs, or too many, is told so by `compare`.
    return [(n, x, y, what) for n, x, y in zip(kernel.outputs, leaves(a), leaves(b), strict=False)]


def _same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _first(kernel: Kernel, name: str, expected: np.ndarray, actual: np.ndarray) -> str:
    different = np.argwhere(~((expected == actual) | ((expected != expected) & (actual != actual))))
    if len(different) == 0:
        return ": only in the sign of a zero or the bits of a NaN"
    return describe(kernel, name, expected, actual, tuple(int(i) for i in different[0]))


def describe(
    kernel: Kernel, name: str, expected: np.ndarray, actual: np.ndarray, index: tuple[int, ...]
) -> str:
    """Where two outputs differ first, with both values."""
    rule = kernel.outputs[name]
    axes = rule.axes or tuple(f"axis {i}" for i in range(len(index)))
    where = ", ".join(f"{axis} {i}" for axis, i in zip(axes, index, strict=True))
    unit = f" {rule.unit}" if rule.unit else ""
    message = (
        f", first at {where or 'the only value'}: "
        f"expected {expected[index]}{unit}, got {actual[index]}{unit}"
    )
    if expected.dtype.kind == "f":
        error = abs(float(actual[index]) - float(expected[index]))
        with np.errstate(over="ignore"):  # next to zero, an ulp is the smallest number there is
            message += f" ({error / ulp(expected[index], getattr(rule, 'floor', 0.0)):.3g} ulps)"
    return message


def compare(
    kernel: Kernel,
    expected: Any,
    actual: Any,
    *,
    bits: bool = False,
    elsewhere: bool = False,
    allowed: list[np.ndarray] | None = None,
) -> float:
    """Hold a port's outputs against the reference's; returns the largest error, in ulps.

    By the rule of each output; with `bits`, to the last bit; with `elsewhere`, by what the rule
    allows a whole run of a library that rounds in other places; with `allowed`, by these
    differences.
    Raises Different, with the first value that differs too much.
    """
    wanted, given = leaves(expected), leaves(actual)
    if len(wanted) != len(given):
        raise Different(
            f"{len(given)} outputs; expected {len(wanted)}: {', '.join(kernel.outputs)}"
        )
    largest = 0.0
    for i, (name, rule) in enumerate(kernel.outputs.items()):
        want, got = wanted[i], given[i]
        if got.shape != want.shape:
            raise Different(f"{name} has shape {got.shape}; expected {want.shape}")
        if got.dtype != want.dtype:
            raise Different(f"{name} has dtype {got.dtype}; expected {want.dtype}")
        if want.size == 0:
            continue
        error = (got != want).astype(np.float64)
        if want.dtype.kind == "f":
            with np.errstate(invalid="ignore"):  # infinity less infinity
                distance = np.abs(got.astype(np.float64) - want.astype(np.float64))
            error = np.where(got == want, 0.0, distance)
        limit = np.zeros(want.shape) if bits else rule.allowed(want, elsewhere=elsewhere)
        if allowed is not None:
            limit = np.maximum(limit, allowed[i])
        wrong = np.argwhere(~(error <= limit))  # so that a NaN is wrong
        if bits and len(wrong) == 0 and not _same_bits(want, got):
            raise Different(f"{name} differs in the sign of a zero or the bits of a NaN")
        if len(wrong):
            first = tuple(int(i) for i in wrong[0])
            raise Different(
                f"{name} differs in {len(wrong):,} of {want.size:,} values"
                + describe(kernel, name, want, got, first)
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


def reference_of(port: Port, dtype: str | None = None) -> Port:
    """The reference that a port is held against, on the CPU."""
    path = port.kernel.folder / f"{port.kernel.reference}.py"
    return load_file(port.kernel, path, dtype=dtype or port.backend.dtype)


def prove(port: Port, size: str = "check") -> float:
    """All tiers that the kernel has, under all guards; returns the largest error in ulps.

    Raises Different, or AssertionError where the reference's outputs would prove nothing.
    """
    kernel, dtype = port.kernel, port.backend.dtype
    if kernel.dyadic is not None:
        prove_to_the_bit(port, kernel.make_inputs(size, dtype))
    general = kernel.make_inputs(size, dtype, dyadic=False)
    if kernel.single_steps is not None:  # chaotic, or nearly so: errors of a whole run say little
        largest = prove_single_steps(port, general)
        prove_free_run(port, general)
        return largest
    kernel.alive(general, tuple(leaves(reference_of(port)(*general))))
    run(port, general)
    return prove_accuracy(port, general)


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
        kernel.outputs.values(), leaves(exact), leaves(rounded), strict=True
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


def prove_single_steps(port: Port, arguments: tuple) -> float:
    """Tiers 2 and 3. Every single step, from each state the reference goes through.

    Returns the largest error in ulps.
    """
    assert port.kernel.single_steps is not None
    largest = 0.0
    for i, single in enumerate(port.kernel.single_steps(reference_of(port), arguments)):
        try:
            largest = max(largest, prove_accuracy(port, single))
        except Different as error:
            raise Different(f"{error}, in step {i} from the reference's state") from None
    return largest


def prove_free_run(port: Port, arguments: tuple) -> str:
    """Tier 3. A run on general inputs: the first difference must be explained by rounding.

    Returns "" where nothing differs, or else what rounding explains.
    """
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
        return why
    return ""


def alike(expected: Any, actual: Any) -> bool:
    """Are these as many outputs, of the same shapes and dtypes?"""
    return [(x.shape, x.dtype) for x in leaves(expected)] == [
        (x.shape, x.dtype) for x in leaves(actual)
    ]
