"""Brunel's network: another way to compute it, closed forms, the paper's figures, what is refused.

The rate of a neuron in noise, and of a network of them, has a closed form: Siegert's formula, and
the rate at which the network's input makes its neurons fire at just that rate (Brunel 2000). It is
for white noise in continuous time. A threshold that is looked at only at the ends of steps acts as
one that is 0.5826 standard deviations of a step's noise higher, 0.5826 = -zeta(1/2) / sqrt(2 pi)
(Broadie, Glasserman and Kou, A continuity correction for discrete barrier options, Mathematical
Finance 7, 1997).
"""

import math
from typing import NamedTuple

import numpy as np
import pytest
from portstudy import Port, find_kernel, load
from portstudy.implementations.brunel.spec import (
    DT,
    TAU,
    THETA,
    V_R,
    Parameters,
    State,
    Synapses,
    make_external,
    make_state,
    make_synapses,
)

from tests.conftest import (
    assert_refused,
    cases,
    inputs,
    of_any_shape,
    ports,
    skipped_if_unavailable,
)

port = ports(cases("brunel"))
small_port = ports(of_any_shape(cases("brunel")))
double_port = ports(of_any_shape(cases("brunel", dtypes=("float64",))))

LEAK = -math.expm1(-DT / TAU)
PAUSE = 20  # steps: the paper's 2 ms


def simulate(synapses, excitatory, external, state, parameters, refractory_steps):
    """The network once more: dense, in plain Python, with spike times instead of counters.

    Neither a ring nor a counter: what arrives is looked up in the raster, and how long a neuron
    is held follows from when it fired last.
    """
    leak, jump, g, v_reset, v_threshold = (float(x) for x in parameters)
    steps, neurons = external.shape
    delay = len(state.arriving)
    dense = [[0.0] * neurons for _ in range(neurons)]
    for pre in range(neurons):
        for post in synapses.indices[synapses.indptr[pre] : synapses.indptr[pre + 1]]:
            dense[pre][post] += 1 if pre < excitatory else -g

    def sent(raster, step, post):
        """Jumps that arrive in a step."""
        if step < delay:
            return float(state.arriving[step, post])
        return sum(dense[pre][post] for pre in range(neurons) if raster[step - delay][pre])

    voltage = [float(v) for v in state.voltage]
    free_from = [int(left) for left in state.refractory]
    raster: list[list[bool]] = []
    for step in range(steps):
        raster.append([False] * neurons)
        for i in range(neurons):
            arrived = sent(raster, step, i) + int(external[step, i])
            voltage[i] += -leak * voltage[i]
            voltage[i] += jump * arrived
            if step < free_from[i]:
                voltage[i] = v_reset
            if voltage[i] >= v_threshold:
                raster[step][i] = True
                voltage[i] = v_reset
                free_from[i] = step + 1 + refractory_steps
    arriving = [[sent(raster, steps + d, i) for i in range(neurons)] for d in range(delay)]
    refractory = [max(0, step - steps) for step in free_from]
    return np.array(raster), voltage, refractory, np.array(arriving)


def test_reference_is_what_plain_python_makes_of_a_dense_matrix():
    arguments = inputs("brunel", "float64")
    spikes, state = load("brunel", "numpy_event")(*arguments)
    expected = simulate(*arguments)
    assert (spikes == expected[0]).all()
    for values, others in zip(state, expected[1:], strict=True):
        assert (values == others).all()


def chain(delay: int, neurons: int):
    """Neuron 0 sends to 1, 1 to 2 and so on; all are at 0 mV, and a spike fires who receives it."""
    synapses = Synapses([*range(neurons), neurons - 1], list(range(1, neurons)))
    state = State(np.zeros(neurons), np.zeros(neurons, int), np.zeros((delay, neurons)))
    return synapses, state, Parameters(1 / 256, 32.0, 5.0, V_R, THETA)


