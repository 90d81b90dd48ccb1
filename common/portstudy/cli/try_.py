"""`portstudy try`: what bounds a function, and first ports of it with no line written."""

import argparse
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from portstudy.checkout import IN_CHECKOUT
from portstudy.files import unwritable, write_whole
from portstudy.find import find_kernel
from portstudy.functions import MAKER, Functions, functions, line_of, message_of
from portstudy.measure.process import usable_processors
from portstudy.measure.session import Interrupted, Session
from portstudy.show.console import open_console, print_line
from portstudy.show.lines import changed_lines
from portstudy.show.progress import measure_with_progress
from portstudy.show.table import print_session
from portstudy.show.text import calls, duration, factor, percent, plural

EXTRA = ("libcst", "line_profiler")
BUDGET = 6.0
"""Seconds that the rounds take, where `compare` takes 25: this is a first answer."""
WORTH = 1.2
"""A gain below that is not worth another library."""


def run(options: argparse.Namespace) -> int:
    """Profile, draft, prove and measure, recommend."""
    path = _file(options)
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        options.refuse(f"{' and '.join(missing)} not installed: pip install portstudy[try]")
    kernel = functions((str(path),))
    library = kernel.library(kernel.reference)
    if library != "numpy":
        options.refuse(f"{path}: it is {library} already; allowed: a function in NumPy")

    from portstudy.drafts import every
    from portstudy.drafts.observe import observe
    from portstudy.drafts.source import Cannot, read

    source = read(path)
    try:
        changed = source.changed  # which reads every function that is called
    except Cannot as error:
        options.refuse(f"{path}: {error}")
    del changed
    folder = (options.out or path.parent).resolve()
    names = [x for x in every.NAMES if options.torch or x != "torch_compile"]
    _refuse_existing(options, folder, names, path)

    console, progress = open_console(), open_console(stderr=True)
    try:
        arguments = kernel.make_inputs("default", kernel.dtypes[0])
    except Exception as error:
        options.refuse(f"{MAKER} of {path.name}: {type(error).__name__}: {error}")
    try:
        observed = observe(kernel, arguments)
    except Exception as error:
        where = line_of(error, path.parent)
        options.refuse(f"{path.name}: {type(error).__name__}: {message_of(error)} {where}")
    profile = _print_profile(console, kernel, source, observed)

    print_line(console)
    print_line(console, "Drafts", "bold")
    written = []
    folder.mkdir(exist_ok=True)
    made = every.drafts(source, observed, torch=options.torch)
    for draft in made:
        if draft.text:
            target = folder / f"{draft.name}.py"
            write_whole(target, draft.text)
            written.append(target)
            lines = plural(changed_lines(path, target), "line")
            note = f"; {draft.note}" if draft.note else ""
            print_line(console, f"{_shown(target)}: {lines} changed{note}.")
        else:
            print_line(console, f"{draft.name}.py is left out: {draft.left_out}.")
            if options.torch or draft.name != "torch_compile":
                _print_lesson(console, draft.name, draft.left_out)
    if not written:
        print_line(console, "No draft could be written: nothing is measured.")
        return 1

    print_line(console)
    target = (str(path), *map(str, written))
    try:
        session = measure_with_progress(
            progress,
            target,
            "default",
            [],
            timeout=options.timeout,
            budget=BUDGET,
            beside=min(2, usable_processors()),
        )
    except Interrupted as stop:
        print_session(console, stop.session)
        print("Interrupted: the drafts are whole.", file=sys.stderr)
        return 130
    print_session(console, session)
    for figures in session.ports.values():
        if not figures.samples and figures.port != session.reference:
            _print_lesson(console, figures.port, figures.reason)
    print_line(console)
    if session.limit:
        print_line(console, _at_the_limit(session))
    for line in recommendation(session, profile):
        print_line(console, line, "bold" if line.startswith("Recommendation") else "")
    return 0


def _file(options: argparse.Namespace) -> Path:
    path = Path(options.file)
    if path.suffix != ".py":
        options.refuse(f"{options.file}: allowed: one Python file, with a function and {MAKER}")
    return path.resolve()


