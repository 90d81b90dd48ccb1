"""A recurrence as `scan`: the check."""

import jax
import jax.numpy as jnp
import numpy as np


def check(task):
    x = np.array([1.0, 3.0, -2.0, 5.0, 0.5], dtype=np.float32)
    expected = [x[0]]
    for value in x[1:]:
        expected.append(expected[-1] + np.float32(0.25) * (value - expected[-1]))
    y = np.asarray(task.moving_average(jnp.asarray(x), 0.25))
    assert y.shape == x.shape, f"{len(x)} values became shape {y.shape}"
    assert np.allclose(y, expected, rtol=1e-6), (
        f"{y.tolist()}; expected {np.array(expected).tolist()}"
    )
    lengths = [
        len(str(jax.make_jaxpr(lambda x: task.moving_average(x, 0.25))(jnp.zeros(steps))))
        for steps in (10, 200)
    ]
    assert lengths[1] < 1.2 * lengths[0], "the program grows with the number of steps"
