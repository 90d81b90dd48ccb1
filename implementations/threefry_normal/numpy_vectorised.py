"""The reference: whole arrays, a step of the recipe each."""

import numpy as np
from portstudy.implementations.threefry._numpy import random_uniform, split


def threefry_normal(key, deviations, pairs, width):
    first, second = split(key, 2)  # (2,)
    u = random_uniform(first, pairs, width).astype(deviations.dtype)  # (pairs,)
    v = random_uniform(second, pairs, width).astype(deviations.dtype)  # (pairs,)
    radius, angle = np.sqrt(-2 * np.log(1 - u)), 2 * np.pi * v
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)])  # (2, pairs)
    return deviations[:, np.newaxis] * normal
