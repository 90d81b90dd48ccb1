"""One step of descent, whatever holds the parameters: a solution."""

import jax


def descend(parameters, gradient, rate):
    return jax.tree.map(lambda x, slope: x - rate * slope, parameters, gradient)
