"""`portstudy list`: kernels, or the ports of one."""

import argparse
import importlib.util

from rich import box
from rich.table import Table

from portstudy.cli.options import target
from portstudy.find import find_kernel, kernels
from portstudy.show.console import open_console, print_table


def run(options: argparse.Namespace) -> int:
    """Names, and the first line of what they are; imports no library of a port."""
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if not options.kernel:
        for heading in ("kernel", "ports", "sizes"):
            rows.add_column(heading, overflow="fold")
        for name in kernels():
            spec = find_kernel(name)
            rows.add_row(name, str(len(spec.ports())), ", ".join(spec.sizes))
    else:
        spec = find_kernel(target(options))
        for heading in ("port", "what this rung changes", "here"):
            rows.add_column(heading, overflow="fold")
        for port in spec.ports():
            package = spec.backend(port).package
            here = "yes" if importlib.util.find_spec(package) else f"{package} is not installed"
            rows.add_row(port, spec.summary(port), here)
    print_table(open_console(), rows)
    return 0
