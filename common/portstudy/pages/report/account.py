"""The account of LIF for the report: ladder, roofline, growth, from its committed sessions."""

from statistics import median, quantiles
from typing import NamedTuple

from portstudy.find import find_kernel, load
from portstudy.measure.session import Session
from portstudy.measure.sweep import Sweep
from portstudy.pages.lif_study import LADDER, SWEEPS
from portstudy.pages.report import charts
from portstudy.pages.report.data import Results
from portstudy.show.text import times

GROWTH = {
    "lif-neurons": "Time over the number of neurons: a network, 200 steps",
    "lif-rate": "Time over the mean firing rate: 1,000 neurons, 1,000 steps",
    "lif_ensemble-rate": "Time over the mean firing rate: 64 trials of one network, 200 steps",
}
"""Sweeps of the account, and what they vary."""


class Rung(NamedTuple):
    """A step of the ladder, as it was measured; of the first one there is no factor."""

    before: str
    after: str
    seconds: float
    factor: float
    low: float
    high: float
    owed: str

    @property
    def drawn(self) -> charts.Step:
        """As the chart has it."""
        factor = times(self.factor) if self.before else ""
        return charts.Step(self.after, self.seconds, factor, self.owed)


class Grown(NamedTuple):
    """A sweep: its chart, fitted exponents, and where ports change places."""

    title: str
    chart: str
    exponents: list[tuple[str, str]]
    crossings: list[tuple[str, str, str]]


class Account:
    """What the sessions and sweeps of LIF say; nothing of what is not there."""

    ladder_name = "lif-small-float64-1"

    def __init__(self, results: Results) -> None:
        self.sessions, self.sweeps = results.sessions, results.sweeps
        self.machine, self.commits = results.machine, results.commits

    def stamp(self, name: str) -> str:
        """Where, with what and of which commit a session or sweep is."""
        versions = self.machine.get("versions", {})
        known = [
            f"{n} {versions[n]}" for n in ("numpy", "jax", "numba", "torch") if versions.get(n)
        ]
        parts = [
            f"{self.machine['processor']}, {self.machine.get('usable_processors')} cores"
            if "processor" in self.machine else "",
            ", ".join([f"Python {self.machine.get('python', '')}", *known]) if known else "",
            f"commit {commit}"
            if (commit := self.commits.get(name, self.machine.get("commit", ""))) else "",
        ]  # fmt: skip
        return "; ".join(part for part in parts if part)

    def _session(self) -> Session | None:
        session = self.sessions.get(self.ladder_name)
        return session if session and session.kernel == "lif" else None

    def ladder(self) -> list[Rung]:
        """From the reference to the fastest port: the rungs of which both ends were measured."""
        session = self._session()
        if session is None:
            return []
        there = {port for port, figures in session.ports.items() if figures.samples}
        rungs = [r for r in LADDER if {r.before, r.after} <= there]
        if not rungs:
            return []
        first = rungs[0].before
        steps = [Rung("", first, session.ports[first].steady_seconds, 1, 1, 1, "")]
        for before, after, owed in rungs:
            gains = session.ratios(before, after)
            low, _, high = quantiles(gains, n=4, method="inclusive") if gains[1:] else gains * 3
            steps.append(
                Rung(
                    before, after, session.ports[after].steady_seconds, median(gains),
                    low, high, owed,
                )
            )  # fmt: skip
        return steps

    def roofline(self, name: str) -> str:
        """Each port's operations a second over what the result needs at least; "" without rates."""
        session, rates = self._session(), self.machine.get("rates", {})
        if session is None or not session.limit or not rates:
            return ""
        spec = find_kernel(session.kernel)
        assert spec.work is not None
        arguments = spec.make_inputs(session.size, session.dtype)
        outputs = load(session.kernel, "numpy_event", dtype=session.dtype)(*arguments)
        work = spec.work(arguments, outputs)
        needed = sum(traffic.bytes for traffic in work.traffic)
        ports = sorted(
            (
                (port, work.operations / figures.steady_seconds)
                for port, figures in session.ports.items()
                if figures.samples
            ),
            key=lambda pair: -pair[1],
        )
        title = (
            f"Roofline of lif, {session.size}, {session.dtype}, one thread: operations a second of "
            f"{len(ports)} ports; the fastest is {ports[0][0]}"
        )
        return charts.roofline(
            name, title,
            [(level["in"], level["bytes_per_second"]) for level in rates["bandwidth"]],
            rates["operations_per_second"][session.dtype], work.operations / needed,
            work.operations / min(session.limit), ports,
        )  # fmt: skip

    def growth(self, name: str) -> Grown | None:
        """One of GROWTH."""
        if name not in self.sweeps:
            return None
        sweep = self._whole(name)
        unit = SWEEPS[name][-1]
        shown = sweep.ports()
        if not shown:
            return None
        # No minus before a zero.
        exponents = [(port, f"{round(sweep.exponent(port), 2) + 0.0:.2f}") for port in shown]
        label = f"{sweep.dimension}, {unit}" if unit else sweep.dimension
        lines = [charts.Line(*sweep.curve(port), charts.framework(port), port) for port in shown]
        x, y = sweep.limit()
        limit = charts.Line(x, y, "limit", "limit") if len(x) > 1 else None
        words = "; ".join(f"{port} as the power {power}" for port, power in exponents)
        chart = charts.growth(f"c-{name}", GROWTH[name], label, lines, limit, words)
        crossings = [
            (a, b, f"{float(f'{value:.3g}'):,g} {unit or sweep.dimension}")
            for a, b, value in sweep.crossings()
        ]
        return Grown(GROWTH[name], chart, exponents, crossings)

    def _whole(self, name: str) -> Sweep:
        """A sweep with its largest value, which a sweep of its own holds, of fewer ports."""
        sweep, most = self.sweeps[name], self.sweeps.get(f"{name}-most")
        if most is None:
            return sweep
        values, sessions = [*sweep.values, *most.values], [*sweep.sessions, *most.sessions]
        return Sweep(sweep.kernel, sweep.dimension, values, sessions)
