"""Sparse LIF: another way to compute it, closed forms, when a spike arrives, what is refused."""

import math

import numpy as np
import pytest
from portstudy import Port, find_kernel, load
from portstudy.implementations.lif.spec import DYADIC
from portstudy.implementations.lif.spec import State as LifState
from portstudy.implementations.lif_sparse.spec import State, Synapses

from tests.conftest import assert_refused, cases, inputs, of_any_shape, ports

port = ports(cases("lif_sparse"))
small_port = ports(of_any_shape(cases("lif_sparse")))
double_port = ports(of_any_shape(cases("lif_sparse", dtypes=("float64",))))


def simulate(synapses, drive, state, parameters, refractory_steps, steps):
    """The network once more: dense, in plain Python, with spike times instead of counters.

    Neither a ring nor a counter: what arrives is looked up in the raster, and how long a neuron
    is held follows from when it fired last.
    """
    dt, tau, v_reset, v_threshold, resistance = (float(x) for x in parameters)
    neurons, delay = len(drive), len(state.arriving)
    dense = [[0.0] * neurons for _ in range(neurons)]
    for pre in range(neurons):
        for k in range(synapses.indptr[pre], synapses.indptr[pre + 1]):
            dense[pre][synapses.indices[k]] += float(synapses.weights[k])

    def sent(raster, step, post):
        """Current that arrives in a step."""
        if step < delay:
            return float(state.arriving[step, post])
        return sum(dense[pre][post] for pre in range(neurons) if raster[step - delay][pre])

    voltage = [float(v) for v in state.voltage]
    held_until = [int(left) for left in state.refractory]
    raster: list[list[bool]] = []
    for step in range(steps):
        raster.append([v >= v_threshold for v in voltage])
        for i in range(neurons):
            if raster[step][i]:
                held_until[i] = step + refractory_steps
            current = sent(raster, step, i) + float(drive[i])
            voltage[i] += (dt / tau) * (-voltage[i] + v_reset + resistance * current)
            if step < held_until[i]:
                voltage[i] = v_reset
    arriving = [[sent(raster, steps + d, i) for i in range(neurons)] for d in range(delay)]
    refractory = [max(0, until - steps) for until in held_until]
    return np.array(raster), voltage, refractory, np.array(arriving)


def test_reference_is_what_plain_python_makes_of_a_dense_matrix():
    arguments = inputs("lif_sparse", "float64")
    spikes, state = load("lif_sparse", "numpy_event")(*arguments)
    expected = simulate(*arguments)
    assert (spikes == expected[0]).all()
    for values, others in zip(state, expected[1:], strict=True):
        assert (values == others).all()


def chain(delay: int, *, weight: float = 0.0, neurons: int = 3):
    """Neuron 0 sends to 1, 1 to 2 and so on; all rest, and nothing is under way."""
    indptr = [*range(neurons), neurons - 1]
    synapses = Synapses(indptr, list(range(1, neurons)), [weight] * (neurons - 1))
    state = State(
        np.full(neurons, DYADIC.v_reset), np.zeros(neurons, int), np.zeros((delay, neurons))
    )
    return synapses, state


@pytest.mark.parametrize("refractory_steps", [1, 17])
def test_interval_between_spikes_is_the_closed_form_and_the_refractory_period(
    double_port: Port, refractory_steps: int
):
    """From rest V - v_reset = R I (1 - (1 - dt/tau)**n) after n Euler steps."""
    synapses, state = chain(4)
    drive = np.array([3.0, 4.0, 10.0])
    spikes, _ = double_port(synapses, drive, state, DYADIC, refractory_steps, 450)
    for neuron, current in enumerate(drive):
        share = (DYADIC.v_threshold - DYADIC.v_reset) / (DYADIC.resistance * current)
        rise = math.ceil(math.log(1 - share) / math.log(1 - DYADIC.dt / DYADIC.tau))
        times = np.flatnonzero(spikes[:, neuron])
        assert times[0] == rise
        assert len(times) > 2
        assert set(np.diff(times)) == {rise + refractory_steps}


