"""`portstudy scale`: how time and memory grow, and where ports cross over."""

import argparse
import sys

from portstudy.cli.options import refuse_unknown_picture, target
from portstudy.files import unwritable, write_whole
from portstudy.find import find_kernel
from portstudy.kernel import DEVICES, DTYPES
from portstudy.measure.sweep import measure_sweep
from portstudy.names import match, one_of
from portstudy.show import growth
from portstudy.show.console import open_console, print_line, print_table
from portstudy.show.text import duration, memory


def run(options: argparse.Namespace) -> int:
    """Measure at several values of one dimension: times, fitted exponents, crossings."""
    kernel = target(options)
    spec = find_kernel(kernel)
    dimension, *words = options.over
    size = options.size or next(iter(spec.sizes))
    values = []
    for word in words:
        values.append(float(spec.shape(f"{size},{dimension}={word}")[dimension]))
    if len(set(values)) < 2:
        options.refuse(f"--over {dimension}: {', '.join(words) or 'nothing'}; allowed: two values")
    where = f" of kernel {spec.name!r}"
    ports = [p for word in options.port for p in match("port", word, spec.ports(), where)]
    conditions = {
        "dtype": one_of("dtype", options.dtype, DTYPES) if options.dtype else "",
        "device": one_of("device", options.device, DEVICES),
        "threads": one_of("threads", options.threads, ("1", "all")),
        "timeout": options.timeout,
    }
    for option in ("json", "plot"):
        path = getattr(options, option)
        if path is not None and (why := unwritable(path)):
            options.refuse(f"--{option}: {why}")
    refuse_unknown_picture(options)

    console, progress = open_console(), open_console(stderr=True)
    last = ""

    def show(at: str, done: int, total: int, what: str) -> None:
        nonlocal last
        if at != last:
            print_line(progress, f"{spec.name} {at}")
            last = at

    found = measure_sweep(kernel, size, dimension, values, ports, progress=show, **conditions)
    for heading, figure, as_text in (
        ("time of one call", "steady_seconds", duration),
        ("memory that two calls took at most", "peak_bytes", memory),
    ):
        print_line(console, f"{spec.name} over {dimension}: {heading}")
        print_table(console, growth.table(found, figure, as_text))
    for first, second, value in found.crossings():
        text = f"{first} is faster up to {dimension} = {value:.3g}, beyond that {second}."
        print_line(console, text, "bold")
    code = 0
    for value, session in zip(found.values, found.sessions, strict=True):
        for figures in session.ports.values():
            if not figures.samples:
                reason = f"{figures.status}: {figures.reason}"
                print_line(console, f"{dimension} = {value:g}: {figures.port}: {reason}")
                code = code if figures.status == "unavailable" else 1
    if found.interrupted:
        print("Interrupted: this is what was finished; no file was written.", file=sys.stderr)
        return 130
    if options.json:
        found.save(options.json)
    if options.plot:
        write_whole(options.plot, lambda file: growth.draw(found, file, options.plot.suffix[1:]))
    return code
