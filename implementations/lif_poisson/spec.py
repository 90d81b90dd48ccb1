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
from typing import Any, NamedTuple

import numpy as np
from portstudy import (
    Array,
    Exact,
    InvalidInput,
    Kernel,
    Size,
    Traffic,
    Ulps,
    Work,
    fits,
    moved,
)
from portstudy.implementations._spiking import explain as explain_spikes
from portstudy.implementations.lif.spec import (
    DYADIC,
    GENERAL,
    LIF,
    check_rate,
    check_threshold,
    make_weights,
)
from portstudy.implementations.threefry.spec import KEY, MIXING


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


def make_inputs(rng: np.random.Generator, *, neurons: int, steps: int, mean: float = 0.75) -> tuple:
    """General inputs: a network at the rates of cortex, in the midst of its course."""
    weights = make_weights(rng, neurons)
    # On average 0.8 to 1.16 times what it takes to reach threshold.
    strength = rng.uniform(1.2, 1.75, neurons) / mean
    voltage = rng.uniform(GENERAL.v_reset, GENERAL.v_threshold, neurons)
    key = rng.integers(2**32, size=2, dtype=np.uint32)
    step = rng.integers(1000, dtype=np.int32)
    return weights, strength, poisson_table(mean), key, State(voltage, step), GENERAL, steps


def make_dyadic(rng: np.random.Generator, *, neurons: int, steps: int, mean: float = 0.75) -> tuple:
    """Inputs on which every port must agree to the last bit, for the reasons given for `lif`.

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


def check(*arguments: Any) -> None:
    """A threshold that can be, a rising table, and a raster and steps that can be counted."""
    _, strength, table, _, state, parameters, steps = arguments
    check_threshold(parameters)
    if len(table) > 255:  # so that a count fits into 8 bits
        raise InvalidInput(f"table: {len(table)} entries; allowed: up to 255")
    falling = np.flatnonzero(table[1:] < table[:-1])
    if falling.size:
        first = int(falling[0]) + 1
        raise InvalidInput(
            f"table: {table[first]} at [{first}] is below {table[first - 1]}; allowed: rising order"
        )
    fits("steps: a raster of (steps, neurons)", (steps, len(strength)), 1)
    if int(state.step) + steps >= 2**31:
        raise InvalidInput(f"steps: {steps} from step {state.step}; allowed: to 2**31 - 1 in all")


def alive(arguments: tuple, outputs: tuple) -> None:
    """A network that never fires or always does would prove nothing; nor would inert noise."""
    _, strength, table, _, state, parameters, steps = arguments
    spikes, (_, step) = outputs
    check_rate(int(spikes.sum()), len(strength), steps, float(parameters.dt), True)
    assert 0 < table[0] < 2**32 - 1, "it is certain how many spikes arrive"
    assert strength.all(), "spikes from outside have no effect on some neurons"
    assert step == state.step + steps, f"after {steps} steps from {state.step} the next is {step}"


def explain(
    reference: Any, port: Any, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Is what differs a matter of rounding? As for `lif`: the noise is the same."""
    if outputs[1].step != expected[1].step:
        return False, "the number of the next step is no matter of rounding"
    return explain_spikes(reference, port, arguments, expected, outputs)


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire; in every step draw for each neuron, read and write V."""
    weights, strength, table, _, _, _, steps = arguments
    spikes, _ = outputs
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
    arguments={
        "weights": Array("neurons", "neurons"),  # nA
        "strength": Array("neurons"),  # nA
        "table": Array("entries", dtype=np.uint32),
        "key": KEY,
        "state": State(voltage=Array("neurons"), step=Array(dtype=np.int32, at_least=0)),
        "parameters": LIF,
        "steps": Size(),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        "state": State(voltage=Ulps(4, "neuron", unit="mV"), step=Exact()),
    },
    sizes={
        "small": dict(neurons=1000, steps=1000),
        "large": dict(neurons=4000, steps=1000),
        "check": dict(neurons=67, steps=100),
    },
    reference="numpy_dense",
    check=check,
    alive=alive,
    steps="steps",
    explain=explain,
    work=work,
)
