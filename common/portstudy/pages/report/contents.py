"""What the report says, as a document."""

from collections.abc import Sequence

from portstudy.find import find_kernel, kernels
from portstudy.pages.lif_study import ROOFLINE, SHOWN, SWEEPS, LifStudy
from portstudy.pages.recorded import Comparison, Record, Result
from portstudy.pages.report import charts, findings
from portstudy.pages.report.document import (
    Beside,
    Block,
    Bullets,
    Cell,
    Chart,
    Chip,
    Chips,
    Code,
    Colours,
    Details,
    Document,
    Gain,
    Heading,
    Link,
    Matrix,
    Menu,
    Paragraph,
    Section,
    Share,
    Styled,
    Table,
    Tiles,
    Time,
    Words,
    join,
    say,
)
from portstudy.pages.report.findings import FAMILIES, LATE, MOVED, SLOWEST
from portstudy.show.text import UNKNOWN, calls, digits, factor, known, memory, percent, times


def report(record: Record, study: LifStudy) -> Document:
    """The whole report."""
    found = record.everything()
    sections = [
        *([matrix(found), summary(found), lines_bought(found), what_lost(found)] if found else []),
        *lif(study),
        *devices(record),
        versions(record),
        *([every_port(found)] if found else []),
        measured(record, study),
    ]
    footer = say(
        "Made from the committed results by `python -m portstudy.pages.report`; no number is typed "
        "by hand. The same as text: [README.md](report/README.md). MIT licence."
    )
    subtitle = "the same computation in many frameworks: proven equal, then measured"
    return Document("portstudy", subtitle, opening(record, found), sections, footer)


def port(result: Result, *, title: bool = False) -> Words:
    """A link to a port's file, if that is still there; the title says what the port changes."""
    if not result.exists:
        return Code(result.port)
    said = result.kernel.summary(result.port) if title else ""
    return Link(Code(result.port), result.file, said)


def kernel(name: str) -> Words:
    """To a kernel's place in the report."""
    return Link(Code(name), f"#k-{name}")


def place(result: Result) -> str:
    """Where a port stands in the report."""
    return f"#{result.kernel.name}-{result.port}"


# The first screen


def opening(record: Record, found: Sequence[Comparison]) -> list[Block]:
    """What this is, what came out, where to go next."""
    count = sum(len(find_kernel(name).ports()) for name in kernels())
    if record.machines:
        run = record.run_on(record.machines[0])
        where = f"Measured on {run.hardware}, with {run.software}."
    else:
        where = "Nothing is recorded yet: make bench, then commit the results."
    return [
        Paragraph(
            "Which tool makes a NumPy program fast, what does the port cost, and is the answer "
            f"still the same? Here {len(kernels())} kernels are written again and again in NumPy, "
            f"JAX, Numba and PyTorch: {count} ports, one file each, behind one interface. A time "
            "is shown only for a port whose outputs were compared with the reference's, on the "
            "very arguments that were timed.",
            "lead",
        ),
        Tiles(headline(found)),
        Menu([
            Link("Which framework for which kernel?", "#matrix"),
            Link("What does a line of porting buy?", "#lines"),
            Link("What lost?", "#lost"), Link("One network, step by step", "#lif"),
            Link("Every port", "#ports"), Link("The lessons", "notes/README.md"),
            Link("Your own function", "README.md"),
        ]),
        Paragraph(where, "faint"),
    ]  # fmt: skip


def headline(found: Sequence[Comparison]) -> list[tuple[str, Words]]:
    """What was found, as numbers, each with a sentence."""
    if not found:
        return []
    best = [compared.best for compared in found]
    every = [result for compared in found for result in compared if not result.is_reference]
    slower, same = (sum(r.ratio > 1 for r in every), sum(r.error == 0 for r in every))
    twice, middle = sum(r.gain >= 2 for r in best), findings.middle(r.gain for r in best)
    told: list[tuple[str, Words]] = []
    for top in (result for result in best if result.kernel.name == "lif"):
        even = f"; it breaks even after {calls(top.break_even)} calls" if top.break_even > 1 else ""
        told.append((
            times(top.gain),
            say("as fast: a [spiking network](#lif) of {neurons} neurons in {port}, compared with "
                "NumPy, {equal}{even}", port=port(top), even=even,
                neurons=f"{top.kernel.sizes[top.size]['neurons']:,}",
                equal="equal to the bit" if top.error == 0 else f"within {factor(top.error)} ulps"),
        ))  # fmt: skip
    return [
        *told,
        (f"{twice} of {len(best)}",
         say("kernels have [a port](#matrix) at least twice as fast as the NumPy reference; the "
             "median gain of the best ports is {gain}", gain=times(middle))),
        (percent(slower / len(every)) if every else UNKNOWN,
         say("of all ports ({slower} of {every}) are slower than the NumPy code they replace: "
             "[what lost](#lost)", slower=str(slower), every=str(len(every)))),
        (f"{same} of {len(every)}",
         say("ports return the same bits as the reference, the others stay within their "
             "tolerance: [no number without a proof](#measured)")),
    ]  # fmt: skip


