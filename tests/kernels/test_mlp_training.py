"""Training: its gradient against differences of the loss, what it learns, what it forgets."""

import sys

import numpy as np
import pytest
from portstudy import Port, find_kernel, load
from portstudy.implementations.mlp_inference.spec import Layer
from portstudy.implementations.mlp_training.spec import Examples, Network
from portstudy.proof import prove_accuracy
from portstudy.trees import leaves, map_arrays

from tests.conftest import Case, assert_refused, cases, inputs, open_port, ports

port = ports(cases("mlp_training"))
float64_port = ports(cases("mlp_training", dtypes=("float64",)))


def test_every_port_learns_to_read_digits(port: Port):
    arguments = inputs("mlp_training", port.backend.dtype)
    _, losses, accuracy = port(*arguments)
    assert accuracy >= 0.95
    assert accuracy == pytest.approx(load("mlp_training", "numpy_by_hand")(*arguments)[2], rel=1e-6)
    assert (np.diff(losses) < 0).all()


def test_gradient_is_the_slope_of_the_loss():
    """A step shows both: the loss before it, and the gradient, by how far it goes."""
    training, test, network, order, rate, batch = inputs("mlp_training", "float64")
    now = order[:1, :batch]

    def step(network: Network) -> tuple:
        return load("mlp_training", "numpy_by_hand")(training, test, network, now, rate, batch)

    trained, _, _ = step(network)
    rng = np.random.default_rng(0)
    for moved in range(4):  # along one of the four arrays at a time
        values = leaves(network)
        gradient = (values[moved] - leaves(trained)[moved]) / rate
        along = rng.normal(size=gradient.shape)
        losses = []
        for distance in (-1e-5, 1e-5):
            there = list(values)
            there[moved] = values[moved] + distance * along
            losses.append(step(Network(Layer(*there[:2]), Layer(*there[2:])))[1][0])
        slope = (losses[1] - losses[0]) / 2e-5
        assert slope == pytest.approx((gradient * along).sum(), rel=1e-7)


def test_the_first_step_where_all_scores_are_zero(float64_port: Port):
    """Every class has a tenth: the loss is log 10, and only the output's bias has a gradient."""
    training, test, network, order, rate, batch = inputs("mlp_training", "float64")
    now = order[:1, :batch]
    blank = map_arrays(np.zeros_like, network)
    trained, losses, _ = float64_port(training, test, blank, now, rate, batch)
    few = 8 * float(np.finfo(np.float64).eps)
    assert losses == pytest.approx(np.log(10), rel=few)
    share = np.bincount(training.labels[now[0]], minlength=10) / batch
    np.testing.assert_allclose(trained.output.bias, rate * (share - 0.1), atol=few)
    assert not any(values.any() for values in (*trained.hidden, trained.output.weights))


def test_a_batch_may_be_larger_than_what_is_drawn(float64_port: Port):
    training, test, network, order, rate, batch = inputs("mlp_training", "float64")
    rest = order.shape[1] % batch  # for which ports have been compiled already
    prove_accuracy(float64_port, (training, test, network, order[:, :rest], rate, batch))


@pytest.mark.parametrize(("rate", "least", "most"), [(0.8, 0, 3e-9), (2.0, 1e-4, np.inf)])
def test_training_forgets_rounding_unless_its_steps_overshoot(rate, least, most):
    *shared, _, batch = inputs("mlp_training", "float64")
    training, test, network, order = shared
    noise = np.random.default_rng(0).choice([-1, 1], network.hidden.weights.shape)
    hidden = network.hidden._replace(weights=network.hidden.weights * (1 + 1e-9 * noise))
    ends = [
        load("mlp_training", "numpy_by_hand")(training, test, start, order, rate, batch)[0]
        for start in (network, network._replace(hidden=hidden))
    ]
    apart = max(np.abs(a - b).max() for a, b in zip(*map(leaves, ends), strict=True))
    assert least < apart < most