@pytest.mark.parametrize("delay", [1, 2, 7])
def test_spike_arrives_after_the_delay(small_port: Port, delay: int):
    """A spike strong enough to fire its target at once: it does so in the step after it arrives."""
    synapses, state = chain(delay, weight=300.0, neurons=4)
    state.voltage[0] = DYADIC.v_threshold
    for steps in (delay + 1, 3 * delay + 5):  # few, as each is compiled
        spikes, end = small_port(synapses, np.zeros(4), state, DYADIC, 1, steps)
        assert np.argwhere(spikes).tolist() == [
            [neuron * (delay + 1), neuron] for neuron in range(4) if neuron * (delay + 1) < steps
        ]
        # What was sent in step t is in row t + delay - steps, until it has arrived.
        under_way = [
            [sent + delay - steps, neuron + 1]
            for neuron in range(3)
            if (sent := neuron * (delay + 1)) < steps <= sent + delay
        ]
        assert np.argwhere(end.arriving).tolist() == under_way


def test_what_arrives_while_a_neuron_is_refractory_is_lost(small_port: Port):
    synapses, state = chain(1, weight=300.0, neurons=2)
    state.voltage[0] = DYADIC.v_threshold
    state.refractory[1] = 2  # held in steps 0 and 1, the current arrives in step 1
    spikes, end = small_port(synapses, np.zeros(2), state, DYADIC, 1, 20)
    assert np.argwhere(spikes).tolist() == [[0, 0]]
    assert (end.voltage == DYADIC.v_reset).all()
    state.refractory[1] = 1
    spikes, _ = small_port(synapses, np.zeros(2), state, DYADIC, 1, 20)
    assert np.argwhere(spikes).tolist() == [[0, 0], [2, 1]]


def test_two_calls_are_one(port: Port):
    """The state carries everything over, wherever in the ring a call ends."""
    *shared, state, parameters, refractory_steps, steps = inputs("lif_sparse", port.backend.dtype)
    half = steps // 2
    assert half % len(state.arriving) != 0
    spikes, end = port(*shared, state, parameters, refractory_steps, 2 * half)
    first, middle = port(*shared, state, parameters, refractory_steps, half)
    second, same = port(*shared, middle, parameters, refractory_steps, half)
    assert (np.concatenate([first, second]) == spikes).all()
    for values, others in zip(end, same, strict=True):
        assert np.array_equal(values, others)


def test_no_step_changes_nothing(port: Port):
    *shared, state, parameters, refractory_steps, _ = inputs("lif_sparse", port.backend.dtype)
    spikes, end = port(*shared, state, parameters, refractory_steps, 0)
    assert spikes.shape == (0, len(state.voltage))
    for values, others in zip(end, state, strict=True):
        assert np.array_equal(values, others)


def test_without_weights_and_with_a_pause_of_one_step_it_is_lif():
    synapses, drive, state, parameters, _, steps = inputs("lif_sparse", "float64")
    unconnected = synapses._replace(weights=np.zeros_like(synapses.weights))
    state = state._replace(
        refractory=np.zeros_like(state.refractory), arriving=np.zeros_like(state.arriving)
    )
    spikes, end = load("lif_sparse", "numpy_event")(unconnected, drive, state, parameters, 1, steps)
    same, lif_end = load("lif", "numpy_dense")(
        np.zeros((len(drive), len(drive))), drive, LifState(state.voltage), parameters, steps
    )
    assert spikes.any()
    assert (spikes == same).all()
    assert (end.voltage == lif_end.voltage).all()


def test_inputs_have_what_a_port_could_get_wrong():
    """Rows of different lengths, an empty one, targets that occur twice in a row."""
    synapses, _, state, *_ = inputs("lif_sparse", "float64")
    lengths = np.diff(synapses.indptr)
    assert lengths.min() == 0
    assert len(np.unique(lengths)) > 5
    assert lengths[0] > 0
    assert lengths[-1] > 0
    rows = np.split(synapses.indices, synapses.indptr[1:-1])
    assert any(len(np.unique(row)) < len(row) for row in rows)
    assert (np.sign(synapses.weights) == 1).any()
    assert (np.sign(synapses.weights) == -1).any()
    assert state.refractory.any()


def test_large_is_a_hundred_million_synapses():
    size = find_kernel("lif_sparse").sizes["large"]
    assert size["neurons"] * size["synapses"] == 100_000_000


def but(**fields):
    return lambda given: given._replace(
        **{name: f(getattr(given, name)) for name, f in fields.items()}
    )


def put(array: np.ndarray, index: int, value: float) -> np.ndarray:
    array = array.copy()
    array[index] = value
    return array


