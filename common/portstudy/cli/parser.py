"""The command line: what there is, whether it agrees, and what it gains on this machine.

portstudy list [KERNEL]                 the kernels; or one kernel's ports and what each changes
portstudy try FILE                      first ports of your function, with no line written
portstudy check [KERNEL ...] [options]  the proof of every port; exits 1 if any port differs
portstudy compare KERNEL [options]      the proof, then the times on this machine, side by side
portstudy where KERNEL PORT             the line at which a port goes wrong; or: before.py after.py
portstudy scale KERNEL --over DIM N N   how time and memory grow, and where ports cross over
portstudy show KERNEL [--plot FILE]     what it computes, drawn: rasters, orbits, clusters
portstudy diff KERNEL A B               the lines in which two ports differ
portstudy machine                       cores, caches, bandwidth and peak, devices, versions
portstudy exercise [N]                  the exercises; or a check of your answer to one
portstudy new NAME [--here]             a kernel to start from, here or in this project

KERNEL may also be a folder of your own with a spec.py, or files with a function each and no spec at
all: portstudy compare before.py after.py

A verb is a module of this package. It is imported when the verb is used, so that `list` and
`--help` answer at once.
"""

import argparse
import importlib
import keyword
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from portstudy.kernel import Broken
from portstudy.names import UnknownName