@pytest.mark.parametrize("delay", [1, 3])
def test_spike_arrives_exactly_after_the_delay(small_port: Port, delay: int):
    neurons, steps = 4, 2 * delay
    synapses, state, parameters = chain(delay, neurons)
    external = np.zeros((steps, neurons), np.uint8)
    external[0, 0] = 1
    spikes, end = small_port(synapses, neurons, external, state, parameters, PAUSE)
    assert np.argwhere(spikes).tolist() == [[0, 0], [delay, 1]]
    assert np.argwhere(end.arriving).tolist() == [[0, 2]]  # in the very next step


@pytest.mark.parametrize("pause", [0, 20])
def test_intervals_are_the_closed_form_and_the_refractory_period(double_port: Port, pause: int):
    """From V_R, n jumps a step bring V to its limit J n / leak as (1 - leak)**k."""
    jumps = np.array([2, 3, 255])  # the last fires in every step in which it may
    external = np.tile(jumps.astype(np.uint8), (320, 1))
    state = State(np.full(3, V_R), np.zeros(3, int), np.zeros((5, 3)))
    spikes, _ = double_port(
        Synapses([0, 0, 0, 1], [0]), 0, external, state,
        Parameters(LEAK, 0.1, 0.0, V_R, THETA), pause,
    )  # fmt: skip
    for neuron, n in enumerate(jumps):
        limit = 0.1 * n / LEAK
        rise = math.ceil(math.log((limit - THETA) / (limit - V_R)) / math.log(1 - LEAK))
        times = np.flatnonzero(spikes[:, neuron])
        assert times[0] == rise - 1
        assert len(times) > 2
        assert set(np.diff(times)) == {rise + pause}


def test_what_arrives_while_a_neuron_is_refractory_is_lost(small_port: Port):
    synapses, state, parameters = chain(1, 4)
    external = np.zeros((2, 4), np.uint8)
    external[0, 0] = 1  # fires neuron 0, whose spike reaches neuron 1 in step 1
    state.refractory[1] = 2  # held in steps 0 and 1
    spikes, _ = small_port(synapses, 4, external, state, parameters, PAUSE)
    assert np.argwhere(spikes).tolist() == [[0, 0]]
    state.refractory[1] = 1
    spikes, _ = small_port(synapses, 4, external, state, parameters, PAUSE)
    assert np.argwhere(spikes).tolist() == [[0, 0], [1, 1]]


def test_two_calls_are_one(port: Port):
    """The state carries everything over, wherever in the ring a call ends."""
    *network, external, state, parameters, pause = inputs("brunel", port.backend.dtype)
    half = len(external) // 2
    assert half % len(state.arriving) != 0
    first, second = external[:half], external[half : 2 * half]
    spikes, end = port(*network, external[: 2 * half], state, parameters, pause)
    early, middle = port(*network, first, state, parameters, pause)
    late, same = port(*network, second, middle, parameters, pause)
    assert (np.concatenate([early, late]) == spikes).all()
    for values, others in zip(end, same, strict=True):
        assert np.array_equal(values, others)


def test_every_neuron_receives_as_many_synapses():
    synapses = make_synapses(np.random.default_rng(0), 200, 40)
    senders = np.repeat(np.arange(200), np.diff(synapses.indptr))
    for kind, number in ((senders < 160, 40), (senders >= 160, 10)):
        assert (np.bincount(synapses.indices[kind], minlength=200) == number).all()
    lengths = np.diff(synapses.indptr)
    assert lengths.min() < 40 < lengths.max()  # but they do not send as many
    rows = np.split(synapses.indices, synapses.indptr[1:-1])
    assert all((np.diff(row) >= 0).all() for row in rows)
    assert any(len(np.unique(row)) < len(row) for row in rows)


def test_external_spikes_are_poisson():
    external = make_external(np.random.default_rng(0), 1000, 400, 2.0, 0.5)
    mean = 2.0 * THETA / 0.5 * DT / TAU
    assert external.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / external.size))
    assert external.var() == pytest.approx(mean, rel=0.02)
    assert (external == 0).mean() == pytest.approx(math.exp(-mean), rel=0.01)


