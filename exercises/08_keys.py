"""Two masks that are not one.

`two_masks` shall draw two dropout masks (n,) of probability 1/2 from one key. As it stands both
are the same, since the key is used twice. Mend it, so that the masks differ, and differ for other
keys, and the same key still gives the same masks.

Lesson: notes/randomness.md.
"""

import jax


def two_masks(key, n):
    raise NotImplementedError  # delete this line
    return jax.random.bernoulli(key, 0.5, (n,)), jax.random.bernoulli(key, 0.5, (n,))
