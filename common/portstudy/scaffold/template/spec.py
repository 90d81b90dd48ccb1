"""An affine map and a rectifier, for a batch. Say here what is computed: formula, units, source.

    y[i, o] = max(0, sum over f of x[i, f] weights[f, o] + bias[o])

(I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, eq. 6.36.) No units.
"""

from portstudy import Array, Kernel, Ulps


def make_inputs(rng, *, examples, features, outputs):
    """General inputs, on which the order of a sum decides how it rounds."""
    weights = rng.normal(size=(features, outputs)) / features**0.5
    return rng.normal(size=(examples, features)), weights, rng.normal(size=outputs)


def make_dyadic(rng, *, examples, features, outputs):
    """Multiples of 1/8 up to 1: all sums are multiples of 1/64, exact in float32, in any order."""
    shapes = (examples, features), (features, outputs), (outputs,)
    return tuple(rng.integers(-8, 9, shape) / 8 for shape in shapes)


def alive(arguments, y):
    """Outputs that are all rectified, or none, would not show a missing rectifier."""
    assert 0.1 < (y > 0).mean() < 0.9, f"{(y > 0).mean():.0%} of y are positive; plausible: half"


template = Kernel(
    arguments={
        "x": Array("examples", "features"),
        "weights": Array("features", "outputs"),
        "bias": Array("outputs"),
    },
    inputs=make_inputs,
    dyadic=make_dyadic,
    outputs={"y": Ulps(16, "example", "output", floor=1.0)},
    sizes={
        "small": dict(examples=1000, features=200, outputs=100),
        "check": dict(examples=29, features=17, outputs=11),
    },
    reference="numpy_vectorised",
    alive=alive,
)
