"""Normal numbers: against the formula, number by number, and against what is normal."""

import math

import numpy as np
import pytest
from portstudy import Port, load

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

port = ports(cases("threefry_normal"))


@pytest.mark.parametrize("width", [32, 64])
def test_against_the_formula(port: Port, width: int):
    """Uniform numbers of the keys that `split` gives, and Python's own functions."""
    if width == 64 and (port.backend.dtype == "float32" or port.name == "torch_compile_part"):
        pytest.skip("a float32 port has no 64 bits, and to torch it is another compilation")
    key, deviations, pairs, _ = inputs("threefry_normal", port.backend.dtype)
    draw = load("threefry", "numpy_vectorised")
    _, _, keys, _ = draw(key, [[0, 0]], 2, 1, width)
    u, v = (draw(part, [[0, 0]], 1, pairs, width)[1].tolist() for part in keys)
    expected = [
        [math.sqrt(-2 * math.log1p(-x)) * f(2 * math.pi * y) for x, y in zip(u, v, strict=True)]
        for f in (math.cos, math.sin)
    ]
    normal = port(key, deviations, pairs, width)
    tolerance = 40 * float(np.finfo(port.backend.dtype).eps)  # an angle is off by some ulps of 2 pi
    for part in range(2):
        right = deviations[part] * np.array(expected[part])
        assert normal[part] == pytest.approx(right, abs=tolerance, rel=tolerance)


# Each bound is passed by true normal numbers in all but one of a million cases: a normal deviate
# beyond 4.9, a distance beyond its own quantile. The keys are fixed. Of one port, as all others
# differ from it by some units in the last place.
ALARM = 1e-6
DEVIATE = 4.9
PAIRS = 100_000


@pytest.fixture(scope="module", params=[32, 64])
def normal(request: pytest.FixtureRequest) -> np.ndarray:
    run = load("threefry_normal", "numpy_vectorised")
    return run([0, 2026], [1.0, 1.0], PAIRS, request.param)


def test_moments(normal):
    """Mean 0, variance 1, skewness 0, kurtosis 3; the variances are those of the powers."""
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        sums = (normal**power - mean).sum(axis=1)
        assert (abs(sums) < DEVIATE * math.sqrt(variance * PAIRS)).all()


def test_distribution(normal):
    """Kolmogorov and Smirnov: their distance has a limiting distribution of tail 2 exp -2t²."""
    rank = np.arange(PAIRS + 1) / PAIRS
    for part in np.sort(normal, axis=1):
        below = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in part.tolist()])
        distance = max((rank[1:] - below).max(), (below - rank[:-1]).max())
        assert math.sqrt(PAIRS) * distance < math.sqrt(math.log(2 / ALARM) / 2)


def test_two_parts_and_neighbours_are_independent(normal):
    """Not only uncorrelated: their squares are not correlated either."""
    first, second = normal
    for x, y in ((first, second), (first[1:], first[:-1]), (first[1:], second[:-1])):
        assert abs((x * y).sum()) < DEVIATE * math.sqrt(len(x))
        assert abs(((x**2 - 1) * (y**2 - 1)).sum()) < DEVIATE * 2 * math.sqrt(len(x))


@each_dtype
@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, [1], r"^key: shape \(1,\); allowed: \(2\)$"),
        (0, ["a", "b"], r"^key: dtype <U1; allowed: integers$"),
        (1, [1.0, 0.0], r"^deviations: 0\.0 at \[1\]; allowed: above 0$"),
        (1, [1.0, 1.0, 1.0], r"^deviations: shape \(3,\); allowed: \(2\)$"),
        (1, 1.0, r"^deviations: shape \(\); allowed: \(2\)$"),
        (1, [1.0, np.inf], r"^deviations: inf at \[1\] is not finite in float\d\d$"),
        (2, 0, r"^pairs: 0; allowed: integers from 1 to 2\*\*31$"),
        (2, 1.0, r"^pairs: 1\.0; allowed: integers from 1 to 2\*\*31$"),
        (3, 8, r"^width: 8; allowed: 32(, 64)?$"),
    ],
)
def test_bad_input(dtype: str, position: int, value, message: str):
    arguments = list(inputs("threefry_normal", dtype))
    arguments[position] = value
    assert_refused("threefry_normal", dtype, arguments, message)
