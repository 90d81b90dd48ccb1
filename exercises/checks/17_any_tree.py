"""One step of descent, whatever holds the parameters: the check."""

from typing import NamedTuple

import jax
import jax.numpy as jnp


class Layer(NamedTuple):
    weights: jax.Array
    bias: jax.Array


def check(task):
    parameters = {
        "first": Layer(jnp.ones((2, 2)), jnp.zeros(2)),
        "more": [jnp.array([4.0]), (jnp.array(1.0), None)],
    }
    gradient = jax.tree.map(lambda x: 2 * jnp.ones_like(x), parameters)
    new = task.descend(parameters, gradient, 0.5)
    same = jax.tree.structure(new) == jax.tree.structure(parameters)
    assert same, f"became {jax.tree.structure(new)}; expected {jax.tree.structure(parameters)}"
    for path, value in jax.tree_util.tree_leaves_with_path(new):
        before = dict(jax.tree_util.tree_leaves_with_path(parameters))[path]
        assert jnp.array_equal(value, before - 1), f"{jax.tree_util.keystr(path)} is wrong"
    jax.jit(task.descend)(parameters, gradient, 0.5)
