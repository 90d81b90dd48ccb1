"""A new kernel from the template: a folder with a spec, a reference and a port in each library.

The template is the folder `template`, a kernel like any other; the new name replaces its name.
"""

import keyword
import re
import shutil
from pathlib import Path

from portstudy.backends import LIBRARIES
from portstudy.checkout import IMPLEMENTATIONS
from portstudy.find import kernels
from portstudy.names import UnknownName

TEMPLATE = Path(__file__).parent / "template"


WRONG = IMPLEMENTATIONS.parent / "tests" / "wrong"


def create(name: str, parent: Path) -> list[Path]:
    """Write the folder `name` into `parent`, whole or not at all; returns what was written.

    Beside this project's kernels it comes with its table of known-wrong ports, which its tests ask
    for. Raises UnknownName for a name that no function can have or that is taken.
    """
    allowed = "a function's name that is not taken, such as moving_average"
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or keyword.iskeyword(name) or name in LIBRARIES:
        raise UnknownName(f"name {name!r}; allowed: {allowed}")
    folder = parent / name
    if folder.exists() or name in kernels():
        raise UnknownName(f"name {name!r}: {folder} is there already; allowed: {allowed}")
    scratch = parent / f".{name}.partial"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir()
        for source in sorted(TEMPLATE.glob("*.py")):
            _fill(source, scratch / source.name, name)
        written = [folder / path.name for path in sorted(scratch.iterdir())]
        if parent == IMPLEMENTATIONS and WRONG.is_dir():
            _fill(WRONG / "template.py", WRONG / f"{name}.py", name)
            written.append(WRONG / f"{name}.py")
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return written


def _fill(source: Path, path: Path, name: str) -> None:
    text = source.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\btemplate\b", name, text), encoding="utf-8")
