"""Beyond the inputs given: where a port parts from the original, found and shrunk by Hypothesis.

    portstudy check before.py after.py --explore

The inputs are made by `inputs` at other sizes, or cut down where it has no sizes; then a few values
are replaced by special ones, or arrays laid out otherwise. An input that the original refuses is no
input. What is found is the smallest on which the two part.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from portstudy.functions import FunctionPort, Functions, fresh, message_of
from portstudy.proof.observation import call_once
from portstudy.proof.precision import evidence
from portstudy.proof.rounding import judge
from portstudy.rules import Different
from portstudy.trees import leaves, map_leaves, names_of

LENGTHS = (0, 1, 2, 3, 5, 8)
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "columns first (Fortran order)": np.asfortranarray,
    "every second element of a larger array": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "reversed views": lambda x: x[..., ::-1].copy()[..., ::-1],
}
SPECIAL = {
    "zeros and ties": (0.0, -0.0, 1.0, "tie"),
    "NaN and infinity": (np.nan, np.inf, -np.inf),
}
TRIES = 100


@dataclass(order=True)
class Parting:
    """An input on which the two part; the smallest sorts first."""

    size: int
    edits: int
    where: str = field(compare=False)
    """The input, in words."""
    what: str = field(compare=False)
    """How they part."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Search:
    """What was tried of one kind."""

    kind: str
    tried: int = 0
    """Inputs on which the two were compared."""
    parting: Parting | None = None


class _Enough(BaseException):
    """Stops Hypothesis when time is up."""


def explore(
    reference: FunctionPort,
    port: FunctionPort,
    *,
    seconds: float,
    progress: Callable[[str], None] = lambda kind: None,
) -> list[Search]:
    """Search for inputs on which a port parts from the original, of each kind for a share of time.

    With Hypothesis, which must be installed.
    """
    kinds = ["sizes", *SPECIAL, "memory layout"]
    found = []
    for kind in kinds:
        progress(kind)
        found.append(_search(reference, port, kind, seconds / len(kinds)))
    return found


def _search(reference: FunctionPort, port: FunctionPort, kind: str, seconds: float) -> Search:
    # Or it would leave a folder where the user works.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", tempfile.gettempdir())
    import hypothesis
    from hypothesis import strategies as st

    search = Search(kind)
    until = time.perf_counter() + seconds

    @hypothesis.settings(
        max_examples=TRIES, deadline=None, database=None, derandomize=True,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck), report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )  # fmt: skip
    @hypothesis.given(st.data())
    def attempt(data: Any) -> None:
        if time.perf_counter() > until and (search.tried or search.parting):
            raise _Enough
        words, arguments = _small(port.kernel, data.draw)
        edits: list[str] = []
        if kind in SPECIAL:
            arguments, edits = _edited(arguments, SPECIAL[kind], data.draw)
        elif kind == "memory layout":
            arguments, edits = _laid_out(arguments, data.draw)
        hypothesis.assume(edits or kind == "sizes")
        try:
            with np.errstate(all="ignore"):
                expected = call_once(reference, arguments)
        except Exception:  # what the original refuses is no input
            hypothesis.reject()
        search.tried += 1
        try:
            _compare(reference, port, arguments, expected)
        except Exception as error:
            said = str(error).replace(f"{port.kernel.name}/", "")
            if not isinstance(error, Different):
                said = f"{port.name} raises {type(error).__name__}: {message_of(error)}"
            size = sum(np.size(leaf) for leaf in leaves(arguments))
            parting = Parting(size, len(edits), ", ".join([*words, *edits]), said)
            search.parting = min(search.parting or parting, parting)
            raise AssertionError(type(error).__name__) from None

    with contextlib.suppress(_Enough, AssertionError, hypothesis.errors.HypothesisException):
        attempt()
    return search


def _compare(
    reference: FunctionPort, port: FunctionPort, arguments: dict[str, Any], expected: Any
) -> None:
    """Raise Different where the two part on this input, or what the port raises."""
    with np.errstate(all="ignore"):
        given = call_once(port, arguments)
        found = evidence(reference, port, arguments)
        judge(f"{port.kernel.name}/{port.name}", expected, given, found)


def _small(kernel: Functions, draw: Callable) -> tuple[list[str], dict[str, Any]]:
    """Small arguments: by the sizes of `inputs`, or else those of the default, cut down."""
    import hypothesis
    from hypothesis import strategies as st

    sizes = kernel.sizes["default"]
    whole = {name: x for name, x in sizes.items() if isinstance(x, int) and x not in (True, False)}
    chosen = {
        name: draw(st.sampled_from([x for x in LENGTHS if x <= usual]))
        for name, usual in whole.items()
        if usual > 1
    }
    seed = draw(st.integers(0, 3))
    try:
        arguments = kernel.inputs(np.random.default_rng(seed), **(dict(sizes) | chosen))
    except Exception:
        hypothesis.reject()
    if chosen:
        return [f"{name}={value}" for name, value in chosen.items()], arguments
    shapes = {n for leaf in leaves(arguments) if isinstance(leaf, np.ndarray) for n in leaf.shape}
    cuts = {n: draw(st.sampled_from([*LENGTHS, n])) for n in sorted(shapes) if n > max(LENGTHS)}

    def cut(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return leaf[tuple(slice(cuts.get(n, n)) for n in leaf.shape)]
        return cuts.get(leaf, leaf) if type(leaf) is int else leaf

    words = [f"length {n} cut to {m}" for n, m in cuts.items() if m != n]
    return words, map_leaves(cut, arguments)


def _edited(
    arguments: dict[str, Any], values: tuple, draw: Callable
) -> tuple[dict[str, Any], list[str]]:
    """The arguments with a few numbers of real arrays replaced, and which."""
    from hypothesis import strategies as st

    arguments = fresh(arguments)
    arrays = {
        name: leaf
        for name, leaf in zip(names_of(arguments), leaves(arguments), strict=True)
        if isinstance(leaf, np.ndarray) and leaf.size
        if leaf.dtype.kind == "f" or ("tie" in values and leaf.dtype.kind in "iu")
    }
    edits = []
    for _ in range(draw(st.integers(1, 3)) if arrays else 0):
        name = draw(st.sampled_from(sorted(arrays)))
        array = arrays[name]
        place = draw(st.integers(0, array.size - 1))
        value = draw(st.sampled_from(values)) if array.dtype.kind == "f" else "tie"
        if value == "tie":
            value = array.flat[draw(st.integers(0, array.size - 1))]
        array.flat[place] = value
        index = ", ".join(str(int(i)) for i in np.unravel_index(place, array.shape))
        edits.append(f"{name}[{index}] = {value}")
    return arguments, edits


def _laid_out(arguments: dict[str, Any], draw: Callable) -> tuple[dict[str, Any], list[str]]:
    """The arguments with all arrays in another order in memory."""
    from hypothesis import strategies as st

    layout = draw(st.sampled_from(sorted(LAYOUTS)))

    def lay(leaf: Any) -> Any:
        return LAYOUTS[layout](leaf) if isinstance(leaf, np.ndarray) and leaf.ndim else leaf

    return map_leaves(lay, arguments), [layout]
