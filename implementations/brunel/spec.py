"""The balanced random network of Brunel: sparse excitation and inhibition, driven by Poisson noise.

Model A of N. Brunel, Dynamics of sparsely connected networks of excitatory and inhibitory spiking
neurons, Journal of Computational Neuroscience 8:183-208, 2000, the standard benchmark of the field.
Of N neurons, all alike, the first four fifths excite and the others inhibit. Each receives exactly
C_E synapses from the former, C_I = C_E / 4 from the latter, and C_E from outside, each of which
fires as a Poisson process of rate nu_ext. A spike of any of them arrives D later and moves the
potential at once, by J or by -g J:

    tau dV/dt = -V + tau sum_k J_k delta(t - t_k - D),   a spike and V <- V_r when V >= theta

and V stays at V_r for tau_rp; what arrives in that time is lost. theta = 20 mV, V_r = 10 mV,
tau = 20 ms, tau_rp = 2 ms, D = 1.5 ms. What varies is g, and eta = nu_ext / nu_thr with
nu_thr = theta / (C_E J tau), the rate at which input from outside alone would reach theta on
average. The paper has N = 12,500, C_E = 1000 and J = 0.1 mV. Here C_E J is its 100 mV at any C_E,
so the mean input is the paper's, and its variance grows as 1 / C_E. Size `large` has four fifths of
the paper's neurons and synapses; `huge` has as many synapses per neuron as `large`, since with a
tenth of all neurons there would be a billion. tests/test_brunel.py makes the paper's own network
and compares it with the paper's figure 8.

Between spikes the equation is solved exactly: in a step of dt = 0.1 ms, V loses the share
`leak` = 1 - exp(-dt / tau) (NEST's iaf_psc_delta does the same). Spikes occur only at the ends of
steps. One step, in this order:

    1. arrived = arriving[slot] + external[step]       in units of J; slot = step % delay
    2. V = V - leak V + J arrived
    3. V = V_r                                         where refractory > 0: what arrives is lost
    4. fired = V >= theta                              the row that the raster records
    5. arriving[slot] = 1 to the targets of each excitatory neuron that fired, -g to those of each
       inhibitory one, summed                          to be read `delay` steps from now
    6. V = V_r                                         where fired
    7. refractory = refractory_steps where fired, elsewhere one less if above 0

So a spike reaches its targets' potentials exactly `delay` steps after it was fired, and its sender
integrates again after `refractory_steps` steps at V_r.

Who sends to whom is kept in compressed sparse rows: neuron `pre` has the targets
`indices[indptr[pre]:indptr[pre + 1]]`, in rising order. A row is what one neuron sends, as an
event-driven port needs it. What is fixed is the number of a neuron's inputs, so the lengths of rows
differ: they are binomial. Sources are drawn with replacement, and a neuron may be its own (as in
NEST's `fixed_indegree` by default), so a target may occur twice in a row. There are no weights:
`excitatory`, the number of excitatory neurons, implies them all.

The noise is data, so that it is the same in every port: `external[step, neuron]` is how many spikes
arrive from outside, uint8, drawn from a Poisson distribution of mean C_E nu_ext dt. It takes 10 MB
for 10,000 neurons over 1,000 steps and 100 MB for 100,000.

No spike acts sooner than `delay` steps after it was fired. So the neurons can be advanced by that
many steps without hearing from each other, and what they sent be added up afterwards: ports named
`window` do this, as do NEST (its minimal delay) and every simulator on a cluster.

Left out are ports that go through all synapses in every step, fired or not (ten million in `large`:
implementations/lif_sparse shows what that costs), and so an eager JAX, whose shapes are fixed. Left
out as well are threads in Numba, each with its own targets: on two shared cores they took as long
as one thread, and often far longer. A whole window in one list, for `bincount` or `index_add_`, is
slower at 10,000 neurons than a list per step: it no longer fits into the cache.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from portstudy import (
    Array,
    Exact,
    InvalidInput,
    Kernel,
    Scalar,
    Size,
    Traffic,
    Ulps,
    Work,
    fits,
    moved,
)
from portstudy.implementations._spiking import beyond, first_difference
from portstudy.implementations.lif.spec import check_threshold
from portstudy.implementations.lif_sparse.spec import check_rows

DT = 0.1  # ms: length of a step
TAU = 20.0  # ms: membrane time constant
THETA = 20.0  # mV: threshold
V_R = 10.0  # mV: potential after a spike
TOTAL = 100.0  # mV: C_E J, what all excitatory inputs of a neuron together would add


class Synapses(NamedTuple):
    """Who sends to whom, in compressed sparse rows; a row is what one neuron sends."""

    indptr: Any  # (neurons + 1,) int32: where each row begins, and the end of the last
    indices: Any  # (synapses,) int32: the target of each synapse, rising within a row


class State(NamedTuple):
    """What changes from step to step."""

    voltage: Any  # (neurons,) mV: membrane potential
    refractory: Any  # (neurons,) int32: steps still to be held at v_reset
    arriving: Any  # (delay, neurons) jumps: under way, row d arrives d steps from now


class Parameters(NamedTuple):
    """What does not change, the same for all neurons."""

    leak: Any  # share of the potential that is lost in a step, 1 - exp(-dt / tau)
    jump: Any  # mV: J, by which an excitatory spike moves the potential
    g: Any  # how many jumps an inhibitory spike moves it down
    v_reset: Any  # mV: potential after a spike
    v_threshold: Any  # mV: potential at which a neuron fires


def excitatory_of(neurons: int) -> int:
    """The number of neurons that excite: four fifths."""
    return neurons * 4 // 5


def make_synapses(rng: np.random.Generator, neurons: int, indegree: int) -> Synapses:
    """`indegree` excitatory synapses onto each neuron and a quarter as many inhibitory ones."""
    excitatory, inhibitory = excitatory_of(neurons), indegree // 4
    # Sorting pairs of sender and target gives the rows, with their targets in rising order.
    pairs = np.empty((neurons, indegree + inhibitory), dtype=np.int64)
    pairs[:, :indegree] = rng.integers(excitatory, size=(neurons, indegree))
    pairs[:, indegree:] = rng.integers(excitatory, neurons, size=(neurons, inhibitory))
    pairs <<= 32
    pairs |= np.arange(neurons)[:, np.newaxis]
    rows = pairs.ravel()
    rows.sort()
    indptr = np.searchsorted(rows, np.arange(neurons + 1) << 32)
    rows &= 2**32 - 1
    return Synapses(indptr.astype(np.int32), rows.astype(np.int32))


def make_external(
    rng: np.random.Generator, neurons: int, steps: int, eta: float, jump: float
) -> np.ndarray:
    """Spikes from outside, uint8 (steps, neurons): eta times what reaches theta on average."""
    mean = eta * THETA / jump * DT / TAU  # C_E nu_ext dt
    external = np.empty((steps, neurons), dtype=np.uint8)
    for row in external:  # so that no temporary has eight bytes for each of these
        row[:] = np.minimum(rng.poisson(mean, neurons), 255)
    return external


def make_state(
    rng: np.random.Generator, neurons: int, indegree: int, g: float, delay: int, pause: int
) -> State:
    """A state from the middle of a run in which all fire at 20 Hz, independently.

    One neuron in ten is refractory.
    """
    voltage = rng.uniform(0.0, THETA, neurons)
    refractory = rng.integers(pause + 1, size=neurons) * (rng.random(neurons) < 0.1)
    voltage[refractory > 0] = V_R
    expected = indegree * 20e-3 * DT  # excitatory spikes that reach a neuron in a step
    arriving = rng.poisson(expected, (delay, neurons)) - g * rng.poisson(
        expected / 4, (delay, neurons)
    )
    return State(voltage, refractory, arriving)


def make_inputs(
    rng: np.random.Generator,
    *,
    neurons: int,
    indegree: int,
    g: float,
    eta: float,
    delay: int,
    refractory_steps: int,
    steps: int,
) -> tuple:
    """General inputs: the network of the paper, or as near to it as its size allows."""
    jump = TOTAL / indegree
    parameters = Parameters(-math.expm1(-DT / TAU), jump, g, V_R, THETA)
    synapses = make_synapses(rng, neurons, indegree)
    external = make_external(rng, neurons, steps, eta, jump)
    state = make_state(rng, neurons, indegree, g, delay, refractory_steps)
    return synapses, excitatory_of(neurons), external, state, parameters, refractory_steps


def make_dyadic(
    rng: np.random.Generator,
    *,
    neurons: int,
    indegree: int,
    g: float,
    eta: float,
    delay: int,
    refractory_steps: int,
    steps: int,
) -> tuple:
    """Inputs on which every port must agree to the last bit, in float32 and in float64.

    What arrives is counted in jumps, and g is a multiple of 1/8, so its sum is exact in any order.
    `leak` is 1/256, as for tau = 25.6 ms, and J is a power of two, as it is at 100, 200, 400 or 800
    excitatory synapses: both products are exact, and fusing one with an addition changes nothing.
    What still rounds in a step are two single additions, in the same order in every port.

    The first neuron and the last reach theta exactly in the first step: a port with > for >= goes
    wrong there, and so does one that loses the end of a row.
    """
    jump = 2.0 ** round(math.log2(TOTAL / indegree))
    parameters = Parameters(1 / 256, jump, round(8 * g) / 8, V_R, THETA)
    synapses = make_synapses(rng, neurons, indegree)
    external = make_external(rng, neurons, steps, eta, jump)
    state = make_state(rng, neurons, indegree, parameters.g, delay, refractory_steps)
    ends = [0, -1]
    state.voltage[:] = np.round(state.voltage * 1024) / 1024
    state.voltage[ends] = 0.0
    state.refractory[ends] = 0
    state.arriving[0, ends] = THETA / jump - external[0, ends]
    return synapses, excitatory_of(neurons), external, state, parameters, refractory_steps


def check(*arguments: Any) -> None:
    """Rows in rising order and a threshold that can be; what is returned fits into memory."""
    (indptr, indices), _, external, _, parameters, _ = arguments
    check_rows(indptr, indices, external.shape[1])
    falling = np.flatnonzero(indices[1:] < indices[:-1]) + 1
    falling = falling[~np.isin(falling, indptr)]
    if falling.size:
        first = falling[0]
        raise InvalidInput(
            f"synapses.indices: {indices[first]} at [{first}] is below {indices[first - 1]}; "
            "allowed: rising order within a row"
        )
    check_threshold(parameters)
    fits("synapses: the device's copy", indices.shape, 4)
    fits("external: a raster of (steps, neurons)", external.shape, 1)


def explain(
    reference: Any, port: Any, arguments: tuple, expected: tuple, outputs: tuple
) -> tuple[bool, str]:
    """Is what differs in two runs a matter of rounding? With both membrane potentials.

    As for LIF, up to the first spike that differs: potentials differ by no more than the leak lets
    add up, a few ulps in each of the 1 / leak steps that it remembers. But here a spike is decided
    by the potential before the reset: each run is stopped a step earlier, and that step repeated
    with a threshold that is out of reach.
    """
    *_, parameters, refractory_steps = arguments
    kernel = port.kernel
    unreached = parameters._replace(v_threshold=parameters.v_threshold * 1000)

    def before(step: int) -> list:
        potentials = []
        for run in (reference, port):
            state = kernel.state_of(run(*kernel.some_steps(arguments, 0, step))) if step else None
            *network, _, _ = kernel.some_steps(arguments, step, step + 1, state)
            potentials.append(run(*network, unreached, refractory_steps)[1].voltage)
        return potentials

    if np.array_equal(expected[0], outputs[0]) and (name := beyond(kernel, expected, outputs)):
        return False, f"all spikes alike, but not {name}"
    return first_difference(
        (expected[0], outputs[0]),
        (expected[1].voltage, outputs[1].voltage),
        before,
        float(parameters.v_threshold),
        4 * float(np.spacing(parameters.v_threshold) / parameters.leak),
    )


def alive(arguments: tuple, outputs: tuple) -> None:
    """Both kinds fire, at a plausible rate; spikes have arrived, and some are under way."""
    _, excitatory, external, state, _, _ = arguments
    spikes, (_, refractory, arriving) = outputs
    rate = spikes.mean() / (DT * 1e-3)
    assert 0.05 <= rate <= 450, f"a mean rate of {rate:.2f} Hz; plausible: 0.05 to 450 Hz"
    assert spikes[:, :excitatory].any(), "no excitatory neuron fires"
    assert spikes[:, excitatory:].any(), "no inhibitory neuron fires"
    delay = len(state.arriving)
    assert spikes[: max(0, len(external) - delay)].any(), f"no spike has arrived in {delay} steps"
    assert refractory.any(), "no neuron is refractory in the end"
    assert arriving.any(), "no spike is under way in the end"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Read the rows of those that fire and add to their targets; update the state every `delay`."""
    synapses, _, external, state, _, _ = arguments
    spikes, (voltage, refractory, arriving) = outputs
    steps, neurons = external.shape
    lengths = np.diff(synapses.indptr)
    sent = int(spikes.sum(axis=0) @ lengths)  # synapses, over all spikes
    read = int(lengths[spikes.any(axis=0)].sum())  # read at least once
    windows = -(-steps // len(state.arriving))
    changing = voltage.nbytes + refractory.nbytes
    return Work(
        traffic=(
            Traffic(sent * synapses.indices.itemsize, read * synapses.indices.itemsize),
            Traffic(sent * 2 * voltage.itemsize, voltage.nbytes),  # read and write what is sent
            Traffic(steps * 2 * voltage.nbytes, arriving.nbytes),  # read and clear what arrives
            Traffic(windows * 2 * changing, changing),
            moved(external, spikes),
        ),
        operations=sent + 4 * steps * neurons,
    )


STANDARD = dict(g=5.0, eta=2.0, delay=15, refractory_steps=20)  # the paper's figure 8 C

brunel = Kernel(
    arguments={
        "synapses": Synapses(
            indptr=Array("neurons + 1", dtype=np.int32),
            indices=Array("synapses", dtype=np.int32, at_least=0, below="neurons"),
        ),
        "excitatory": Size(at_most="neurons"),
        "external": Array("steps", "neurons", dtype=np.uint8),
        "state": State(
            voltage=Array("neurons"),  # mV
            refractory=Array("neurons", dtype=np.int32, at_least=0),
            arriving=Array("delay", "neurons"),  # jumps
        ),
        "parameters": Parameters(
            leak=Scalar(above=0, below=1),
            jump=Scalar(),
            g=Scalar(),
            v_reset=Scalar(),
            v_threshold=Scalar(),
        ),
        "refractory_steps": Size(at_most=2**31 - 1),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={
        "spikes": Exact("step", "neuron"),
        "state": State(
            # Potentials pass through zero, where an ulp would be of nothing.
            voltage=Ulps(4, "neuron", floor=16.0, unit="mV"),
            refractory=Exact("neuron"),
            arriving=Ulps(8, "delay", "neuron", floor=16.0, unit="jumps"),
        ),
    },
    sizes={
        "small": dict(neurons=2_500, indegree=200, steps=1_500, **STANDARD),
        "large": dict(neurons=10_000, indegree=800, steps=1_500, **STANDARD),
        # A hundred million synapses, 400 MB in every process.
        "huge": dict(neurons=100_000, indegree=800, steps=150, **STANDARD),
        "check": dict(
            neurons=123, indegree=48, g=4.6, eta=2.0, delay=7, refractory_steps=20, steps=251
        ),
    },
    reference="numpy_event",
    check=check,
    alive=alive,
    steps="external",
    explain=explain,
    work=work,
    peers=("brian2_cpp", "nest_delta"),
)
