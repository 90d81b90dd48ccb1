"""Imports a Python file as part of its folder, wherever that is."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from portstudy.checkout import IMPLEMENTATIONS


def import_file(path: Path) -> ModuleType:
    """The module in a file, so that `from .spec import State` works in a folder anywhere.

    A kernel of this project is a package of `portstudy.implementations`; any other folder is a
    package whose name is made from its path.
    """
    folder = path.resolve().parent
    if folder.parent == IMPLEMENTATIONS:
        return importlib.import_module(f"portstudy.implementations.{folder.name}.{path.stem}")
    package = f"own_{zlib.crc32(str(folder).encode()):08x}"
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [str(folder)]
        sys.modules[package] = parent
    importlib.invalidate_caches()  # a file may be as new as its folder's listing
    return importlib.import_module(f"{package}.{path.stem}")


def import_source(path: Path, source: str = "") -> ModuleType:
    """The module in a file once more, with functions of its own, or with this source; not kept."""
    module = ModuleType(f"{import_file(path).__package__}.{path.stem}_once_more")
    module.__package__, module.__file__ = import_file(path).__package__, str(path)
    code = compile(source or path.read_text(encoding="utf-8"), str(path), "exec")
    exec(code, vars(module))
    return module


class Beside(importlib.abc.MetaPathFinder):
    """Finds what lies beside a user's files before what is installed, as Python does for a script.

    Except the files themselves: `numba.py` may be the port that imports numba.
    """

    def __init__(self, folder: Path, files: Iterable[str]) -> None:
        self.folder, self.files = str(folder), frozenset(files)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> Any:
        """Where a top-level module is, if it is in this folder."""
        if path is not None or name in self.files or name in sys.stdlib_module_names:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [self.folder])


def import_beside(folder: Path, files: Iterable[str] = ()) -> None:
    """Let code in a folder import its neighbours, whatever they are called."""
    known = [x for x in sys.meta_path if isinstance(x, Beside) and x.folder == str(folder)]
    for finder in known:
        sys.meta_path.remove(finder)
        files = {*files, *finder.files}
    sys.meta_path.insert(0, Beside(folder, files))
