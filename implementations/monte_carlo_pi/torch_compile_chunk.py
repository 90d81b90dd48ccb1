"""A chunk is drawn and counted in one graph, by torch.compile; the loop stays in Python."""

import torch
from portstudy.implementations.threefry._torch import random_bits, split


@torch.compile(fullgraph=True, dynamic=False)
def count(chunk_key, length):
    bits = random_bits(chunk_key, length, 32)  # (length,) int32
    x, y = bits >> 17 & 0x7FFF, bits & 0x7FFF  # (length,) 15 bits each
    return torch.sum(x * (x + 1) + y * (y + 1) < 2**30, dtype=torch.int32)


def monte_carlo_pi(key, quantiles, chunks, length):
    inside = torch.zeros((), dtype=torch.int32, device=key.device)
    for chunk_key in split(key.view(torch.int32), chunks):  # (2,)
        inside += count(chunk_key, length)
    points = chunks * length
    share = inside.to(quantiles.dtype) / points
    error = 4 * torch.sqrt(share * (1 - share) / points)
    return inside, 4 * share, quantiles * error
