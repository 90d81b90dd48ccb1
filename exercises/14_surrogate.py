"""A step with a slope.

`spike(u)` is 1 where u > 0 and 0 elsewhere; its derivative shall be the boxcar's, 1 where |u| <
1/2 and 0 elsewhere, backward and forward. The spikes themselves must not change.

Lesson: notes/gradients.md.
"""


def spike(u):
    """u (n,) of JAX; returns (n,) of the same dtype."""
    raise NotImplementedError
