"""Softmax regression: the probability of each class, and the loss, given the right ones.

    logits[i, c]        = sum over f of x[i, f] weights[f, c] + bias[c]
    probabilities[i, c] = exp(logits[i, c]) / sum over k of exp(logits[i, k])
    loss                = mean over i of -log(probabilities[i, labels[i]])

(C. Bishop, Pattern Recognition and Machine Learning, 2006, eq. 4.104, 4.105 and 4.108, the latter
divided by the number of points.) Computed as written, exp overflows at a logit of 89 in float32
and of 710 in float64, and the logarithm of a probability that underflowed is minus infinity. So:

    1. shifted = logits - the largest logit of the point    exp of it is at most 1, its sum at least
    2. exponentials = exp(shifted), total = their sum
    3. probabilities = exponentials / total
    4. loss of a point = log(total) - shifted[label]        never the logarithm of a probability

which is finite for any finite logits. Shapes: x (points, features), weights (features, classes),
bias (classes,), labels (points,) integers from 0 to classes - 1. Nothing has a unit.

There are no dyadic inputs: no two libraries have the same exp to the last bit. In `inputs` the
first point has logits of about 1e4, for which a port that does not shift gives NaN or infinity.
There is no `einsum`: all that it could say is `x @ weights`. The public pieces of scikit-learn are
left out: `log_loss` clips probabilities, and gives such a point a loss of 36 instead of thousands.
"""

import numpy as np
from portstudy import EXPONENTIAL, Array, Kernel, Ulps, Work, moved


def make_inputs(rng: np.random.Generator, *, points: int, features: int, classes: int) -> tuple:
    """General inputs: logits of about 2, and 1e4 for the first point; labels at random."""
    x = rng.normal(size=(points, features))
    x[0] *= 5000
    weights = rng.normal(size=(features, classes)) * 2 / np.sqrt(features)
    bias = rng.normal(size=classes)
    labels = rng.integers(0, classes, points, dtype=np.int32)
    return x, weights, bias, labels


def alive(arguments: tuple, outputs: tuple) -> None:
    """Classes that never win, points that are all alike, or a loss of nothing prove nothing."""
    *_, bias, labels = arguments
    probabilities, loss = outputs
    winners = set(probabilities.argmax(axis=1).tolist())
    assert winners == set(range(len(bias))), f"only classes {sorted(winners)} ever win"
    assert set(labels.tolist()) == winners, "there are classes without a point"
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5), "probabilities that are not 1"
    assert 0 < loss < np.inf, f"a loss of {loss}"


def work(arguments: tuple, outputs: tuple) -> Work:
    """One product, an exponential per class; points are read once, their probabilities written."""
    x, weights, _, labels = arguments
    probabilities, _ = outputs
    operations = 2 * len(x) * weights.size + probabilities.size * (EXPONENTIAL + 4)
    return Work((moved(x, labels, probabilities),), operations)


softmax_regression = Kernel(
    arguments={
        "x": Array("points", "features"),
        "weights": Array("features", "classes"),
        "bias": Array("classes"),
        "labels": Array("points", dtype=np.int32, at_least=0, below="classes"),
    },
    inputs=make_inputs,
    outputs={
        # A shifted logit of -8 or below is a sum of 64 products: in another order it is off by some
        # of its ulps, each as large as 8 of those of 1, and so is, relatively, its exp. Among the
        # million probabilities of size `large`, 87 ulps between two libraries were seen; of the
        # loss, a mean that is summed in pairs or in blocks, 4 at any size.
        "probabilities": Ulps(256, "point", "class", floor=1e-12),
        "loss": Ulps(16),
    },
    sizes={
        "large": dict(points=100_000, features=64, classes=10),
        "small": dict(points=10_000, features=64, classes=10),
        "check": dict(points=300, features=13, classes=5),
    },
    reference="numpy_vectorised",
    alive=alive,
    work=work,
    peers=("scipy_special", "sklearn_loss", "torch_nn"),
)
