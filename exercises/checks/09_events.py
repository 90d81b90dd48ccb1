"""Only the rows of those that fired: the check."""

import numpy as np


def check(task):
    weights = np.arange(12.0).reshape(4, 3)
    weights[3] = np.nan  # a row that is touched is seen
    fired = np.array([True, False, True, False])
    drive = np.array([0.5, 0.0, -1.0])
    given = drive.copy()
    assert task.current.signatures is not None, "it is not compiled by Numba"
    y = task.current(fired, weights, drive)
    assert (drive == given).all(), "the drive was changed in place"
    assert not np.isnan(y).any(), "a row of a neuron that is silent was read"
    assert y.tolist() == [6.5, 8.0, 9.0], f"got {y.tolist()}; expected [6.5, 8.0, 9.0]"
    task.current(~fired, weights[:, ::-1].copy(), drive)
    assert len(task.current.signatures) == 1, "compiled anew for arguments of the same types"
