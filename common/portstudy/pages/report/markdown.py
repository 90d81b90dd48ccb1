"""The report as Markdown, as a code host shows it: its links lead from the folder `report`."""

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape
from urllib.parse import quote

from portstudy.find import find_kernel, kernels
from portstudy.pages.lif_study import NOTES
from portstudy.pages.report import findings
from portstudy.pages.report.account import GROWTH, Account
from portstudy.pages.report.data import Figure, Results
from portstudy.pages.report.findings import FAMILIES, LATE, MOVED, SLOWEST, calls, file_of, known
from portstudy.pages.report.page import headline
from portstudy.show.text import duration, percent, times

ROOFLINE = "Operations a second of every port, under the roofs of the machine"


def code(words: object) -> str:
    """A name as code: what a file says stays text, in a table too."""
    return f"`{re.sub('[`|<>]', '?', str(words))}`"


def plain(words: object) -> str:
    """Text of a file, of which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]#|!])", r"\\\1", escape(str(words), quote=False))


def port_link(figure: Figure, words: str = "") -> str:
    """To a port's file, if it is still there."""
    shown = words or code(figure.port)
    if not findings.there(figure.kernel, figure.port):
        return shown
    return f"[{shown}](../implementations/{figure.kernel}/{figure.port}.py)"


