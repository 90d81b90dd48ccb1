"""One step of descent, whatever the parameters are in.

`descend` subtracts rate times the gradient from every array of `parameters`, which may be a dict,
a NamedTuple, a list, or any of them in another, and returns the same structure. `rate` is a
number.

Lesson: notes/pytrees.md.
"""


def descend(parameters, gradient, rate):
    raise NotImplementedError
