"""Compiled, with `topk`: the norms are one fused loop, the product and the selection are calls.

The loop takes the processor's square root, which is rounded correctly, however the norm is spelt;
it is spelt as in torch_eager, which says why.
"""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def top_norms(matrix, count):
    product = matrix @ matrix.T  # (rows, rows)
    norms = torch.linalg.vector_norm(product, dim=1)  # (rows,)
    return torch.topk(norms, count).values  # (count,), the largest first
