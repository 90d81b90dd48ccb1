"""torch.compile makes one loop of the drawing, which both keys share, and one of what follows.

In a single graph the rounds would be there twice, and take twice as long to compile.
"""

import math

import torch
from portstudy.implementations.threefry._torch import random_uniform, split


@torch.compile(fullgraph=True, dynamic=False)
def compiled_uniform(key, count, width):
    return random_uniform(key, count, width)


@torch.compile(fullgraph=True, dynamic=False)
def box_muller(u, v, deviations):
    u, v = u.to(deviations.dtype), v.to(deviations.dtype)
    radius, angle = torch.sqrt(-2 * torch.log(1 - u)), 2 * math.pi * v
    normal = torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)])  # (2, pairs)
    return deviations[:, None] * normal


def threefry_normal(key, deviations, pairs, width):
    first, second = split(key.view(torch.int32), 2)  # (2,)
    u = compiled_uniform(first, pairs, width)  # (pairs,)
    v = compiled_uniform(second, pairs, width)  # (pairs,)
    return box_muller(u, v, deviations)
