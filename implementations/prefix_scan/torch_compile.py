"""Compiled by torch.compile, which can fuse neither: both are the same calls as before."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def prefix_scan(terms, factors):
    total = torch.cumsum(terms, dim=0)  # (rows,)
    product = torch.cumprod(factors, dim=0)  # (rows,)
    return total, product
