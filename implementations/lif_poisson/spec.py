"""A network of leaky integrate-and-fire (LIF) neurons with random, but reproducible input.

The model, its step and the order within it are those of implementations/lif/spec.py, except that no
drive is given. Spikes from outside arrive at each neuron as a Poisson process, and how many is
drawn inside the step, from nothing but the key and the numbers of the step and the neuron:

    key of step t = fold_in(key, t)
    word[neuron] = random_bits(key of step t, neurons, 32 bits)[neuron]
    arrived = number of k with word >= table[k],    table[k] = 2 ** 32 P(X <= k),  X ~ Poisson(mean)
    3. I = fired @ weights + strength * arrived

which replaces step 3 there. Words, key and counters are those of implementations/threefry/spec.py,
which are what `jax.random.fold_in` and `jax.random.bits` give.

This avoids two traps. Libraries make different Poisson numbers from the same bits; inverting a
table (L. Devroye, Non-Uniform Random Variate Generation, 1986, section III.2) only compares
integers, so no number can be off. And a generator with a state depends on the order in which
numbers are drawn, neuron by neuron or step by step, in one thread or many; here the order does not
matter. So a random network is the same in every port, spike for spike, and it can be stopped and
continued: `state.step` is the number of the next step.

`table` (entries,) uint32 ends where 2 ** 32 P no longer fits, so that no count exceeds `entries`.
`strength` (neurons,) is what one spike from outside adds to a neuron's current for one step, in nA.

Left out: one Bernoulli draw per step (the same with a table of one entry); NumPy's and Numba's own
generators, which give different numbers; drawing all numbers in advance, by `vmap` over the steps,
which takes an array of steps x neurons and was no faster under jit.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from common.checks import Arrays, InvalidInput, fits, named, size
from common.equivalence import Exact, Ulps
from common.kernel import Kernel
from common.roofline import Traffic, Work, moved

from ..lif.spec import DYADIC, GENERAL, check_model, check_rate, make_weights
from ..lif.spec import explain as explain_network
from ..threefry.spec import MIXING, check_key


class State(NamedTuple):
    """What changes from step to step."""

    voltage: Any  # (neurons,) mV: membrane potential
    step: Any  # () int32: number of the next step


def poisson_table(mean: float) -> np.ndarray:
    """The table of a Poisson distribution, uint32: 2 ** 32 P(X <= k) for k = 0, 1, .."""
    table: list[int] = []
    probability, below = math.exp(-mean), 0.0
    while not table or table[-1] < 2**32 - 1:
        below += probability
        table.append(min(round(2**32 * below), 2**32 - 1))
        probability *= mean / len(table)
    return np.array(table, dtype=np.uint32)


def make_inputs(
    rng: np.random.Generator, dtype: np.dtype, *, neurons: int, steps: int, mean: float = 0.75
) -> tuple:
    """General inputs: a network that fires at cortical rates, in the middle of a run."""
    weights = make_weights(rng, neurons)
    # On average 0.8 to 1.16 times what it takes to reach threshold.
    strength = rng.uniform(1.2, 1.75, neurons) / mean
    voltage = rng.uniform(GENERAL.v_reset, GENERAL.v_threshold, neurons)
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    step = rng.integers(1000, dtype=np.int32)
    return weights, strength, poisson_table(mean), key, State(voltage, step), GENERAL, steps


def make_dyadic(
    rng: np.random.Generator, dtype: np.dtype, *, neurons: int, steps: int, mean: float = 0.75
) -> tuple:
    """Inputs on which every port must agree to the last bit, for the reasons given in `lif`.

    `strength` is a multiple of 1/64 nA as well. The first neuron and the last start exactly at
    threshold.
    """
    weights = np.round(make_weights(rng, neurons) * 64) / 64
    strength = np.round(rng.uniform(1.5, 2.17, neurons) / mean * 64) / 64
    voltage = np.round(rng.uniform(DYADIC.v_reset, DYADIC.v_threshold, neurons) * 1024) / 1024
    voltage[[0, -1]] = DYADIC.v_threshold
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    step = rng.integers(1000, dtype=np.int32)
    return weights, strength, poisson_table(mean), key, State(voltage, step), DYADIC, steps


def check_state(arrays: Arrays, state: Any) -> State:
    """Potentials, and the number of a step."""
    given = named("state", state, State)
    voltage = arrays.take("state.voltage", given[0], "neurons")
    step = arrays.take("state.step", given[1], dtype=np.int32)
    if step < 0:
        raise InvalidInput(f"state.step: {step}; allowed: from 0")
    return State(voltage, step)


def check(
    dtype: np.dtype,
    weights: Any,
    strength: Any,
    table: Any,
    key: Any,
    state: Any,
    parameters: Any,
    steps: Any,
) -> tuple:
    """weights (neurons, neurons) nA, strength (neurons,) nA, table (entries,), key (2,), .."""
    arrays = Arrays(dtype)
    weights = arrays.take("weights", weights, "neurons", "neurons")
    strength = arrays.take("strength", strength, "neurons")
    table = arrays.take("table", table, "entries", dtype=np.uint32)
    if len(table) > 255:  # so that a count fits into 8 bits
        raise InvalidInput(f"table: {len(table)} entries; allowed: up to 255")
    falling = np.flatnonzero(table[1:] < table[:-1])
    if falling.size:
        first = int(falling[0]) + 1
        raise InvalidInput(
            f"table: {table[first]} at [{first}] is below {table[first - 1]}; allowed: rising order"
        )
    key = check_key(arrays, key)
    state = check_state(arrays, state)
    parameters = check_model(arrays, parameters)
    steps = size("steps", steps)
    fits("steps: a raster of (steps, neurons)", (steps, len(strength)), 1)
    if int(state.step) + steps >= 2**31:
        raise InvalidInput(f"steps: {steps} from step {state.step}; allowed: to 2**31 - 1 in all")
    return weights, strength, table, key, state, parameters, steps


def alive(arguments: tuple, outputs: tuple) -> None:
    """A network that never fires or always does would prove nothing; nor would inert noise."""
    _, strength, table, _, state, parameters, steps = arguments
    spikes, _, step = outputs
    check_rate(int(spikes.sum()), len(strength), steps, float(parameters.dt), True)
    assert 0 < table[0] < 2**32 - 1, "it is certain how many spikes arrive"
    assert strength.all(), "spikes from outside have no effect on some neurons"
    assert step == state.step + steps, f"after {steps} steps from {state.step} the next is {step}"


def single_steps(reference: Callable, arguments: tuple) -> Iterator[tuple]:
    """The arguments of each single step along the reference's trajectory, for spike replay."""
    weights, strength, table, key, state, parameters, steps = arguments
    for _ in range(steps):
        single = (weights, strength, table, key, state, parameters, 1)
        yield single
        _, state = reference(*single)


