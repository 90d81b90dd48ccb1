"""What a spec declares of its arguments: what is taken, what is refused, and in which words."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from portstudy import Array, Choice, InvalidInput, Scalar, Size
from portstudy.arguments import take_all


class Pair(NamedTuple):
    left: Any
    right: Any


def take(declared: Any, value: Any, **others: tuple) -> Any:
    """The argument `x`, after others: pairs of a declaration and a value."""
    declarations = {name: pair[0] for name, pair in others.items()} | {"x": declared}
    values = *(pair[1] for pair in others.values()), value
    return take_all(declarations, np.dtype("float32"), values)[-1]


def refused(declared: Any, value: Any, **others: tuple) -> str:
    with pytest.raises(InvalidInput) as caught:
        take(declared, value, **others)
    return str(caught.value)


def test_what_is_taken():
    array = take(Array("n", 2), [[1, 2]])
    assert (array.dtype, array.shape, array.flags.writeable) == (np.float32, (1, 2), False)
    assert take(Array("n", dtype=np.int8), [True, 3]).dtype == np.int8
    for given in (1, 1.0, np.float64(1)):
        assert isinstance(take(Scalar(above=0), given), np.float32)
    assert isinstance(take(Scalar(dtype=np.int32), np.int64(3)), np.int32)
    assert type(take(Size(), np.int64(3))) is int
    assert take(Choice(True, False), False) is False
    pair = take(Pair(Array("n"), Size()), ([1.0], 2))
    assert isinstance(pair, Pair)
    assert pair == ([1.0], 2)


N = dict(n=(Array("rows"), np.zeros(3)))


@pytest.mark.parametrize(
    ("declared", "value", "message"),
    [
        (Array("rows"), [1, 2], "x: shape (2,) does not match (rows=3)"),
        (Array("rows", 2), np.ones((3, 3)), "x: shape (3, 3); allowed: (rows, 2)"),
        (Array("n", above=0), [1, 0], "x: 0.0 at [1]; allowed: above 0"),
        (Array("n", at_least=0, unit="mV"), [-1], "x: -1.0 mV at [0]; allowed: from 0"),
        (Scalar(above=0, below=1), 1.0, "x: 1.0; allowed: above 0 and below 1"),
        (Scalar(at_least=0, at_most=1), 1.5, "x: 1.5; allowed: from 0 to 1"),
        (Scalar(at_most=1), 2, "x: 2.0; allowed: up to 1"),
        (Scalar(), [1.0], "x: shape (1,); allowed: ()"),
        (Scalar(), 1e39, "x: 1e+39 at [] is not finite in float32"),
        (Size(), -1, "x: -1; allowed: integers from 0 to 2**63 - 1"),
        (Size(at_least=1, at_most=2**31), 0, "x: 0; allowed: integers from 1 to 2**31"),
        (Size(), True, "x: True; allowed: integers from 0 to 2**63 - 1"),
        (Choice(0, 1), True, "x: True; allowed: 0, 1"),
        (Choice(True, False), 1, "x: 1; allowed: True, False"),
        (Pair(Size(), Size()), [1, 2], "x: list; allowed: Pair(left, right)"),
        (Pair(Size(), Size()), (1,), "x: tuple; allowed: Pair(left, right)"),
        (Pair(Size(), Size()), (1, 2.0), "x.right: 2.0; allowed: integers from 0 to 2**63 - 1"),
        # A bound that is the length of an axis.
        (Size(at_most="rows"), 4, "x: 4; allowed: integers from 0 to 3"),
        (Size(at_most="rows"), 2.0, "x: 2.0; allowed: integers from 0 to 3"),
        (Array("m", dtype=int, at_least=0, below="rows"), [3], "x: 3 at [0]; allowed: from 0 to 2"),
    ],
)  # fmt: skip
def test_what_is_refused(declared: Any, value: Any, message: str):
    assert refused(declared, value, **N) == message


def test_a_length_may_become_known_after_the_argument_that_it_bounds():
    indices, rows = Array("m", dtype=np.int32, below="rows"), Array("rows")
    assert take(rows, np.zeros(3), indices=(indices, [0, 2])).shape == (3,)
    message = refused(rows, np.zeros(2), indices=(indices, [0, 2]))
    assert message == "indices: 2 at [1]; allowed: up to 1"


def test_a_copy_that_does_not_fit_into_memory_is_refused():
    huge = np.broadcast_to(np.float32(0), (2**40, 4))
    assert "x: (1099511627776, 4) needs 16,384.0 GiB; " in refused(Array("n", "m"), huge)
