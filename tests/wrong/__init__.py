"""Known-wrong ports, a file a kernel: real ports with a few words replaced, which must be caught.

`WRONG` lists them, each with the words that convict it; `EQUIVALENT`, where a file has it, lists
edits that nothing can tell from the original, so that no test may object to them.
"""

from typing import Any, NamedTuple

import pytest
from portstudy.proof import Different


class Wrong(NamedTuple):
    name: str
    port: str
    edits: dict[str, str]
    verdict: str
    error: type[Exception] = Different


def wrong(
    name: str, port: str, verdict: str, old: str, new: str, *more: str, **options: Any
) -> Any:
    edits = dict(zip((old, *more[::2]), (new, *more[1::2]), strict=True))
    return pytest.param(Wrong(name, port, edits, verdict, **options), id=f"{port}-{name}")
