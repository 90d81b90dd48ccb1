"""torch's (prototype) `while_loop` in another: one compiled graph, the step in it once."""

import torch
from torch._higher_order_ops.while_loop import while_loop


@torch.compile(fullgraph=True, dynamic=False)
def nested_recurrence(x, gain, rows, columns):
    gain = torch.full_like(x, gain)  # (values,)

    def column(j, x):
        return j + 1, x + gain / x

    def row(i, x):
        x = x + x  # (values,)
        j = torch.zeros((), dtype=torch.int64, device=x.device)
        return i + 1, while_loop(lambda j, x: j < columns, column, (j, x))[1]

    i = torch.zeros((), dtype=torch.int64, device=x.device)
    return while_loop(lambda i, x: i < rows, row, (i, x))[1]
