"""The report as one HTML page: no script, no font, no picture from elsewhere."""

from collections.abc import Iterable
from pathlib import Path

from portstudy.find import find_kernel, kernels
from portstudy.pages.report import charts, findings
from portstudy.pages.report.account import GROWTH, Account
from portstudy.pages.report.data import Figure, Results
from portstudy.pages.report.elements import (
    SITE,
    bar,
    chip,
    colour,
    e,
    figure,
    kernel_link,
    key,
    link,
    name,
    port_link,
    section,
    short,
    table,
    ticks,
    wide,
)
from portstudy.pages.report.findings import (
    FAMILIES,
    LATE,
    MOVED,
    SLOWEST,
    calls,
    file_of,
    known,
    span,
    what,
)
from portstudy.show.text import memory, percent, times


def page(results: Results, account: Account) -> str:
    """The whole page."""
    found = results.everything()
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    body = [
        opening(results, found),
        matrix(results, found),
        summary(found),
        lines_bought(found),
        what_lost(found),
        lif(account),
        machines(results),
        versions(results),
        ports(found),
        measured(results),
    ]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>portstudy: the report</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">To the contents</a>
{charts.shapes()}
<form class="theme"><fieldset><legend>Theme</legend>
<label><input type="radio" name="theme" checked> as the system</label>
<label><input type="radio" name="theme" id="light"> light</label>
<label><input type="radio" name="theme" id="dark"> dark</label>
</fieldset></form>
<main id="main">
{chr(10).join(body)}
</main>
<footer><p>Made from the committed results by <code>python -m common.report</code>; no figure is
typed by hand. The same as text: {link("report/README.md", "README.md")}. MIT licence.</p></footer>
</body>
</html>
"""


# The first screen


def headline(found: dict[str, list[Figure]]) -> list[tuple[str, str]]:
    """What was found, as numbers, each with a sentence in HTML."""
    if not found:
        return []
    best = [figures[0] for figures in found.values()]
    every = [f for figures in found.values() for f in figures if f.port != findings.reference(f)]
    told = []
    if "lif" in found:
        top = found["lif"][0]
        neurons = find_kernel("lif").sizes[top.size].get("neurons", 0)
        equal = "equal to the bit" if top.error == 0 else f"within {top.error:.3g} ulps"
        paid = f"; it has paid after {calls(top.break_even)} calls" if top.break_even > 1 else ""
        told.append((
            times(top.gain),
            f'as fast: a <a href="#lif">spiking network</a> of {neurons:,} neurons in '
            f"{port_link(top)} as in NumPy, {equal}{paid}",
        ))  # fmt: skip
    twice = sum(f.gain >= 2 for f in best)
    told.append((
        f"{twice} of {len(best)}",
        'kernels have <a href="#matrix">a port</a> at least twice as fast as the NumPy reference; '
        f"the best one gains {times(findings.middle(f.gain for f in best))} in the median",
    ))  # fmt: skip
    slower = sum(f.ratio > 1 for f in every)
    told.append((
        percent(slower / len(every)) if every else "–",
        f'of all ports ({slower} of {len(every)}) are slower than the NumPy that they replace: '
        '<a href="#lost">what lost</a>',
    ))  # fmt: skip
    same = sum(f.error == 0 for f in every)
    told.append((
        f"{same} of {len(every)}",
        "ports return the very bits of the reference, the others what their tolerance allows: "
        '<a href="#measured">no number without a proof</a>',
    ))  # fmt: skip
    return told


def opening(results: Results, found: dict[str, list[Figure]]) -> str:
    """What this is, what came out, where to go next."""
    count = sum(len(find_kernel(kernel).ports()) for kernel in kernels())
    tiles = "".join(f"<li><b>{big}</b> <span>{words}</span></li>" for big, words in headline(found))
    where = ""
    if results.machines:
        run = results.run_on(results.machines[0])
        where = f"<p class='faint'>Measured on {e(run.hardware)}, with {e(run.software)}.</p>"
    else:
        where = "<p>Nothing is recorded yet: <code>make bench</code>, then commit the results.</p>"
    return f"""<header>
