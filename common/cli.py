"""The command `portstudy`: what there is, and whether it agrees.

portstudy list [KERNEL]                 kernels; or a kernel's ports, and what each rung changes
portstudy check [KERNEL ...] [options]  the proof of every port; exit code 1 where one differs
"""

import argparse
import importlib.util
import sys

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.backends import LIBRARIES, Unavailable
from common.kernel import (
    DEVICES,
    DTYPES,
    Broken,
    UnknownName,
    find_kernel,
    kernels,
    library_of,
    load,
    one_of,
)


def list_kernels(console: Console, kernel: str | None) -> int:
    """Names, and the first line of what they are; imports no library of a port."""
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if kernel is None:
        for heading in ("kernel", "ports", "sizes"):
            rows.add_column(heading, overflow="fold")
        for name in kernels():
            spec = find_kernel(name)
            rows.add_row(name, str(len(spec.ports())), ", ".join(spec.sizes))
    else:
        spec = find_kernel(kernel)
        for heading in ("port", "what this rung changes", "here"):
            rows.add_column(heading, overflow="fold")
        for port in spec.ports():
            package = LIBRARIES[library_of(port)].package
            here = "yes" if importlib.util.find_spec(package) else f"{package} is not installed"
            rows.add_row(port, spec.lesson(port), here)
    console.print(rows)
    return 0


def check(
    console: Console, names: list[str], ports: list[str], dtypes: list[str], device: str
) -> int:
    """Prove ports in all tiers at size `check`; a line for each, as soon as it is known."""
    from common.equivalence import prove

    wrong = 0
    for name in names or kernels():
        spec = find_kernel(name)
        for port in ports:
            one_of("port", port, spec.ports(), f" of kernel {name!r}")
        tiers = ["to the bit"] if spec.dyadic else []
        tiers += ["single steps", "free run"] if spec.single_steps else ["against float64"]
        for port in [port for port in spec.ports() if not ports or port in ports]:
            for dtype in dtypes:
                who = f"{name}/{port} {dtype}"
                try:
                    ulps = prove(load(name, port, dtype=dtype, device=device))
                except Unavailable as reason:
                    verdict = f"[dim]unavailable[/]: {escape(str(reason))}"
                except (AssertionError, Broken) as error:
                    verdict, wrong = f"[bold red]wrong[/]: {escape(str(error))}", wrong + 1
                except Exception as error:  # what the port itself raised
                    verdict, wrong = f"[bold red]raised[/]: {escape(repr(error))}", wrong + 1
                else:
                    verdict = f"[green]equal[/]: {', '.join(tiers)}; at most {ulps:.3g} ulps"
                console.print(f"{who}: {verdict}", highlight=False, soft_wrap=True)
    return 1 if wrong else 0


def main() -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="portstudy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("list", help="kernels and ports")
    verb.add_argument("kernel", nargs="?")
    verb = verbs.add_parser("check", help="the proof")
    verb.add_argument("kernels", nargs="*")
    verb.add_argument("--port", action="append", default=[])
    verb.add_argument("--dtype", action="append", choices=DTYPES, default=[])
    verb.add_argument("--device", choices=DEVICES, default="cpu")
    options = parser.parse_args()
    console = Console()
    try:
        if options.verb == "list":
            return list_kernels(console, options.kernel)
        dtypes = options.dtype or list(DTYPES)
        return check(console, options.kernels, options.port, dtypes, options.device)
    except UnknownName as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
