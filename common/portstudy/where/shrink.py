"""The smallest inputs on which a port differs: sizes go up from small ones until it does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portstudy.functions import Functions, at_precision
from portstudy.kernel import Kernel, Port
from portstudy.proof.comparison import compare, require_structure
from portstudy.rules import Different
from portstudy.trees import leaves, map_leaves
from portstudy.where.align import LOST, SAME
from portstudy.where.uncompiled import Run

LEVELS = (2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True)
class Size:
    """Arguments, and in words how small they are."""

    words: str
    arguments: Any
    whole: bool = False
    """Are they the ones that were given?"""
    tiny: bool = False
    """Are they too small to look at, and good only to see what a right port does?"""
    lengths: tuple[tuple[str, int], ...] = ()
    """By name, where they were made from sizes."""


def sizes(kernel: Kernel) -> Iterator[Size]:
    """Arguments from small ones up to those of the size that proofs use."""
    name = kernel.proven_at[0]
    shape = kernel.shape(name)
    files = isinstance(kernel, Functions)
    whole = {k: x for k, x in shape.items() if isinstance(x, int) and not isinstance(x, bool)}
    large = {k: x for k, x in whole.items() if x > 1}
    for level in LEVELS if large else ():
        # A kernel's sizes may be larger than those that proofs use, to be unlike each other.
        loose = large if files else {k: max(x, 3 * level) for k, x in large.items()}
        tried = [apart(limits, level) for limits in (loose, large)]
        if all(tried[1][k] == x for k, x in large.items()):
            break
        if size := _sized(kernel, name, tried[0]) or _sized(kernel, name, tried[1]):
            yield replace(size, tiny=level == LEVELS[0])
    made = _made(kernel, name)
    if files and not large:
        yield from _cut(made)
    yield Size("as they are made", made, whole=True, lengths=tuple(large.items()))


def _sized(kernel: Kernel, name: str, lengths: dict[str, int]) -> Size | None:
    """Arguments of these sizes; None where `inputs` refuses them."""
    try:
        made = _made(kernel, ",".join([name, *(f"{k}={x}" for k, x in lengths.items())]))
    except Exception:  # whatever it raises where a size is too small for it
        return None
    words = ", ".join(f"{k}={x}" for k, x in lengths.items())
    return Size(words, made, lengths=tuple(lengths.items()))


def smaller_sizes(kernel: Kernel, size: Size) -> Iterator[Size]:
    """Sizes with one length cut to a part of what it is, the largest first."""
    name = kernel.proven_at[0]
    lengths = dict(size.lengths)
    for key, now in sorted(lengths.items(), key=lambda x: -x[1]):
        for smaller in (2, now // 4, now // 2, now * 3 // 4):
            if 1 < smaller < now and (made := _sized(kernel, name, lengths | {key: smaller})):
                yield made


def apart(lengths: dict[Any, int], level: int) -> dict[Any, int]:
    """Lengths cut down to about `level`: no two alike, or one more than the other, if they can be.

    So that no axis is taken for another, and a turn too few is not the length of something else.
    """
    found: dict[Any, int] = {}
    for name, most in sorted(lengths.items(), key=lambda x: x[1]):
        near = {n + d for n in found.values() for d in (-1, 0, 1)}
        free = [n for n in [*range(level, most + 1), *range(min(level, most), 1, -1)]
                if n not in near]  # fmt: skip
        found[name] = free[0] if free else min(level, most)
    return {name: found[name] for name in lengths}


def _made(kernel: Kernel, size: str) -> Any:
    if isinstance(kernel, Functions):
        return at_precision(kernel.make_inputs(size, kernel.dtypes[0]), "float64")
    return kernel.make_inputs(size, "float64", dyadic=False)


def _cut(arguments: Any) -> Iterator[Size]:
    """The arguments with all axes cut down, those of one length to one length."""
    shapes = [np.shape(x) for x in leaves(arguments) if isinstance(x, np.ndarray)]
    lengths = sorted({n for shape in shapes for n in shape})
    for level in LEVELS:
        cuts = apart({n: n for n in lengths}, level)
        if all(n == m for n, m in cuts.items()):
            return

        def cut(leaf: Any, cuts: dict[int, int] = cuts) -> Any:
            if isinstance(leaf, np.ndarray):
                return leaf[tuple(slice(cuts[n]) for n in leaf.shape)]
            return cuts.get(leaf, leaf) if type(leaf) is int else leaf

        words = [f"length {n} cut to {m}" for n, m in cuts.items() if m != n]
        yield Size(", ".join(words), map_leaves(cut, arguments))


def difference(reference: Port, port: Port, expected: Run, given: Run) -> str:
    """How a port's outputs differ from the original's; nothing where they do not."""
    kernel = port.kernel
    if not isinstance(kernel, Functions):
        wanted, got = (kernel.nested(x.outputs) if len(x.outputs) == len(leaves(kernel.returned))
                       else x.outputs for x in (expected, given))  # fmt: skip
        try:
            require_structure(port, got)
            compare(kernel, wanted, got)
        except Different as error:
            return str(error)
        return ""
    wants = expected.outputs or expected.changed
    gots = given.outputs if expected.outputs else given.changed or given.outputs
    if not expected.outputs and given.outputs and len(given.outputs) < len(gots):
        gots = given.outputs
    for number, (want, found) in enumerate(zip(wants, gots, strict=False)):
        if want.shape != found.shape:
            return f"output {number} has shape {found.shape}; expected {want.shape}"
        if not want.size:
            continue
        with np.errstate(all="ignore"):
            apart = np.abs(np.subtract(found, want, dtype=np.result_type(want, found, float)))
            size = np.abs(want.astype(apart.dtype if want.dtype.kind != "c" else want.dtype))
            finite = size[np.isfinite(size)]
            scale = float(finite.max()) if finite.size else 0.0
            same = (apart <= SAME * size + 10 * LOST * scale) | (found == want)
            same |= np.isnan(want) & np.isnan(found)
        if not same.all():
            index = tuple(int(i) for i in np.argwhere(~same)[0])
            return (
                f"output {number} differs in {int((~same).sum()):,} of {want.size:,} values, first "
                f"at {list(index)}: expected {want[index]}, got {found[index]}"
            )
    return ""
