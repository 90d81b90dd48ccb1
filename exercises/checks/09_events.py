"""Only the rows of those that fired: the check."""

import numpy as np


def check(task):
    weights = np.arange(12.0).reshape(4, 3)
    weights[3] = np.nan  # so that touching this row shows
    fired = np.array([True, False, True, False])
    drive = np.array([0.5, 0.0, -1.0])
    given = drive.copy()
    assert task.current.signatures is not None, "not compiled by Numba"
    y = task.current(fired, weights, drive)
    assert (drive == given).all(), "the drive was changed in place"
    assert not np.isnan(y).any(), "the row of a silent neuron was read"
    assert y.tolist() == [6.5, 8.0, 9.0], f"got {y.tolist()}; expected [6.5, 8.0, 9.0]"
    task.current(~fired, weights[:, ::-1].copy(), drive)
    assert len(task.current.signatures) == 1, "compiles again for arguments of the same types"
