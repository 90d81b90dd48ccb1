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

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portstudy.find import reference_of
from portstudy.functions import FunctionPort
from portstudy.kernel import Kernel, Port
from portstudy.proof.comparison import alike, compare, require_structure, values_of
from portstudy.proof.guards import Run, run
from portstudy.proof.same import prove_function
from portstudy.rules import Different
from portstudy.trees import leaves


@dataclass(frozen=True)
class Tier:
    """What one tier of a proof found."""

    name: str
    values: int
    """How many output values were compared."""
    ulps: float = 0.0
    """The largest error among them."""
    note: str = ""
    """What a reader must know: where a free run parts from the reference's first, for example."""
    resolution: float = 0.0
    """The relative error that would have been seen, where rounding was measured."""


def prove(port: Port) -> list[Tier]:
    """All tiers that the kernel has, under all guards, at each size that is there for the proof.

    Raises Different, or AssertionError where the reference's outputs would prove nothing.
    """
    if isinstance(port, FunctionPort):
        found = prove_function(port)
        notes = "; ".join(found.notes)
        return [Tier("within rounding", found.values, found.ulps, notes, found.resolution)]
    tiers: dict[str, Tier] = {}
    for size in port.kernel.proven_at:
        for tier in prove_at(port, size):
            other = tiers.setdefault(tier.name, replace(tier, values=0))
            values, ulps = other.values + tier.values, max(other.ulps, tier.ulps)
            tiers[tier.name] = replace(other, values=values, ulps=ulps)
    return [*tiers.values()]


def prove_at(port: Port, size: str) -> list[Tier]:
    """All tiers at one size."""
    kernel, dtype = port.kernel, port.backend.dtype
    tiers = []
    if kernel.dyadic is not None:
        result = prove_to_the_bit(port, kernel.make_inputs(size, dtype))
        how = "on dyadic inputs" if port.backend.rounds_elsewhere else "to the bit"
        tiers.append(Tier(how, values_of(result.outputs)))
    general = kernel.make_inputs(size, dtype, dyadic=False)
    if kernel.steps:  # chaotic, or nearly so: errors of a whole run say little
        run(port, general)
        tiers.append(prove_single_steps(port, general))
        free = prove_free_run(port, general)
        if not free.note:  # no spike was flipped: the whole run must be as accurate as each step
            free = replace(free, ulps=prove_accuracy(port, general))
        tiers.append(free)
        return tiers
    outputs_of(reference_of(port), general)
    outputs = run(port, general).outputs
    tiers.append(Tier("against float64", values_of(outputs), prove_accuracy(port, general)))
    return tiers


def outputs_of(reference: Port, arguments: tuple, *, alive: bool = True) -> Any:
    """What the reference returns: AssertionError where it would prove nothing."""
    expected = reference(*arguments)
    require_structure(reference, expected)
    if alive:
        reference.kernel.refuse_dead(arguments, expected)
    return expected


def prove_to_the_bit(port: Port, arguments: tuple, *, alive: bool = True) -> Run:
    """Tier 1. `arguments` are dyadic; every output must be the reference's to the last bit.

    Where the port's library rounds in other places: by so many times the rule of each output.
    """
    arguments = port.check(*arguments)
    expected = outputs_of(reference_of(port), arguments, alive=alive)
    result = run(port, arguments)
    try:
        elsewhere = port.backend.rounds_elsewhere
        compare(port.kernel, expected, result.outputs, bits=True, elsewhere=elsewhere)
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
    values, largest = 0, 0.0
    for i, (single, exact, rounded) in enumerate(_steps_of_reference(port, arguments)):
        try:
            largest = max(largest, compare_accuracy(port.kernel, exact, rounded, port(*single)))
        except Different as error:
            who = f"{port.kernel.name}/{port.name}, against float64"
            what = f"{who}: {error}, in step {i} from the reference's state"
            raise Different(what) from None
        values += values_of(rounded)
    return Tier("single steps", values, largest)


_remembered: OrderedDict[tuple, list] = OrderedDict()


def _steps_of_reference(port: Port, arguments: tuple) -> list[tuple[tuple, Any, Any]]:
    """Of each single step: its arguments, and the reference's outputs in float64 and in the dtype.

    Remembered of the last few runs, because all ports of a kernel are proven on the same one.
    """
    kernel, reference, exactly = port.kernel, reference_of(port), reference_of(port, "float64")
    bytes_of = tuple(np.asarray(leaf).tobytes() for leaf in leaves(arguments))
    key = (reference.function, reference.backend.dtype, bytes_of)
    if key not in _remembered:
        steps, state = [], None
        for i in range(kernel.number_of_steps(arguments)):
            single = kernel.some_steps(arguments, i, i + 1, state)
            steps.append((single, exactly(*single), reference(*single)))
            state = kernel.state_of(steps[-1][2])
        _remembered[key] = steps
        while len(_remembered) > 4:
            _remembered.popitem(last=False)
    return _remembered[key]


def prove_free_run(port: Port, arguments: tuple) -> Tier:
    """Tier 3. A run on general inputs: the first difference must be explained by rounding."""
    reference = reference_of(port)
    expected = outputs_of(reference, arguments)
    outputs = port(*arguments)
    try:
        compare(port.kernel, expected, outputs)
    except Different as error:
        rounding, why = False, ""
        if port.kernel.explain is not None and alike(expected, outputs):
            rounding, why = port.kernel.explain(reference, port, arguments, expected, outputs)
        if not rounding:
            message = f"{port.kernel.name}/{port.name}: {error}"
            raise Different(f"{message}; {why}" if why else message) from None
        return Tier("free run", values_of(outputs), note=why)
    return Tier("free run", values_of(outputs))
