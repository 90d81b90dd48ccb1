"""Imports a Python file as part of its folder, wherever that is."""

import importlib
import sys
import zlib
from pathlib import Path
from types import ModuleType

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
