"""Scaling over devices: measured with forced host devices, and estimated for real interconnects.

python -m portstudy.pages.device_study measure    into benchmarks/lif_study: three minutes on a
                                                  quiet machine
python -m portstudy.pages.device_study draw       the pictures of notes/scaling.md; cog makes its
                                                  tables

What is measured are the ports `jax_sharded` over 1, 2 and 4 devices that one processor plays, in
turn, each proven to the bit on the arguments that are timed. These devices share the processor's
cores: that measures the cost of splitting the work, not the gain of more hardware. The gain is
estimated, from what a step of `lif` reads and sends and from the hardware's published numbers.
"""

import contextlib
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from portstudy.find import find_kernel
from portstudy.measure.process import Worker
from portstudy.measure.rounds import new_session, prove, sample, start
from portstudy.measure.session import Status
from portstudy.measure.sweep import Sweep
from portstudy.pages.lessons import NOTES, picture
from portstudy.pages.lif_study import FOLDER, note_commit, study
from portstudy.show.text import duration, markdown_table
from portstudy.show.theme import THEMES, Theme, canvas

PORT = "jax_sharded"

ROUNDS = 10

TIMEOUT = 120.0  # seconds that one answer of a worker may take


# The work of a step grows with the square of the neurons, and with the number of trials.
SWEEPS: dict[str, tuple[str, dict[int, str]]] = {  # kernel, and the size over so many devices
    "scaling-lif-strong": (
        "lif",
        dict.fromkeys((1, 2, 4), "small,neurons=2000,steps=200"),
    ),
    "scaling-lif-weak": (
        "lif",
        {n: f"small,neurons={round(1000 * math.sqrt(n))},steps=200" for n in (1, 2, 4)},
    ),
    "scaling-lif_ensemble-strong": (
        "lif_ensemble",
        dict.fromkeys((1, 2, 4), "small,trials=64,steps=200"),
    ),
    "scaling-lif_ensemble-weak": (
        "lif_ensemble",
        {n: f"small,trials={32 * n},steps=200" for n in (1, 2, 4)},
    ),
}


# Measured


