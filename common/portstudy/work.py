"""The least work that a result needs: bytes that must move, and arithmetic."""

from typing import Any, NamedTuple

from portstudy.trees import leaves


class Traffic(NamedTuple):
    """Bytes that must be read or written, and over how many bytes of memory they are spread.

    A network's state is read and written in every step, but it stays in a cache: many `bytes`,
    `within` few.
    """

    bytes: float
    within: float


class Work(NamedTuple):
    """The least that a result needs, whatever the algorithm's temporaries."""

    traffic: tuple[Traffic, ...]
    operations: float = 0
    """Additions and multiplications; an exponential or a logarithm is counted as `EXPONENTIAL`."""


EXPONENTIAL = 16
"""Operations: reducing the range and a polynomial of degree 11 (Cephes' exp has about as many)."""


def moved(*arrays: Any) -> Traffic:
    """Each of these arrays, nested or not, is read or written once."""
    total = sum(getattr(leaf, "nbytes", 0) for leaf in leaves(arrays))
    return Traffic(total, total)
