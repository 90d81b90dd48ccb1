"""The two excerpts of `portstudy where`, side by side."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portstudy.checkout import IMPLEMENTATIONS
from portstudy.functions import Functions
from portstudy.kernel import Kernel
from portstudy.show.console import print_line, print_table
from portstudy.where.answer import Answer, Place

AROUND = 2
"""Lines before and after those that are meant."""
AGREES, DIFFERS = "=", "≠"
LONGEST = 14


def hint(kernel: Kernel, port: str) -> str:
    """The command that names the line at which a port goes wrong."""
    words = [kernel.name if kernel.folder.parent == IMPLEMENTATIONS else str(kernel.folder), port]
    if isinstance(kernel, Functions):
        words = [kernel.path(name).name for name in (kernel.reference, port)]
    return f"The line: portstudy where {' '.join(words)}"


def print_answer(console: Console, said: Answer, port: str, original: str) -> None:
    """The line, its counterpart, the numbers, and what they look like."""
    print_line(console, f"{port} differs from {original} uncompiled, too, on {said.size}: "
                        f"{said.what}")  # fmt: skip
    print_line(console)
    place = said.port
    line = _line(place.file, place.differs).strip()
    when = f", at {place.turn}" if place.turn else ""
    print_line(console, f"Look at line {place.differs} of {place.file.name}{when}: {line}", "bold")
    print_line(console)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    sides = ((original, said.original), (port, said.port))
    for name, side in sides:
        table.add_column(side.file.name if side.file.name else name, header_style="bold")
    table.add_row(*(excerpt(side) for _, side in sides))
    print_table(console, table)
    print_line(console)
    print_line(console, f"{AGREES} the last line before it whose value both have; {DIFFERS} the "
                        "first whose value only one has.", "dim")  # fmt: skip
    for index, want, got in said.elements:
        at = f"{place.name} {index}" if index != "[]" else place.name
        print_line(console, f"  {at}: expected {want:.12g}, got {got:.12g}")
    if said.guess:
        print_line(console, f"It looks like this: {said.guess}.")
    if said.others:
        where = [f"line {x.line}" + (f" of {x.file.name}" if x.file != place.file else "")
                 for x in said.others]  # fmt: skip
        print_line(console, f"If it is not there: {', '.join(where)}.", "dim")
    if not said.common:
        print_line(console, "The two have no value in common but the arguments: another method, or "
                            "a mistake at the very start.")  # fmt: skip
    if not said.complete:
        print_line(console, "The runs were recorded in part: they are long.", "dim")


def excerpt(place: Place) -> Text:
    """The lines around those that agree and differ, numbered and marked."""
    text = Text()
    if not place.differs:
        return Text("nothing of it is missing", style="dim")
    lines = place.file.read_text(encoding="utf-8").splitlines()
    near = place.agrees and abs(place.differs - place.agrees) <= LONGEST
    marked = [place.differs, *([place.agrees] if near else [])]
    first, last = max(min(marked) - AROUND, 1), min(max(marked) + AROUND, len(lines))
    for number in range(first, last + 1):
        mark, style = " ", ""
        if number == place.differs:
            mark, style = DIFFERS, "bold red"
        elif number == place.agrees:
            mark, style = AGREES, "green"
        text.append(f"{mark} {number:>3}  {lines[number - 1]}\n", style=style)
    if place.agrees and not near:
        text.append(f"{AGREES} {place.agrees:>3}  {lines[place.agrees - 1]}\n", style="green")
    text.rstrip()
    return text


def _line(file: Path, number: int) -> str:
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return lines[number - 1] if 0 < number <= len(lines) else ""
