"""A random network: what is drawn is Poisson, and depends on key, step and neuron alone."""

import math

import numpy as np
import pytest
from portstudy import Port, load
from portstudy.implementations.lif.spec import DYADIC
from portstudy.implementations.lif_poisson.spec import State, poisson_table

from tests.conftest import assert_refused, cases, inputs, ports, skipped_if_unavailable

port = ports(cases("lif_poisson"))


def test_two_halves_are_the_whole(port: Port):
    *shared, state, parameters, steps = inputs("lif_poisson", port.backend.dtype)
    spikes, end = port(*shared, state, parameters, steps)
    first, state = port(*shared, state, parameters, steps // 2)
    second, state = port(*shared, state, parameters, steps // 2)
    assert np.array_equal(np.concatenate([first, second]), spikes)
    assert np.array_equal(state.voltage, end.voltage)
    assert state.step == end.step


def test_another_key_or_step_is_another_network(port: Port):
    weights, strength, table, key, state, *rest = inputs("lif_poisson", port.backend.dtype)
    spikes, _ = port(weights, strength, table, key, state, *rest)
    for other, step in ((key + np.uint32(1), state.step), (key, state.step + 1)):
        others, _ = port(weights, strength, table, other, State(state.voltage, step), *rest)
        assert (others != spikes).any()


def draw(mean: float, steps: int, neurons: int) -> np.ndarray:
    """What arrives at each neuron, (steps, neurons), read off the potential after single steps.

    Uncoupled neurons that cannot fire, each step from v_reset: V - v_reset = dt / tau R arrived.
    """
    run = load("lif_poisson", "numpy_event")
    parameters = DYADIC._replace(v_threshold=1000.0)
    weights, start = np.zeros((neurons, neurons)), np.full(neurons, parameters.v_reset)
    counts = []
    for step in range(steps):
        _, state = run(
            weights, np.ones(neurons), poisson_table(mean), [0, 2026], State(start, step),
            parameters, 1,
        )  # fmt: skip
        counts.append(state.voltage - parameters.v_reset)
    return np.array(counts) * parameters.tau / parameters.dt / parameters.resistance


# Each bound is passed by true Poisson numbers in all but one of a million cases: a normal deviate
# beyond 4.9, a chi-square beyond its own quantile. The key is fixed.
ALARM = 1e-6
DEVIATE = 4.9


@pytest.mark.parametrize("mean", [0.1, 0.75, 4.0])
def test_what_arrives_is_poisson(mean: float):
    with skipped_if_unavailable("scipy"):
        load("squared_distance", "scipy_spatial")
    from scipy import stats

    counts = draw(mean, 100, 400)
    most = int(counts.max())
    observed = np.bincount(counts.astype(int).ravel(), minlength=most + 2).astype(float)
    expected = stats.poisson.pmf(np.arange(most + 1), mean) * counts.size
    expected = np.append(expected, stats.poisson.sf(most, mean) * counts.size)
    bins = int(np.flatnonzero(expected >= 5)[-1])  # the last one and all beyond it are one
    observed = np.append(observed[:bins], observed[bins:].sum())
    expected = np.append(expected[:bins], expected[bins:].sum())
    distance = ((observed - expected) ** 2 / expected).sum()
    assert distance < stats.chi2.isf(ALARM, bins)


def test_neurons_and_steps_are_independent():
    deviates = (draw(0.75, 100, 400) - 0.75) / math.sqrt(0.75)
    for products in (
        deviates[1:] * deviates[:-1],  # one step and the next
        deviates[:, 1:] * deviates[:, :-1],  # a neuron and its neighbour
        deviates[:50] * deviates[50:],
        deviates[1:, :-1] * deviates[:-1, 1:],  # a neighbour in the next step
    ):
        assert abs(products.sum()) < DEVIATE * math.sqrt(products.size)


def test_potential_has_the_mean_and_the_variance_of_filtered_noise():
    """N. Campbell, 1909, for steps: each spike from outside leaves a pulse that leaks away.

    With a = dt / tau: mean R s mean, variance (a R s)² mean / (1 - (1 - a)²).
    """
    neurons, mean, strength = 1000, 0.75, 1.5
    parameters = DYADIC._replace(v_threshold=1000.0)
    a = parameters.dt / parameters.tau
    _, state = load("lif_poisson", "numpy_event")(
        np.zeros((neurons, neurons)), np.full(neurons, strength), poisson_table(mean), [1, 2],
        State(np.full(neurons, parameters.v_reset), 0), parameters, 1500,
    )  # fmt: skip
    depolarised = state.voltage - parameters.v_reset
    expected = parameters.resistance * strength * mean
    variance = (a * parameters.resistance * strength) ** 2 * mean / (1 - (1 - a) ** 2)
    assert abs(depolarised.mean() - expected) < DEVIATE * math.sqrt(variance / neurons)
    spread = DEVIATE * math.sqrt(2 / neurons)  # nearly normal: some hundred spikes count
    assert depolarised.var() == pytest.approx(variance, rel=spread)


def test_table_of_a_poisson_distribution():
    table = poisson_table(0.75)
    below = [math.exp(-0.75), math.exp(-0.75) * 1.75, math.exp(-0.75) * (1.75 + 0.75**2 / 2)]
    assert table[:3] / 2**32 == pytest.approx(below, rel=1e-9)
    assert table.dtype == np.uint32
    assert len(table) < 20
    assert (np.diff(table.astype(np.int64)) >= 0).all()


BAD = [
    ("weights", lambda w: w[:, :-1], r"^weights: shape \(67, 66\) does not match \(neurons=67, "),
    ("strength", lambda s: s[:-1], r"^strength: shape \(66,\) does not match \(neurons=67\)$"),
    ("table", lambda t: t[::-1], r"^table: \d+ at \[1\] is below \d+; allowed: rising order$"),
    ("table", lambda t: np.arange(256), r"^table: 256 entries; allowed: up to 255$"),
    ("table", lambda t: t / 2**32, r"^table: dtype float64; allowed: integers$"),
    ("table", lambda t: [2**32], r"^table: 4294967296 at \[0\] is not representable in uint32$"),
    ("table", lambda t: [], r"^table: dtype float64; allowed: integers$"),
    ("key", lambda k: 5, r"^key: shape \(\); allowed: \(2\)$"),
    ("key", lambda k: [*k, 1], r"^key: shape \(3,\); allowed: \(2\)$"),
    ("state", lambda s: s.voltage, r"^state: ndarray; allowed: State\(voltage, step\)$"),
    ("state", lambda s: s._replace(voltage=s[0][1:]), r"^state\.voltage: shape \(66,\) does not"),
    ("state", lambda s: s._replace(step=-1), r"^state\.step: -1; allowed: from 0$"),
    ("state", lambda s: s._replace(step=0.5), r"^state\.step: dtype float64; allowed: integers$"),
    ("state", lambda s: s._replace(step=2**31), r"^state\.step: 2147483648 at \[\] is not repres"),
    ("state", lambda s: s._replace(step=2**31 - 1), r"^steps: 100 from step 2147483647; allowed: "),
    ("parameters", lambda p: p._replace(tau=0.0), r"^parameters\.tau: 0\.0 ms; allowed: above 0$"),
    ("steps", lambda n: -1, r"^steps: -1; allowed: integers from 0 to 2\*\*63 - 1$"),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "spoil", "message"), BAD)
def test_bad_input(argument: str, spoil, message: str):
    names = ["weights", "strength", "table", "key", "state", "parameters", "steps"]
    arguments = list(inputs("lif_poisson", "float32"))
    arguments[names.index(argument)] = spoil(arguments[names.index(argument)])
    assert_refused("lif_poisson", "float32", arguments, message)