<h1>portstudy
<small>the same computation in many frameworks: proven equal, then measured</small></h1>
<p class="lead">Which tool makes a NumPy program fast, what does the port cost, and is the answer
still the same? Here {len(kernels())} kernels are written again and again in NumPy, JAX, Numba and
PyTorch: {count} ports, a file each, behind one interface. A time is shown only for a port whose
outputs were checked against the reference, on the very arguments that were timed.</p>
<ul class="tiles">{tiles}</ul>
<nav aria-label="Where to go next"><ul>
<li><a href="#matrix">Which framework for which kernel?</a></li>
<li><a href="#lines">What does a line of porting buy?</a></li>
<li><a href="#lost">What lost?</a></li>
<li><a href="#lif">One network, step by step</a></li>
<li><a href="#ports">Every port</a></li>
<li>{link("notes/README.md", "The lessons")}</li>
<li>{link("README.md", "Your own function")}</li>
</ul></nav>
{where}
</header>"""


# Kernels and ports


def matrix(results: Results, found: dict[str, list[Figure]]) -> str:
    """Kernels and frameworks: the best port of each."""
    if not found:
        return ""
    groups: dict[str, list[str]] = {}
    for name_, (framework, _) in FAMILIES.items():
        groups.setdefault(framework, []).append(name_)
    head = "".join(
        f'<th scope="colgroup" colspan="{len(names)}"><span>{framework}</span></th>'
        for framework, names in groups.items()
    )
    styles = "".join(f'<th scope="col"><span>{style}</span></th>' for _, style in FAMILIES.values())
    rows = []
    for kernel, figures in found.items():
        best = findings.best_of(figures)
        cells = []
        for family in FAMILIES:
            figure = best.get(family)
            if figure is None:
                cells.append('<td class="none">–</td>')
                continue
            win = " win" if figure is figures[0] else ""
            cells.append(
                f'<td class="{colour(figure.gain)}{win}"><a href="#{e(kernel)}-{e(figure.port)}" '
                f'title="{e(figure.port)}: {times(figure.gain)}">{short(figure.gain)}</a></td>'
            )
        rows.append(f'<tr><th scope="row">{kernel_link(kernel)}</th>{"".join(cells)}</tr>')
    return section(
        "matrix", "Which framework for which kernel?",
        "<p>How many times as fast as the NumPy reference: the best port of each kind (relative "
        "time is the inverse). The fastest of a row is framed. Each number leads to its port, and "
        'from there to the code, the plot and the lesson; <a href="#ports">all ports</a> are '
        'further down. A row is of one size, which <a href="#best">the next table</a> names; at '
        "another size another port may win.</p>",
        key(),
        f'<table class="glance"><thead><tr><th rowspan="2" scope="col">kernel</th>{head}</tr>'
        f'<tr>{styles}</tr></thead><tbody>{"".join(rows)}</tbody></table>',
        '<p class="faint"><em>eager</em>: operation by operation; <em>compiled</em>: jit, '
        "torch.compile; <em>ready-made</em>: what one would call instead of writing it, such as "
        "SciPy, scikit-learn, Brian2. Larger numbers are better; 1 is the reference, below 1 is "
        "slower.</p>",
    )  # fmt: skip


def summary(found: dict[str, list[Figure]]) -> str:
    """The best port of each kernel, and what it costs."""
    if not found:
        return ""
    rows = []
    for kernel, figures in found.items():
        top = figures[0]
        peers = ", ".join(
            f"{times(1 / ratio)} {name(peer)}" for peer, ratio in top.over_peer.items()
        )
        own = top.port == findings.reference(top)
        rows.append([
            f"{kernel_link(kernel)} <small>{e(top.size)}</small>", port_link(top), times(top.gain),
            known(top.first_call, span), "–" if own else calls(top.break_even),
            "–" if own else known(findings.lines(kernel, top.port), lambda x: f"{x:g}"),
            bar(top.share), known(top.error, lambda x: f"{x:.3g}"), peers or "–",
        ])  # fmt: skip
    headings = [
        "kernel, size", "fastest port", "over NumPy", "first call", "pays after, calls",
        "lines changed", "of the limit", "error, ulps", "over the ready-made",
    ]  # fmt: skip
    return section(
        "best", "The best port of each kernel",
        "<p><em>First call</em>: with all tracing and compiling. <em>Pays after</em>: calls from "
        "which on the port, its first call included, is ahead of the reference. <em>Of the "
        "limit</em>: share of what the machine's measured bandwidth and peak allow for the bytes "
        "and operations of the result. <em>Error</em>: largest, in units in the last place.</p>",
        table(headings, rows),
    )  # fmt: skip


def lines_bought(found: dict[str, list[Figure]]) -> str:
    """Lines changed against speed gained."""
    points = [
        charts.Point(
            changed, f.gain,
            "other" if findings.family(f.kernel, f.port) == "peer" else charts.framework(f.port),
            f"{f.kernel}/{f.port}: {changed:g} lines, {times(f.gain)}",
        )
        for figures in found.values()
        for f in figures
        if (changed := findings.lines(f.kernel, f.port)) > 0
    ]  # fmt: skip
    if not points:
        return ""
    rows = [
        [
            " ".join(FAMILIES[b.family]) if b.family != "peer" else FAMILIES["peer"][0],
            str(b.ports), known(b.lines, lambda x: f"{x:g}"), times(b.gain),
            percent(b.slower / b.ports), calls(b.break_even),
        ]
        for b in findings.bought(found)
    ]  # fmt: skip
    title = f"What a line of porting buys: gain over lines changed, of {len(points)} ports"
    return section(
        "lines", "What does a line of porting buy?",
        '<div class="two">',
        figure(
            charts.bought("c-lines", title, points),
            "Each port of each kernel: the lines of code that differ from the reference, and what "
            "they gained. Both on log scales.",
        ),
        table(
            ["kind", "ports", "lines changed", "gain", "slower than NumPy", "pays after, calls"],
            rows, "The same points, as medians",
        ),
        "</div>",
    )  # fmt: skip


def what_lost(found: dict[str, list[Figure]]) -> str:
    """Where porting did not help, and where frameworks disagree."""
    if not found:
        return ""
    lost = findings.lost(found)

    def items(parts: Iterable[str], none: str) -> str:
        listed = "".join(f"<li>{part}</li>" for part in parts)
        return f"<ul>{listed}</ul>" if listed else f"<p>{none}</p>"

    slower = len(lost.slower)
    return section(
        "lost", "What lost",
        "<h3>NumPy is the fastest</h3>",
        items(
            (f"{kernel_link(f.kernel)}: {port_link(f)}, {times(f.gain)}" for f in lost.numpy_wins),
            "In no kernel.",
        ),
        "<h3>Compiling never pays</h3>",
        items(
            (f"{kernel_link(k)}: no compiled port ever makes up for its first call"
             for k in lost.never_pays),
            "In every kernel some compiled port makes up for its first call.",
        ),
        "<h3>The fastest port pays late</h3>",
        items(
            (f"{kernel_link(f.kernel)}: {port_link(f)} only after {calls(f.break_even)} calls"
             for f in lost.late[:LATE]),
            "Every fastest port has paid within a few calls.",
        ),
        "<h3>Ports that lost to the reference</h3>",
        f"<p>{slower} ports were slower by more than a tenth, even by their better quartile. The "
        "slowest:</p>",
        items(
            (f"{kernel_link(f.kernel)}: {port_link(f)} takes {times(f.ratio).rstrip('×')} times as "
             "long" for f in lost.slower[:SLOWEST]),
            "None.",
        ),
        "<h3>Where results are not the same to the bit</h3>",
        "<p>Within what the specs allow, on the arguments that were timed; the port furthest "
        "away, of each kernel:</p>",
        items(
            (f"{kernel_link(f.kernel)}: {port_link(f)}, {f.error:,.4g} ulps" for f in lost.apart),
            "Nowhere.",
        ),
        "<h3>Where frameworks disagree</h3>",
        "<p>One line of code, another meaning. Each sentence is the docstring of a test that "
        f"proves it; {link('notes/folklore.md', 'what tutorials say')}, put to the test, is a "
        "lesson of its own.</p>",
        items(
            (f"{ticks(sentence)} <small>{link(f'notes/{lesson}.md', lesson)}</small>"
             for lesson, _, sentence in findings.disagreements()),
            "Nowhere that a lesson tells of.",
        ),
    )  # fmt: skip


# The account of LIF


def lif(account: Account) -> str:
    """The ladder, the roofline, growth."""
    parts = []
    steps = account.ladder()
    if steps:
        title = "The ladder from NumPy to the fastest port, one change a rung"
        parts.append(figure(
            charts.ladder("c-ladder", title, [step.drawn for step in steps]),
            "<b>The ladder.</b> Blue is a gain, orange a loss. One thread, so that no rung is paid "
            f"with a second core.<br><small>{e(account.stamp(account.ladder_name))}.</small>",
        ))  # fmt: skip
        parts.append(table(
            ["to", "from", "factor", "quartiles", "owed to"],
            [
                [name(s.after), name(s.before), times(s.factor),
                 f"{times(s.low)} to {times(s.high)}", e(s.owed)]
                for s in steps if s.before
            ],
            "Each rung: the median of ratios, round by round",
        ))  # fmt: skip
    roof = account.roofline("c-roof")
    if roof:
        parts.append(figure(
            roof,
            "<b>The roofline.</b> Every port under the roofs of this machine, on one thread: the "
            "operations and bytes that the result needs at least, by the spec, over the time taken."
            f"<br><small>{e(account.stamp(account.ladder_name))}.</small>",
        ))  # fmt: skip
    for key_ in GROWTH:
        grown = account.growth(key_)
        if grown is None:
            continue
        facts = ", ".join(f"{name(p)} {x}" for p, x in grown.exponents)
        crossings = " ".join(
            f"Up to {at} {name(a)} is faster, beyond that {name(b)}."
            for a, b, at in grown.crossings
        )
        parts.append(figure(
            grown.chart,
            f"<b>{e(grown.title)}.</b> Exponents of the power laws that fit best: {facts}. "
            f"{crossings}<br><small>{e(account.stamp(key_))}.</small>",
        ))  # fmt: skip
    if not parts:
        return ""
    return section(
        "lif", "One network, step by step",
        "<p>A network of leaky integrate-and-fire (LIF) neurons, written in every style. What each "
        f"rung gained, and to what that is owed: {link('notes/lif.md', 'the lesson')}.</p>",
        f'<div class="charts">{"".join(parts)}</div>',
    )  # fmt: skip


# Machines and versions


def machines(results: Results) -> str:
    """Devices side by side."""
    if not results.machines:
        return ""
    runs = [results.run_on(machine) for machine in results.machines]
    if len(runs) == 1:
        return section(
            "devices", "Devices side by side",
            f"<p>All figures are from one machine so far: {e(runs[0].hardware)}. <code>make bench "
            "BENCH=all</code> on another one adds its folder to <code>benchmarks/results</code>, "
            "and it stands here beside the first.</p>",
        )  # fmt: skip
    rows = []
    for kernel in kernels():
        tops = results.fastest(kernel)
        if sum(top is not None for top in tops) > 1:
            cells = [
                f"{port_link(top)} {span(top.seconds)}, <b>{times(top.gain)}</b> "
                f"<small>{e(top.size)}</small>" if top else "–" for top in tops
            ]  # fmt: skip
            rows.append([kernel_link(kernel), *cells])
    listed = "".join(f"<li>{name(run.machine)}: {e(run.caption)}</li>" for run in runs)
    return section(
        "devices", "Devices side by side",
        "<p>The fastest port on each machine, its time, and its gain over the NumPy reference on "
        "that machine's own CPU. Times compare only where the sizes are the same.</p>",
        f"<ul>{listed}</ul>",
        table(["kernel", *(e(run.machine) for run in runs)], rows) if rows
        else "<p>No kernel is recorded on two of them.</p>",
    )  # fmt: skip


def versions(results: Results) -> str:
    """Library versions side by side."""
    found = results.versions()
    if found is None:
        sets = list(dict.fromkeys(run.versions for run in results.runs))
        told = "; ".join(", ".join(" ".join(pair) for pair in one) for one in sets)
        return section(
            "versions", "Library versions side by side",
            f"<p>One set of libraries is recorded so far: {e(told)}. <code>make history</code> "
            "measures the oldest supported set as well.</p>" if sets else "<p>None recorded.</p>",
        )  # fmt: skip
    moved = found.moved()
    rows = [
        [
            f"{kernel_link(new.kernel)} <small>{e(new.size)}</small>", port_link(new),
            times(old.gain), times(new.gain),
            f'<span class="{colour(new.gain / old.gain)} chip">{times(new.gain / old.gain)}</span>',
        ]
        for old, new in moved[:MOVED]
    ]  # fmt: skip
    libraries = [n for n in found.new if found.old[n] != found.new[n]]
    old, new = (
        ", ".join(f"{n} {versions[n]}" for n in libraries) for versions in (found.old, found.new)
    )
    return section(
        "versions", "Library versions side by side",
        f"<p>{e(old)} against {e(new)} ({e(', '.join(found.place[:2]))}, threads: "
        f"{e(found.place[2])}): of {len(found.pairs)} ports measured with both at one commit, "
        f"{len(moved)} changed their time relative to the NumPy reference by more than a fifth and "
        "beyond the quartiles of both. The reference itself may have changed with NumPy.</p>",
        table(["kernel, size", "port", "gain, older", "gain, newer", "newer over older"], rows)
        if rows else "",
    )  # fmt: skip


# Every port, and how it was measured


def ports(found: dict[str, list[Figure]]) -> str:
    """Each kernel: its ports, the fastest first, and all their figures."""
    if not found:
        return ""
    parts = []
    headings = [
        "port", "time", "relative time", "quartiles", "first call", "pays after", "lines", "memory",
        "ulps", "of limit",
    ]  # fmt: skip
    for kernel, figures in found.items():
        there = {figure.port for figure in figures}
        missing = [port for port in find_kernel(kernel).ports() if port not in there]
        size = figures[0].size
        shape = ", ".join(f"{v:,} {k}" for k, v in find_kernel(kernel).sizes[size].items())
        rows = [
            [
                f"<code>{e(f.port)}</code>", span(f.seconds), f"{f.ratio:.3g}",
                f"{f.low:.3g} to {f.high:.3g}",
                known(f.first_call, span),
                "–" if f.port == findings.reference(f) else calls(f.break_even),
                known(findings.lines(kernel, f.port), lambda x: f"{x:g}"), known(f.peak, memory),
                known(f.error, lambda x: f"{x:.3g}"), known(f.share, percent),
            ]
            for f in figures
        ]  # fmt: skip
        runs = dict.fromkeys(f.run for f in figures)
        files = "; ".join(f"{e(run.caption)} ({link(file_of(run), 'result file')})" for run in runs)
        shown = link(f"implementations/{kernel}/spec.py", name(kernel))
        left = "".join(
            f" {link(f'implementations/{kernel}/{port}.py', name(port))}" for port in missing
        )
        parts.append(
            f'<section class="kernel" id="k-{kernel}" aria-labelledby="t-{kernel}">'
            f'<h3 id="t-{kernel}">{shown} <small>{ticks(what(kernel))}</small></h3>'
            f'<p class="faint">{e(size)}: {e(shape)}. '
            f'<a href="{SITE}{e(findings.plot(kernel, size))}">Plot of all ports</a>.'
            f"{f' Not measured here:{left}.' if left else ''}</p>"
            f'<ul class="strip">{"".join(map(chip, figures))}</ul>'
            f"<details><summary>All figures of {len(figures)} ports of {e(kernel)}, and the proof"
            f"</summary>{wide(headings, rows, f'All figures of {kernel}')}"
            f"<p>{e(findings.proof(kernel, figures))}</p><p>{files}.</p></details></section>"
        )
    return section(
        "ports", "Every port",
        "<p>The fastest first; the number says how many times as fast as the reference. A name "
        "leads to the port's file, <em>plot</em> to its time over the commits on asv's site "
        "(<code>make publish</code> builds it; it wants to be served: <code>python3 -m "
        "http.server</code> in the repository), the last link to the lesson that speaks of it.</p>",
        key(), *parts,
    )  # fmt: skip


def measured(results: Results) -> str:
    """How each figure was measured, and what was left out."""
    rows = [
        [
            e(runs[0].hardware), e(runs[0].software), f"{e(runs[0].dtype)}, {e(runs[0].threads)}",
            ", ".join(
                f"{link(file_of(run), f'<code>{e(run.commit[:8])}</code>')}\u00a0({run.ports})"
                for run in runs
            ),
            f"{min(run.date for run in runs)} to {max(run.date for run in runs)}",
        ]
        for runs in results.series()
    ]  # fmt: skip
    left = "".join(
        f"<li>{name(path)} {e(why)}</li>" for path, why in sorted(results.left_out.items())
    )
    compared = sum(
        figures.values for s in results.sessions.values() for figures in s.ports.values()
    )
    counted = (
        f" In the account of LIF alone, {compared:,} output values were held against the "
        "reference's." if compared else ""
    )  # fmt: skip
    wrong = sum(findings.wrong_ports(kernel) for kernel in kernels())
    return section(
        "measured", "How it was measured, and proven",
        "<p><b>Time</b>: ports are called in turn, A B C A B C, each in a process of its own; "
        "outputs are waited for; the median over the rounds, and ratios round by round, since on a "
        "shared machine only ratios are to be trusted. Each port's newest figure stands here, in "
        "float64 on all cores, at the size at which most ports of its kernel are recorded.</p>"
        "<p><b>Proof</b>: before a port is timed, its outputs on those very arguments are compared "
        "with the reference's: to the last bit where inputs allow it, elsewhere within the "
        "tolerance of the spec. A port that differs has no time. Tests hold it against the "
        f"reference on general inputs and in float32 as well, and {wrong:,} known-wrong ports "
        f"must fail.{counted} "
        f"{link('common/portstudy/proof/tiers.py', 'How equality is decided')}; "
        f"{link('common/portstudy/measure/rounds.py', 'how time is measured')}.</p>",
        table(["machine", "software", "dtype, threads", "commits (ports)", "dates"], rows)
        if rows else "",
        f"<h3>Left out</h3><p>Damaged, or not of this project:</p><ul>{left}</ul>" if left else "",
    )  # fmt: skip
