"""Files, written whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# Files


def write_whole(path: Path, content: str | Callable[[IO[bytes]], Any]) -> None:
    """Write a file whole or not at all: a text, or what a function writes into it."""
    path = path.resolve()  # a link stays one
    scratch = path.with_name(f".{path.name}.partial")
    try:
        with scratch.open("wb") as file:
            if isinstance(content, str):
                file.write(content.encode())
            else:
                content(file)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def unwritable(path: Path) -> str:
    """Why no file can be written there; "" where one can."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        return f"{path} is {'a folder' if path.is_dir() else 'not a file'}"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.exists() and not os.access(path, os.W_OK):
        return f"{path} is not writable"
    try:
        write_whole(path.with_name(f".{path.name}.try"), "")
        path.with_name(f".{path.name}.try").unlink()
    except OSError as error:
        return str(error)
    return ""
