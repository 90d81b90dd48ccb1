"""One graph, not three: the check."""

import torch


def check(task):
    x = torch.tensor([3.0, -4.0, 1.0])
    zeros = torch.zeros(3)
    torch._dynamo.reset()
    compiled = torch.compile(task.normalise, fullgraph=True, dynamic=False, backend="eager")
    try:
        y = compiled(x)
    except Exception as error:
        if isinstance(error, NotImplementedError) or "NotImplementedError" in str(error):
            raise NotImplementedError from error
        raise AssertionError(f"not one graph: {type(error).__name__}") from error
    assert torch.equal(y, x / 4), f"3, -4, 1 became {y.tolist()}"
    y = compiled(zeros)
    assert torch.equal(y, zeros), f"zeros became {y.tolist()}"
    assert torch.equal(x, torch.tensor([3.0, -4.0, 1.0])), "x was changed in place"
