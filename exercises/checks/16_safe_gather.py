"""An index that says when it is out of bounds: the check."""

import jax.numpy as jnp
import numpy as np


def check(task):
    table = jnp.array([10.0, 20.0, 30.0])
    y = np.asarray(task.lookup(table, jnp.array([0, 2, 1])))
    assert y.tolist() == [10, 30, 20], f"0, 2, 1 read {y.tolist()}"
    y = np.asarray(task.lookup(table, jnp.array([1, 3, 1000])))
    assert y[0] == 20, "a valid index reads something else next to an invalid one"
    assert np.isnan(y[1:]).all(), f"3 and 1000 read {y[1:].tolist()} from a table of 3"
    y = np.asarray(task.lookup(table, jnp.array([-1, 0])))
    assert np.isnan(y[0]), f"-1 reads {y[0]}"
    assert y[1] == 10, "index 0 reads something else next to a negative one"
