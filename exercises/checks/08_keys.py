"""Two masks that differ: the check."""

import jax
import numpy as np


def check(task):
    masks = [np.array(task.two_masks(jax.random.key(seed), 4000)) for seed in (0, 0, 1)]
    assert (masks[0] == masks[1]).all(), "the same key gives different masks"
    # Two rows of 4,000 fair coins agree in 1,800 to 2,200 places, save once in a billion times.
    for a, b, what in (
        (masks[0][0], masks[0][1], "the two masks"),
        (masks[0][0], masks[2][0], "the first masks of two keys"),
        (masks[0][1], masks[2][0], "the second mask of one key and the first of another"),
    ):
        same = int((a == b).sum())
        assert 1800 < same < 2200, f"{what} agree in {same} of 4,000 places; expected: about 2,000"
    assert 1800 < masks[0][0].sum() < 2200, "the probability is not 1/2"
