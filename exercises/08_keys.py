"""Two masks that differ.

`two_masks` should draw two dropout masks (n,) with probability 1/2 from one key. Now both are the
same, because the key is used twice. Fix it: the two masks must differ, other keys must give other
masks, and the same key must still give the same masks.

Lesson: notes/randomness.md.
"""

import jax


def two_masks(key, n):
    raise NotImplementedError  # delete this line
    return jax.random.bernoulli(key, 0.5, (n,)), jax.random.bernoulli(key, 0.5, (n,))
