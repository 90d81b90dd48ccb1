"""Contractions of images: a loop as oracle, kernels that pick one pixel, what is refused."""

import itertools

import numpy as np
import pytest
from portstudy import Port

from tests.conftest import assert_refused, cases, each_dtype, inputs, ports

contraction_port = ports(cases("tensor_contraction"))


def test_each_response_is_a_sum_of_products(contraction_port: Port):
    images, kernels = inputs("tensor_contraction", contraction_port.backend.dtype)
    responses = contraction_port(images, kernels)
    for n, k in itertools.product(range(len(images)), range(len(kernels))):
        pairs = zip(images[n].ravel().tolist(), kernels[k].ravel().tolist(), strict=True)
        assert responses[n, k] == sum(a * b for a, b in pairs), f"image {n}, kernel {k}"


def test_a_kernel_with_a_single_one_picks_that_value(contraction_port: Port):
    images, _ = inputs("tensor_contraction", contraction_port.backend.dtype)
    places = [(0, 0, 0), (5, 3, 2), (5, 0, 1), (0, 3, 1), (2, 1, 0)]
    kernels = np.zeros((len(places), *images.shape[1:]))
    for kernel, place in zip(kernels, places, strict=True):
        kernel[place] = 1
    expected = np.stack([images[:, h, w, c] for h, w, c in places], axis=1)
    assert (contraction_port(images, kernels) == expected).all()


@each_dtype
@pytest.mark.parametrize(
    ("argument", "spoilt", "message"),
    [
        (0, np.ones((7, 6, 4)), r"^images: shape \(7, 6, 4\); allowed: \(N, H, W, C\)$"),
        (1, np.ones((5, 4, 6, 3)), r"^kernels: .* does not match \(L=5, H=6, W=4, C=3\)$"),
        (1, np.ones((5, 6, 4, 1)), r"^kernels: .* does not match \(L=5, H=6, W=4, C=3\)$"),
        (1, np.ones((0, 6, 4, 3)), r"^kernels: shape \(0, 6, 4, 3\) is empty; allowed: lengths"),
        (0, np.full((7, 6, 4, 3), np.inf), r"^images: inf at \[0, 0, 0, 0\] is not finite in"),
        (0, np.ones((7, 6, 4, 3), complex), "^images: dtype complex128; allowed: real numbers$"),
    ],
)
def test_argument_is_refused(dtype: str, argument: int, spoilt, message: str):
    arguments = list(inputs("tensor_contraction", dtype))
    arguments[argument] = spoilt
    assert_refused("tensor_contraction", dtype, arguments, message)
