"""A mean over devices, each with a share.

`mean(x, mesh)` is the mean of a vector that is split along the axis 'd' of a mesh. Inside
`jax.shard_map`, each device adds up its own share, and then the sums are added over the axis. On a
machine with one device the mesh has only one, and the program is the same.

Lesson: notes/parallel-devices.md.
"""


def mean(x, mesh):
    """x (n,), n a multiple of the number of devices; returns a number, the same on each device."""
    raise NotImplementedError
