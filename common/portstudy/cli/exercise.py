"""`portstudy exercise`: tasks, with a check."""

import argparse
import os

from rich import box
from rich.table import Table

from portstudy.checkout import IN_CHECKOUT
from portstudy.pages.exercises import exercises, find_exercise
from portstudy.show.console import open_console, print_line, print_table


def run(options: argparse.Namespace) -> int:
    """The tasks, or whether the answer to one of them is right, and if not, what is wrong."""
    if not IN_CHECKOUT:
        options.refuse("the exercises are files to edit, in a checkout of the project")
    console = open_console()
    if options.number is None:
        rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("", "task", "file", "lesson"):
            rows.add_column(heading, overflow="fold")
        for task in exercises():
            title = task.text.partition("\n")[0]
            rows.add_row(task.number, title, os.path.relpath(task.path), f"notes/{task.lesson}.md")
        print_table(console, rows)
        return 0
    task = find_exercise(options.number)
    wrong = task.check()
    print_line(console, f"{os.path.relpath(task.path)}: {wrong or 'passed'}", "bold")
    if wrong:
        print_line(console)
        print_line(console, task.text)
    return 1 if wrong else 0