# Kernels and ports


def matrix(found: Sequence[Comparison]) -> Section:
    """Kernels and frameworks: the best port of each."""
    rows = []
    for compared in found:
        best = findings.best_of(compared)
        cells = [
            Cell(best[family].gain, best[family].port, place(best[family]),
                 best[family] is compared.best) if family in best else None
            for family in FAMILIES
        ]  # fmt: skip
        rows.append((kernel(compared.name), cells))
    return Section(
        "matrix", "Which framework for which kernel?", [
            Paragraph(say(
                "How many times as fast as the NumPy reference: the best port of each kind. The "
                "fastest of a row stands out. Each number leads to its port, and from there to the "
                "code, the plot and the lesson; [all ports](#ports) are further down. Each row is "
                "for one size, which [the next table](#best) names; at another size, another port "
                "may win."
            )),
            Colours(),
            Matrix(list(FAMILIES.values()), rows),
            Paragraph(say(
                "*eager*: operation by operation; *compiled*: jit, torch.compile; *ready-made*: "
                "what one would call instead of writing it, such as SciPy, scikit-learn, Brian2. "
                "Larger numbers are better; 1 is the reference, below 1 is slower."
            ), "faint"),
        ],
    )  # fmt: skip


def lines_of(result: Result) -> str:
    """How many lines a port changes."""
    return UNKNOWN if result.is_reference else known(result.lines, digits)


def even(result: Result) -> str:
    """After how many calls a port breaks even."""
    return UNKNOWN if result.is_reference else calls(result.break_even)


def summary(found: Sequence[Comparison]) -> Section:
    """The best port of each kernel, and what it costs."""
    rows = []
    for compared in found:
        top = compared.best
        peers = [say("{gain} {peer}", gain=times(1 / ratio), peer=Code(peer))
                 for peer, ratio in top.over_peer.items()]  # fmt: skip
        rows.append([
            [kernel(compared.name), " ", Styled(top.size, "small")], port(top), times(top.gain),
            Time(top.first_call), even(top), lines_of(top), Share(top.share),
            known(top.error, factor), join(peers) or UNKNOWN,
        ])  # fmt: skip
    headings = [
        "kernel, size", "fastest port", "over NumPy", "first call", "break-even, calls",
        "lines changed", "of the limit", "error, ulps", "over the ready-made",
    ]  # fmt: skip
    return Section(
        "best", "The best port of each kernel", [
            Paragraph(say(
                "*First call*: with all tracing and compiling. *Break-even*: the number of calls "
                "after which the port, its first call included, is ahead of the reference. *Of the "
                "limit*: share of what the machine's measured bandwidth and peak allow for the "
                "bytes and operations of the result. *Error*: largest, in units in the last place."
            )),
            Table(headings, rows, "llrrrrrrl"),
        ],
    )  # fmt: skip


def lines_bought(found: Sequence[Comparison]) -> Section:
    """Lines changed against speed gained."""
    points = [
        charts.Point(
            result.lines, result.gain,
            "other" if findings.family(result) == "peer" else charts.framework(result.port),
            f"{result.kernel.name}/{result.port}: {result.lines:g} lines, {times(result.gain)}",
        )
        for compared in found
        for result in compared
        if result.lines > 0
    ]  # fmt: skip
    rows = [
        [
            " ".join(FAMILIES[b.family]) if b.family != "peer" else FAMILIES["peer"][0],
            str(b.ports), known(b.lines, digits), times(b.gain), percent(b.slower / b.ports),
            calls(b.break_even),
        ]
        for b in findings.bought(found)
    ]  # fmt: skip
    headings = ["kind", "ports", "lines changed", "gain", "slower than NumPy",
                "break-even, calls"]  # fmt: skip
    title = f"What a line of porting buys: gain over lines changed, of {len(points)} ports"
    caption = (
        "Each port of each kernel: the lines of code that differ from the reference, and what they "
        "gained. Both axes are logarithmic."
    )
    chart = [Chart(charts.bought("c-lines", title, points), caption)] if points else []
    table = Table(headings, rows, caption="The same points, as medians")
    return Section("lines", "What does a line of porting buy?", [Beside([*chart, table])])