def test_a_donated_network_is_written_over_but_its_gradient_needs_memory_of_its_own():
    """Bytes of one compiled step, as XLA counts them, in networks."""
    training, _, network, order, rate, batch = inputs("mlp_training", "float32")
    total, size = np.zeros((), np.float32), sum(values.nbytes for values in leaves(network))
    shared, temporary, needed = {}, {}, {}
    for name in ("jax_jit_step", "jax_jit_step_donate"):
        port = open_port(Case("mlp_training", name, "float32"))
        arguments = (network, total, training, order[0, :batch], rate)
        step = sys.modules[port.function.__module__].step
        memory = port.backend.call(step.lower, arguments).compile().memory_analysis()
        shared[name] = memory.alias_size_in_bytes / size
        temporary[name] = memory.temp_size_in_bytes / size
        new = memory.output_size_in_bytes - memory.alias_size_in_bytes + memory.temp_size_in_bytes
        needed[name] = new / size
    assert shared["jax_jit_step"] == 0
    assert shared["jax_jit_step_donate"] == pytest.approx(1, rel=1e-3)
    assert temporary["jax_jit_step_donate"] > temporary["jax_jit_step"]
    assert needed["jax_jit_step_donate"] < needed["jax_jit_step"]


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (dict(training=np.ones(3)), r"^training: ndarray; allowed: Examples\(x, labels\)$"),
        (
            dict(training=Examples(np.ones((5, 64)), [0, 1, 2, 3])),
            r"^training\.labels: shape \(4,\) does not match \(examples=5\)$",
        ),
        (
            dict(test=Examples(np.ones((5, 63)), np.zeros(5, int))),
            r"^test\.x: shape \(5, 63\) does not match \(tested=5, features=64\)$",
        ),
        (
            dict(test=Examples(np.ones((2, 64)), [9, 10])),
            r"^test\.labels: 10 at \[1\]; allowed: from 0 to 9$",
        ),
        (
            dict(network=(Layer(np.ones((64, 3)), np.ones(3)),)),
            r"^network: tuple; allowed: Network\(hidden, output\)$",
        ),
        (
            dict(network=(Layer(np.ones((64, 3)), np.ones(3)), Layer(np.ones((4, 10)), [1]))),
            r"^network\.output\.weights: shape \(4, 10\) does not match \(units=3, classes\)$",
        ),
        (dict(order=[[0, 1], [2, 1438]]), r"^order: 1438 at \[1, 1\]; allowed: from 0 to 1437$"),
        (dict(order=[0, 1]), r"^order: shape \(2,\); allowed: \(epochs, drawn\)$"),
        (dict(order=[[0.0, 1.0]]), r"^order: dtype float64; allowed: integers$"),
        (dict(rate=0.0), r"^rate: 0\.0; allowed: above 0$"),
        (dict(batch=0), r"^batch: 0; allowed: integers from 1 to 1438$"),
        (dict(batch=1439), r"^batch: 1439; allowed: integers from 1 to 1438$"),
        (dict(batch=2.5), r"^batch: 2\.5; allowed: integers from 1"),
    ],
)
def test_bad_input_is_refused(spoilt: dict, message: str):
    names = ("training", "test", "network", "order", "rate", "batch")
    arguments = dict(zip(names, inputs("mlp_training", "float32"), strict=True)) | spoilt
    assert_refused("mlp_training", "float32", arguments.values(), message)


def test_scikit_learn_refuses_two_classes():
    training, test, network, order, rate, batch = inputs("mlp_training", "float64")
    two = network._replace(output=Layer(network.output.weights[:, :2], network.output.bias[:2]))
    training, test = (pair._replace(labels=pair.labels % 2) for pair in (training, test))
    with pytest.raises(ValueError, match=r"it takes from 3$"):
        load("mlp_training", "sklearn_mlp")(training, test, two, order, rate, batch)


def test_what_proves_nothing_is_refused():
    kernel = find_kernel("mlp_training")
    training, test, network, order, rate, batch = inputs("mlp_training", "float64")
    train = load("mlp_training", "numpy_by_hand")
    well, badly = (
        train(training, test, network, order[:epochs], rate, batch) for epochs in (len(order), 1)
    )
    for outputs, rows, message in (
        (badly, order, r"^\d\d\.\d% of the test images are right; expected from 95%$"),
        (well, order[[0, 1, 1]], r"^two epochs have the same order$"),
        (well, np.sort(order[:1]), r"^an epoch is not shuffled$"),
    ):
        with pytest.raises(AssertionError, match=message):
            kernel.refuse_dead((training, test, network, rows, rate, batch), outputs)
