"""A first port: from NumPy to JAX: the check."""

import jax
import jax.numpy as jnp
import numpy as np


def check(task):
    x = np.array([-800.0, -1.0, 0.0, 1e-3, 5.0, 800.0], dtype=np.float32)
    y = task.softplus(jnp.asarray(x))
    assert isinstance(y, jax.Array), f"returns {type(y).__name__}, not a JAX array"
    assert y.dtype == jnp.float32, f"a float32 vector became {y.dtype}"
    wrong = np.abs(np.asarray(y) - task.softplus_numpy(x)) > 8 * np.spacing(np.float32(1 + abs(x)))
    assert not wrong.any(), f"differs at x = {x[wrong]}"
    assert hasattr(task.softplus, "lower"), "not compiled: each operation is dispatched on its own"
    before = task.softplus._cache_size()
    task.softplus(jnp.asarray(x + 1))
    assert task.softplus._cache_size() == before, "compiles again for new values of that shape"