def measure_devices(
    kernel: str, sizes: dict[int, str], say: Callable[[str], None] = lambda what: None
) -> Sweep:
    """One session for each number of devices, their rounds made in turn: A B C A B C ..."""
    sweep = Sweep(kernel, "devices", list(map(float, sizes)), [])
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        workers: dict[tuple[int, str], Worker] = {}
        for devices, size in sizes.items():
            reference = find_kernel(kernel).reference_at(size)
            session = new_session(kernel, size, {reference, PORT})
            sweep.sessions.append(session)
            folder = Path(scratch) / str(devices)
            folder.mkdir()
            for name, figures in session.ports.items():
                say(f"{kernel} {size}: proving {name}, {devices} devices")
                flags = {"XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
                variables = flags if name == PORT else {}
                worker = start(session, name, folder, timeout=TIMEOUT, variables=variables)
                stack.callback(worker.end)
                workers[devices, name] = worker
                prove(session, figures, worker, folder)
        for made in range(ROUNDS):
            say(f"{kernel}: round {made + 1} of {ROUNDS}")
            for devices, session in zip(sizes, sweep.sessions, strict=True):
                for name, figures in session.ports.items():
                    if figures.status == Status.MEASURED:
                        sample(figures, workers[devices, name])
    return sweep


def measure_all() -> None:
    """All of SWEEPS, into the folder of the LIF study."""
    for name, (kernel, sizes) in SWEEPS.items():
        found = measure_devices(kernel, sizes, lambda what: print(what, flush=True))
        for session in found.sessions:
            for figures in session.ports.values():
                if not figures.samples:
                    sys.exit(f"{name}: {figures.port} {figures.status}: {figures.reason}")
        found.save(FOLDER / f"{name}.json")
        note_commit(name)


def work_per_second(sweep: Sweep, i: int) -> list[float]:
    """Work per second of the i-th number of devices over that of the first, round by round.

    Weak scaling has as many times the work as devices; in each round the times are of one moment.
    """
    work = sweep.values[i] / sweep.values[0] if _grows(sweep) else 1.0
    first, this = (sweep.sessions[j].ports[PORT].samples for j in (0, i))
    return [work * a / b for a, b in zip(first, this, strict=True)]


def _grows(sweep: Sweep) -> bool:
    """Does the work grow with the devices (weak scaling), or is it the same (strong)?"""
    return sweep.sessions[0].size != sweep.sessions[-1].size


def table() -> str:
    """What was measured, as Markdown."""
    if not all((FOLDER / f"{name}.json").exists() for name in SWEEPS):
        return "*Not measured yet: `python -m portstudy.pages.device_study measure`.*"
    rows = []
    for name in SWEEPS:
        found = Sweep.load(FOLDER / f"{name}.json")
        what = "trials" if found.kernel == "lif_ensemble" else "neurons"
        for i, session in enumerate(found.sessions):
            gains = work_per_second(found, i)
            low, _, high = quantiles(gains, n=4, method="inclusive")
            rows.append([
                f"`{found.kernel}`", "weak" if _grows(found) else "strong", f"{found.values[i]:g}",
                f"{find_kernel(found.kernel).shape(session.size)[what]:,} {what}",
                duration(session.ports[PORT].steady_seconds), f"{median(gains):.2f}×",
                f"{low:.2f} to {high:.2f}" if i else "",
            ])  # fmt: skip
    headings = [
        "kernel", "scaling", "devices", "size", "one call", "work per second, over one device",
        "quartiles",
    ]  # fmt: skip
    shown = markdown_table(headings, rows, "llrlrrr")
    return f"{shown}\n\n*{study().stamp(*SWEEPS)}; all threads; float64.*"


# Estimated: a step of `lif`, split as jax_sharded splits it, over devices that are not here

READS = 4.8e12
"""Bytes per second that one device reads from its memory: NVIDIA H200."""

HOLDS = 141e9
"""Bytes that fit into its memory."""

WEIGHT = 4
"""Bytes of a weight: float32."""

STEP = 2e-6
"""Seconds that a step takes at least, on any number of devices: a launch, or a barrier. Assumed."""

START = 6.6e-6
"""Seconds before a collective of NCCL is under way, by the model that it chooses algorithms by."""


class Link(NamedTuple):
    """What connects two devices."""

    bandwidth: float  # bytes per second, in one direction
    hop: float  # seconds from one device to the next, by the same model


NVLINK = Link(450e9, 0.6e-6)

PCIE = Link(64e9, 1.0e-6)

NDR = Link(50e9, 2.7e-6)


class System(NamedTuple):
    """Machines of some devices each; between machines, each device has an InfiniBand NDR port."""

    inside: Link
    devices: int  # in one machine


SYSTEMS = {
    "NVLink 4, 8 a machine": System(NVLINK, 8),
    "PCIe 5, 8 a machine": System(PCIE, 8),
    "1 a machine": System(NDR, 1),
}

DEVICES = tuple(2**n for n in range(11))  # 1 to 1,024

NEURONS = (1_000, 10_000, 100_000, 1_000_000)

DENSE = 1.0
"""Share of its weights that a step reads: all, as `jax_sharded` does."""

EVENTS = 1e-3
"""Or the rows of those that fired: at 10 Hz and steps of 0.1 ms, one neuron in a thousand."""


def read_seconds(neurons: int, devices: int, share: float = DENSE) -> float:
    """To read a device's part of the weights, in one step."""
    return share * WEIGHT * neurons * neurons / devices / READS


def gather_seconds(neurons: int, devices: int, system: System, each: float = 1.0) -> float:
    """Until every device knows who fired, of which a neuron tells `each` bytes.

    At best: what a device knows doubles with every message, and no two messages are in each other's
    way. A ring, which takes a message to each device in turn, needs more of them.
    """
    if devices == 1:
        return 0.0
    machines = math.ceil(devices / system.devices)
    inside = math.ceil(math.log2(min(devices, system.devices)))
    hops = inside * system.inside.hop + math.ceil(math.log2(machines)) * NDR.hop
    slowest = NDR if machines > 1 else system.inside
    return START + hops + each * neurons * (devices - 1) / devices / slowest.bandwidth


def step_seconds(
    neurons: int, devices: int, system: System, share: float = DENSE, each: float = 1.0
) -> float:
    """One step: read, and hear from all."""
    alone = STEP + read_seconds(neurons, devices, share)
    return alone + gather_seconds(neurons, devices, system, each)


def gain(neurons: int, devices: int, system: System, share: float = DENSE) -> float:
    """How many times as fast as one device, if one could hold the weights."""
    alone = step_seconds(neurons, 1, system, share)
    return alone / step_seconds(neurons, devices, system, share)


def fastest(neurons: int, system: System, share: float = DENSE) -> int:
    """The number of devices, of DEVICES, beyond which a step takes longer again."""
    return min(DEVICES, key=lambda devices: step_seconds(neurons, devices, system, share))


def worthwhile(neurons: int, system: System, share: float = DENSE) -> int:
    """The most devices that still gain half of what they cost: 8 devices, 4 times as fast."""
    return max(n for n in DEVICES if gain(neurons, n, system, share) >= n / 2)


def smallest(system: System, share: float = DENSE) -> int:
    """The neurons from which on two devices are faster than one, to within one in a hundred."""
    neurons = 100
    while gain(neurons, 2, system, share) <= 1:
        neurons = math.ceil(1.01 * neurons)
    return neurons


def holds(neurons: int) -> int:
    """How many devices it takes to hold the weights."""
    return math.ceil(WEIGHT * neurons * neurons / HOLDS)


def paper_table() -> str:
    """Where splitting pays, and where it stops, as Markdown."""
    headings = ["neurons", "weights", "need", "a step reads", "on one device"]
    for name in SYSTEMS:
        headings += [f"{name}: fastest on", "worth it up to"]
    rows = []
    for neurons in NEURONS:
        for share, what in ((DENSE, "all"), (EVENTS, "rows that fired")):
            row = [
                f"{neurons:,}", f"{WEIGHT * neurons**2 / 1e9:,g} GB", str(holds(neurons)), what,
                duration(STEP + read_seconds(neurons, 1, share)),
            ]  # fmt: skip
            for system in SYSTEMS.values():
                best = fastest(neurons, system, share)
                row.append(f"{best:,}: {gain(neurons, best, system, share):.3g}×")
                row.append(f"{worthwhile(neurons, system, share):,}")
            rows.append(row)
    return markdown_table(headings, rows, "rrrlr" + "rr" * len(SYSTEMS))


def draw(path: Path, theme: Theme) -> None:
    """Gain over the number of devices, for each size of network."""
    from matplotlib.lines import Line2D

    colours = dict(zip(NEURONS, (theme.palette[i] for i in (4, 2, 0, 3)), strict=True))
    lines = dict(zip(SYSTEMS, ("-", "--", ":"), strict=True))
    with canvas(path, theme, columns=2, figsize=(8.6, 4.8), sharey=True) as (figure, (both,)):
        titles = ("every weight in every step", "only the rows of neurons that fired")
        for axes, share, title in zip(both, (DENSE, EVENTS), titles, strict=True):
            ideal = {"color": theme.ink, "alpha": 0.5, "linewidth": 1}
            axes.plot(DEVICES, DEVICES, linestyle=(0, (1, 1)), **ideal)
            axes.axhline(1, color=theme.ink, alpha=0.3, linewidth=0.8)
            for neurons, colour in colours.items():
                for name, line in lines.items():
                    gains = [gain(neurons, n, SYSTEMS[name], share) for n in DEVICES]
                    axes.plot(DEVICES, gains, color=colour, linestyle=line, linewidth=1.5)
            axes.set_xscale("log", base=2)
            axes.set_yscale("log")
            axes.set_ylim(0.03, 2000)
            axes.set_xticks(DEVICES[::2], [f"{n:,}" for n in DEVICES[::2]])
            axes.minorticks_off()
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}×")
            axes.set_xlabel("devices (log scale)")
            axes.set_title(title, fontsize=10)
        both[0].set_ylabel("steps per second, over one device (log scale)")
        handles = [
            Line2D([], [], color=colour, label=f"{neurons:,} neurons")
            for neurons, colour in colours.items()
        ]
        handles += [
            Line2D([], [], color=theme.ink, linestyle=line, label=name)
            for name, line in lines.items()
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8.5)


def figure() -> str:
    """The picture, as the notes show it."""
    return picture("scaling", "Gain over the number of devices, for four sizes of network")


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure_all()
    elif sys.argv[1:] == ["draw"]:
        for theme in THEMES:
            draw(NOTES / f"scaling-{theme.name}.svg", theme)
    else:
        sys.exit(__doc__)
