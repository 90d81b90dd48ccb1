"""Per-example gradients: how each example alone would change a network of two layers.

    activity = tanh(x hidden.weights + hidden.bias)             (units,)
    scores   = activity output.weights + output.bias            (classes,)
    loss     = log(sum over c of exp(scores[c])) - scores[label]

for each example i, and of each loss the gradient with respect to all weights and biases. Backwards
by the chain rule (C. Bishop, Pattern Recognition and Machine Learning, 2006, section 5.3.2, eq.
5.53, 5.56 and 5.65 to 5.67; with softmax and cross-entropy instead of squares, eq. 4.109):

    error[i, c] = probabilities[i, c] - (1 where c is labels[i], else 0)
    back[i, h]  = (1 - activity[i, h]^2) sum over c of output.weights[h, c] error[i, c]

    gradient of output.bias     error[i, c]
                output.weights  activity[i, h] error[i, c]
                hidden.bias     back[i, h]
                hidden.weights  x[i, f] back[i, h]

Differentially private training clips the gradient of each example; their sum over the batch, which
is all that `grad` alone gives, has lost them. At 1,024 examples they take 39 MB in float32, and
writing them is most of the work. An `einsum` that multiplies and sums nothing is an outer product
for each example.

The largest score is subtracted before exp, so that nothing overflows. Shapes: x (examples,
features), labels (examples,) integers from 0 to classes - 1, hidden.weights (features, units),
hidden.bias (units,), output.weights (units, classes), output.bias (classes,); a gradient has an
axis of examples in front of these. No units.

There are no dyadic inputs: no two libraries have the same exp and tanh to the last bit.
"""

import numpy as np
from portstudy import EXPONENTIAL, Array, Kernel, Ulps, Work, moved
from portstudy.implementations.mlp_inference.spec import Layer


def make_inputs(
    rng: np.random.Generator,
    *,
    examples: int,
    features: int,
    units: int,
    classes: int,
) -> tuple:
    """General inputs: activities all over (-1, 1), and probabilities of which none is certain."""
    hidden = Layer(rng.normal(size=(features, units)) / np.sqrt(features), rng.normal(size=units))
    output = Layer(rng.normal(size=(units, classes)) / np.sqrt(units), rng.normal(size=classes))
    x = rng.normal(size=(examples, features))
    labels = rng.integers(0, classes, examples, dtype=np.int32)
    labels[:classes] = np.arange(classes)[:examples]
    return hidden, output, x, labels


def alive(arguments: tuple, outputs: tuple) -> None:
    """Saturated units, certain classes and examples that are all alike would prove nothing."""
    hidden, _, x, labels = arguments
    by_hidden, by_output = outputs
    activity = np.abs(np.tanh(x[:100] @ hidden.weights + hidden.bias))
    assert 0.2 < np.median(activity) < 0.9, "the units are all saturated, or all linear"
    assert len(np.unique(labels)) == by_output.bias.shape[1], "there are classes without an example"
    for gradient in (*by_hidden, *by_output):
        assert (np.ptp(gradient, axis=0) > 0).all(), "all examples have the same gradient"
    sums = by_output.bias.sum(axis=1)
    assert (np.abs(sums) < 1e-5).all(), "probabilities that do not add up to 1"


def work(arguments: tuple, outputs: tuple) -> Work:
    """Three products with the weights, and the gradients written: a multiplication for each."""
    hidden, output, x, _ = arguments
    weights = hidden.weights.size + 2 * output.weights.size
    functions = len(x) * (len(hidden.bias) + len(output.bias)) * EXPONENTIAL
    products = 2 * len(x) * weights + sum(gradient.size for layer in outputs for gradient in layer)
    return Work((moved(arguments, outputs),), functions + products)


mlp_gradient = Kernel(
    arguments={
        "hidden": Layer(Array("features", "units"), Array("units")),
        "output": Layer(Array("units", "classes"), Array("classes")),
        "x": Array("examples", "features"),
        "labels": Array("examples", dtype=np.int32, at_least=0, below="classes"),
    },
    inputs=make_inputs,
    outputs={
        # JAX's tanh is 8 ulps off, and scores are sums of 128 products of sums of 64, in any order:
        # the exponential passes that on. Probabilities and what they cancel to are some 0.25.
        "hidden": Layer(
            weights=Ulps(32, "example", "feature", "unit", floor=0.25),
            bias=Ulps(32, "example", "unit", floor=0.25),
        ),
        "output": Layer(
            weights=Ulps(32, "example", "unit", "class", floor=0.25),
            bias=Ulps(32, "example", "class", floor=0.25),
        ),
    },
    sizes={
        "small": dict(examples=1024, features=64, units=128, classes=10),
        "large": dict(examples=4096, features=64, units=128, classes=10),
        "check": dict(examples=37, features=13, units=23, classes=5),
    },
    reference="numpy_by_hand",
    alive=alive,
    work=work,
    peers=("torch_vmap_grad",),
)
