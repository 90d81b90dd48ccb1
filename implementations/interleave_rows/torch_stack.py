"""PyTorch with stack and reshape: one operation, which writes each byte once."""

import torch


def interleave_rows(first, second, third):
    rows, columns = first.shape
    result = torch.stack([first, second, third], dim=1)  # (rows, 3, columns) int8
    return result.reshape(3 * rows, columns)  # (3 rows, columns) int8