def siegert(mu: float, sigma: float, *, grid: bool = False) -> float:
    """Mean rate, Hz, in white noise of mean mu and strength sigma, mV."""
    integrate = pytest.importorskip("scipy.integrate")
    special = pytest.importorskip("scipy.special")
    theta = THETA + (0.5826 * sigma * math.sqrt(DT / TAU) if grid else 0.0)
    # exp(u**2) (1 + erf(u)) is erfcx(-u)
    area, _ = integrate.quad(lambda u: special.erfcx(-u), (V_R - mu) / sigma, (theta - mu) / sigma)
    return 1e3 / (PAUSE * DT + TAU * math.sqrt(math.pi) * area)


def mean_field(g: float, eta: float, indegree: int, *, grid: bool = False) -> float:
    """The rate of a neuron in a network in which all fire at just that rate, Hz."""
    optimize = pytest.importorskip("scipy.optimize")
    jump = 100.0 / indegree
    scale = indegree * TAU * 1e-3  # spikes, of 1 Hz, in a membrane time constant
    outside = eta * THETA / (jump * scale)

    def excess(rate: float) -> float:
        mu = jump * scale * (outside + rate * (1 - g / 4))
        sigma = jump * math.sqrt(scale * (outside + rate * (1 + g * g / 4)))
        return siegert(mu, sigma, grid=grid) - rate

    return optimize.brentq(excess, 0.01, 450.0)


def test_theory_is_the_papers():
    """55.8, 38.0 and 6.5 Hz at the points B, C and D of figure 8."""
    rates = [mean_field(g, eta, 1000) for g, eta in ((6.0, 4.0), (5.0, 2.0), (4.5, 0.9))]
    assert rates == pytest.approx([55.8, 38.0, 6.5], abs=0.06)


@pytest.mark.parametrize("eta", [1.2, 2.0])
def test_rate_without_synapses_is_siegerts(eta: float):
    """Within 0.5 %, which tells the formula on the grid from that in continuous time."""
    neurons, steps, skip, jump = 1000, 3000, 1000, 0.1
    rng = np.random.default_rng(0)
    spikes, _ = load("brunel", "numpy_event")(
        Synapses([0] * neurons + [1], [0]), 0, make_external(rng, neurons, steps, eta, jump),
        make_state(rng, neurons, 4, 0.0, 1, PAUSE), Parameters(LEAK, jump, 0.0, V_R, THETA), PAUSE,
    )  # fmt: skip
    rate = spikes[skip:].mean() / (DT * 1e-3)
    sigma = math.sqrt(jump * eta * THETA)  # sigma**2 = J**2 C_E nu_ext tau
    assert rate == pytest.approx(siegert(eta * THETA, sigma, grid=True), rel=0.005)
    assert rate != pytest.approx(siegert(eta * THETA, sigma), rel=0.005)


class Activity(NamedTuple):
    """What a network of the paper's size does, after 100 ms of it."""

    rate: float  # Hz, mean over neurons and time
    error: float  # Hz, standard error of it, from segments of 20 ms
    irregularity: float  # coefficient of variation of the intervals between a neuron's spikes
    synchrony: float  # that of the number of spikes in 0.5 ms, all neurons together
    strongest: float  # Hz, at which this number oscillates most


