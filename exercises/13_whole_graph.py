"""One graph, not three.

`normalise` divides x by its largest absolute value, unless that is 0. `torch.compile` breaks it
into several graphs, because the `if` needs a number. Write it so that it compiles as one graph
(`fullgraph=True`) and still returns zeros for zeros.

Lesson: notes/torch-compile.md.
"""


def normalise(x):
    raise NotImplementedError  # delete this line
    largest = x.abs().max()
    if largest > 0:
        x = x / largest
    return x
