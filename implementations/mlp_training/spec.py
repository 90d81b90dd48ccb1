"""A network of two layers, trained on handwritten digits by stochastic gradient descent (SGD).

The network turns an image x into a score for each class, and the scores into probabilities:

    activity = tanh(x @ hidden.weights + hidden.bias)
    scores   = activity @ output.weights + output.bias
    loss     = mean over the examples of a batch of -log softmax(scores)[label]

Its gradient, backwards from the scores (C. Bishop, Pattern Recognition and Machine Learning, 2006,
eq. 5.65 to 5.67 and, for softmax with cross-entropy, 5.18), where `d_` stands for the derivative of
the loss with respect to what follows it:

    d_scores         = (softmax(scores) - one_hot(label)) / examples in the batch
    d_output.weights = activity^T @ d_scores,     d_output.bias = sum over examples of d_scores
    d_product        = (d_scores @ output.weights^T) (1 - activity^2)
    d_hidden.weights = x^T @ d_product,           d_hidden.bias = sum over examples of d_product

and one step of SGD (eq. 5.43), the same for all weights and biases, all at once and from the
gradient at the network before the step:

    parameter = parameter - rate d_parameter

An epoch takes the examples in the order that its row of `order` says, `batch` at a time. What is
left over at its end is a batch as well, a smaller one, averaged over its own size: 1,438 images
make 44 batches of 32 and one of 30. So there are two shapes, and what is compiled for one shape is
compiled twice, or fills up the smaller batch. Shuffles and first weights are arguments: all ports
see the same batches.

Returned are the trained network, `losses` (epochs,), nats: the mean over an epoch's examples of the
loss that each had when its batch was drawn, and `accuracy`: the share of the test images whose
largest score is that of their class. Shapes: x (examples, features), labels (examples,) integers,
order (epochs, drawn), hidden (features, units), output (units, classes). Nothing but the loss has a
unit.

There are no dyadic inputs: no two libraries have the same tanh, exp or log to the last bit. But at
a rate at which training settles, each step forgets a little of what the one before it got wrong, so
a whole run is held to as few ulps as a single step would be. Where the rate is too large (above two
over the curvature of the loss, some 1.5 here) steps overshoot, errors grow a hundred million
times in three epochs, and no two ports train the same network.

Left out: JAX without jit (to dispatch both passes operation by operation takes a hundred times as
long as jax_jit_step), a backward pass by hand in JAX (compiled, it takes as long as the one that
`value_and_grad` derives), `vmap` over examples (the gradient of a mean needs none), Numba in
parallel (a step takes tens of microseconds, and waits for the one before), and a second graph of
torch.compile, for the smaller batch or for several steps at once.
"""

from typing import Any, NamedTuple

import numpy as np
from portstudy import EXPONENTIAL, Array, Kernel, Scalar, Size, Traffic, Ulps, Work, moved
from portstudy.implementations.mlp_inference.spec import Layer


class Examples(NamedTuple):
    """What is learned, or what it is tested on."""

    x: Any  # (examples, features)
    labels: Any  # (examples,) int32


class Network(NamedTuple):
    """All that is trained."""

    hidden: Layer  # (features, units)
    output: Layer  # (units, classes)


def make_layer(rng: np.random.Generator, inputs: int, outputs: int) -> Layer:
    """Weights as X. Glorot and Y. Bengio (2010, eq. 16) start from, for tanh; biases of 0."""
    limit = np.sqrt(6 / (inputs + outputs))
    return Layer(rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs))


def make_inputs(
    rng: np.random.Generator,
    *,
    units: int,
    batch: int,
    epochs: int,
    rate: float = 0.3,
) -> tuple:
    """scikit-learn's 1,797 digits, 8 by 8 pixels from 0 to 1; a random fifth is to test.

    They are E. Alpaydin and C. Kaynak's (Optical Recognition of Handwritten Digits, 1998).
    """
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    digits = load_digits()
    shuffled = rng.permutation(len(digits.target))
    x = digits.data[shuffled] / 16  # (examples, features)
    labels = digits.target[shuffled].astype(np.int32)
    tested = len(x) // 5
    training = Examples(x[tested:], labels[tested:])
    test = Examples(x[:tested], labels[:tested])
    network = Network(make_layer(rng, 64, units), make_layer(rng, units, 10))
    order = np.array([rng.permutation(len(training.x)) for _ in range(epochs)], dtype=np.int32)
    return training, test, network, order, rate, batch