@pytest.fixture(scope="module")
def paper():
    """The paper's network, 12,500 neurons with 1,250 synapses each, at any g and eta.

    What the tests below allow holds for eight seeds of the external input: 200 ms are short.
    """
    neurons, indegree = 12_500, 1000
    synapses = make_synapses(np.random.default_rng(0), neurons, indegree)

    def activity(g: float, eta: float, steps: int) -> Activity:
        rng = np.random.default_rng(1)  # its own, so that no test changes what another one sees
        jump, skip = 100.0 / indegree, 1000
        with skipped_if_unavailable("numba"):
            run = load("brunel", "numba_streams")
        spikes, _ = run(
            synapses, 10_000, make_external(rng, neurons, steps, eta, jump),
            make_state(rng, neurons, indegree, g, 15, PAUSE),
            Parameters(LEAK, jump, g, V_R, THETA), PAUSE,
        )  # fmt: skip
        spikes = spikes[skip:]
        together = spikes.sum(axis=1)
        segments = together.reshape(-1, 200).mean(axis=1) / neurons / (DT * 1e-3)
        neuron, time = np.nonzero(spikes.T)
        intervals, same = np.diff(time), np.diff(neuron) == 0
        number = np.bincount(neuron[1:][same], minlength=neurons)
        sums = np.bincount(neuron[1:][same], intervals[same], minlength=neurons)
        squares = np.bincount(neuron[1:][same], intervals[same] ** 2.0, minlength=neurons)
        some = number >= 2
        number, sums, squares = number[some], sums[some], squares[some]
        variance = (squares - sums**2 / number) / (number - 1)
        bins = together.reshape(-1, 5).sum(axis=1)
        power = np.abs(np.fft.rfft(together - together.mean())) ** 2
        return Activity(
            rate=float(segments.mean()),
            error=float(segments.std(ddof=1) / math.sqrt(len(segments))),
            irregularity=float(np.mean(np.sqrt(variance) / (sums / number))),
            synchrony=float(bins.std() / bins.mean()),
            strongest=float(np.fft.rfftfreq(len(together), DT * 1e-3)[power.argmax()]),
        )

    return activity


def test_figure_8_a_fast_synchronous_and_regular(paper):
    """Almost all neurons fire together, as fast as the refractory period lets them."""
    activity = paper(3.0, 2.0, 1400)
    assert activity.rate == pytest.approx(mean_field(3.0, 2.0, 1000), rel=0.05)
    assert activity.irregularity < 0.02
    assert activity.synchrony > 1.2


def test_figure_8_b_fast_oscillation_of_irregular_neurons(paper):
    """The paper's simulation: 60.7 Hz, and 180 Hz for all together."""
    activity = paper(6.0, 4.0, 2600)
    assert activity.rate == pytest.approx(60.7, rel=0.07)
    assert activity.strongest == pytest.approx(180, abs=20)
    assert activity.irregularity > 0.6
    assert activity.synchrony > 0.8


def test_figure_8_c_asynchronous_and_irregular(paper):
    """The paper's simulation: 37.7 Hz. The theory is exact for a network that is asynchronous."""
    activity = paper(5.0, 2.0, 3000)
    low, high = mean_field(5.0, 2.0, 1000, grid=True), mean_field(5.0, 2.0, 1000)
    assert activity.error < 0.05 * activity.rate
    assert low - 2 * activity.error < activity.rate < high + 2 * activity.error
    assert activity.rate == pytest.approx(37.7, rel=0.05)
    assert 0.35 < activity.irregularity < 0.6
    assert activity.synchrony < 0.7  # the least of the four


def test_figure_8_d_slow_oscillation_of_irregular_neurons(paper):
    """The paper's simulation: 5.5 Hz; its theory, 6.5 Hz."""
    activity = paper(4.5, 0.9, 3000)
    assert 4.5 < activity.rate < 7.5
    assert activity.strongest < 80
    assert activity.synchrony > 1.0


def but(**fields):
    return lambda given: given._replace(
        **{name: f(getattr(given, name)) for name, f in fields.items()}
    )


def put(array: np.ndarray, index: int, value: float) -> np.ndarray:
    array = array.copy()
    array[index] = value
    return array


def unsorted(synapses: Synapses) -> Synapses:
    indices = synapses.indices.copy()
    indices[[0, synapses.indptr[1] - 1]] = indices[[synapses.indptr[1] - 1, 0]]
    return synapses._replace(indices=indices)