def what_lost(found: Sequence[Comparison]) -> Section:
    """Where porting did not help, and where frameworks disagree."""
    lost = findings.lost(found)

    def listed(results: Sequence[Result], sentence: str, none: str, **holes) -> Bullets:
        return Bullets([
            say("{kernel}: {port}" + sentence, kernel=kernel(r.kernel.name), port=port(r),
                **{name: write(r) for name, write in holes.items()})
            for r in results
        ], none)  # fmt: skip

    return Section("lost", "What lost", [
        Heading("NumPy is the fastest"),
        listed(lost.numpy_wins, ", {gain}", "In no kernel.", gain=lambda r: times(r.gain)),
        Heading("Compiling never breaks even"),
        Bullets(
            [say("{kernel}: no compiled port ever makes up for its first call", kernel=kernel(name))
             for name in lost.never],
            "In every kernel some compiled port makes up for its first call.",
        ),
        Heading("The fastest port breaks even late"),
        listed(lost.late[:LATE], " only after {calls} calls",
               "Every fastest port breaks even within a few calls.",
               calls=lambda r: calls(r.break_even)),
        Heading("Ports that lost to the reference"),
        Paragraph(
            f"{len(lost.slower)} ports were slower by more than a tenth, even by their better "
            "quartile. The slowest:"
        ),
        listed(lost.slower[:SLOWEST], " takes {ratio} times as long", "None.",
               ratio=lambda r: times(r.ratio).rstrip("×")),
        Heading("Where results are not the same to the bit"),
        Paragraph(
            "All are within what the specs allow, on the arguments that were timed. Of each "
            "kernel, the port with the largest error:"
        ),
        listed(lost.apart, ", {error} ulps", "Nowhere.", error=lambda r: factor(r.error)),
        Heading("Where frameworks disagree"),
        Paragraph(say(
            "The same line of code, another meaning. Each sentence is the docstring of a test that "
            "proves it; [what tutorials say](notes/folklore.md), put to the test, is a lesson of "
            "its own."
        )),
        Bullets([
            [*say_code(sentence), " ", Styled(Link(note, f"notes/{note}.md"), "small")]
            for note, sentence in findings.disagreements()
        ]),
    ])  # fmt: skip


def say_code(sentence: str) -> list[Words]:
    """A sentence of a docstring, in which nothing but `code` is markup."""
    return [Code(part) if i % 2 else part for i, part in enumerate(sentence.split("`"))]


# The LIF study


def lif(study: LifStudy) -> list[Section]:
    """The ladder, the roofline, growth."""
    parts: list[Block] = []
    stamp = Styled(f"{study.stamp('lif-small-float64-1')}.", "small")
    if steps := study.ladder():
        title = "The ladder from NumPy to the fastest port, one change at a time"
        parts += [
            Chart(charts.ladder("c-ladder", title, steps), say(
                "**The ladder.** Blue is a gain, orange a loss. On one thread, so that no gain is "
                "due to a second core. {stamp}", stamp=stamp,
            )),
            Table(
                ["to", "from", "factor", "quartiles", "due to"],
                [
                    [Code(s.after), Code(s.before), times(s.factor),
                     f"{times(s.low)} to {times(s.high)}", s.why]
                    for s in steps[1:]
                ],
                "llrrl", "Each step: the median of ratios, round by round",
            ),
        ]  # fmt: skip
    if roof := study.roofline("small"):
        parts.append(Chart(charts.roofline("c-roof", ROOFLINE, roof), say(
            "**The roofline.** Every port under the roofs of this machine, on one thread: the "
            "least operations and bytes that the result needs, by the spec, over the time taken. "
            "{stamp}", stamp=stamp,
        ), "lif-roofline", ROOFLINE))  # fmt: skip
    for name in SHOWN:
        if exponents := study.exponents(name):
            over = SWEEPS[name]
            label = f"{over.name}, {over.unit}" if over.unit else over.name
            sweep = study.sweep(name)
            assert sweep is not None
            chart = charts.growth(f"c-{name}", over.title, label, sweep, exponents)
            facts = [say("{port} {power}", port=Code(p), power=x) for p, x in exponents.items()]
            crossings = [[" ", *say_code(sentence)] for sentence in study.crossings(name)]
            parts.append(Chart(chart, say(
                "**{title}.** Exponents of the power laws that fit best: {facts}.{crossings} "
                "{stamp}", title=over.title, facts=join(facts), crossings=crossings,
                stamp=Styled(f"{study.stamp(name)}.", "small"),
            ), name, over.title))  # fmt: skip
    if not parts:
        return []
    text = say(
        "A network of leaky integrate-and-fire (LIF) neurons, written in every style: what each "
        "change gained, and why. More in [the lesson](notes/lif.md)."
    )
    return [Section("lif", "One network, step by step", [Paragraph(text), Beside(parts)])]


