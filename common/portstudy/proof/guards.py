"""One call of a port, under all guards."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from portstudy.kernel import Port
from portstudy.proof.comparison import _first, _pairs, _same_bits, require_structure
from portstudy.rules import Different
from portstudy.trees import leaves, map_arrays


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
    require_structure(port, first)
    for given, now in zip(before, leaves(port.get(placed)), strict=True):
        if isinstance(given, np.ndarray) and not _same_bits(given, now):
            raise Different(f"{who} changed an argument of shape {given.shape} in place")

    compiled, _ = port.backend.compiled()
    start = time.perf_counter()
    outputs = port.wait(port.call(*placed))
    seconds = time.perf_counter() - start
    second = map_arrays(np.array, port.get(outputs))
    again, _ = port.backend.compiled()
    if again != compiled and not port.backend.simulated:  # JAX 0.11's interpreter traces twice
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
