"""A loop that the data end: the check."""

import jax.numpy as jnp
import numpy as np


def check(task):
    for a in (1.0, 2.0, 1e6):
        steps, y = 0, np.float32(a)
        while True:
            old, y = y, (y + np.float32(a) / y) / 2
            steps += 1
            if abs(y - old) <= 1e-6 * y:
                break
        root, number = task.square_root(jnp.float32(a))
        assert abs(float(root) - a**0.5) < 1e-5 * a**0.5, f"the root of {a} is not {float(root)}"
        assert abs(int(number) - steps) <= 1, f"{int(number)} steps for {a}; expected about {steps}"
    assert task.square_root._cache_size() == 1, "compiles again for each number"
