"""What verbs share: which kernel is meant, and the files that were asked for."""

import argparse
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portstudy.files import unwritable
from portstudy.names import Target
from portstudy.show import export, plots
from portstudy.show.theme import PICTURES


def targets(words: list[str]) -> list[Target]:
    """Kernels and folders as they are named; all files together are one kernel."""
    files = tuple(word for word in words if word.endswith(".py"))
    return [*(word for word in words if word not in files), *([files] if files else [])]


def target(options: argparse.Namespace) -> Target:
    """The one kernel, folder or set of files that is named."""
    named = targets(options.kernel)
    if len(named) > 1:
        options.refuse(f"{' '.join(options.kernel)}: allowed: a kernel, a folder, or .py files")
    return named[0]


def refuse_unknown_picture(options: argparse.Namespace) -> None:
    """Say now what would stop a picture from being drawn."""
    if options.plot is None:
        return
    if options.plot.suffix not in PICTURES:
        options.refuse(f"--plot: {options.plot.name!r} ends with none of {', '.join(PICTURES)}")
    if importlib.util.find_spec("matplotlib") is None:
        options.refuse("--plot: matplotlib is not installed: pip install matplotlib")


def outputs(options: argparse.Namespace) -> list[tuple[Path, Callable[..., Any]]]:
    """The files that were asked for, each with its writer; refuses now what would fail later."""

    def text(render: Callable[..., str]) -> Callable[..., Any]:
        return lambda sessions, file: file.write(render(sessions).encode())

    found: list[tuple[Path, Callable[..., Any]]] = []
    for option, write in (
        ("json", text(export.as_json)),
        ("csv", text(export.as_csv)),
        ("markdown", text(export.as_markdown)),
        ("plot", lambda sessions, file: plots.draw(sessions, file, options.plot.suffix[1:])),
    ):
        path = getattr(options, option)
        if path is None:
            continue
        if why := unwritable(path):
            options.refuse(f"--{option}: {why}")
        if path.resolve() in [other.resolve() for other, _ in found]:
            options.refuse(f"--{option}: {path} is another output already")
        found.append((path, write))
    refuse_unknown_picture(options)
    return found