def _refuse_existing(
    options: argparse.Namespace, folder: Path, names: list[str], original: Path
) -> None:
    """Say now what would stop a draft from being written."""
    if not folder.parent.is_dir() or (folder.exists() and not folder.is_dir()):
        options.refuse(f"--out: {folder} is no folder, and cannot be made")
    files = [folder / f"{name}.py" for name in names]
    if original in files:
        options.refuse(f"{original.name}: a draft has this name; allowed: another, or --out FOLDER")
    there = [x.name for x in files if x.exists()]
    if there and not options.force:
        options.refuse(
            f"{', '.join(there)}: in {folder} already; --force overwrites, --out FOLDER writes "
            "elsewhere"
        )
    for file in files if folder.exists() else ():
        if why := unwritable(file):
            options.refuse(why)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _print_profile(console: Console, kernel: Functions, source: Any, observed: Any) -> Any:
    """Where the time goes, what may be gained at most, and what follows."""
    from portstudy.drafts.profile import profile, sentence

    found = profile(source, observed)
    title = f"Before porting: {kernel.name} takes {duration(found.seconds)} a call"
    print_line(console, title, "bold")
    print_line(
        console,
        f"{percent(found.interpreter)} Python, {percent(found.small)} small NumPy calls, "
        f"{percent(found.arrays)} operations on whole arrays, {percent(found.products)} linear "
        "algebra.",
    )
    text = source.module.code.splitlines()
    for line, share, hits, what in found.lines[:5]:
        if share >= 0.02:
            run = f"{percent(share)}, run {plural(int(hits), 'time')}, {_WHAT[what]}"
            print_line(console, f"  line {line}: {run}: {text[line - 1].strip()[:70]}")
    print_line(console, sentence(found), "bold")
    return found


_WHAT = {
    "interpreter": "Python", "small": "small calls", "arrays": "whole arrays",
    "products": "linear algebra",
}  # fmt: skip


def _print_lesson(console: Console, name: str, reason: str) -> None:
    from portstudy.drafts.every import LESSONS

    for pattern, note in LESSONS[name.split("_")[0]]:
        if re.search(pattern, reason):
            where = "notes" if IN_CHECKOUT else "notes of portstudy"
            print_line(console, f"{name}: {note} in the {where} explains it.", "dim")
            return


def recommendation(session: Session, profile: Any) -> list[str]:
    """What to do, why, what it costs, and the next step by hand."""
    proven = [f for f in session.ports.values() if f.samples and f.port != session.reference]
    spec = find_kernel(session.kernel)
    if not session.ports[session.reference].samples:
        return ["Recommendation: none, since the original itself could not be measured."]
    if not proven:
        return [
            "Recommendation: no draft was proven. Keep the original, or start from the draft whose "
            "reason above is the smallest."
        ]
    best = min(proven, key=lambda f: session.relative(f.port))
    gain = 1 / session.relative(best.port)
    if gain < WORTH:
        how = f"the best draft, {best.port}, is {factor(gain)} times as fast"
        how = "no draft is faster" if gain <= 1 else how
        if profile.products > 0.5:
            how += ", since linear algebra runs in libraries in any case"
        return [
            f"Recommendation: do not port: {how}.",
            "Next: look for a better formula, or for work that can be skipped; then try again.",
        ]
    lines = changed_lines(spec.path(session.reference), spec.path(best.port))
    even = session.break_even(best.port)
    price = (
        f"{plural(lines, 'line')} changed, a first call of {duration(best.first_call_seconds)}, "
        + ("ahead from the first call" if even == 1 else f"ahead after {calls(even)} calls")
    )
    said = [f"Recommendation: {best.port}, {factor(gain)} times as fast. Its price: {price}."]
    near = [
        f for f in proven
        if f is not best and session.relative(f.port) < 1.15 * session.relative(best.port)
        and f.first_call_seconds < 0.7 * best.first_call_seconds
    ]  # fmt: skip
    if near:
        said.append(f"{near[0].port} is about as fast, and its first call takes "
                    f"{duration(near[0].first_call_seconds)}.")  # fmt: skip
    return [*said, f"Next: {_next(session, best.port)}"]


def _at_the_limit(session: Session) -> str:
    """The most that any port may gain."""
    least = min(session.limit)
    what = "" if session.bound.operations else ", arithmetic left out,"
    if least < 1e-6:
        return f"At this machine's limit{what} it would take {duration(least)}: less than a call."
    most = session.ports[session.reference].steady_seconds / least
    return f"At this machine's limit{what} it would be {factor(most)} times as fast."


def _next(session: Session, port: str) -> str:
    share = session.share(port) if session.limit else 0.0
    if share > 0.5:
        return f"{port} is at {percent(share)} of this machine's limit: there is little left."
    if port == "numba_njit" and "numba_parallel" not in session.ports:
        return "its passes depend on one another, or are short: look for a way to need fewer."
    if port == "numba_njit":
        return (
            "write its operations on whole arrays as loops, and give the outer one to prange where "
            "its passes are independent (numba-or-jax.md)."
        )
    if port == "numba_parallel":
        return "fuse its loops, so that each array is read once (numba-or-jax.md)."
    if port == "jax_jit":
        return "replace loops by operations on whole arrays where you can, then scan (loops.md)."
    return "run it at the sizes that you use: each compiles anew (torch-compile.md)."
