"""All drafts of a function: which there are, and why another is left out."""

from collections.abc import Callable
from dataclasses import dataclass

from portstudy.drafts import jax_, numba_, torch_
from portstudy.drafts.observe import Observed
from portstudy.drafts.source import Cannot, Source

NAMES = ("numba_njit", "numba_parallel", "jax_jit", "torch_compile")
LESSONS = {
    "jax": (
        (r"do not change|in place|changes", "in-place.md"),
        (r"another length|boolean ind|shape|NonConcrete", "shapes.md"),
        (r"loop|fori_loop|while|scan|carry|break|continue|unrolled", "loops.md"),
        (r"random", "randomness.md"),
        (r"float32|rounding|ulps", "precision.md"),
        (r"Tracer|traced|Concretization|static|hash", "jit.md"),
        (r"", "sharp-edges.md"),
    ),
    "numba": ((r"ulps|rounding|float32", "precision.md"), (r"", "numba-or-jax.md")),
    "torch": ((r"", "torch-compile.md"),),
}  # fmt: skip
"""For each library, the note that explains a reason; the first that fits."""


@dataclass
class Draft:
    """One draft: its text, or why there is none."""

    name: str
    text: str = ""
    left_out: str = ""
    note: str = ""
    """What its reader must know."""


def drafts(source: Source, observed: Observed, *, torch: bool) -> list[Draft]:
    """Every draft that can be written."""
    makers: dict[str, Callable[[], str]] = {
        "numba_njit": lambda: numba_.draft(source, observed),
        "numba_parallel": lambda: numba_.parallel(source, observed),
        "jax_jit": lambda: jax_.draft(source, observed),
        "torch_compile": lambda: torch_.draft(source),
    }
    found = []
    for name in NAMES:
        if name == "torch_compile" and not torch:
            why = "it takes a minute to compile most functions: --torch tries it"
            found.append(Draft(name, left_out=why))
            continue
        try:
            text = makers[name]()
            compile(text, f"{name}.py", "exec")
            found.append(Draft(name, text, note=_unreturned(source, observed, name)))
        except Cannot as error:
            found.append(Draft(name, left_out=str(error)))
    return found


def _unreturned(source: Source, observed: Observed, name: str) -> str:
    """Arguments that the text changes, and the call on these inputs does not."""
    if name != "jax_jit":
        return ""
    main = source.name
    changed = [x for x in source.changed[main] if observed.is_array(main, x)]
    rest = [x for x in changed if x not in observed.changed]
    if not rest:
        return ""
    return f"it returns no {', '.join(rest)}, which the original changes, but not on these inputs"
