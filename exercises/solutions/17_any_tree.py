"""One step of descent, whatever the parameters are in: a solution."""

import jax


def descend(parameters, gradient, rate):
    return jax.tree.map(lambda x, slope: x - rate * slope, parameters, gradient)