def square(gain: float) -> str:
    """A gain behind a square whose colour says whether it is one."""
    sign = "🟦" if gain > findings.SAME else "🟧" if gain < 1 / findings.SAME else "⬜"
    return f"{sign} {times(gain)}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table: the first columns are text, the others numbers."""
    ruler = "|" + "---|" * left + "---:|" * (len(headings) - left)
    lines = [f"| {' | '.join(headings)} |", ruler, *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def markdown(results: Results, account: Account) -> str:
    """The report as Markdown."""
    found = results.everything()
    parts = [
        "# The report",
        "<!-- Made by python -m common.report: what is edited here is lost. -->",
        *opening(results, found),
        *(matrix(found) if found else []),
        *(summary(found) if found else []),
        *(lines_bought(found) if found else []),
        *(what_lost(found) if found else []),
        *lif(account),
        *machines(results),
        *versions(results),
        *(ports(found) if found else []),
        *measured(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def opening(results: Results, found: dict[str, list[Figure]]) -> list[str]:
    """What this is, what came out, where to go next."""
    count = sum(len(find_kernel(kernel).ports()) for kernel in kernels())
    told = [f"- **{big}** {as_text(words)}" for big, words in headline(found)]
    if results.machines:
        run = results.run_on(results.machines[0])
        where = f"*Measured on {plain(run.hardware)}, with {plain(run.software)}.*"
    else:
        where = "*Nothing is recorded yet: `make bench`, then commit the results.*"
    return [
        f"{len(kernels())} kernels are written again and again in NumPy, JAX, Numba and PyTorch: "
        f"{count} ports, a file each, behind one interface. A time is shown only for a port whose "
        "outputs were checked against the reference, on the very arguments that were timed. The "
        "same with charts, for a browser: [index.html](index.html).",
        "\n".join(told),
        "[Which framework for which kernel?](#which-framework-for-which-kernel) · "
        "[What does a line of porting buy?](#what-does-a-line-of-porting-buy) · "
        "[What lost](#what-lost) · [Every port](#every-port) · "
        "[The lessons](../notes/README.md) · [Your own function](../README.md#your-own-function)",
        where,
    ]


def as_text(html: str) -> str:
    """A sentence of the page, as Markdown without its links."""
    html = re.sub(r": <a [^>]*>[^<]*</a>$", "", html)  # which leads to a part of the page
    html = re.sub(r"</?code>", "`", html.replace("<wbr>", ""))
    return unescape(re.sub(r"<[^>]+>", "", html))


def matrix(found: dict[str, list[Figure]]) -> list[str]:
    """Kernels and frameworks: the best port of each."""
    rows = []
    for kernel, figures in found.items():
        best = findings.best_of(figures)
        cells = [
            port_link(best[family], square(best[family].gain)) if family in best else ""
            for family in FAMILIES
        ]
        rows.append([f"[{code(kernel)}](#{kernel})", *cells])
    headings = ["kernel", *(" ".join(words) for words in FAMILIES.values())]
    return [
        "## Which framework for which kernel?",
        "How many times as fast as the NumPy reference: the best port of each kind. 🟦 faster, "
        "⬜ the same within 10%, 🟧 slower. A row is of one size, which the next table names; at "
        "another size another port may win.",
        table(headings, rows),
    ]


def summary(found: dict[str, list[Figure]]) -> list[str]:
    """The best port of each kernel, and what it costs."""
    rows = []
    for kernel, figures in found.items():
        top = figures[0]
        own = top.port == findings.reference(top)
        peers = ", ".join(f"{times(1 / r)} {code(p)}" for p, r in top.over_peer.items())
        rows.append([
            f"{code(kernel)}, {plain(top.size)}", port_link(top), peers or "–", times(top.gain),
            known(top.first_call, duration), "–" if own else calls(top.break_even),
            "–" if own else known(findings.lines(kernel, top.port), lambda x: f"{x:g}"),
            known(top.share, percent), known(top.error, lambda x: f"{x:.3g}"),
        ])  # fmt: skip
    headings = [
        "kernel, size", "fastest port", "over the ready-made", "over NumPy", "first call",
        "pays after, calls", "lines changed", "of the limit", "error, ulps",
    ]  # fmt: skip
    return ["## The best port of each kernel", table(headings, rows, 3)]


def lines_bought(found: dict[str, list[Figure]]) -> list[str]:
    """Lines changed against speed gained."""
    rows = [
        [
            " ".join(FAMILIES[b.family]), str(b.ports), known(b.lines, lambda x: f"{x:g}"),
            times(b.gain), percent(b.slower / b.ports), calls(b.break_even),
        ]
        for b in findings.bought(found)
    ]  # fmt: skip
    return [
        "## What does a line of porting buy?",
        "Medians over the ports of each kind; each port is a point of the chart in "
        "[index.html](index.html#lines).",
        table(
            ["kind", "ports", "lines changed", "gain", "slower than NumPy", "pays after, calls"],
            rows,
        ),
    ]


def what_lost(found: dict[str, list[Figure]]) -> list[str]:
    """Where porting did not help, and where frameworks disagree."""
    lost = findings.lost(found)

    def items(parts: Iterable[str]) -> str:
        return "\n".join(f"- {part}" for part in parts) or "- none"

    return [
        "## What lost",
        "### NumPy is the fastest",
        items(f"{code(f.kernel)}: {port_link(f)}, {times(f.gain)}" for f in lost.numpy_wins),
        "### Compiling never pays",
        items(map(code, lost.never_pays)),
        "### The fastest port pays late",
        items(
            f"{code(f.kernel)}: {port_link(f)} only after {calls(f.break_even)} calls"
            for f in lost.late[:LATE]
        ),
        "### Ports that lost to the reference",
        f"{len(lost.slower)} ports were slower by more than a tenth, even by their better "
        "quartile. The slowest:",
        items(
            f"{code(f.kernel)}: {port_link(f)} takes {times(f.ratio).rstrip('×')} times as long"
            for f in lost.slower[:SLOWEST]
        ),
        "### Where results are not the same to the bit",
        items(f"{code(f.kernel)}: {port_link(f)}, {f.error:,.4g} ulps" for f in lost.apart),
        "### Where frameworks disagree",
        items(
            f"{sentence} ([{lesson}](../notes/{lesson}.md))"
            for lesson, _, sentence in findings.disagreements()
        ),
    ]


def lif(account: Account) -> list[str]:
    """The ladder; what the notes have pictures of is shown as it is there."""
    steps = account.ladder()
    if not steps:
        return []
    rows = [
        [
            code(s.before),
            code(s.after),
            s.owed,
            times(s.factor),
            f"{times(s.low)} to {times(s.high)}",
        ]
        for s in steps
        if s.before
    ]
    pictures = [
        picture(path.stem.removesuffix("-light"), told)
        for name, told in ({"lif-roofline": ROOFLINE} | GROWTH).items()
        if (path := NOTES / f"{name}-light.svg").exists()
    ]
    return [
        "## One network, step by step",
        "A network of leaky integrate-and-fire (LIF) neurons: what each rung gained, on one "
        "thread. [The lesson](../notes/lif.md) has the rest.",
        table(["from", "to", "owed to", "factor", "quartiles"], rows, 3),
        f"*{plain(account.stamp(account.ladder_name))}.*",
        *pictures,
    ]


def picture(stem: str, told: str) -> str:
    """A picture of the notes, light or dark as the reader's page is."""
    return (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" '
        f'srcset="../notes/{stem}-dark.svg">\n'
        f'  <img alt="{told}" src="../notes/{stem}-light.svg">\n</picture>'
    )


def machines(results: Results) -> list[str]:
    """Devices side by side."""
    runs = [results.run_on(machine) for machine in results.machines]
    told = "\n".join(f"- {code(run.machine)}: {plain(run.caption)}" for run in runs)
    rows = []
    for kernel in kernels():
        tops = results.fastest(kernel)
        if sum(top is not None for top in tops) > 1:
            cells = [
                f"{port_link(top)} {duration(top.seconds)}, {times(top.gain)}, {plain(top.size)}"
                if top else "–" for top in tops
            ]  # fmt: skip
            rows.append([code(kernel), *cells])
    side = table(["kernel", *(plain(run.machine) for run in runs)], rows, len(runs) + 1)
    return ["## Devices side by side", told or "None yet.", side if rows else ""]


def versions(results: Results) -> list[str]:
    """Library versions side by side."""
    both = results.versions()
    if both is None:
        return []
    old, new = (", ".join(f"{n} {v}" for n, v in one.items()) for one in (both.old, both.new))
    rows = [
        [code(b.kernel), port_link(b), times(a.gain), times(b.gain), square(b.gain / a.gain)]
        for a, b in both.moved()[:MOVED]
    ]
    return [
        "## Library versions side by side",
        f"{plain(old)} against {plain(new)} ({plain(', '.join(both.place[:2]))}, threads: "
        f"{plain(both.place[2])}): of {len(both.pairs)} ports measured with both at one commit, "
        f"{len(both.moved())} changed their relative time by more than a fifth, and beyond the "
        "quartiles of both.",
        table(["kernel", "port", "gain, older", "gain, newer", "newer over older"], rows, 2)
        if rows else "",
    ]  # fmt: skip


def ports(found: dict[str, list[Figure]]) -> list[str]:
    """Each kernel: its ports, the fastest first, and all their figures."""
    parts = [
        "## Every port",
        "The fastest first. *lesson*: the note that speaks of a port. "
        "Plots over the commits are on asv's site, which `make publish` builds.",
    ]
    headings = [
        "port", "lesson", "gain", "time", "first call", "pays after", "lines", "ulps", "of limit",
    ]  # fmt: skip
    for kernel, figures in found.items():
        rows = []
        for f in figures:
            lesson = findings.lesson(kernel, f.port) if findings.there(kernel, f.port) else ""
            rows.append([
                port_link(f), f"[{lesson}](../notes/{lesson}.md)" if lesson else "–",
                square(f.gain), duration(f.seconds), known(f.first_call, duration),
                "–" if f.port == findings.reference(f) else calls(f.break_even),
                known(findings.lines(kernel, f.port), lambda x: f"{x:g}"),
                known(f.error, lambda x: f"{x:.3g}"), known(f.share, percent),
            ])  # fmt: skip
        records = ", ".join(
            f"[{code(run.commit[:8])}](../{quote(file_of(run))})"
            for run in dict.fromkeys(f.run for f in figures)
        )
        there = {f.port for f in figures}
        left = [code(port) for port in find_kernel(kernel).ports() if port not in there]
        parts += [
            f"### {kernel}",
            f"{findings.what(kernel)} [Spec](../implementations/{kernel}/spec.py), "
            f"size {plain(figures[0].size)}.",
            table(headings, rows, 2),
            f"{findings.proof(kernel, figures)} Recorded in {records}.",
            f"Not measured here: {', '.join(left)}." if left else "",
        ]
    return parts


def measured(results: Results) -> list[str]:
    """How each figure was measured, and what was left out."""
    rows = [
        [
            f"{plain(runs[0].hardware)}; {plain(runs[0].software)}; {plain(runs[0].dtype)}, "
            f"threads: {plain(runs[0].threads)}",
            ", ".join(f"[{code(run.commit[:8])}](../{quote(file_of(run))})" for run in runs),
        ]
        for runs in results.series()
    ]
    left = "\n".join(
        f"- {code(path)} {plain(why)}" for path, why in sorted(results.left_out.items())
    )
    return [
        "## How it was measured, and proven",
        "Ports are called in turn, A B C A B C, each in a process of its own; the median over the "
        "rounds stands here, and ratios are made round by round. Before a port is timed, its "
        "outputs on those very arguments are compared with the reference's "
        "([how](../common/portstudy/proof/tiers.py)); a port that differs has no time "
        "([how time is measured](../common/portstudy/measure/rounds.py)).",
        table(["where, how and with what", "of which commits"], rows, 2) if rows else "",
        "### Left out\n\nDamaged, or not of this project:" if left else "",
        left,
    ]
