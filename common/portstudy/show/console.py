"""Where verbs print: the terminal, or a pipe."""

import os
from typing import Any

from rich.console import Console

PIPE_WIDTH = 160
"""Columns where there is no window: enough for every table."""


def open_console(*, stderr: bool = False) -> "Console":
    """Where a verb prints. NO_COLOR and COLUMNS are obeyed by rich itself."""
    from rich.console import Console

    console = Console(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def print_line(console: "Console", text: str = "", style: str = "") -> None:
    """Print text that is no markup, in one line in a pipe, wrapped at words in a window."""
    from rich.text import Text

    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)


def print_table(console: "Console", table: Any) -> None:
    """Print a table; in a pipe without the blanks that fill its lines."""
    with console.capture() as captured:
        console.print(table)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)
    console.file.flush()


PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}
