"""`portstudy diff`: the lines in which two ports differ."""

import argparse
import difflib

from rich.syntax import Syntax

from portstudy.find import find_kernel
from portstudy.names import Target, one_of
from portstudy.show.console import open_console, print_line
from portstudy.show.lines import changed_lines, code_of, files_of


def run(options: argparse.Namespace) -> int:
    """The files of two ports as a unified diff, and how many lines of code differ."""
    kernel: Target
    kernel, *words = options.kernel
    if len(options.kernel) == 2 and all(word.endswith(".py") for word in options.kernel):
        kernel = tuple(options.kernel)
        words = find_kernel(kernel).ports()
    if len(words) != 2:
        options.refuse(f"{' '.join(options.kernel)}: allowed: KERNEL A B, or two .py files")
    spec = find_kernel(kernel)
    for port in words:
        one_of("port", port, spec.ports(), f" of kernel {spec.name!r}")
    before, after = (spec.path(port) for port in words)
    old, new = (
        [line for file in files_of(path) for line in file.read_text(encoding="utf-8").splitlines()]
        for path in (before, after)
    )
    delta = difflib.unified_diff(
        old,
        new,
        f"{spec.name}/{before.name}",
        f"{spec.name}/{after.name}",
        lineterm="",
    )
    text = "\n".join(delta)
    console = open_console()
    if not text:
        print_line(console, f"{words[0]} and {words[1]} are the same.")
        return 0
    if console.is_terminal:
        console.print(
            Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True)
        )
    else:
        print(text)
    changed, lines = changed_lines(before, after), len(code_of(after))
    s = "" if changed == 1 else "s"
    print_line(console, f"{changed} line{s} of code changed, of {lines}; docstrings not counted.")
    return 0
