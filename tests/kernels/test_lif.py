"""LIF against the world: closed forms, to the step and where possible to the bit, in every port."""

import functools
import itertools
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from portstudy import Port, find_kernel
from portstudy.implementations.lif.spec import DYADIC, GENERAL, Parameters
from portstudy.proof import prove_to_the_bit

from tests.kernels.networks import (
    Network,
    as_fractions,
    drive_reaching,
    simulate,
    voltage_after,
)

NEURONS, STEPS = 310, 700  # shared by several tests, because JAX compiles for each shape
LONGEST = 300  # steps to threshold


def test_a_longer_run_of_more_neurons_to_the_bit(network_port: Port):
    """The second shape, and the last, for which torch.compile's ports are compiled here."""
    kernel = network_port.kernel
    steps = 300 if network_port.backend.simulated else STEPS  # it takes a hundred times as long
    size: dict[str, Any] = dict(neurons=NEURONS, steps=steps)
    if kernel.name == "lif_ensemble":
        size |= dict(trials=2, raster=True)
    assert kernel.dyadic is not None
    spikes, *_ = prove_to_the_bit(
        network_port, kernel.dyadic(np.random.default_rng(0), **size)
    ).outputs
    assert not (spikes[..., 1:, :] & spikes[..., :-1, :]).any(), "a neuron fired twice in a row"


@pytest.mark.parametrize("scale", [1.0, 2.0**30])
def test_without_a_drive_nothing_fires_at_any_weights(small_network_port: Port, scale: float):
    """The original tutorial's workload: its weights are read in every step and never matter."""
    weights = scale * np.random.default_rng(0).normal(size=(NEURONS, NEURONS))
    rest = np.full(NEURONS, DYADIC.v_reset)
    spikes, voltage = simulate(
        small_network_port, Network(weights, np.zeros(NEURONS), rest, DYADIC, STEPS)
    )
    assert not spikes.any()
    assert (voltage == rest).all()


@pytest.mark.parametrize("make", ["inputs", "dyadic"])
def test_the_size_named_silent_is_that_workload(make: str):
    kernel = find_kernel("lif")
    size = dict(kernel.sizes["silent"], neurons=50)
    _, drive, state, parameters, _ = getattr(kernel, make)(np.random.default_rng(0), **size)
    assert not drive.any()
    assert (state.voltage == parameters.v_reset).all()


class Sweep(NamedTuple):
    """Uncoupled neurons that start at v_reset, and what they must do."""

    network: Network
    spikes: np.ndarray
    voltage: np.ndarray
    tolerance: float  # mV, to which rounding may add up


@functools.cache
def sweep(parameters: Parameters, dtype: str) -> Sweep:
    """The i-th of the first 300 neurons reaches threshold in i steps, the last ten never do.

    Threshold lies half-way between the last two potentials, as far as can be from where rounding
    would decide. A neuron is reset at the end of the step in which it fires, so its next spike is
    i + 1 steps later. The last ten get up to 100 % of the drive whose v_inf is v_threshold, which
    they approach but never reach (only 99 % where that drive is not representable).
    """
    exact = as_fractions(parameters, dtype)
    ulp = float(np.spacing(np.dtype(dtype).type(abs(parameters.v_reset))))
    tolerance = 4 * ulp * parameters.tau / parameters.dt  # the leak forgets errors within tau
    just = [drive_reaching(exact.v_threshold, n, exact) for n in range(1, LONGEST + 1)]
    drives = [2 * just[0], *((a + b) / 2 for a, b in itertools.pairwise(just))]
    rheobase = (exact.v_threshold - exact.v_reset) / exact.resistance
    share = Fraction(1 if parameters is DYADIC else 0.99) / (NEURONS - LONGEST)
    drives += [rheobase * share * i for i in range(1, NEURONS - LONGEST + 1)]
    drive = np.array([float(x) for x in drives], dtype)

    spikes = np.zeros((STEPS, NEURONS), dtype=bool)
    since_reset = np.full(NEURONS, STEPS)
    for i, n in enumerate(range(1, LONGEST + 1)):
        before, after = (voltage_after(k, Fraction(float(drive[i])), exact) for k in (n - 1, n))
        assert before + Fraction(tolerance) < exact.v_threshold < after - Fraction(tolerance)
        spikes[n :: n + 1, i] = True
        since_reset[i] = STEPS % (n + 1)
    voltage = np.array(
        [
            float(voltage_after(k, Fraction(x), exact))
            for k, x in zip(since_reset.tolist(), drive.tolist(), strict=True)
        ]
    )
    start = np.full(NEURONS, parameters.v_reset)
    network = Network(np.zeros((NEURONS, NEURONS)), drive, start, parameters, STEPS)
    return Sweep(network, spikes, voltage, tolerance)


