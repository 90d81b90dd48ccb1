"""An index that is out of bounds, and says so: the check."""

import jax.numpy as jnp
import numpy as np


def check(task):
    table = jnp.array([10.0, 20.0, 30.0])
    y = np.asarray(task.lookup(table, jnp.array([0, 2, 1])))
    assert y.tolist() == [10, 30, 20], f"0, 2, 1 read {y.tolist()}"
    y = np.asarray(task.lookup(table, jnp.array([1, 3, 1000])))
    assert y[0] == 20, "an index that is right reads something else beside one that is not"
    assert np.isnan(y[1:]).all(), f"3 and 1000 read {y[1:].tolist()}, of a table of 3"
    y = np.asarray(task.lookup(table, jnp.array([-1, 0])))
    assert np.isnan(y[0]), f"-1 reads {y[0]}"
    assert y[1] == 10, "0 is no longer read where a negative index is beside it"
