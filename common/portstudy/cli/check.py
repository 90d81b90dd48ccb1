"""`portstudy check`: the proof of every port."""

import argparse
import importlib.util
import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from portstudy.arguments import InvalidInput
from portstudy.backends.base import Unavailable
from portstudy.cli.options import targets
from portstudy.files import unwritable, write_whole
from portstudy.find import find_kernel, kernels, load, reference_of
from portstudy.functions import AS_MADE, Functions, message_of
from portstudy.kernel import DEVICES, DTYPES, Broken
from portstudy.measure.mistakes import try_mistakes
from portstudy.names import match, one_of
from portstudy.proof.explore import explore
from portstudy.proof.tiers import Tier, prove
from portstudy.rules import Different, Exact
from portstudy.show.console import open_console, print_line
from portstudy.show.where import hint


def run(options: argparse.Namespace) -> int:
    """Prove ports in all tiers at size `check`; a line for each, as soon as it is known."""
    console = open_console()
    one_of("device", options.device, DEVICES)
    asked = [one_of("dtype", dtype, DTYPES) for dtype in options.dtype]
    if options.explore and importlib.util.find_spec("hypothesis") is None:
        options.refuse("--explore: hypothesis is not installed: pip install hypothesis")
    if options.json and (why := unwritable(options.json)):
        options.refuse(f"--json: {why}")
    named = targets(options.kernels) or kernels()
    specs = [find_kernel(name) for name in named]
    if (options.explore or options.mistakes) and not all(isinstance(x, Functions) for x in specs):
        options.refuse("--explore, --mistakes: allowed: with files, such as before.py after.py")
    every = {port: None for spec in specs for port in spec.ports()}
    where = f" of kernel {specs[0].name!r}" if len(specs) == 1 else " of these kernels"
    wanted = {port for word in options.port for port in match("port", word, every, where)}
    chosen = [
        (name, spec, [port for port in spec.ports() if not options.port or port in wanted])
        for name, spec in zip(named, specs, strict=True)
    ]
    chosen = [row for row in chosen if row[2]]
    report = []
    for name, spec, ports in chosen:
        rules = ", ".join(
            f"{output} ({'exact' if isinstance(rule, Exact) else f'{rule.count:g} ulps'})"
            for output, rule in spec.rules(()).items()
        )
        line = f"[bold]{spec.name}[/]: {escape(rules)}, compared with {spec.reference}"
        if isinstance(spec, Functions):
            line = f"[bold]{spec.name}[/]: compared with {spec.reference}, within rounding"
        console.print(line, highlight=False, soft_wrap=True)
        usual = [AS_MADE] if isinstance(spec, Functions) else DTYPES
        for port in ports:
            for dtype in asked or usual:
                tiers: list[Tier] = []
                reason, different = "", False
                try:
                    loaded = load(name, port, dtype=dtype, device=options.device)
                    tiers = prove(loaded)
                except Unavailable as error:
                    verdict, reason = "unavailable", str(error)
                except (AssertionError, Broken, InvalidInput) as error:
                    verdict, reason = "wrong", str(error)
                    different = isinstance(error, Different) and port != spec.reference
                except Exception as error:  # what the port itself raised
                    verdict, reason = "wrong", f"raised {type(error).__name__}: {message_of(error)}"
                else:
                    verdict = "equal"
                style = {"unavailable": "dim", "wrong": "bold red", "equal": "green"}[verdict]
                what = f"[{style}]{verdict}[/]: {escape(reason or found(tiers))}"
                line = f"  {spec.name}/{port} {dtype}: {what}"
                console.print(line, highlight=False, soft_wrap=True)
                if different:
                    print_line(console, f"    {hint(spec, port)}", "dim")
                for tier in tiers:
                    if tier.note:
                        print_line(console, f"    {tier.name}: {tier.note}", "dim")
                row = {
                    "kernel": spec.name, "port": port, "dtype": dtype, "device": options.device,
                    "verdict": verdict, "reason": reason, "tiers": [asdict(t) for t in tiers],
                }  # fmt: skip
                if verdict == "equal" and options.explore and port != spec.reference:
                    row["explored"] = explored(console, loaded, options)
                if verdict == "equal" and options.mistakes and port != spec.reference:
                    row["unnoticed"] = unnoticed(console, name, port, dtype, options)
                report.append(row)
    verdicts = [row["verdict"] for row in report]
    counts = {word: verdicts.count(word) for word in ("equal", "unavailable", "wrong")}
    apart = [row for row in report if any(x["parting"] for x in row.get("explored", ()))]
    counts["different beyond the inputs given"] = len(apart)
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    print_line(console, summary, "bold")
    if options.json:
        text = json.dumps(report, indent=1) + "\n"
        write_whole(options.json, text)
    return 1 if counts["wrong"] or apart else 0


def explored(console: Console, port: Any, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Search beyond the inputs given; a line for each kind of input, and the same as data."""
    reference: Any = reference_of(port)
    progress = open_console(stderr=True)
    report = []
    with progress.status("") as status:
        for search in explore(
            reference, port, seconds=options.explore,
            progress=lambda kind: status.update(f"{port.name}: exploring {kind}"),
        ):  # fmt: skip
            s = "" if search.tried == 1 else "s"
            text = f"the same on {search.tried} input{s}" if search.tried else "no input to try"
            if search.parting:
                text = f"differs at {search.parting}"
            print_line(console, f"    {search.kind}: {text}", "red" if search.parting else "dim")
            parting = search.parting and str(search.parting)
            report.append({"kind": search.kind, "tried": search.tried, "parting": parting})
    return report


def unnoticed(
    console: Console, name: Any, port: str, dtype: str, options: argparse.Namespace
) -> list[str]:
    """Make mistakes in a port; print, and return, those that these inputs do not notice."""
    progress = open_console(stderr=True)
    with progress.status("") as status:
        trial = try_mistakes(
            name, port, options.mistakes, dtype=dtype,
            progress=lambda done, total: status.update(f"{port}: mistake {done + 1} of {total}"),
        )  # fmt: skip
    missed = [f"line {mistake.line}: {mistake.what}" for mistake in trial.unnoticed]
    what = f"    mistakes: {trial.tried - len(missed)} of {trial.tried} noticed"
    print_line(
        console, what + ("; not these, of which some may change nothing:" if missed else ""), "dim"
    )
    for line in missed:
        print_line(console, f"      {line}")
    return missed


def found(tiers: "list[Tier]") -> str:
    """What was compared in each tier of a proof, and the largest error."""

    def words(tier: Tier) -> str:
        said = [f"{tier.values:,} values"]
        said += [f"{tier.ulps:.3g} ulps"] if tier.ulps else []
        said += [f"an error of {tier.resolution:.1g} would be seen"] if tier.resolution else []
        return f"{tier.name} ({', '.join(said)})"

    return ", ".join(map(words, tiers))
