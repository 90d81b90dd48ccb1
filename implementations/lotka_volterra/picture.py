"""Predators and their prey over the years, and their orbit, which spirals outwards a little."""

import numpy as np
from portstudy import Port
from portstudy.show.pictures import Mark, Panel

SIZE = "small"


def panels(port: Port, arguments: tuple) -> list[Panel]:
    """Both populations over time, and one over the other."""
    state, parameters, steps, _ = arguments
    path, _ = port(state, parameters, steps, True)
    path = np.vstack((state, path))  # from the start on
    years = np.arange(len(path)) * float(parameters.dt)
    populations = [
        Mark(years, path[:, 0], "prey", colour=0),
        Mark(years, path[:, 1], "predators", colour=1),
    ]
    return [
        Panel("populations", "years", "thousands", populations),
        Panel("orbit", "prey, thousands", "predators, thousands",
              [Mark(path[:, 0], path[:, 1])], height=1.4),
    ]  # fmt: skip
