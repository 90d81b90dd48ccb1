"""`np` became `torch`, over signed integers that wrap alike; each operation makes an array."""

import math

import torch
from portstudy.implementations.threefry._torch import random_uniform, split


def threefry_normal(key, deviations, pairs, width):
    first, second = split(key.view(torch.int32), 2)  # (2,)
    u = random_uniform(first, pairs, width).to(deviations.dtype)  # (pairs,)
    v = random_uniform(second, pairs, width).to(deviations.dtype)  # (pairs,)
    radius, angle = torch.sqrt(-2 * torch.log(1 - u)), 2 * math.pi * v
    normal = torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)])  # (2, pairs)
    return deviations[:, None] * normal
