"""Tests of the tests: ports of LIF that are wrong in one place, and the words that convict them.

Each is the source of a real port with a few words replaced, and meets what a port to be measured
meets: to the bit on dyadic inputs, single steps and a free run on general ones.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from common.equivalence import (
    Different,
    prove_free_run,
    prove_single_steps,
    prove_to_the_bit,
)
from common.kernel import Port, find_kernel, library_of, load
from tests.conftest import load_edited

LIF = find_kernel("lif")

# How a difference is named, in a run from the start and in a single step from a given state.
SPIKES = r"spikes differs in .* values, first at step \d+, neuron \d+: expected (True|False), got"
VOLTAGE = (
    r"voltage differs in .* values, first at neuron \d+: expected .* mV, got .* mV \(.* ulps\)"
)
RUN = f": {SPIKES}|: {VOLTAGE}$"
STEP = f"against float64: {VOLTAGE}, in step \\d+ from the reference's state$"


class Wrong(NamedTuple):
    name: str
    port: str
    edits: dict[str, str]
    verdict: str
    error: type[Exception] = Different


def wrong(
    name: str, port: str, verdict: str, old: str, new: str, *more: str, **options: Any
) -> Any:
    edits = dict(zip((old, *more[::2]), (new, *more[1::2]), strict=True))
    return pytest.param(Wrong(name, port, edits, verdict, **options), id=f"{port}-{name}")


# Lines of the ports, as they are edited below.
LEAK = "(dt / tau) * (-voltage + v_reset + resistance * current)"
CURRENT = "fired @ weights + drive"
RESET = "        voltage = np.where(fired, v_reset, voltage)\n"
RECORD = "        raster.append(fired)\n"
RETURN = "    return spikes, state._replace(voltage=voltage)\n"
NUMPY = "import numpy as np\n"

WRONG = [
    # The model.
    wrong("threshold_excluded", "numpy_dense", RUN, ">= v_threshold", "> v_threshold"),
    wrong("threshold_excluded", "torch_eager", RUN, ">= v_threshold", "> v_threshold"),
    wrong("never_reset", "numpy_dense", RUN, RESET + RECORD, RECORD),
    wrong("delayed", "numpy_dense", RUN, CURRENT, "(raster or [0 * fired])[-1] @ weights + drive"),
    wrong("transposed", "numpy_dense", RUN, "fired @ weights", "weights @ fired"),
    wrong("transposed", "jax_einsum", RUN, "i,ij->j", "j,ij->i"),
    wrong("drive_forgotten", "numpy_dense", RUN, CURRENT, "fired @ weights"),
    wrong("drive_forgotten", "numba_event", RUN, "current[i] = drive[i]", "current[i] = 0"),
    wrong("drive_twice", "numpy_dense", RUN, CURRENT, f"{CURRENT} + drive"),
    wrong("leak_upside_down", "numpy_dense", RUN, "(-voltage + v", "(voltage + v"),
    wrong("leak_to_zero", "numpy_dense", RUN, "-voltage + v_reset", "-voltage"),
    wrong("no_resistance", "numpy_dense", RUN, "resistance * current", "current"),
    wrong("tau_over_dt", "numpy_dense", RUN, "dt / tau", "tau / dt"),
    wrong("dt_alone", "numpy_dense", RUN, "(dt / tau)", "dt"),
    wrong("voltage_clipped", "numpy_dense", RUN, LEAK, f"np.maximum({LEAK}, v_reset - voltage)"),
    wrong("all_excite", "numpy_dense", RUN, "fired @ weights", "fired @ np.abs(weights)"),
    wrong("first_spike_only", "numpy_event", RUN, "weights[fired]", "weights[fired][:1]"),
    wrong("last_spike_lost", "jax_scan_event", RUN, "0, fired.sum()", "0, fired.sum() - 1"),
    wrong("last_neuron_lost", "numpy_dense", RUN, CURRENT, "fired[:-1] @ weights[:-1] + drive"),
    wrong("current_kept", "numba_event", RUN,
          "            current[i] = drive[i]\n", "",
          "np.empty_like(drive)", "drive.copy()"),
    # What is recorded.
    wrong("one_step_short", "numpy_dense", r"spikes has shape \(399, 64\); expected \(400, 64\)$",
          "range(steps)", "range(steps - 1)", "reshape(steps,", "reshape(-1,"),
    wrong("one_step_more", "jax_scan", r"spikes has shape \(401, 64\); expected \(400, 64\)$",
          "length=steps", "length=steps + 1"),
    wrong("one_step_padded", "numpy_dense", RUN,
          "range(steps)", "range(steps - 1)", "np.array(raster,", "np.array(raster + [fired],"),
    wrong("raster_a_step_late", "jax_fori", RUN, ".at[i]", ".at[i - 1]"),
    wrong("raster_a_step_early", "numpy_dense", RUN,
          "append(fired)", "append(voltage >= v_threshold)"),
    wrong("spikes_as_float", "numpy_dense", "spikes has dtype float64; expected bool$",
          "dtype=bool", "dtype=float"),
    wrong("spikes_as_uint8", "torch_eager", "spikes has dtype uint8; expected bool$",
          "torch.bool", "torch.uint8"),
    wrong("voltage_before_reset", "numpy_dense", STEP,
          RESET + RECORD, "        end = voltage\n" + RESET + RECORD,
          "voltage=voltage", "voltage=end"),
    wrong("swapped", "numpy_dense", r"spikes has shape \(64,\); expected \(400, 64\)$",
          RETURN, "    return state._replace(voltage=voltage), spikes\n"),
    wrong("raster_alone", "numpy_dense", "1 outputs; expected 2: spikes, voltage$",
          RETURN, "    return spikes\n"),
    wrong("no_state", "numpy_dense",
          r"returns tuple\(array, array\); expected tuple\(array, State\(array\)\)$",
          RETURN, "    return spikes, voltage\n"),
    # The dtype.
    wrong("float32_at_the_end", "numpy_dense", "voltage has dtype float32; expected float64$",
          "voltage=voltage", "voltage=np.float32(voltage)"),
    wrong("float32_in_each_step", "numpy_dense", RUN,
          f"voltage + {LEAK}", f"np.float32(voltage + {LEAK}).astype(drive.dtype)"),
    wrong("float32_current", "numpy_dense", STEP,
          CURRENT, f"np.float32({CURRENT}).astype(drive.dtype)"),
    wrong("float32_sum", "torch_eager", STEP,
          "fired.to(weights.dtype) @ weights", "(fired.float() @ weights.float()).double()"),
    # Side effects.
    wrong("argument_overwritten", "numpy_dense", "read-only",
          "state.voltage  #", "state.voltage; voltage[:] = voltage - 1  #", error=ValueError),
    wrong("argument_overwritten", "torch_eager", r"changed an argument of shape \(64,\) in place$",
          RETURN, f"    state.voltage.copy_(voltage)\n{RETURN}"),
    wrong("counts_its_calls", "numpy_dense", "differs between two calls with the same arguments",
          NUMPY, f"{NUMPY}\nCALLS = []\n",
          CURRENT, f"{CURRENT} + len(CALLS)", RETURN, f"    CALLS.append(1)\n{RETURN}"),
    wrong("first_arguments_kept", "numpy_dense", STEP,
          NUMPY, f"{NUMPY}\nKEPT = {{}}\n", CURRENT, "fired @ weights + KEPT.setdefault(0, drive)"),
    wrong("weights_kept_on_device", "jax_jit_host", STEP,
          "import numpy as np\n", f"{NUMPY}\nKEPT = {{}}\n",
          "host[:] = weights", "host = KEPT.setdefault(0, weights)"),
    wrong("not_waited_for", "numpy_dense", "changed after the port had returned, first at step",
          NUMPY, f"import threading\nimport time\n\n{NUMPY}",
          RETURN, "    early = np.zeros_like(spikes)\n"
                  "    time.sleep(0.3)  # for as long as a call takes the guard will wait\n"
                  "    threading.Timer(0.1, np.copyto, (early, spikes)).start()\n"
                  + RETURN.replace("spikes", "early")),
    # Compilation in every call.
    wrong("jit_inside", "jax_scan", r"compiled \d+ times in its second call; allowed: 0$",
          '@partial(jax.jit, static_argnames="steps")\ndef lif(',
          "def lif(*a):\n    return jax.jit(lambda *b: body(*b, a[-1]))(*a[:-1])\n\n\ndef body("),
    wrong("njit_inside", "numba_event", r"compiled \d+ times in its second call; allowed: 0$",
          "@njit\ndef lif(", "def lif(*a):\n    return njit(body)(*a)\n\n\ndef body("),
    wrong("guard_on_a_global", "torch_compile", "compiled 1 times in its second call; allowed: 0$",
          "import torch\n", "import torch\n\nCALLS = 0\n",
          "v_threshold  #", "v_threshold + 0 * CALLS  #",
          "    spikes =", "    global CALLS\n    CALLS += 1\n    spikes ="),
]  # fmt: skip

# Edits that nothing can tell from the original, so that no test may object to them.
EQUIVALENT = [
    # Who fires is put to v_reset at the end of the step, whatever it was before.
    wrong("reset_once", "numpy_dense", "", RESET + "        current", "        current"),
    # So what a neuron sends to itself arrives while it does not integrate.
    wrong("no_self_connections", "numpy_dense", "",
          "fired @ weights", "fired @ (weights * ~np.eye(len(drive), dtype=bool))"),
    *(wrong("unedited", name, "", ">=", ">=") for name in LIF.ports() if name.count("_") == 1),
]  # fmt: skip


def prove(port: Port) -> None:
    dtype = port.backend.dtype
    prove_to_the_bit(port, LIF.make_inputs("check", dtype))
    general = LIF.make_inputs("check", dtype, dyadic=False)
    prove_single_steps(port, general)
    prove_free_run(port, general)


def load_wrong(case: Wrong, folder: Path, dtype: str = "float64") -> Port:
    return load_edited(folder, case.name, "lif", case.port, case.edits, dtype)


@pytest.mark.parametrize("case", WRONG)
def test_wrong_port_is_caught(case: Wrong, tmp_path: Path):
    with pytest.raises(case.error, match=case.verdict) as caught:
        prove(load_wrong(case, tmp_path))
    if case.error is Different:
        assert str(caught.value).startswith(f"lif/{library_of(case.port)}_{case.name}")


UNSEEN = ("delayed", "transposed", "all_excite", "last_neuron_lost", "no_resistance", "never_reset")


@pytest.mark.parametrize("case", [case for case in WRONG if case.values[0].name in UNSEEN])
def test_where_nothing_fires_a_wrong_port_passes(case: Wrong, tmp_path: Path):
    """What the original tutorial's workload, size `silent`, cannot see."""
    silent = dict(neurons=50, steps=100, driven=False)
    assert LIF.dyadic is not None
    prove_to_the_bit(
        load_wrong(case, tmp_path), LIF.dyadic(np.random.default_rng(0), np.float64, **silent)
    )


def test_inputs_on_which_nothing_fires_are_refused():
    weights, drive, state, parameters, steps = LIF.make_inputs("check", "float64")
    state = state._replace(voltage=state.voltage - 1)
    with pytest.raises(AssertionError, match=r"a mean rate of 0\.0 Hz; plausible: 2 to 60 Hz"):
        prove_to_the_bit(load("lif", "numpy_event"), (weights, drive / 2, state, parameters, steps))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", EQUIVALENT)
def test_right_port_passes(case: Wrong, dtype: str, tmp_path: Path):
    prove(load_wrong(case, tmp_path, dtype))
