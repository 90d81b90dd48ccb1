"""Gravity between all pairs of bodies: whole arrays at a time."""

import numpy as np


def inputs(rng, bodies=1000):
    return rng.normal(size=(bodies, 3)), rng.uniform(1, 2, bodies), 0.05


def acceleration(positions, masses, softening):
    apart = positions - positions[:, None]  # (bodies, bodies, 3)
    distance = np.sqrt((apart**2).sum(axis=-1) + softening**2)  # (bodies, bodies)
    return ((masses / distance**3)[:, :, None] * apart).sum(axis=1)
