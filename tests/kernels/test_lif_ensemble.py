"""The ensemble: each trial is a network of its own, whatever is recorded of it."""

import numpy as np
import pytest
from portstudy import Port, load
from portstudy.implementations.lif.spec import State

from tests.conftest import assert_refused, inputs


def test_each_trial_is_what_lif_makes_of_it_alone(ensemble_port: Port):
    weights, drive, state, parameters, steps, _ = arguments = inputs(
        "lif_ensemble", ensemble_port.backend.dtype
    )
    lif = load("lif", "numpy_dense", dtype=ensemble_port.backend.dtype)
    spikes, spike_count, end = ensemble_port(*arguments)
    for trial, voltage in enumerate(state.voltage):
        alone, end_alone = lif(weights, drive[trial], State(voltage), parameters, steps)
        assert (spikes[trial] == alone).all(), f"trial {trial}"
        assert (spike_count[trial] == alone.sum(axis=0)).all(), f"trial {trial}"
        assert (end.voltage[trial] == end_alone.voltage).all(), f"trial {trial}"


def test_without_the_raster_all_else_is_the_same(ensemble_port: Port):
    *shared, _ = inputs("lif_ensemble", ensemble_port.backend.dtype)
    spikes, spike_count, state = ensemble_port(*shared, True)
    none, same_count, same_state = ensemble_port(*shared, False)
    trials, _, neurons = spikes.shape
    assert none.shape == (trials, 0, neurons)
    assert none.dtype == spikes.dtype
    assert (same_count == spike_count).all()
    assert np.array_equal(same_state.voltage, state.voltage)


@pytest.mark.parametrize("raster", [1, 0.0, None, "yes"])
def test_raster_is_true_or_false(raster):
    *shared, _ = inputs("lif_ensemble", "float32")
    message = f"^raster: {raster!r}; allowed: True, False$"
    assert_refused("lif_ensemble", "float32", (*shared, raster), message)