def alive(arguments: tuple, outputs: tuple) -> None:
    """A network that learns nothing, from batches that never change, would prove nothing.

    Refused as well: a test image whose two largest scores are so near that rounding could decide.
    """
    _, test, _, order, *_ = arguments
    trained, losses, accuracy = outputs
    assert accuracy >= 0.95, f"{accuracy:.1%} of the test images are right; expected from 95%"
    assert losses[-1] < losses[0] / 2, f"the loss fell from {losses[0]} to {losses[-1]} only"
    assert (order[1:] != order[:-1]).any(axis=1).all(), "two epochs have the same order"
    assert (np.diff(order) != 1).any(axis=1).all(), "an epoch is not shuffled"
    activity = np.tanh(test.x @ trained.hidden.weights + trained.hidden.bias)
    scores = activity @ trained.output.weights + trained.output.bias
    second, first = np.sort(scores, axis=1)[:, -2:].T
    assert (first - second).min() > 1e-3, "rounding could decide which class an image is of"


def work(arguments: tuple, outputs: tuple) -> Work:
    """The products, of x without its zeros; in every step each weight is read and written."""
    training, test, network, order, _, batch = arguments
    epochs, drawn = order.shape
    units, classes = network.output.weights.shape
    lit = np.count_nonzero(training.x) / len(training.x)  # features of an example
    parameters = sum(values.nbytes for layer in network for values in layer)
    steps = epochs * -(-drawn // batch)
    forwards = 2 * (lit + classes) * units + EXPONENTIAL * (units + classes)
    backwards = 2 * (lit + 2 * classes) * units
    return Work(
        traffic=(
            Traffic(epochs * drawn * training.x[0].nbytes, training.x.nbytes),
            Traffic(2 * steps * parameters, parameters),
            moved(test.x),
        ),
        operations=epochs * drawn * (forwards + backwards)
        + len(test.x) * forwards
        + 2 * steps * parameters / training.x.itemsize,
    )


# A step rounds every parameter once, by up to half an ulp of it, and adds what rounding left in the
# gradient. Later steps do not amplify that: after the 450 of size small, the largest difference of
# any port to any other is 6 ulps of 1, which is the size of the largest weights and of the losses.
mlp_training = Kernel(
    arguments={
        "training": Examples(
            x=Array("examples", "features"),
            labels=Array("examples", dtype=np.int32, at_least=0, below="classes"),
        ),
        "test": Examples(
            x=Array("tested", "features"),
            labels=Array("tested", dtype=np.int32, at_least=0, below="classes"),
        ),
        "network": Network(
            hidden=Layer(Array("features", "units"), Array("units")),
            output=Layer(Array("units", "classes"), Array("classes")),
        ),
        "order": Array("epochs", "drawn", dtype=np.int32, at_least=0, below="examples"),
        "rate": Scalar(above=0),
        "batch": Size(at_least=1, at_most="examples"),
    },
    inputs=make_inputs,
    outputs={
        "network": Network(
            hidden=Layer(Ulps(16, "feature", "unit", floor=1.0), Ulps(16, "unit", floor=1.0)),
            output=Layer(Ulps(16, "unit", "class", floor=1.0), Ulps(16, "class", floor=1.0)),
        ),
        "losses": Ulps(16, "epoch", floor=1.0, unit="nats"),
        "accuracy": Ulps(1),  # one image more is 10,000 of them in float32
    },
    sizes={
        "small": dict(units=128, batch=32, epochs=10),
        "large": dict(units=1024, batch=128, epochs=10),  # the products are all
        "check": dict(units=32, batch=100, epochs=6, rate=0.8),
    },
    reference="numpy_by_hand",
    alive=alive,
    work=work,
    peers=("sklearn_mlp", "torch_optim"),
)