# Machines and versions


def devices(record: Record) -> list[Section]:
    """Machines side by side."""
    runs = [record.run_on(machine) for machine in record.machines]
    heading = "Devices side by side"
    if not runs:
        return []
    if len(runs) == 1:
        return [Section("devices", heading, [Paragraph(say(
            "All results are from one machine so far: {hardware}. `make bench BENCH=all` on "
            "another one adds its folder to `benchmarks/results`, and it appears here beside the "
            "first.", hardware=runs[0].hardware,
        ))])]  # fmt: skip
    rows: list[list[Words]] = []
    for name in kernels():
        tops = record.fastest(name)
        if sum(top is not None for top in tops) > 1:
            cells = [
                [port(top), " ", Time(top.seconds), ", ", Styled(times(top.gain), "b"), " ",
                 Styled(top.size, "small")] if top else UNKNOWN
                for top in tops
            ]  # fmt: skip
            rows.append([kernel(name), *cells])
    text = (
        "The fastest port on each machine, its time, and its gain over the NumPy reference on that "
        "machine's own CPU. Times can be compared only where the sizes are the same."
    )
    headings = ["kernel", *(run.machine for run in runs)]
    return [Section("devices", heading, [
        Paragraph(text),
        Bullets([say("{name}: {what}; commit {commit} of {date}", name=Code(run.machine),
                     what=run.conditions, commit=run.commit[:8], date=run.date) for run in runs]),
        Table(headings, rows, "l" * len(headings)) if rows
        else Paragraph("No kernel is recorded on two of them."),
    ])]  # fmt: skip


def versions(record: Record) -> Section:
    """Library versions side by side."""
    found = record.versions()
    key, heading = "versions", "Library versions side by side"
    if found is None:
        sets = dict.fromkeys(", ".join(map(" ".join, run.versions)) for run in record.runs)
        text = say(
            "One set of libraries is recorded so far: {sets}. `make history` measures the oldest "
            "supported set as well.", sets="; ".join(sets),
        ) if sets else "None recorded."  # fmt: skip
        return Section(key, heading, [Paragraph(text)])
    changed = [name for name in found.new if found.old[name] != found.new[name]]
    old, new = (
        ", ".join(f"{name} {one[name]}" for name in changed) for one in (found.old, found.new)
    )
    machine, dtype, threads = found.place
    moved = found.moved()
    rows = [
        [[kernel(new.kernel.name), " ", Styled(new.size, "small")], port(new), times(old.gain),
         times(new.gain), Gain(new.gain / old.gain)]
        for old, new in moved[:MOVED]
    ]  # fmt: skip
    headings = ["kernel, size", "port", "gain, older", "gain, newer", "newer over older"]
    return Section(key, heading, [
        Paragraph(
            f"{old}, compared with {new} ({machine}, {dtype}, threads: {threads}): of "
            f"{len(found.pairs)} ports measured with both at one commit, {len(moved)} changed "
            "their time relative to the NumPy reference by more than a fifth and by more than the "
            "quartiles of both. The reference itself may have changed with NumPy."
        ),
        *([Table(headings, rows, "llrrr")] if rows else []),
    ])  # fmt: skip


# Every port, and how it was measured


def every_port(found: Sequence[Comparison]) -> Section:
    """Each kernel: its ports, the fastest first, and all that is recorded of them."""
    text = say(
        "The fastest first; the number says how many times as fast as the reference. A name leads "
        "to the port's file, the name of a note to the lesson about it; *plot*, on the HTML page, "
        "to its time over the commits on asv's site (`make publish` builds it; it needs a server: "
        "`python3 -m http.server` in the repository)."
    )
    return Section("ports", "Every port", [Paragraph(text), Colours(), *map(ports_of, found)])


