"""One step is compiled, both loops stay in Python: torch.compile's work doubles with each step."""

import torch


@torch.compile(fullgraph=True, dynamic=False)
def step(x, gain):
    return x + gain / x  # (values,)


def nested_recurrence(x, gain, rows, columns):
    gain = torch.full_like(x, gain)  # (values,)
    for _ in range(rows):
        x = x + x  # (values,)
        for _ in range(columns):
            x = step(x, gain)
    return x
