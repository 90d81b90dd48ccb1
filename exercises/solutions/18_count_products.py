"""What was traced: a solution."""

import jax


def products(function, *arguments):
    return str(jax.make_jaxpr(function)(*arguments)).count("dot_general[")
