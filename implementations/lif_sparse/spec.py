"""A sparse network of leaky integrate-and-fire (LIF) neurons with delays and a refractory period.

The neurons are those of implementations/lif/spec.py. Here each reaches few others, a spike takes
`delay` steps to get there, and after a spike a neuron is held at v_reset for `refractory_steps`
steps (Gerstner et al., Neuronal Dynamics, 2014, section 1.3; the network is that of Brunel, Journal
of Computational Neuroscience 8, 2000, without its external noise). One step, in this order:

    1. fired = V >= v_threshold              the row that the raster records for this step
    2. I = arriving[slot] + drive            slot = step % delay: what was sent `delay` steps ago
    3. arriving[slot] = fired @ W            to be read `delay` steps from now
    4. refractory = refractory_steps         where fired
    5. V = V + (dt / tau) (-V + v_reset + R I)
    6. V = v_reset                           where refractory > 0: these do not integrate
    7. refractory = refractory - 1           where it is above 0

So a spike in step t is a current in step t + delay, and its sender integrates again from step
t + refractory_steps on, as in Brian2 and NEST; what reaches it before then is lost. With
refractory_steps = 1 a neuron pauses only in the step in which it fires, as in `lif`.

W is never formed. It is kept in compressed sparse rows (CSR): the synapses of neuron `pre` are
those from indptr[pre] up to indptr[pre + 1], each with its target `indices[k]` and its weight
`weights[k]`. Rows differ in length and may be empty, and a target may occur more than once in a
row: its weights then add up. All synapses have the same delay, of at least one step, and `arriving`
is a ring of that many rows. A call starts at slot 0 and ends by rolling the ring, so that row 0 of
a State is always the one that arrives next.

There are two ways to compute `fired @ W`: to go through all synapses, or through the rows of those
that fired, about one neuron in a thousand. Left out are a dense W, which is `lif`; threads in
Numba, two of which would add to the same target; and torch's `scan`, which shows nothing that `lif`
does not.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import Array, Exact, InvalidInput, Kernel, Size, Traffic, Ulps, Work, fits, moved
from portstudy.implementations._spiking import explain
from portstudy.implementations.lif.spec import (
    DYADIC,
    GENERAL,
    LIF,
    Parameters,
    check_rate,
    check_threshold,
)


class Synapses(NamedTuple):
    """Who sends what to whom, in compressed sparse rows; a row is what one neuron sends."""

    indptr: Any  # (neurons + 1,) int32: where each row begins, and the end of the last
    indices: Any  # (synapses,) int32: the target of each synapse
    weights: Any  # (synapses,) nA: the current of one step that a spike causes in it


class State(NamedTuple):
    """What changes from step to step."""

    voltage: Any  # (neurons,) mV: membrane potential
    refractory: Any  # (neurons,) int32: steps still to be held at v_reset
    arriving: Any  # (delay, neurons) nA: under way, row d arrives d steps from now


def make_synapses(rng: np.random.Generator, neurons: int, synapses: int, grain: float) -> Synapses:
    """About this many synapses for each neuron, with weights that are multiples of `grain` nA.

    Targets are drawn with replacement. As in `lif`, one neuron in five inhibits, four times as
    strongly as the others excite, and the weights shrink with the square root of their number.
    """
    lengths = rng.binomial(neurons, synapses / neurons, neurons)
    lengths[neurons // 2] = 0  # one that reaches nobody
    strength = np.where(np.arange(neurons) % 5 == 3, -4.0, 1.0)
    mean = 1.6 * np.sqrt(1000 / synapses)  # nA
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = rng.integers(neurons, size=indptr[-1], dtype=np.int32)
    # There may be a hundred million: no more temporaries than necessary.
    weights = rng.integers(1, int(2 * mean / grain), size=indptr[-1], dtype=np.int32) * grain
    weights *= np.repeat(strength.astype(np.float32), lengths)
    return Synapses(indptr, indices, weights)


def make_state(
    rng: np.random.Generator, parameters: Parameters, neurons: int, delay: int, pause: int
) -> State:
    """A state from the middle of a run, with the first neuron and the last at threshold.

    One neuron in ten is refractory, and currents of both signs are under way.
    """
    voltage = rng.uniform(parameters.v_reset, parameters.v_threshold, neurons)
    refractory = rng.integers(pause, size=neurons) * (rng.random(neurons) < 0.1)
    voltage[refractory > 0] = parameters.v_reset
    voltage[[0, -1]] = parameters.v_threshold
    refractory[[0, -1]] = 0
    return State(voltage, refractory, rng.normal(0.0, 3.0, (delay, neurons)))


def make_inputs(
    rng: np.random.Generator,
    *,
    neurons: int,
    synapses: int,
    delay: int,
    refractory_steps: int,
    steps: int,
) -> tuple:
    """General inputs: a network that fires at cortical rates, where every operation rounds."""
    wired = make_synapses(rng, neurons, synapses, 0.0013)
    drive = rng.uniform(1.25, 1.85, neurons)  # nA: 0.83 to 1.23 times threshold
    state = make_state(rng, GENERAL, neurons, delay, refractory_steps)
    return wired, drive, state, GENERAL, refractory_steps, steps


def make_dyadic(
    rng: np.random.Generator,
    *,
    neurons: int,
    synapses: int,
    delay: int,
    refractory_steps: int,
    steps: int,
) -> tuple:
    """Inputs on which every port must agree to the last bit, for the reasons given in `lif`.

    Currents are multiples of 1/64 nA, so their sums are exact in any order.
    """
    wired = make_synapses(rng, neurons, synapses, 1 / 64)
    drive = np.round(rng.uniform(1.56, 2.3, neurons) * 64) / 64
    state = make_state(rng, DYADIC, neurons, delay, refractory_steps)
    state = state._replace(
        voltage=np.round(state.voltage * 1024) / 1024, arriving=np.round(state.arriving * 64) / 64
    )
    return wired, drive, state, DYADIC, refractory_steps, steps


def check_rows(indptr: np.ndarray, indices: np.ndarray, neurons: int) -> None:
    """Refuse rows that do not follow each other, one for each neuron."""
    if len(indptr) != neurons + 1:
        raise InvalidInput(
            f"synapses.indptr: length {len(indptr)}; allowed: one more than the {neurons} neurons"
        )
    if indptr[0] != 0 or indptr[-1] != len(indices):
        raise InvalidInput(
            f"synapses.indptr: from {indptr[0]} to {indptr[-1]}; "
            f"allowed: from 0 to the number of synapses, {len(indices)}"
        )
    if (falling := np.flatnonzero(np.diff(indptr) < 0)).size:
        first = falling[0]
        raise InvalidInput(
            f"synapses.indptr: {indptr[first + 1]} at [{first + 1}] is below {indptr[first]}; "
            "allowed: none below the one before it"
        )


def check(*arguments: Any) -> None:
    """Rows and a threshold that can be; synapses and a raster that fit into memory."""
    (indptr, indices, weights), drive, _, parameters, _, steps = arguments
    check_rows(indptr, indices, len(drive))
    check_threshold(parameters)
    # Beside what is here: the device's copy, and what a port derives from it.
    copies = (2, len(indices))
    fits("synapses: copies of (indices, weights)", copies, 4 + weights.itemsize)
    fits("steps: a raster of (steps, neurons)", (steps, len(drive)), 1)


def alive(arguments: tuple, outputs: tuple) -> None:
    """The rate is plausible, spikes have arrived, some are under way, and some neurons pause."""
    _, drive, state, parameters, _, steps = arguments
    spikes, (_, refractory, arriving) = outputs
    check_rate(int(spikes.sum()), len(drive), steps, float(parameters.dt), True)
    delay = len(state.arriving)
    assert spikes[: max(0, steps - delay)].any(), f"no spike has arrived after {delay} steps"
    assert refractory.any(), "no neuron is refractory in the end"
    assert arriving.any(), "no spike is under way in the end"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire and add to their targets; update the state in every step."""
    synapses, drive, _, _, _, steps = arguments
    spikes, (voltage, refractory, arriving) = outputs
    lengths = np.diff(synapses.indptr)
    sent = int(spikes.sum(axis=0) @ lengths)  # synapses, over all spikes
    read = int(lengths[spikes.any(axis=0)].sum())  # read at least once
    synapse = synapses.indices.itemsize + synapses.weights.itemsize
    return Work(
        traffic=(
            Traffic(sent * synapse, read * synapse),
            Traffic(sent * 2 * drive.itemsize, drive.nbytes),  # read and write what is under way
            Traffic(
                steps * (drive.nbytes + 2 * (voltage.nbytes + refractory.nbytes + drive.nbytes)),
                drive.nbytes + voltage.nbytes + refractory.nbytes + arriving.nbytes,
            ),
            moved(spikes),
        ),
        operations=sent + 6 * steps * len(drive),
    )


