"""A quadratic form for many points: the check."""

import inspect
import re

import numpy as np


def check(task):
    rng = np.random.default_rng(0)
    x, a = rng.integers(-3, 4, (7, 3)), rng.integers(-3, 4, (3, 3))
    y = np.asarray(task.quadratic(x, a))
    assert y.shape == (7,), f"7 points became shape {y.shape}"
    assert np.allclose(y, [row @ a @ row for row in x]), "the values are wrong"
    source = inspect.getsource(task)
    assert "einsum" in source, "no einsum in the source"
    assert not re.search(r"diag|@", source), "the diagonal of a product needs all pairs first"
    for letters in re.findall(r"->(\w*)", source):
        assert len(letters) < 2 or "n" not in letters or len(set(letters)) < 3
    large = rng.normal(size=(100_000, 3))  # all pairs would take 80 GB
    assert task.quadratic(large, np.eye(3)).shape == (100_000,)
