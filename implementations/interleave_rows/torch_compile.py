"""Stack and reshape, compiled: torch.compile writes the loop that Numba's port spells out."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = torch.stack([first, second, third], dim=1)  # (rows, 3, columns) int8
    return result.reshape(3 * rows, columns)  # (3 rows, columns) int8
