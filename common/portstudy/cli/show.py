"""`portstudy show`: what a kernel computes, drawn."""

import argparse
import importlib.util
import sys

from portstudy.backends.base import Unavailable
from portstudy.cli.options import refuse_unknown_picture, target
from portstudy.files import unwritable, write_whole
from portstudy.find import find_kernel, load
from portstudy.names import one_of
from portstudy.show import pictures as drawing
from portstudy.show.console import open_console, print_line
from portstudy.show.theme import DARK, LIGHT


def run(options: argparse.Namespace) -> int:
    """Run a port on real settings and draw what it does: here, or as a picture in a file."""
    kernel = target(options)
    spec = find_kernel(kernel)
    size = options.size or drawing.default_size(kernel)
    spec.shape(size)
    port = one_of("port", options.port or spec.reference, spec.ports(), f" of kernel {spec.name!r}")
    if options.plot and (why := unwritable(options.plot)):
        options.refuse(f"--plot: {why}")
    refuse_unknown_picture(options)
    if not options.plot and importlib.util.find_spec("plotille") is None:
        options.refuse("plotille, which draws here, is not installed; allowed: --plot FILE")
    try:
        loaded = load(kernel, port, dtype=options.dtype, device=options.device)
    except Unavailable as reason:
        print(f"{spec.name}/{port}: unavailable: {reason}", file=sys.stderr)
        return 1
    panels = drawing.run(loaded, size)
    title = f"{spec.name}/{port}, {size}, {options.dtype}"
    if options.plot:
        form, theme = options.plot.suffix[1:], DARK if options.dark else LIGHT
        write_whole(options.plot, lambda file: drawing.draw(panels, title, file, form, theme))
        print_line(open_console(stderr=True), f"Written: {options.plot}")
        return 0
    console = open_console()
    print_line(console, title, "bold")
    colours = console.is_terminal and not console.no_color
    width = min(console.width, 100)
    print(drawing.as_text(panels, width, colours=colours), end="")
    return 0
