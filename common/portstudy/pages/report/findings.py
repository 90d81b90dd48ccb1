"""What the report concludes from the recorded results: kinds of ports, what lost, the proof.

Two answers are read from text, since nothing else has them: `family` looks into a port's code for
what compiles it, and `lesson` into the notes for what links to a port's file. Neither decides what
is measured or proven.
"""

import ast
import functools
import math
import re
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, NamedTuple

from portstudy.history.results import LIBRARIES, benchmark_class
from portstudy.pages.lessons import NOTES, ROOT, claims
from portstudy.pages.recorded import Comparison, Result
from portstudy.show.lines import code_of

FAMILIES = {
    "numpy": ("NumPy", "rewritten"),
    "jax-eager": ("JAX", "eager"),
    "jax": ("JAX", "compiled"),
    "numba": ("Numba", "one thread"),
    "numba-parallel": ("Numba", "parallel"),
    "torch-eager": ("PyTorch", "eager"),
    "torch": ("PyTorch", "compiled"),
    "peer": ("ready-made", "library call"),
}
"""The columns of the matrix: framework and style. `peer`: what one would call, not write."""

SAME = 1.1
"""Two times within this factor count as the same."""


LATE, SLOWEST, MOVED = 8, 10, 30
"""How many are listed: ports that break even late, that lost, that other versions moved."""


@functools.cache
def family(result: Result) -> str:
    """One of FAMILIES, by the port's name and code; a library that we do not know is a `peer`."""
    library = result.library
    if result.port in result.kernel.peers or library not in LIBRARIES:
        return "peer"
    code = "\n".join(code_of(result.kernel.path(result.port)))
    if library == "numba":
        return "numba-parallel" if "parallel=True" in code else "numba"
    compiled = re.search(r"\bjit\b|\bpmap\b|\btorch\.compile\b|\bcompile\(", code)
    return library if library == "numpy" or compiled else f"{library}-eager"


def plot(kernel: str, size: str, port: str = "") -> str:
    """Where asv's site draws the time of a kernel's ports, or that of one over the commits."""
    at = f"#/ports.{benchmark_class(kernel)}.track_"
    if port:
        return f"{at}relative_time?p-port=%27{port}%27"
    return f"{at}steady_state?x-axis=port&y-axis-scale=log&p-size=%27{size}%27"


@functools.cache
def _notes() -> dict[str, str]:
    """The lessons' texts, in the order of the notes' index."""
    index = (NOTES / "README.md").read_text(encoding="utf-8")
    named = dict.fromkeys(re.findall(r"\]\(([\w-]+)\.md", index))
    return {
        name: (NOTES / f"{name}.md").read_text(encoding="utf-8")
        for name in named
        if (NOTES / f"{name}.md").exists()
    }


@functools.cache
def lesson(kernel: str, port: str) -> str:
    """The note that teaches most about a port: one that links to its file, or else a guess.

    The guess is a note that shares a word with the port's name, or else the first that names its
    kernel, or else the notes' index. Links in tables count in the note of the kernel alone:
    elsewhere they are to whatever was the fastest.
    """
    file = f"implementations/{kernel}/{port}.py"
    if file in _notes().get(kernel, ""):
        return kernel
    for name, text in _notes().items():
        if file in re.sub(r"(?m)^\|.*", "", text):
            return name
    words = set(port.split("_"))
    shared = {name: len(words & set(name.split("-"))) for name in _notes()}
    best = max(shared, key=lambda name: shared[name], default="README")
    if shared.get(best):
        return best
    named = (name for name, text in _notes().items() if re.search(rf"\b{kernel}\b", text))
    return next(named, "README")


# What lost


class Lost(NamedTuple):
    """Where porting did not help."""

    numpy_wins: list[Result]
    """The fastest of a kernel, where it is NumPy."""
    never: list[str]
    """Kernels none of whose compiled ports ever breaks even."""
    late: list[Result]
    """Ports that are the fastest, but need many calls to break even: the latest first."""
    slower: list[Result]
    """Ports that took longer than the reference, by their quartiles: the slowest first."""
    apart: list[Result]
    """Of each kernel, the port furthest from the reference, where any is apart."""


COMPILED = ("jax", "numba", "numba-parallel", "torch")


