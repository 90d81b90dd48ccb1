"""Networks that hypothesis draws, in which nothing rounds: every port must find the exact result.

All that is drawn is a small multiple of a power of two, and so few steps are taken that no digit
is lost, not even in float32. So the expected result is that of the model in rational numbers, and
the reference is tested like any other port.
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portstudy import Port, find_kernel
from portstudy.backends import library_of
from portstudy.implementations.lif.spec import Parameters, State
from portstudy.proof import compare

from tests.kernels.networks import Network, exactly, simulate

# (neurons, steps). JAX and Brian2 compile for each shape (Brian2 for seconds, and remembers only
# the last). NEST cannot do without dt < tau.
FEW_SHAPES = [(1, 3), (5, 0), (5, 6)]
ONE_MODEL = Parameters(dt=0.5, tau=1.0, v_reset=-4.0, v_threshold=-1.0, resistance=2.0)


@st.composite
def models(draw) -> Parameters:
    dt = draw(st.integers(-8, 8))
    tau = dt + draw(st.integers(0, 2))  # dt / tau is 1, 1/2 or 1/4
    v_reset = draw(st.integers(-16, 16))
    v_threshold = v_reset + draw(st.integers(1, 16))
    resistance = draw(st.integers(-1, 2))
    return Parameters(2.0**dt, 2.0**tau, float(v_reset), float(v_threshold), 2.0**resistance)


@st.composite
def networks(draw, port: Port, shapes: list[tuple[int, int]] = FEW_SHAPES) -> Network:
    library = library_of(port.name)
    any_shape = st.tuples(st.integers(1, 8), st.integers(0, 6))
    if library in ("jax", "brian2"):
        any_shape = st.sampled_from(shapes[-1:] if library == "brian2" else shapes)
    neurons, steps = draw(any_shape)
    parameters = ONE_MODEL if library == "nest" else draw(models())

    def quarters(low: float, high: float, *shape: int) -> np.ndarray:
        """Multiples of 1/4 from a small range, in which thresholds are often hit exactly."""
        size = int(np.prod(shape))
        values = st.lists(st.integers(int(4 * low), int(4 * high)), min_size=size, max_size=size)
        return np.reshape(draw(values), shape) / 4

    return Network(
        weights=quarters(-8, 8, neurons, neurons),
        drive=quarters(-4, 8, neurons),
        voltage=quarters(parameters.v_reset - 2, parameters.v_threshold + 2, neurons),
        parameters=parameters,
        steps=steps,
    )


def for_every(*strategies: st.SearchStrategy) -> Callable:
    """Decorator: `given`, called on the spot, as what is drawn depends on the port."""
    return lambda function: given(*strategies)(function)()


def agree(port: Port, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Raster and voltage of the port, once they are seen to be those of the model to the bit."""
    spikes, voltage = exactly(network)
    expected = spikes, State(voltage.astype(port.backend.dtype))
    actual = simulate(port, network)
    compare(find_kernel("lif"), expected, actual, bits=True)
    return actual


def as_drawn(network: Network) -> Network:
    return network


def silent(network: Network) -> Network:
    rest = np.full_like(network.voltage, network.parameters.v_reset)
    return network._replace(drive=0 * network.drive, voltage=rest)


def all_fire_at_once(network: Network) -> Network:
    return network._replace(voltage=network.parameters.v_threshold + np.abs(network.drive))


def unconnected(network: Network) -> Network:
    return network._replace(weights=0 * network.weights)


def at_threshold_or_below(network: Network) -> Network:
    steps_below = np.maximum(0, np.sign(network.drive))
    return network._replace(voltage=network.parameters.v_threshold - steps_below / 4)


KINDS: dict[Callable, Callable] = {
    as_drawn: lambda spikes: True,
    silent: lambda spikes: not spikes.any(),
    all_fire_at_once: lambda spikes: spikes[:1].all() and not spikes[1:2].any(),
    unconnected: lambda spikes: True,
    at_threshold_or_below: lambda spikes: True,
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_result_is_exact(small_network_port: Port, kind: Callable):
    @for_every(networks(small_network_port))
    def _(network):
        spikes, _ = agree(small_network_port, kind(network))
        assert KINDS[kind](spikes)


@pytest.mark.parametrize("far", [1, -1], ids=["huge", "tiny"])
def test_units_do_not_matter(small_network_port: Port, far: int):
    """All of mV and nA times 2**110 or 2**-100 in float32: next to what it can represent."""
    exponent = {1: {"float32": 110, "float64": 1000}, -1: {"float32": -100, "float64": -950}}
    scale = 2.0 ** exponent[far][small_network_port.backend.dtype]

    @for_every(networks(small_network_port, FEW_SHAPES[-1:]))
    def _(network):
        weights, drive, voltage, (dt, tau, v_reset, v_threshold, resistance), steps = network
        parameters = Parameters(dt, tau, scale * v_reset, scale * v_threshold, resistance)
        agree(
            small_network_port,
            Network(scale * weights, scale * drive, scale * voltage, parameters, steps),
        )


def test_permuting_the_neurons_permutes_the_raster(small_network_port: Port):
    @for_every(networks(small_network_port), st.randoms())
    def _(network, random):
        order = list(range(len(network.drive)))
        random.shuffle(order)
        spikes, voltage = simulate(small_network_port, network)
        permuted = network._replace(
            weights=network.weights[np.ix_(order, order)],
            drive=network.drive[order],
            voltage=network.voltage[order],
        )
        permuted_spikes, permuted_voltage = simulate(small_network_port, permuted)
        assert (permuted_spikes == spikes[:, order]).all()
        assert (permuted_voltage == voltage[order]).all()
