"""Compiled, by a running sum: one place more than there are values takes all the odd ones."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def pad(values):
    even = values % 2 == 0  # (numbers,) bool
    count = torch.cumsum(even, dim=0)  # (numbers,) evens so far
    where = torch.where(even, count - 1, len(values))  # (numbers,), the odd ones at the end
    evens = values.new_zeros(len(values) + 1).scatter(0, where, values)
    return evens, count[-1]


def even_filter(values):
    evens, count = pad(values)
    return evens[: int(count)]  # (as many as are even,) int32