@pytest.fixture(scope="module", params=[DYADIC, GENERAL], ids=["dyadic", "general"])
def swept(request: pytest.FixtureRequest, small_network_port: Port) -> tuple[Sweep, Any, Any]:
    expected = sweep(request.param, small_network_port.backend.dtype)
    return expected, *simulate(small_network_port, expected.network)


def test_interspike_intervals_are_those_of_the_closed_form(swept):
    expected, spikes, _ = swept
    assert np.argwhere(spikes != expected.spikes).tolist() == []


def test_below_rheobase_and_at_it_no_neuron_ever_fires(swept):
    _, spikes, _ = swept
    assert not spikes[:, LONGEST:].any()


def test_potentials_are_those_of_the_closed_form(swept):
    expected, _, voltage = swept
    assert np.abs(voltage - expected.voltage).max() <= expected.tolerance


def test_f_i_curve_is_that_of_the_differential_equation(swept):
    """T = tau ln((v_inf - v_reset) / (v_inf - v_threshold)), as dt goes to zero."""
    expected, spikes, _ = swept
    dt, tau, v_reset, v_threshold, resistance = expected.network.parameters
    v_inf = v_reset + resistance * expected.network.drive[:LONGEST].astype(float)
    period = tau * np.log((v_inf - v_reset) / (v_inf - v_threshold))
    first, second = np.sort(np.argsort(~spikes[:, :LONGEST], axis=0, kind="stable")[:2], axis=0)
    error = (second - first) * dt - period
    assert (np.abs(error) <= 2 * dt + dt / tau * period).all()  # of first order, as Euler's is


SMALL = 8
EIGHTH = DYADIC._replace(dt=2.0)  # of the way to v_inf in a step: dt / tau = 1/8


@pytest.mark.parametrize("sources", [[0], [5], [0, 3, 7], list(range(SMALL))])
def test_spikes_arrive_at_once_and_in_full(small_network_port: Port, sources: list[int]):
    """dt/tau R w for each source, in the very step; who fires does not integrate in that step."""
    dt, tau, v_reset, v_threshold, resistance = EIGHTH
    rng = np.random.default_rng(1)
    weights = rng.integers(-32, 33, (SMALL, SMALL)) / 4  # with connections to themselves
    drive = rng.integers(0, 8, SMALL) / 4
    fired = np.isin(np.arange(SMALL), sources)
    start = np.where(fired, v_threshold, v_reset)  # at threshold is enough
    spikes, voltage = simulate(small_network_port, Network(weights, drive, start, EIGHTH, 1))
    current = weights[sources].sum(axis=0) + drive
    assert (spikes == fired).all()
    assert (voltage == np.where(fired, v_reset, v_reset + dt / tau * resistance * current)).all()


def test_threshold_itself_fires_and_the_next_value_below_does_not(small_network_port: Port):
    threshold = np.dtype(small_network_port.backend.dtype).type(EIGHTH.v_threshold)
    start = np.full(SMALL, threshold)
    start[::2] = np.nextafter(threshold, -np.inf, dtype=start.dtype)
    none = np.zeros((SMALL, SMALL))
    spikes, _ = simulate(small_network_port, Network(none, none[0], start, EIGHTH, 1))
    assert spikes.tolist() == [[False, True] * (SMALL // 2)]


def test_a_spike_travels_along_a_chain_one_neuron_a_step(small_network_port: Port):
    """Each neuron lifts the next from v_reset exactly to threshold; the last excites the first."""
    dt, tau, v_reset, v_threshold, resistance = EIGHTH
    weight = (v_threshold - v_reset) / (dt / tau * resistance)
    chain = weight * np.roll(np.eye(SMALL), 1, axis=1)
    start = np.full(SMALL, v_reset)
    start[0] = v_threshold
    spikes, voltage = simulate(
        small_network_port, Network(chain, np.zeros(SMALL), start, EIGHTH, 2 * SMALL)
    )
    assert (spikes == np.tile(np.eye(SMALL, dtype=bool), (2, 1))).all()
    assert (voltage == start).all()
