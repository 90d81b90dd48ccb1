"""`portstudy new`: a kernel to start from."""

import argparse
import os
from pathlib import Path

from portstudy.checkout import IMPLEMENTATIONS, IN_CHECKOUT
from portstudy.scaffold import create
from portstudy.show.console import open_console, print_line


def run(options: argparse.Namespace) -> int:
    """A folder with a spec, a reference and a port in each library, to be changed line by line."""
    if not IN_CHECKOUT and not options.here:
        options.refuse("there is no checkout of the project to put it in; allowed: --here")
    parent = Path.cwd() if options.here else IMPLEMENTATIONS
    try:
        written = create(options.name, parent)
    except OSError as error:
        options.refuse(f"{parent}: {error.strerror}")
    console = open_console()
    for path in written:
        print_line(console, f"Written: {os.path.relpath(path)}")
    kernel = f"./{options.name}" if options.here else options.name
    print_line(console, f"Next: portstudy check {kernel}; portstudy compare {kernel}", "bold")
    return 0
