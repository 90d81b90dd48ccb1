"""One step of descent, whatever holds the parameters.

`descend` subtracts rate times the gradient from every array in `parameters` and returns the same
structure. `parameters` may be a dict, a NamedTuple, a list, or any nesting of these. `rate` is a
number.

Lesson: notes/pytrees.md.
"""


def descend(parameters, gradient, rate):
    raise NotImplementedError