lif_sparse = Kernel(
    arguments={
        "synapses": Synapses(
            indptr=Array("neurons + 1", dtype=np.int32),
            indices=Array("synapses", dtype=np.int32, at_least=0, below="neurons"),
            weights=Array("synapses"),  # nA
        ),
        "drive": Array("neurons"),  # nA
        "state": State(
            voltage=Array("neurons"),  # mV
            refractory=Array("neurons", dtype=np.int32, at_least=0),
            arriving=Array("delay", "neurons"),  # nA
        ),
        "parameters": LIF,
        # From 1, the step of the spike itself.
        "refractory_steps": Size(at_least=1, at_most=2**31 - 1),
        "steps": Size(),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        "state": State(
            voltage=Ulps(4, "neuron", unit="mV"),
            refractory=Exact("neuron"),
            # A target adds few weights in a step, the largest of some 140 nA in size `check`.
            arriving=Ulps(4, "delay", "neuron", floor=64.0, unit="nA"),
        ),
    },
    sizes={
        # 1% and 10% of all pairs; delays of 1.5 ms and a refractory period of 2 ms, as in Brunel.
        "small": dict(neurons=10_000, synapses=100, delay=12, refractory_steps=16, steps=500),
        "tenth": dict(neurons=10_000, synapses=1000, delay=12, refractory_steps=16, steps=100),
        # A hundred million synapses, 1.2 GB: a port that goes through all of them takes up to a
        # second per step, and in 24 GiB only eight or so can be measured together.
        "large": dict(neurons=100_000, synapses=1000, delay=12, refractory_steps=16, steps=50),
        "check": dict(neurons=128, synapses=12, delay=5, refractory_steps=16, steps=202),
    },
    reference="numpy_event",
    check=check,
    alive=alive,
    steps="steps",
    explain=explain,
    work=work,
)
