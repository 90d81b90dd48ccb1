"""Names that users type: the ones that exist, and the nearest to one that does not."""

import difflib
import fnmatch
from collections.abc import Iterable

Target = str | tuple[str, ...]
"""What one may name to be compared: a kernel, a folder with a spec.py, or files."""


class UnknownName(ValueError):
    """A kernel, port, size, dtype or device that does not exist; the message names the nearest."""


def one_of(what: str, name: str, allowed: Iterable[str], where: str = "") -> str:
    """`name`, if it is one of those allowed; otherwise an UnknownName that suggests the nearest."""
    allowed = list(allowed)
    if name in allowed:
        return name
    near = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownName(f"unknown {what} {name!r}{where}: {hint}allowed: {', '.join(allowed)}")


def match(what: str, pattern: str, names: Iterable[str], where: str = "") -> list[str]:
    """The names that a pattern names, `*` for any; UnknownName where there is none."""
    names = list(names)
    return fnmatch.filter(names, pattern) or [one_of(what, pattern, names, where)]
