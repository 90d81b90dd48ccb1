"""All pairs, from one pair: the check."""

import inspect
import re

import jax.numpy as jnp
import numpy as np


def check(task):
    a = np.arange(6.0).reshape(3, 2)
    b = np.array([[0.0, 1.0], [4.0, 2.0]])
    expected = np.linalg.norm(a[:, None] - b, axis=-1)
    y = np.asarray(task.pairwise(jnp.asarray(a), jnp.asarray(b)))
    assert y.shape == (3, 2), f"3 points and 2 others became shape {y.shape}"
    assert np.allclose(y, expected), "the distances are wrong"
    source = inspect.getsource(task)
    for word in (r"\[.*None.*\]", "newaxis", "reshape", r"^\s*for ", "expand_dims"):
        assert not re.search(word, source, re.MULTILINE), f"not with vmap alone: found {word!r}"