def explain(
    reference: Callable, port: Callable, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Does rounding explain the first difference in a free run? As in `lif`, with equal noise."""
    weights, strength, table, key, state, parameters, steps = arguments
    if outputs[2] != expected[2]:
        return False, "the number of the next step is no matter of rounding"

    def network(run: Callable) -> Callable:
        return lambda *given: run(weights, strength, table, key, state, parameters, given[-1])

    shared = (weights, strength, state, parameters, steps)
    return explain_network(network(reference), network(port), shared, expected[:2], outputs[:2])


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire; in every step draw for each neuron, read and write V."""
    weights, strength, table, _, _, _, steps = arguments
    spikes, _, _ = outputs
    fired = int(spikes.sum())
    rows = int(spikes.any(axis=0).sum()) * weights[0].nbytes  # read at least once
    # The peak is that of floats of this dtype; there may be twice as many words of 32 bits.
    drawn = (MIXING + 2 * len(table)) * 4 / strength.itemsize
    return Work(
        traffic=(
            Traffic(fired * weights[0].nbytes, rows),
            Traffic(steps * 3 * strength.nbytes, 2 * strength.nbytes),
            moved(spikes),
        ),
        operations=(fired + (7 + drawn) * steps) * len(strength),
    )


lif_poisson = Kernel(
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        "voltage": Ulps(4, "neuron", unit="mV"),
        "step": Exact(),
    },
    sizes={
        "small": dict(neurons=1000, steps=1000),
        "large": dict(neurons=4000, steps=1000),
        "check": dict(neurons=67, steps=100),
    },
    reference="numpy_dense",
    check=check,
    alive=alive,
    single_steps=single_steps,
    explain=explain,
    work=work,
)
