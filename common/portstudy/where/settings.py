"""Right uncompiled and wrong compiled: which of the compiler's settings does it?"""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from portstudy.backends.numba import bounds_checked
from portstudy.functions import Functions, message_of
from portstudy.importing import import_source
from portstudy.kernel import Port
from portstudy.where.shrink import Size, difference, sizes
from portstudy.where.uncompiled import Run, arrays, path_of

SETTINGS = {
    "numba": [
        (r"\bfastmath\s*=\s*(True|\{[^}]*\})", "fastmath=False",
         "without fastmath: it lets the compiler reorder sums, and assume that no number is NaN or "
         "infinite"),
        (r"\bparallel\s*=\s*True", "parallel=False",
         "without parallel: a race? Two turns of a prange write to the same place"),
        (r"\bcache\s*=\s*True", "cache=False", "without the cache: it held an older version"),
        (r"\berror_model\s*=\s*[\"']numpy[\"']", "error_model='python'",
         "with Python's error model: a division by zero"),
    ],
    "jax": [
        (r"\bdonate_arg(nums|names)\s*=\s*(\([^)]*\)|\[[^]]*\]|[^,)]+)", "inline=False",
         "without donated buffers: an argument is used after it was given away"),
    ],
    "torch": [
        (r"\bmode\s*=\s*[\"'][\w-]+[\"']", "mode=None",
         "without its mode: CUDA graphs overwrite the outputs of the call before"),
    ],
}  # fmt: skip
"""Of each library: what is looked for in the source, what is put there, and what it would mean."""
UNCOMPILED = "so compilation itself does it: a value that is kept from when it was traced, a side "\
    "effect that happens only then, or a branch on a value"  # fmt: skip


def bisect(reference: Port, port: Port) -> Iterator[str]:
    """Lines that say which setting makes a port right, on the smallest inputs that show it."""
    size, expected = _showing(reference, port)
    source = path_of(port).read_text(encoding="utf-8")
    library = port.kernel.library(port.name)
    found = False
    for pattern, new, words in SETTINGS.get(library, []):
        changed = re.sub(pattern, new, source)
        if changed == source:
            continue
        what = _differs(reference, port, size, expected, changed)
        if not what:
            found = True
            yield f"Right {words}."
        else:
            yield f"Still wrong {words.split(':')[0]}."
    if library == "numba" and (said := _bounds(port, size, source)):
        found = True
        yield said
    if library == "jax" and (said := _without_jit(reference, port, size, expected)):
        found = True
        yield said
    if not found:
        yield f"No setting makes it right: {UNCOMPILED}."


def _showing(reference: Port, port: Port) -> tuple[Size, Run]:
    """The smallest inputs on which the compiled port differs; the usual ones if none do."""
    size = expected = None
    for size in sizes(port.kernel):
        try:
            expected = called(reference, size)
            if difference(reference, port, expected, called(port, size)):
                break
        except Exception:
            continue
    assert size is not None
    return size, expected or called(reference, size)


def called(port: Port, size: Size) -> Run:
    """One call, compiled."""
    placed = port.put(size.arguments)
    with np.errstate(all="ignore"):
        outputs = port.wait(port.call(*placed))
    after = port.get(placed) if isinstance(port.kernel, Functions) else ()
    return Run(arrays(port.get(outputs)), arrays(after), True, 0.0)


def _differs(reference: Port, port: Port, size: Size, expected: Run, source: str) -> str:
    """How the port differs with another source; some calls, since a race shows in some."""
    module = import_source(path_of(port), source)
    changed = replace(port, function=getattr(module, port.kernel.function(port.name)))
    for _ in range(5):
        try:
            what = difference(reference, port, expected, called(changed, size))
        except Exception as error:
            return f"{type(error).__name__}: {message_of(error)}"
        if what:
            return what
    return ""


def _bounds(port: Port, size: Size, source: str) -> str:
    """What Numba says once it checks its indices."""
    try:
        with bounds_checked():
            module = import_source(path_of(port), source)
            called(replace(port, function=getattr(module, port.kernel.function(port.name))), size)
    except IndexError as error:
        return f"An index is out of range, which Numba does not check unless told to: {error}."
    return ""


def _without_jit(reference: Port, port: Port, size: Size, expected: Run) -> str:
    """Which of the compiled functions of a JAX file does it: each is left uncompiled in turn."""
    source = path_of(port).read_text(encoding="utf-8")
    places = list(re.finditer(r"(?m)^([ \t]*)@(partial\(\s*)?jax\.jit\b.*\n", source))
    for place in places:
        blank = f"{place.group(1)}\n"
        changed = source[: place.start()] + blank + source[place.end() :]
        if not _differs(reference, port, size, expected, changed):
            line = source.count("\n", 0, place.start()) + 1
            return (
                f"Right without the jit of line {line}: a value that is kept from when it was "
                "traced, a side effect that happens only then, or arrays that change dtype."
            )
    return ""
