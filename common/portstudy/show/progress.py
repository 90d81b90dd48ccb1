"""A measurement behind a progress bar."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from portstudy.find import find_kernel
from portstudy.measure.rounds import measure
from portstudy.measure.session import Session
from portstudy.names import Target


def measure_with_progress(
    console: Console, kernel: Target, size: str, ports: Sequence[str], **conditions: Any
) -> Session:
    """Measure behind a progress bar on a terminal, and with a line for each port elsewhere."""
    what = f"{find_kernel(kernel).name} {size}"
    bar = Progress(
        TextColumn(what), BarColumn(), TextColumn("{task.description}"),
        TimeElapsedColumn(), console=console, transient=console.is_terminal,
        disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("")
        last = ""

        def show(done: int, total: int, now: str) -> None:
            nonlocal last
            bar.update(task, completed=done, total=total, description=now)
            line = now if now.startswith("proving") else now.partition(":")[0]
            if not console.is_terminal and line != last:
                console.print(f"{what}: {line}", highlight=False, soft_wrap=True)
            last = line

        return measure(kernel, size, ports, **conditions, progress=show)
