"""As many as there may be: the check."""

import jax
import jax.numpy as jnp
import numpy as np


def check(task):
    fired = np.zeros(10, bool)
    fired[[2, 5, 9]] = True
    who = task.who_fired(jnp.asarray(fired), 5)
    assert who.tolist() == [2, 5, 9, 10, 10], f"2, 5 and 9 fired; got {who.tolist()}"
    weights = np.arange(30.0).reshape(10, 3)
    for mask in (fired, np.zeros(10, bool)):
        total = task.add_rows(jnp.asarray(mask), jnp.asarray(weights), 5)
        expected = mask @ weights
        assert np.allclose(total, expected), f"the rows add up to {expected.tolist()}; got {total}"
    program = str(jax.make_jaxpr(lambda f, w: task.add_rows(f, w, 5))(fired, weights))
    assert "dot_general" not in program, "multiplies by the whole matrix"
