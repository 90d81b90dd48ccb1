"""torch's (prototype) `while_loop`: the whole loop is one compiled graph."""

import torch
from torch._higher_order_ops.while_loop import while_loop


@torch.compile(fullgraph=True, dynamic=False)
def square_until(x, tolerance):
    limit = tolerance * x.abs().max()

    def too_large(x, count):
        return x.abs().max() > limit

    def square(x, count):
        return x * x, count + 1  # (values,)

    count = torch.zeros((), dtype=torch.int32, device=x.device)
    return while_loop(too_large, square, (x, count))
