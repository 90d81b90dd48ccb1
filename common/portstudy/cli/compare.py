"""`portstudy compare`: proof and measurement, side by side."""

import argparse
import sys

from portstudy.cli.options import outputs, target
from portstudy.files import write_whole
from portstudy.find import find_kernel
from portstudy.kernel import DEVICES, DTYPES
from portstudy.measure.session import Interrupted
from portstudy.names import match, one_of
from portstudy.show.console import open_console, print_line
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session


def run(options: argparse.Namespace) -> int:
    """Prove and measure, then print a table for each device and thread policy."""
    kernel = target(options)
    spec = find_kernel(kernel)
    size = options.size or next(iter(spec.sizes))
    spec.shape(size)
    dtype = one_of("dtype", options.dtype, DTYPES) if options.dtype else ""
    where = f" of kernel {spec.name!r}"
    ports = [p for word in options.port for p in match("port", word, spec.ports(), where)]
    conditions = [
        {
            "dtype": dtype,
            "device": one_of("device", device, DEVICES),
            "threads": one_of("threads", threads, ("1", "all")),
            "timeout": options.timeout,
        }
        for device in options.device
        for threads in options.threads
    ]
    writers = outputs(options)

    console, progress = open_console(), open_console(stderr=True)
    sessions, code = [], 0
    for settings in conditions:
        interrupted = False
        try:
            session = measure_with_progress(progress, kernel, size, ports, **settings)
        except Interrupted as stop:
            session, interrupted = stop.session, True
        sessions.append(session)
        print_session(console, session)
        print_line(console)
        if interrupted:
            nothing = "; no file was written" if writers else ""
            print(f"Interrupted: this is what was finished{nothing}.", file=sys.stderr)
            return 130
        if any(figures.status in ("different", "failed") for figures in session.ports.values()):
            code = 1
    for path, write in writers:
        write_whole(path, lambda file, write=write: write(sessions, file))  # type: ignore[misc]
        print_line(progress, f"Written: {path}")
    return code
