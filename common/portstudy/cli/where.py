"""`portstudy where`: the line at which a port goes wrong."""

import argparse
from pathlib import Path
from typing import Any

from portstudy.backends.base import Unavailable
from portstudy.cli.options import targets
from portstudy.find import find_kernel, load, load_file, reference_of
from portstudy.functions import message_of
from portstudy.kernel import Kernel, Port
from portstudy.names import one_of
from portstudy.proof.tiers import prove
from portstudy.rules import Different
from portstudy.show.console import open_console, print_line
from portstudy.show.where import print_answer
from portstudy.where.answer import answer
from portstudy.where.record import TooLong
from portstudy.where.search import Search
from portstudy.where.settings import bisect
from portstudy.where.uncompiled import Impossible


def run(options: argparse.Namespace) -> int:
    """Name the line; 1 where the two differ, 0 where they do not."""
    console, progress = open_console(), open_console(stderr=True)
    try:
        reference, port = _pair(options)
    except Unavailable as error:
        options.refuse(str(error))
    with progress.status("looking for the line"):
        found, why = None, ""
        try:
            search = Search(reference)
            found = search.find(port)
            if found is None and search.stopped:
                why = (
                    f"uncompiled, {port.name} takes more than {search.original.recorder.seconds:g}"
                    f" s on inputs {search.stopped}"
                )
                why += f"; on {search.same} the two agree" if search.same else ""
        except (Impossible, TooLong) as error:
            why = str(error) or f"{port.name} takes too long uncompiled"
        except Exception as error:  # what the port itself raises, uncompiled
            why = f"{port.name} raises {type(error).__name__} uncompiled: {message_of(error)}"
    if found is not None:
        if not found.lines:
            print_line(console, f"{port.name} differs from {reference.name} uncompiled on "
                                f"{found.size.words}: {found.what}")  # fmt: skip
            print_line(console, "No line stands out: the two have no value in common that tells.")
            return 1
        print_answer(console, answer(found), port.name, reference.name)
        return 1
    if why:
        print_line(console, f"No line can be named: {why}")
    with progress.status("compiled"):
        verdict, same = _verdict(port)
    if same:
        print_line(console, f"{port.name} and {reference.name} do not differ: {verdict}")
        return 1 if why else 0
    print_line(console, f"Compiled, {port.name} differs: {verdict}")
    if why:
        return 1
    print_line(console, f"Uncompiled it does not: {port.name} is right, step by step.", "bold")
    with progress.status("trying the compiler's settings"):
        for line in bisect(reference, port):
            print_line(console, line)
    return 1


def _pair(options: argparse.Namespace) -> tuple[Port, Port]:
    """The original and the port that are named."""
    words = options.kernel
    named = targets(words)
    if len(named) == 1 and isinstance(named[0], tuple):
        if len(named[0]) != 2:
            options.refuse(f"{' '.join(words)}: allowed: two .py files, or a kernel and a port")
        port = load(named[0], find_kernel(named[0]).ports()[1])
        return reference_of(port, port.kernel.dtypes[0]), port
    if len(words) != 2:
        options.refuse(f"{' '.join(words)}: allowed: two .py files, or a kernel and a port")
    kernel: Kernel = find_kernel(words[0])
    if words[1].endswith(".py"):
        loaded: Any = load_file(kernel, Path(words[1]).resolve())
    else:
        one_of("port", words[1], kernel.ports(), f" of kernel {kernel.name!r}")
        loaded = load(words[0], words[1])
    return reference_of(loaded), loaded


def _verdict(port: Port) -> tuple[str, bool]:
    """What the proof says of a port, compiled; and whether it is right."""
    try:
        tiers = prove(port)
    except Different as error:
        return str(error), False
    except Exception as error:
        return f"it raises {type(error).__name__}: {message_of(error)}", False
    seen = max((tier.resolution for tier in tiers), default=0.0)
    largest = max((tier.ulps for tier in tiers), default=0.0)
    said = f"equal within {largest:.3g} ulps"
    if seen:
        said += f"; an error above {seen:.1g} of an output's size would have been seen"
    return said, True