BAD = [
    ("synapses", lambda s: (*s, s.indices), r"^synapses: tuple; allowed: Synapses\(indptr, indice"),
    ("synapses", lambda s: s.indices, r"^synapses: ndarray; allowed: Synapses\("),
    ("synapses", but(indptr=lambda p: p[:-2]), r"^synapses\.indptr: length 122; allowed: one more"),
    ("synapses", but(indptr=lambda p: p + 1), r"^synapses\.indptr: from 1 to \d+; allowed: from 0"),
    ("synapses", but(indptr=lambda p: put(p, 7, p[6] - 1)), r"^synapses\.indptr: \d+ at \[7\] is "),
    ("synapses", but(indices=lambda i: put(i, 3, 123)), r"123 at \[3\]; allowed: from 0 to 122$"),
    ("synapses", but(indices=lambda i: put(i, 5, -1)), r"^synapses\.indices: -1 at \[5\]; allowed"),
    ("synapses", but(indices=lambda i: i * 0.5), r"^synapses\.indices: dtype float64; allowed: in"),
    ("synapses", unsorted, r"^synapses\.indices: \d+ at \[\d+\] is below \d+; allowed: rising ord"),
    ("excitatory", lambda n: 124, r"^excitatory: 124; allowed: integers from 0 to 123$"),
    ("excitatory", lambda n: 0.8, r"^excitatory: 0\.8; allowed: integers from 0"),
    ("external", lambda e: e[0], r"^external: shape \(123,\); allowed: \(steps, neurons\)$"),
    ("external", lambda e: e[:0], r"^external: shape \(0, 123\) is empty; allowed: lengths from 1"),
    ("external", lambda e: e - 0.5, r"^external: dtype float64; allowed: integers$"),
    ("external", lambda e: e.astype(int) - 256, r"^external: -\d+ at \[0, 0\] is not representabl"),
    ("state", lambda s: s.voltage, r"^state: ndarray; allowed: State\(voltage, refractory, arriv"),
    ("state", but(voltage=lambda v: v[1:]), r"^state\.voltage: shape \(122,\) does not match \(ne"),
    ("state", but(refractory=lambda r: put(r, 4, -2)), r"^state\.refractory: -2 at \[4\]; allowed"),
    ("state", but(arriving=lambda a: a[:0]), r"^state\.arriving: shape \(0, 123\) is empty; allow"),
    ("state", but(arriving=lambda a: a * np.nan), r"^state\.arriving: nan at \[0, 0\] is not fini"),
    ("parameters", lambda p: p[:4], r"^parameters: tuple; allowed: Parameters\(leak, jump, g, v_r"),
    ("parameters", but(leak=lambda x: 1.0), r"^parameters\.leak: 1\.0; allowed: above 0 and below"),
    ("parameters", but(v_threshold=lambda x: 10), r"^parameters\.v_threshold: 10\.0 mV; allowed: "),
    ("refractory_steps", lambda n: 2**31, r"^refractory_steps: 2147483648; allowed: integers"),
    ("refractory_steps", lambda n: -1, r"^refractory_steps: -1; allowed: integers from 0 to"),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "spoil", "message"), BAD)
def test_bad_input(argument: str, spoil, message: str):
    names = ["synapses", "excitatory", "external", "state", "parameters", "refractory_steps"]
    arguments = list(inputs("brunel", "float32"))
    arguments[names.index(argument)] = spoil(arguments[names.index(argument)])
    assert_refused("brunel", "float32", arguments, message)


def test_inputs_have_what_a_port_could_get_wrong():
    """Two neurons that reach the threshold exactly, pauses, and a last window that is short."""
    _, _, external, state, parameters, _ = inputs("brunel", "float64")
    arrived = state.arriving[0] + external[0]
    assert (parameters.jump * arrived[[0, -1]] == parameters.v_threshold).all()
    assert (state.voltage[[0, -1]] == 0).all()
    assert len(external) % len(state.arriving) > 1
    assert state.refractory.any()
    assert find_kernel("brunel").shape("large")["neurons"] == 10_000
