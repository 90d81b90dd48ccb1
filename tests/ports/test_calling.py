"""A port is called as the function that it is: by position or by name."""

import inspect
import pydoc

import numpy as np
import pytest
from portstudy import find_kernel, kernels, load

from tests.conftest import inputs

ARGUMENTS = ("weights", "drive", "state", "parameters", "steps")


@pytest.fixture
def port():
    return load("lif", "numpy_event")


def test_arguments_may_be_named_in_any_order(port):
    given = dict(zip(ARGUMENTS, inputs("lif", "float64"), strict=True))
    spikes, state = port(**given)
    again, same = port(given["weights"], given["drive"], **dict(reversed(list(given.items())[2:])))
    assert (spikes == again).all()
    assert (state.voltage == same.voltage).all()


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (dict(weight=1), "unknown argument 'weight': did you mean 'weights'[?] allowed: weights, "),
        (dict(drive=1), "missing a required argument: 'state'$"),
        (dict(weights=1), "multiple values for argument 'weights'$"),
    ],
)
def test_a_name_that_is_not_an_arguments_is_refused(port, named: dict, message: str):
    weights, drive, *_ = inputs("lif", "float64")
    given = (weights,) if "drive" in named else (weights, drive)
    takes = r"^lif/numpy_event\(weights, drive, state, parameters, steps\): "
    with pytest.raises(TypeError, match=takes + message):
        port(*given, **named)


def test_too_many_arguments(port):
    with pytest.raises(TypeError, match=r"too many positional arguments$"):
        port(*inputs("lif", "float64"), 1)


def test_help_and_signature_are_those_of_the_function(port):
    assert tuple(inspect.signature(port).parameters) == ARGUMENTS
    assert "weights: (neurons, neurons)" in str(inspect.signature(port))
    text = pydoc.render_doc(port, renderer=pydoc.plaintext)  # type: ignore[attr-defined]
    assert "lif/numpy_event(weights, drive, state, parameters, steps)" in text
    assert find_kernel("lif").summary("numpy_event") in text


@pytest.mark.parametrize("name", kernels())
def test_arguments_are_those_of_the_reference(name: str):
    kernel = find_kernel(name)
    function = load(name, kernel.reference).function
    assert list(kernel.arguments) == list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", kernels())
def test_numpy_in_numpy_out(name: str):
    """And nested as the spec says, which a single output shows by not being in a tuple."""
    kernel = find_kernel(name)
    outputs = load(name, kernel.reference)(*inputs(name, "float32", dyadic=False))
    assert isinstance(outputs, np.ndarray if len(kernel.outputs) == 1 else tuple)