def lost(found: Sequence[Comparison]) -> Lost:
    """What lost, among the results of each kernel."""
    compiled = {
        kernel.name: [r.break_even for r in kernel if family(r) in COMPILED] for kernel in found
    }
    best = [kernel.best for kernel in found]
    every = [result for kernel in found for result in kernel]
    furthest = [max(kernel, key=lambda r: r.error if r.error == r.error else 0) for kernel in found]
    return Lost(
        [r for r in best if family(r) == "numpy"],
        [name for name, calls in compiled.items() if calls and min(calls) == math.inf],
        sorted((r for r in best if 20 <= r.break_even < math.inf), key=lambda r: -r.break_even),
        sorted((r for r in every if r.low > SAME), key=lambda r: -r.ratio),
        sorted((r for r in furthest if r.error > 0), key=lambda r: -r.error),
    )


DISAGREEMENTS = {
    "einsum": ["numpy_adds_to_zero"],
    "in-place": ["plus_equals_depends_on_the_library", "at_knows_repeated_indices"],
    "precision": ["general_sums_differ_from_order_to_order"],
    "sharp-edges": [
        "nan_is_silent", "an_integer_knows_no_nan", "out_of_bounds", "overflow", "division",
        "default_dtypes",
    ],
    "torch-compile": ["a_number_over_a_tensor_is_rounded_twice"],
}  # fmt: skip
"""The claims of each note that tell frameworks apart: one line of code, another meaning."""


def disagreements() -> list[tuple[str, str]]:
    """Note and sentence of each of DISAGREEMENTS."""
    return [(note, claims(note)[name]) for note, names in DISAGREEMENTS.items() for name in names]


# Proof


def proof(found: Comparison) -> str:
    """How the outputs of these ports were compared with the reference's."""
    spec = found.kernel
    rules = ", ".join(f"{name} {rule(r)}" for name, r in spec.rules(()).items())
    largest = max((r.error for r in found if r.error == r.error), default=math.nan)
    how = "compared within the tolerances of the spec"
    if spec.dyadic is not None:
        how = "compared bit for bit, on inputs for which the order of summation cannot matter"
        apart = [r.port for r in found if r.exists and spec.backend(r.port).rounds_elsewhere]
        if apart:
            how += f" ({', '.join(apart)}: within the tolerances of the spec)"
    error = f"; largest error {largest:.3g} ulps" if largest == largest else ""
    wrong = wrong_ports(spec.name)
    more = [
        "every single step on general inputs" if spec.steps else "general inputs",
        "float32 against float64",
        f"{wrong} known-wrong ports that must fail" if wrong else "",
    ]
    tests = ", ".join(filter(None, more))
    return f"Timed outputs: {how}{error}. Tests add: {tests}. Rules: {rules}."


def rule(given: Any) -> str:
    """A rule of comparison, in words."""
    count = getattr(given, "count", 0)
    return f"within {count:g} ulps" if count else "exact"


@functools.cache
def wrong_ports(kernel: str) -> int:
    """How many wrong ports of a kernel the tests list, each of which must be caught."""
    path = ROOT / "tests" / "wrong" / f"{kernel}.py"
    if not path.exists():
        return 0
    return sum(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "wrong"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and "WRONG" in {ast.unparse(t) for t in node.targets}
        for call in ast.walk(node.value)
    )


# Summaries


def middle(values: Iterable[float]) -> float:
    """The median of the numbers that are there; NaN if there is none."""
    numbers = [value for value in values if value == value]
    return median(numbers) if numbers else math.nan


class Bought(NamedTuple):
    """What the ports of one family cost and gain: medians."""

    family: str
    ports: int
    lines: float
    gain: float
    slower: int
    break_even: float


def bought(found: Sequence[Comparison]) -> list[Bought]:
    """What a line of porting buys, in each family."""
    groups: dict[str, list[Result]] = {name: [] for name in FAMILIES}
    for result in (result for kernel in found for result in kernel if not result.is_reference):
        groups[family(result)].append(result)
    return [
        Bought(
            name, len(results), middle(r.lines for r in results), middle(r.gain for r in results),
            sum(r.ratio > 1 for r in results), middle(r.break_even for r in results),
        )
        for name, results in groups.items()
        if results
    ]  # fmt: skip


def best_of(found: Comparison) -> dict[str, Result]:
    """The fastest port of each family."""
    best: dict[str, Result] = {}
    for result in found:
        best.setdefault(family(result), result)
    return best