BAD = [
    ("synapses", lambda s: s[:2], r"^synapses: tuple; allowed: Synapses\(indptr, indices, weights"),
    ("synapses", lambda s: s.weights, r"^synapses: ndarray; allowed: Synapses\("),
    (
        "synapses",
        but(indptr=lambda p: p[:-1]),
        r"^synapses\.indptr: length 128; allowed: one more than the 128 neurons$",
    ),
    (
        "synapses",
        but(indptr=lambda p: p + 1),
        r"^synapses\.indptr: from 1 to \d+; allowed: from 0 to",
    ),
    (
        "synapses",
        but(indptr=lambda p: np.insert(p, 0, 0)),
        r"^synapses\.indptr: length 130; allowed: "
        "one more than the 128 neurons$",
    ),
    (
        "synapses",
        but(indptr=lambda p: put(p, 7, p[6] - 1)),
        r"^synapses\.indptr: \d+ at \[7\] is "
        r"below \d+; allowed: none below the one before it$",
    ),
    (
        "synapses",
        but(indptr=lambda p: p * 0.5),
        r"^synapses\.indptr: dtype float64; allowed: integ",
    ),
    (
        "synapses",
        but(indptr=lambda p: p.astype(np.int64) + 2**40),
        r"^synapses\.indptr: \d+ at \[0\] is not repres",
    ),
    (
        "synapses",
        but(indices=lambda i: put(i, 3, 128)),
        r"^synapses\.indices: 128 at \[3\]; allowed: "
        "from 0 to 127$",
    ),
    (
        "synapses",
        but(indices=lambda i: put(i, 5, -1)),
        r"^synapses\.indices: -1 at \[5\]; allowed: ",
    ),
    (
        "synapses",
        but(indices=lambda i: i[None]),
        r"^synapses\.indices: shape \(1, .*\); allowed: \(syn",
    ),
    (
        "synapses",
        but(weights=lambda w: w[:-1]),
        r"^synapses\.weights: shape .* does not match \(syn",
    ),
    (
        "synapses",
        but(weights=lambda w: put(w, 2, np.nan)),
        r"^synapses\.weights: nan at \[2\] is not",
    ),
    (
        "drive",
        lambda d: d[:-1],
        r"^state\.voltage: shape \(128,\) does not match \(neurons=127\)$",
    ),
    ("state", lambda s: s[:2], r"^state: tuple; allowed: State\(voltage, refractory, arriving\)$"),
    ("state", lambda s: s.voltage, r"^state: ndarray; allowed: State\(voltage, refractory, arriv"),
    (
        "state",
        but(voltage=lambda v: v[1:]),
        r"^state\.voltage: shape \(127,\) does not match \(neur",
    ),
    (
        "state",
        but(refractory=lambda r: r[1:]),
        r"^state\.refractory: shape \(127,\) does not match",
    ),
    (
        "state",
        but(refractory=lambda r: r * 0.5),
        r"^state\.refractory: dtype float64; allowed: integ",
    ),
    (
        "state",
        but(refractory=lambda r: put(r, 4, -2)),
        r"^state\.refractory: -2 at \[4\]; allowed: from 0",
    ),
    (
        "state",
        but(arriving=lambda a: a[:0]),
        r"^state\.arriving: shape \(0, 128\) is empty; allowed",
    ),
    (
        "state",
        but(arriving=lambda a: a[0]),
        r"^state\.arriving: shape \(128,\); allowed: \(delay, neur",
    ),
    ("parameters", but(tau=lambda tau: -tau), r"^parameters\.tau: -16\.0 ms; allowed: above 0$"),
    (
        "refractory_steps",
        lambda n: 0,
        r"^refractory_steps: 0; allowed: integers from 1 to ",
    ),
    (
        "refractory_steps",
        lambda n: 2**31,
        r"^refractory_steps: 2147483648; allowed: integers from 1 ",
    ),
    ("refractory_steps", lambda n: -1, r"^refractory_steps: -1; allowed: integers from 1 to"),
    ("steps", lambda n: 2.0, r"^steps: 2\.0; allowed: integers from 0 to"),
    ("steps", lambda n: 10**15, r"needs [\d,]+\.\d GiB; [\d,]+\.\d GiB are free$"),
]


@pytest.mark.parametrize(("argument", "spoil", "message"), BAD)
def test_bad_input(argument: str, spoil, message: str):
    names = ["synapses", "drive", "state", "parameters", "refractory_steps", "steps"]
    arguments = list(inputs("lif_sparse", "float32"))
    arguments[names.index(argument)] = spoil(arguments[names.index(argument)])
    assert_refused("lif_sparse", "float32", arguments, message)
