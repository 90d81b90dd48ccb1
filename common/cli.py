"""The command `portstudy`: what there is, whether it agrees, and what it gains on this machine.

portstudy list [KERNEL]                 kernels; or a kernel's ports, and what each rung changes
portstudy check [KERNEL ...] [options]  the proof of every port; exit code 1 where one differs
portstudy compare KERNEL [options]      the proof, then the times on this machine, side by side
portstudy scale KERNEL --over DIM N N   how time and memory grow, and where ports cross over
portstudy show KERNEL [--plot FILE]     what it computes, drawn: rasters, orbits, clusters
portstudy diff KERNEL A B               the lines in which two ports differ
portstudy machine                       cores, caches, bandwidth and peak, devices, versions
portstudy exercise [N]                  tasks; is the answer to one right, and what is wrong?
portstudy new NAME [--here]             a kernel to begin with, here or in this project

Where KERNEL stands, a folder of your own with a spec.py does as well, and so do files with a
function each, without any spec: portstudy compare before.py after.py

A verb is a function and a subparser. The modules that a verb needs are imported in its function:
`list` and `--help` answer at once.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from common.equivalence import Tier
    from common.measure import Session

WHAT = "a name; a folder with a spec.py; or files with a function each: before.py after.py"
PIPE_WIDTH = 160
"""Columns where there is no window: enough for every table."""


def open_console(*, stderr: bool = False) -> "Console":
    """Where a verb prints. NO_COLOR and COLUMNS are obeyed by rich itself."""
    from rich.console import Console

    console = Console(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def print_line(console: "Console", text: str = "", style: str = "") -> None:
    """Print text that is no markup, in one line in a pipe, wrapped at words in a window."""
    from rich.text import Text

    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)


def print_table(console: "Console", table: Any) -> None:
    """Print a table; in a pipe without the blanks that fill its lines."""
    with console.capture() as captured:
        console.print(table)
    text = captured.get()
    if not console.is_terminal:
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)
    console.file.flush()


def list_kernels(options: argparse.Namespace) -> int:
    """Names, and the first line of what they are; imports no library of a port."""
    import importlib.util

    from rich import box
    from rich.table import Table

    from common.kernel import find_kernel, kernels

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
            rows.add_row(port, spec.lesson(port), here)
    print_table(open_console(), rows)
    return 0


def check(options: argparse.Namespace) -> int:
    """Prove ports in all tiers at size `check`; a line for each, as soon as it is known."""
    import json
    from dataclasses import asdict

    from rich.markup import escape

    from common.backends import Unavailable
    from common.checks import InvalidInput
    from common.compare import match, unwritable, write_whole
    from common.equivalence import Exact, Tier, prove
    from common.kernel import DEVICES, DTYPES, Broken, find_kernel, kernels, load, one_of

    console = open_console()
    one_of("device", options.device, DEVICES)
    dtypes = [one_of("dtype", dtype, DTYPES) for dtype in options.dtype] or list(DTYPES)
    if options.json and (why := unwritable(options.json)):
        options.refuse(f"--json: {why}")
    chosen = []
    for name in targets(options.kernels) or kernels():
        spec = find_kernel(name)
        where = f" of kernel {spec.name!r}"
        named = {p for word in options.port for p in match("port", word, spec.ports(), where)}
        chosen.append((name, spec, [p for p in spec.ports() if not named or p in named]))
    report = []
    for name, spec, ports in chosen:
        rules = ", ".join(
            f"{output} ({'exact' if isinstance(rule, Exact) else f'{rule.count:g} ulps'})"
            for output, rule in spec.outputs.items()
        )
        line = f"[bold]{spec.name}[/]: {escape(rules)}, held against {spec.reference}"
        if spec.measures_rounding:
            line = f"[bold]{spec.name}[/]: held against {spec.reference}, within rounding"
        console.print(line, highlight=False, soft_wrap=True)
        for port in ports:
            for dtype in dtypes:
                tiers: list[Tier] = []
                reason = ""
                try:
                    tiers = prove(load(name, port, dtype=dtype, device=options.device))
                except Unavailable as error:
                    verdict, reason = "unavailable", str(error)
                except (AssertionError, Broken, InvalidInput) as error:
                    verdict, reason = "wrong", str(error)
                except Exception as error:  # what the port itself raised
                    verdict, reason = "wrong", f"raised {error!r}"
                else:
                    verdict = "equal"
                style = {"unavailable": "dim", "wrong": "bold red", "equal": "green"}[verdict]
                what = f"[{style}]{verdict}[/]: {escape(reason or found(tiers))}"
                line = f"  {spec.name}/{port} {dtype}: {what}"
                console.print(line, highlight=False, soft_wrap=True)
                for tier in tiers:
                    if tier.note:
                        print_line(console, f"    {tier.name}: {tier.note}", "dim")
                report.append(
                    {"kernel": spec.name, "port": port, "dtype": dtype, "device": options.device}
                    | {"verdict": verdict, "reason": reason, "tiers": [asdict(t) for t in tiers]}
                )
    verdicts = [row["verdict"] for row in report]
    counts = {word: verdicts.count(word) for word in ("equal", "unavailable", "wrong")}
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    print_line(console, summary, "bold")
    if options.json:
        text = json.dumps(report, indent=1) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    return 1 if counts["wrong"] else 0


def found(tiers: "list[Tier]") -> str:
    """What was compared in each tier of a proof, and the largest error."""
    return ", ".join(
        f"{tier.name} ({tier.values:,} values{f', {tier.ulps:.3g} ulps' if tier.ulps else ''})"
        for tier in tiers
    )


def targets(words: list[str]) -> list[str]:
    """Kernels and folders as they are named; all files together are one kernel."""
    files = [word for word in words if word.endswith(".py")]
    return [word for word in words if word not in files] + [os.pathsep.join(files)] * bool(files)


def target(options: argparse.Namespace) -> str:
    """The one kernel, folder or set of files that is named."""
    named = targets(options.kernel)
    if len(named) > 1:
        options.refuse(f"{' '.join(options.kernel)}: allowed: a kernel, a folder, or .py files")
    return named[0]


def compare(options: argparse.Namespace) -> int:
    """Prove and measure, then print a table for each device and thread policy."""
    from common import compare as report
    from common.kernel import DEVICES, DTYPES, find_kernel, one_of
    from common.measure import Interrupted

    kernel = target(options)
    spec = find_kernel(kernel)
    size = options.size or next(iter(spec.sizes))
    spec.shape(size)
    one_of("dtype", options.dtype, DTYPES)
    where = f" of kernel {spec.name!r}"
    ports = [p for word in options.port for p in report.match("port", word, spec.ports(), where)]
    conditions = [
        {
            "dtype": options.dtype,
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
            session = report.measure_with_progress(progress, kernel, size, ports, **settings)
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
        report.write_whole(path, lambda file, write=write: write(sessions, file))  # type: ignore[misc]
        print_line(progress, f"Written: {path}")
    return code


def print_session(console: "Console", session: "Session") -> None:
    """The table, what it says in one sentence, and what its reader must know."""
    from common import compare as report

    print_table(console, report.table(session, console.width))
    if words := report.hidden(session, console.width):
        print_line(console, f"Not in {console.width} columns: {', '.join(words)}.", "dim")
    print_line(console, report.verdict(session), "bold")
    for line in report.remarks(session):
        print_line(console, line)


def refuse_unknown_picture(options: argparse.Namespace) -> None:
    """Say now what would stop a picture from being drawn."""
    import importlib.util

    from common.compare import PICTURES

    if options.plot is None:
        return
    if options.plot.suffix not in PICTURES:
        options.refuse(f"--plot: {options.plot.name!r} ends with none of {', '.join(PICTURES)}")
    if importlib.util.find_spec("matplotlib") is None:
        options.refuse("--plot: matplotlib is not installed: pip install matplotlib")


def outputs(options: argparse.Namespace) -> list[tuple[Path, Callable[..., Any]]]:
    """The files that were asked for, each with its writer; refuses now what would fail later."""
    from common import compare as report

    def text(render: Callable[..., str]) -> Callable[..., Any]:
        return lambda sessions, file: file.write(render(sessions).encode())

    found: list[tuple[Path, Callable[..., Any]]] = []
    for option, write in (
        ("json", text(report.as_json)),
        ("csv", text(report.as_csv)),
        ("markdown", text(report.as_markdown)),
        ("plot", lambda sessions, file: report.draw(sessions, file, options.plot.suffix[1:])),
    ):
        path = getattr(options, option)
        if path is None:
            continue
        if why := report.unwritable(path):
            options.refuse(f"--{option}: {why}")
        if path.resolve() in [other.resolve() for other, _ in found]:
            options.refuse(f"--{option}: {path} is another output already")
        found.append((path, write))
    refuse_unknown_picture(options)
    return found


def scale(options: argparse.Namespace) -> int:
    """Measure at several values of one dimension: times, fitted exponents, crossings."""
    from common import scale as growth
    from common.compare import duration, match, memory, unwritable, write_whole
    from common.kernel import DEVICES, DTYPES, find_kernel, one_of

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
        "dtype": one_of("dtype", options.dtype, DTYPES),
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

    found = growth.measure_sweep(
        kernel, size, dimension, values, ports, progress=show, **conditions
    )
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


def diff(options: argparse.Namespace) -> int:
    """The files of two ports as a unified diff, and how many lines of code differ."""
    import difflib

    from rich.syntax import Syntax

    from common.compare import changed_lines, code_of, files_of
    from common.kernel import find_kernel, one_of

    kernel, *words = options.kernel
    if len(options.kernel) == 2 and all(word.endswith(".py") for word in options.kernel):
        kernel = os.pathsep.join(options.kernel)
        words = find_kernel(kernel).ports()
    if len(words) != 2:
        options.refuse(f"{' '.join(options.kernel)}: allowed: KERNEL A B, or two .py files")
    spec = find_kernel(kernel)
    for port in words:
        one_of("port", port, spec.ports(), f" of kernel {spec.name!r}")
    before, after = (spec.path(port) for port in words)
    old, new = (
        [line for file in files_of(path) for line in file.read_text(encoding="utf-8").splitlines()]
        for path in (before, after)
    )
    delta = difflib.unified_diff(
        old,
        new,
        f"{spec.name}/{before.name}",
        f"{spec.name}/{after.name}",
        lineterm="",
    )
    text = "\n".join(delta)
    console = open_console()
    if not text:
        print_line(console, f"{words[0]} and {words[1]} are the same.")
        return 0
    if console.is_terminal:
        console.print(
            Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True)
        )
    else:
        print(text)
    changed, lines = changed_lines(before, after), len(code_of(after))
    s = "" if changed == 1 else "s"
    print_line(console, f"{changed} line{s} of code changed, of {lines}; docstrings not counted.")
    return 0


def show(options: argparse.Namespace) -> int:
    """Run a port on real settings and draw what it does: here, or as a picture in a file."""
    import importlib.util

    from common import show as drawing
    from common.backends import Unavailable
    from common.compare import unwritable, write_whole
    from common.kernel import find_kernel, load, one_of

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
        form, dark = options.plot.suffix[1:], options.dark
        write_whole(options.plot, lambda file: drawing.draw(panels, title, file, form, dark=dark))
        print_line(open_console(stderr=True), f"Written: {options.plot}")
        return 0
    console = open_console()
    print_line(console, title, "bold")
    colours = console.is_terminal and not console.no_color
    width = min(console.width, 100)
    print(drawing.as_text(panels, width, colours=colours), end="")
    return 0


def new(options: argparse.Namespace) -> int:
    """A folder with a spec, a reference and a port in each library, to be changed line by line."""
    from common.kernel import IMPLEMENTATIONS
    from common.new import create

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


def exercise(options: argparse.Namespace) -> int:
    """The tasks, or whether the answer to one of them is right, and if not, what is wrong."""
    from rich import box
    from rich.table import Table

    from common.exercises import exercises, find_exercise

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


def machine(options: argparse.Namespace) -> int:
    """What this machine is, what it measurably does, and what the libraries see of it."""
    import json

    from common import machine as this
    from common.compare import memory, unwritable, write_whole

    if options.json and (why := unwritable(options.json)):
        options.refuse(f"--json: {why}")
    console, progress = open_console(), open_console(stderr=True)
    if progress.is_terminal:
        with progress.status("measuring") as status:
            found = this.describe(status.update)
    else:
        found = this.describe()
    lines = [
        ("processor", f"{found['processor']} ({found['architecture']}), {found['system']}"),
        (
            "cores",
            f"{found['cores'] or 'unknown'}; {found['processors']} processors, "
            f"of which this process may use {found['usable_processors']}",
        ),
    ]
    for cache in found["caches"]:
        shared = f"shared by {cache['processors']}" if cache["processors"] > 1 else "each"
        what = f"{memory(cache['bytes'])} {cache['kind']}, {shared}"
        lines.append((f"L{cache['level']} cache", what))
    if not found["caches"]:
        lines.append(("caches", "unknown"))
    free = memory(found["available_bytes"])
    lines.append(("memory", f"{memory(found['memory_bytes'])}, {free} available"))
    busy = " (busy: the rates are lower than an idle machine's)" if found["busy"] else ""
    lines.append(("load", f"{found['load']:.2f}{busy}"))
    rates = found["rates"]
    if "reason" in rates:
        lines.append(("bandwidth, peak", rates["reason"]))
    else:
        for rate in rates["bandwidth"]:
            where = f"{rate['in']}, {memory(rate['working_set_bytes'])} in use"
            lines.append(("bandwidth", f"{rate['bytes_per_second'] / 1e9:.3g} GB/s ({where})"))
        for dtype, rate in rates["operations_per_second"].items():
            lines.append(
                ("peak", f"{rate / 1e9:.3g} Gflop/s ({dtype}, {rates['threads']} threads)")
            )
    for library, devices in found["devices"].items():
        for device, seen in devices.items():
            state = seen.get("name") or f"unavailable: {seen['reason']}"
            lines.append((f"{library} on {device}", state))
    lines.append(("python", found["python"]))
    lines += [(name, version or "not installed") for name, version in found["versions"].items()]
    width = max(len(name) for name, _ in lines)
    for name, what in lines:
        print_line(console, f"{name:{width}}  {what}")
    if options.json:
        text = json.dumps(found, indent=1) + "\n"
        write_whole(options.json, lambda file: file.write(text.encode()))
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="portstudy", description=__doc__.rpartition("\n\n")[0],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    verbs = parser.add_subparsers(dest="verb", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], what: str) -> Any:
        verb = verbs.add_parser(name, help=what, description=run.__doc__)
        verb.set_defaults(run=run, refuse=verb.error)
        return verb

    verb = add("list", list_kernels, "kernels and ports")
    verb.add_argument("kernel", nargs="*", metavar="KERNEL", help=WHAT)

    many: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    verb = add("check", check, "the proof")
    verb.add_argument("kernels", nargs="*", metavar="KERNEL", help=WHAT)
    verb.add_argument("--port", **many, metavar="PATTERN", help="these ports, * for any name")
    verb.add_argument(
        "--dtype", **many, metavar="DTYPE", help="float64, float32; both if not given"
    )
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument("--json", type=Path, metavar="FILE", help="what each tier compared")

    verb = add("compare", compare, "proof and measurement, side by side")
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help=WHAT)
    verb.add_argument("--size", help="a name, with changes if any: small,neurons=500")
    verb.add_argument("--port", **many, metavar="PATTERN", help="these ports, and the reference")
    verb.add_argument("--dtype", default="float64", help="float64 (default) or float32")
    verb.add_argument("--device", nargs="+", default=["cpu"], help="cpu (default), cuda")
    verb.add_argument("--threads", nargs="+", default=["all"], help="all (default), 1")
    verb.add_argument(
        "--timeout",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="that a port may take for an answer (default: 300)",
    )
    verb.add_argument("--json", type=Path, metavar="FILE", help="everything, samples too")
    verb.add_argument("--csv", type=Path, metavar="FILE", help="a line for each port")
    verb.add_argument("--markdown", type=Path, metavar="FILE", help="the tables")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")

    verb = add("scale", scale, "how time and memory grow")
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help=WHAT)
    verb.add_argument(
        "--over", nargs="+", required=True, metavar=("DIMENSION", "VALUE"),
        help="neurons 250 500 1000",
    )  # fmt: skip
    verb.add_argument("--size", help="the other dimensions: a name, with changes if any")
    verb.add_argument("--port", **many, metavar="PATTERN", help="these ports, and the reference")
    verb.add_argument("--dtype", default="float64", help="float64 (default) or float32")
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument("--threads", default="all", help="all (default) or 1")
    verb.add_argument("--timeout", type=positive, default=300.0, metavar="SECONDS")
    verb.add_argument("--json", type=Path, metavar="FILE", help="everything, samples too")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")

    verb = add("diff", diff, "the lines in which two ports differ")
    verb.add_argument(
        "kernel", nargs="+", metavar="KERNEL A B", help="or two files with a function each"
    )

    verb = add("show", show, "what a kernel computes, drawn")
    verb.add_argument("kernel", nargs="+", metavar="KERNEL", help="a name, or a folder")
    verb.add_argument("--port", help="the reference if not given")
    verb.add_argument("--size", help="a name, with changes if any: small,neurons=500")
    verb.add_argument("--dtype", default="float64", help="float64 (default) or float32")
    verb.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    verb.add_argument("--plot", type=Path, metavar="FILE", help="a picture: .png, .svg, .pdf")
    verb.add_argument("--dark", action="store_true", help="the picture, for dark pages")

    verb = add("new", new, "a kernel to begin with")
    verb.add_argument("name", metavar="NAME", help="of its folder and of its function")
    verb.add_argument("--here", action="store_true", help="in this folder, not in this project")

    verb = add("exercise", exercise, "tasks, with a check")
    verb.add_argument("number", nargs="?", metavar="N")

    verb = add("machine", machine, "what the times are held against")
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
    try:
        # NumPy: --help and a wrong option do without.
        from common.kernel import Broken, UnknownName

        try:
            return options.run(options)
        except (UnknownName, Broken) as error:
            options.refuse(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has gone, as `head` does: nothing more is to be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 2


if __name__ == "__main__":
    sys.exit(main())