KERNEL = "a name; a folder with a spec.py; or files with a function each: before.py after.py"
DTYPE = "float64 (default) or float32; of files: what inputs makes (default), or converted to one"
SOME_PORTS = "these ports, and the reference; * matches any name"


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="portstudy", description=__doc__.rpartition("\n\n")[0],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    verbs = parser.add_subparsers(dest="verb", required=True)

    def add(name: str, what: str, description: str) -> Any:
        verb = verbs.add_parser(name, help=what, description=description)
        verb.set_defaults(refuse=verb.error)
        return verb

    verb = add("list", "kernels and ports", "The kernels; or one kernel's ports.")
    verb.add_argument("kernel", nargs="*", metavar="KERNEL", help=KERNEL)

    verb = add(
        "try", "first ports of your function",
        "Profile the function of a file, write drafts of ports beside it, prove and measure them.",
    )  # fmt: skip
    verb.add_argument("file", metavar="FILE", help="a function in NumPy, and inputs: before.py")
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where drafts go (default: beside)"
    )
    verb.add_argument("--force", action="store_true", help="overwrite drafts that are there")
    verb.add_argument(
        "--torch", action="store_true", help="torch.compile too, which takes a minute"
    )
    verb.add_argument(
        "--timeout", type=positive, default=60.0, metavar="SECONDS",
        help="how long a draft may take to answer (default: 60)",
    )  # fmt: skip

    many: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    verb = add("check", "the proof", "Prove ports in all tiers, on small inputs.")
    verb.add_argument("kernels", nargs="*", metavar="KERNEL", help=KERNEL)
    verb.add_argument("--port", **many, metavar="PATTERN", help="these ports; * matches any name")
    verb.add_argument("--dtype", **many, metavar="DTYPE", help="float64, float32 (default: both)")
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument(
        "--explore", type=positive, nargs="?", const=60.0, metavar="SECONDS",
        help="of files: search beyond the inputs given, for so long a port (default: 60)",
    )  # fmt: skip
    verb.add_argument(
        "--mistakes", type=int, nargs="?", const=50, metavar="N",
        help="of files: make so many mistakes in each port (default: 50): are they noticed?",
    )  # fmt: skip
    verb.add_argument("--json", type=Path, metavar="FILE", help="what each tier compared")

    verb = add(
        "compare", "proof and measurement, side by side",
        "Prove and measure ports; print a table for each device and number of threads.",
    )  # fmt: skip
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help=KERNEL)
    verb.add_argument("--size", help="a name, with any changes: small,neurons=500")
    verb.add_argument("--port", **many, metavar="PATTERN", help=SOME_PORTS)
    verb.add_argument("--dtype", help=DTYPE)
    verb.add_argument("--device", nargs="+", default=["cpu"], help="cpu (default), cuda")
    verb.add_argument("--threads", nargs="+", default=["all"], help="all (default), 1")
    verb.add_argument(
        "--timeout", type=positive, default=300.0, metavar="SECONDS",
        help="how long a port may take to answer (default: 300)",
    )  # fmt: skip
    verb.add_argument("--json", type=Path, metavar="FILE", help="everything, samples too")
    verb.add_argument("--csv", type=Path, metavar="FILE", help="a line for each port")
    verb.add_argument("--markdown", type=Path, metavar="FILE", help="the tables")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")

    verb = add(
        "scale", "how time and memory grow",
        "Measure at several values of one dimension: times, fitted exponents, crossings.",
    )  # fmt: skip
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help=KERNEL)
    verb.add_argument(
        "--over", nargs="+", required=True, metavar=("DIMENSION", "VALUE"),
        help="neurons 250 500 1000",
    )  # fmt: skip
    verb.add_argument("--size", help="the other dimensions: a name, with any changes")
    verb.add_argument("--port", **many, metavar="PATTERN", help=SOME_PORTS)
    verb.add_argument("--dtype", help=DTYPE)
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument("--threads", default="all", help="all (default) or 1")
    verb.add_argument("--timeout", type=positive, default=300.0, metavar="SECONDS")
    verb.add_argument("--json", type=Path, metavar="FILE", help="everything, samples too")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")

    verb = add("diff", "the lines in which two ports differ", "Two ports as a unified diff.")
    verb.add_argument(
        "kernel", nargs="+", metavar="KERNEL A B", help="or two files with a function each"
    )

    verb = add(
        "where", "the line at which a port goes wrong",
        "Run both uncompiled on small inputs, and name the first line whose value only one has.",
    )  # fmt: skip
    verb.add_argument(
        "kernel", nargs="+", metavar="KERNEL PORT",
        help="a kernel, and its port or a file with one; or two files: before.py after.py",
    )  # fmt: skip

    verb = add(
        "show", "what a kernel computes, drawn",
        "Run a port on real settings and draw what it does: here, or in a file.",
    )  # fmt: skip
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help="a name, or a folder")
    verb.add_argument("--port", help="default: the reference")
    verb.add_argument("--size", help="a name, with any changes: small,neurons=500")
    verb.add_argument("--dtype", default="float64", help="float64 (default) or float32")
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")
    verb.add_argument("--dark", action="store_true", help="draw the picture for dark pages")

    verb = add(
        "new", "a kernel to start from",
        "Make a folder with a spec, a reference and a port in each library, all proven.",
    )  # fmt: skip
    verb.add_argument("name", metavar="NAME", help="of its folder and of its function")
    verb.add_argument("--here", action="store_true", help="in this folder, not in this project")

    verb = add(
        "exercise", "exercises, with a check",
        "List the exercises, or check your answer to one and say what is wrong.",
    )  # fmt: skip
    verb.add_argument("number", nargs="?", metavar="N")

    verb = add(
        "machine", "what the times are compared with",
        "What this machine is, what it measurably does, and which devices the libraries see.",
    )  # fmt: skip
    verb.add_argument("--json", type=Path, metavar="FILE")
    return parser


def positive(text: str) -> float:
    """A number above 0 that a thread can wait for, in seconds, or a ValueError."""
    number = float(text)
    if not 0 < number <= threading.TIMEOUT_MAX:
        raise ValueError
    return number


def main() -> int:
    """Parse the command line and do what it says."""
    options = build_parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and end the workers
    try:
        try:
            module = options.verb + "_" * keyword.iskeyword(options.verb)  # try_
            return importlib.import_module(f"portstudy.cli.{module}").run(options)
        except (UnknownName, Broken) as error:
            options.refuse(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has gone, as `head` does: nothing more is to be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 2
