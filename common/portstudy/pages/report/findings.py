"""What the report says of the recorded figures: kinds of ports, lessons, what lost, the proof."""

import ast
import functools
import math
import re
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any, NamedTuple

from portstudy.find import find_kernel
from portstudy.history.results import LIBRARIES, benchmark_class
from portstudy.pages.lessons import NOTES, ROOT, claims
from portstudy.pages.report.data import Figure, Run
from portstudy.show.lines import changed_lines, code_of
from portstudy.show.text import duration

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
"""How many are listed: fastest ports that pay late, ports that lost, ports that versions moved."""


@functools.cache
def family(kernel: str, port: str) -> str:
    """One of FAMILIES, by the port's name and code; a library that we do not know is a `peer`."""
    spec = find_kernel(kernel)
    library = port.split("_", 1)[0]
    if port in spec.peers or library not in LIBRARIES or port not in spec.ports():
        return "peer"
    code = "\n".join(code_of(spec.path(port)))
    compiled = re.search(r"\bjit\b|\bpmap\b|\btorch\.compile\b|\bcompile\(", code)
    if library == "numba":
        return "numba-parallel" if "parallel=True" in code else "numba"
    if library in ("jax", "torch") and not compiled:
        return f"{library}-eager"
    return library


def there(kernel: str, port: str) -> bool:
    """Is it still a port of this project? Records are older than the ports' files."""
    return port in find_kernel(kernel).ports()


@functools.cache
def lines(kernel: str, port: str) -> float:
    """How many lines of code differ from the reference; NaN for a port that is not there."""
    spec = find_kernel(kernel)
    if not there(kernel, port):
        return math.nan
    return changed_lines(spec.path(spec.reference), spec.path(port))


def what(kernel: str) -> str:
    """What it computes: the first line of its spec."""
    text = (find_kernel(kernel).folder / "spec.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n", 1)[0]


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
    """The lesson of a port: one that links to its file, is named after it, or names its kernel.

    The notes' index, for a port of which no lesson speaks. Links in tables count in the lesson of
    the kernel alone: elsewhere they are of whatever was the fastest.
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

    numpy_wins: list[Figure]
    """The fastest of a kernel, where it is NumPy."""
    never_pays: list[str]
    """Kernels none of whose compiled ports ever makes up for its first call."""
    late: list[Figure]
    """Compiled ports that are the fastest, but need many calls to have paid: the latest first."""
    slower: list[Figure]
    """Ports that took longer than the reference, by their quartiles: the slowest first."""
    apart: list[Figure]
    """Of each kernel, the port furthest from the reference, where any is apart."""


COMPILED = ("jax", "numba", "numba-parallel", "torch")


def lost(found: dict[str, list[Figure]]) -> Lost:
    """What lost, among the figures of each kernel."""
    of_family = {
        kernel: [f for f in figures if family(kernel, f.port) in COMPILED]
        for kernel, figures in found.items()
    }
    best = [figures[0] for figures in found.values()]
    every = [figure for figures in found.values() for figure in figures]
    return Lost(
        [f for f in best if family(f.kernel, f.port) == "numpy"],
        [k for k, fs in of_family.items() if fs and all(f.break_even == math.inf for f in fs)],
        sorted((f for f in best if 20 <= f.break_even < math.inf), key=lambda f: -f.break_even),
        sorted((f for f in every if f.low > SAME), key=lambda f: -f.ratio),
        sorted(
            (
                worst
                for figures in found.values()
                if (worst := max(figures, key=lambda f: f.error if f.error == f.error else 0)).error
                > 0
            ),
            key=lambda f: -f.error,
        ),
    )


NAMES = ("NumPy", "JAX", "Numba", "PyTorch")


def disagreements() -> list[tuple[str, str, str]]:
    """Lesson, name and sentence of the claims that tell three frameworks apart."""
    return [
        (name, claim, sentence)
        for name in _notes()
        if (ROOT / "tests" / "lessons" / f"test_{name.replace('-', '_')}.py").exists()
        for claim, sentence in claims(name).items()
        if sum(word in sentence for word in NAMES) >= 3 and "alike" not in sentence
    ]


# Proof


def proof(kernel: str, figures: Iterable[Figure]) -> str:
    """How the outputs of these ports were held against the reference's."""
    spec, figures = find_kernel(kernel), list(figures)
    rules = ", ".join(f"{name} {rule(r)}" for name, r in spec.rules(()).items())
    largest = max((f.error for f in figures if f.error == f.error), default=math.nan)
    if spec.dyadic is not None:
        how = "compared bit for bit, on inputs on which no order of summation can matter"
        apart = [f.port for f in figures if rounds_elsewhere(kernel, f.port)]
        if apart:
            how += f" ({', '.join(apart)}: within the tolerances of the spec)"
    else:
        how = "compared within the tolerances of the spec"
    error = f"; largest error {largest:.3g} ulps" if largest == largest else ""
    more = [
        "every single step on general inputs" if spec.steps else "general inputs",
        "float32 against float64",
        f"{wrong_ports(kernel)} known-wrong ports that must fail" if wrong_ports(kernel) else "",
    ]
    tests = ", ".join(filter(None, more))
    return f"Timed outputs {how}{error}. Tests add {tests}. Rules: {rules}."


def rounds_elsewhere(kernel: str, port: str) -> bool:
    """Is it of a library whose arithmetic is another, so that no bits can be asked for?"""
    return there(kernel, port) and bool(find_kernel(kernel).backend(port).rounds_elsewhere)


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


def bought(found: dict[str, list[Figure]]) -> list[Bought]:
    """What a line of porting buys, in each family."""
    groups: dict[str, list[Figure]] = {name: [] for name in FAMILIES}
    for kernel, figures in found.items():
        for figure in figures:
            if figure.port != reference(figure):
                groups[family(kernel, figure.port)].append(figure)
    return [
        Bought(
            name, len(figures), middle(lines(f.kernel, f.port) for f in figures),
            middle(f.gain for f in figures), sum(f.ratio > 1 for f in figures),
            middle(f.break_even for f in figures),
        )
        for name, figures in groups.items()
        if figures
    ]  # fmt: skip


def reference(figure: Figure) -> str:
    """The port that this figure is held against."""
    return find_kernel(figure.kernel).reference_at(figure.size)


def best_of(figures: list[Figure]) -> dict[str, Figure]:
    """The fastest figure of each family."""
    best: dict[str, Figure] = {}
    for figure in figures:
        best.setdefault(family(figure.kernel, figure.port), figure)
    return best


# As text


def calls(number: float) -> str:
    """After how many calls a port has paid."""
    if number != number:
        return "–"
    return "never" if number == math.inf else f"{number:,.0f}"


def known(value: float, write: Callable[[float], str]) -> str:
    """A number as text, or a dash where there is none."""
    return write(value) if value == value else "–"


def span(seconds: float) -> str:
    """A time, whose unit stays beside its number."""
    return duration(seconds).replace(" ", "\N{NO-BREAK SPACE}")


def file_of(run: Run) -> str:
    """A result file's path in the repository."""
    return "benchmarks/results/" + "/".join(run.path.parts[-2:])