def ports_of(found: Comparison) -> Section:
    """The ports of one kernel."""
    name, spec = found.name, found.kernel
    shape = ", ".join(
        f"{value:,} {dimension}" for dimension, value in spec.sizes[found.size].items()
    )
    missing = [port for port in spec.ports() if found.get(port) is None]
    left = [Link(Code(port), f"implementations/{name}/{port}.py") for port in missing]
    lessons = {r.port: findings.lesson(name, r.port) for r in found if r.exists}
    links = {p: Link(n.replace("README", "notes"), f"notes/{n}.md") for p, n in lessons.items()}
    chips = [
        Chip(place(r)[1:], port(r, title=True), r.gain, [
            Link("plot", f"asv:{findings.plot(name, r.size, r.port)}", f"plot of {r.port}"),
            links[r.port],
        ] if r.exists else [])
        for r in found
    ]  # fmt: skip
    rows = [
        [
            port(r), Gain(r.gain), f"{times(1 / r.high)} to {times(1 / r.low)}", Time(r.seconds),
            Time(r.first_call), even(r), lines_of(r), known(r.peak, memory),
            known(r.error, factor), known(r.share, percent), links.get(r.port, UNKNOWN),
        ]
        for r in found
    ]  # fmt: skip
    headings = [
        "port", "gain", "quartiles", "time", "first call", "break-even", "lines", "memory",
        "ulps", "of limit", "lesson",
    ]  # fmt: skip
    files = join([
        say("{caption}; commit [{commit}]({file}) of {date}", caption=run.conditions, date=run.date,
            commit=run.commit[:8], file=run.file)
        for run in found.runs
    ], "; ")  # fmt: skip
    return Section(f"k-{name}", Code(name), [
        Paragraph([
            *say_code(spec.summary("spec")), " ",
            *say("[The spec]({spec}). ", spec=f"implementations/{name}/spec.py"),
            f"Size {found.size}: {shape}. ",
            Link("Plot of all ports.", f"asv:{findings.plot(name, found.size)}"),
            *([" Not measured here: ", *join(left), "."] if left else []),
        ], "faint"),
        Chips(chips),
        Details(f"All results of {len(found)} ports of {name}, and the proof", [
            Table(headings, rows, "lrrrrrrrrrl", f"All results of {name}", wide=True),
            Paragraph(findings.proof(found)),
            Paragraph([*files, "."]),
        ]),
    ], level=3)  # fmt: skip


def measured(record: Record, study: LifStudy) -> Section:
    """How each result was measured, and what was left out."""
    rows = [
        [
            runs[0].hardware, runs[0].software, f"{runs[0].dtype}, {runs[0].threads}",
            join([[Link(Code(run.commit[:8]), run.file), f" ({run.ports})"] for run in runs]),
            f"{min(run.date for run in runs)} to {max(run.date for run in runs)}",
        ]
        for runs in record.series()
    ]  # fmt: skip
    sessions = [*study.sessions.values()]
    compared = sum(figures.values for s in sessions for figures in s.ports.values())
    counted = (
        f" In the LIF study alone, {compared:,} output values were compared." if compared else ""
    )
    wrong = sum(map(findings.wrong_ports, kernels()))
    left_out = record.left_out | study.left_out
    left = [say("{file} {why}", file=Code(p), why=w) for p, w in sorted(left_out.items())]
    headings = ["machine", "software", "dtype, threads", "commits (ports)", "dates"]
    more: list[Block] = [Table(headings, rows, "lllll")] if rows else []
    if left:
        more += [Heading("Left out"), Paragraph("Damaged, or not of this project:"), Bullets(left)]
    return Section("measured", "How it was measured, and proven", [
        Paragraph(say(
            "**Time**: ports are called in turn, A B C A B C, each in a process of its own, until "
            "their outputs are there. Times are medians over the rounds; ratios are taken round by "
            "round, since on a shared machine only ratios can be trusted. Each port is shown with "
            "its newest result, in float64 on all cores, at the size at which most ports of its "
            "kernel are recorded."
        )),
        Paragraph(say(
            "**Proof**: before a port is timed, its outputs on those very arguments are compared "
            "with the reference's: to the last bit where inputs allow it, otherwise within the "
            "tolerance of the spec. A port that differs has no time. Tests compare it with the "
            "reference on general inputs and in float32 as well, and {wrong} known-wrong ports "
            "must fail.{counted} [How equality is decided](common/portstudy/proof/tiers.py); "
            "[how time is measured](common/portstudy/measure/rounds.py).",
            wrong=f"{wrong:,}", counted=counted,
        )),
        *more,
    ])  # fmt: skip
