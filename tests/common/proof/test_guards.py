"""The guards and the rules of comparison, one by one, on a kernel that fits in a line."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from portstudy import Array, Kernel, Port, Ulps
from portstudy.find import load_file
from portstudy.proof import (
    Different,
    compare,
    prove,
    prove_accuracy,
    prove_free_run,
    prove_to_the_bit,
)

from tests.conftest import inputs, load_edited, skipped_if_unavailable

DOUBLE = Kernel(
    arguments={"x": Array("point")},
    inputs=lambda rng: (rng.normal(size=4),),
    outputs={"y": Ulps(2, "point", unit="m")},
    sizes={"check": {}},
    reference="numpy_reference",
    alive=lambda arguments, outputs: None,
    name="double",
)


@pytest.fixture
def double(tmp_path: Path) -> Callable[..., Port]:
    """Makes a port of `double` from its library and source, compared with 2 * x."""

    def port(library: str, source: str, dtype: str = "float64", reference: str = "2 * x") -> Port:
        (tmp_path / "numpy_reference.py").write_text(f"def double(x):\n    return {reference}\n")
        path = tmp_path / f"{library}_port.py"
        path.write_text(source)
        with skipped_if_unavailable(library):
            return load_file(replace(DOUBLE, folder=tmp_path), path, dtype=dtype)

    return port


def returns(value: str) -> str:
    return f"import numpy as np\ndef double(x):\n    return {value}\n"


X = np.array([1.0, 2.0, 3.0, 0.0])

OBJECTIONS = {
    "overwrites": (
        "numpy", "def double(x):\n    x *= 2\n    return x\n",
        "read-only",
    ),
    "overwrites on the device": (
        "torch", "def double(x):\n    return x.mul_(2)\n",
        r"double/torch_port changed an argument of shape \(4,\) in place",
    ),
    "jits in each call": (
        "jax", "import jax\ndef double(x):\n    return jax.jit(lambda x: 2 * x)(x)\n",
        r"double/jax_port compiled \d+ times in its second call; allowed: 0",
    ),
    "njits in each call": (
        "numba", "from numba import njit\ndef double(x):\n    return njit(lambda x: 2 * x)(x)\n",
        "double/numba_port compiled 1 times in its second call; allowed: 0",
    ),
    "compiles for each number": (
        "torch",
        "import torch\ncalls = []\n"
        "@torch.compile(dynamic=False, backend='eager')\n"
        "def scaled(x, n):\n    return 2 * x + 0 * n\n"
        "def double(x):\n    calls.append(0)\n    return scaled(x, len(calls))\n",
        "double/torch_port compiled 1 times in its second call; allowed: 0",
    ),
    "is not done when it returns": (
        "numpy",
        "import threading, time\ndef double(x):\n    y = 0 * x\n    time.sleep(0.3)\n"
        "    threading.Timer(0.1, y.__setitem__, (slice(None), 2 * x)).start()\n    return y\n",
        "double/numpy_port: y changed after the port had returned, first at point 0: "
        r"expected 0\.0 m, got 2\.0 m",
    ),
    "counts its calls": (
        "numpy", "calls = []\ndef double(x):\n    calls.append(0)\n    return 2 * x + len(calls)\n",
        "double/numpy_port: y differs between two calls with the same arguments, "
        r"first at point 0: expected 3\.0 m, got 4\.0 m",
    ),
    "another dtype": (
        "numpy", returns("np.float32(2 * x)"), "y has dtype float32; expected float64"),
    "another shape": (
        "numpy", returns("2 * x[None]"), r"y has shape \(1, 4\); expected \(4,\)"),
    "too many outputs": (
        "numpy", returns("(2 * x, x)"), r"returns tuple\(array, array\); expected array"),
    "no output": ("numpy", returns("()"), r"returns tuple\(\); expected array"),
    "nested": ("numpy", returns("(2 * x,)"), r"returns tuple\(array\); expected array"),
    "NaN": (
        "numpy", returns("np.where(x == 3, np.nan, 2 * x)"),
        r"y differs in 1 of 4 values, first at point 2: expected 6\.0 m, got nan m",
    ),
    "nothing but NaN": (
        "numpy", returns("x + np.nan"), "y differs in 4 of 4 values, .* point 0: .* got nan m"),
    "infinity": ("numpy", returns("x + np.inf"), "y differs in 4 of 4 values, .* got inf m"),
    "one unit in the last place": (
        "numpy", returns("np.where(x == 2, np.nextafter(2 * x, 9), 2 * x)"),
        r"y differs in 1 of 4 values, first at point 1: expected 4\.0 m, got 4\.0+1 m \(1 ulps\)",
    ),
    "negative zero": (
        "numpy", returns("np.where(x == 0, -0.0, 2 * x)"),
        "y differs in the sign of a zero or the bits of a NaN",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OBJECTIONS)
def test_guard(double, name: str):
    library, source, message = OBJECTIONS[name]
    expected = ValueError if name == "overwrites" else Different  # NumPy's own objection
    with pytest.raises(expected, match=rf"{message}( \(\S+ ulps\))?$") as caught:
        prove_to_the_bit(double(library, source), (X,))
    assert expected is ValueError or str(caught.value).startswith(f"double/{library}_port")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_port_passes_and_its_outputs_are_returned(double, dtype: str):
    result = prove_to_the_bit(double("numpy", returns("x + x"), dtype), (X,))
    assert (result.outputs == 2 * X).all()
    assert result.outputs.dtype == dtype


def test_float32_must_stay_float32(double):
    with pytest.raises(Different, match=r"y has dtype float64; expected float32$"):
        prove_to_the_bit(
            double("numpy", returns("np.float64(2) * np.asarray(x, float)"), "float32"), (X,)
        )


@pytest.mark.parametrize(("ulps", "passes"), [(2, True), (3, False)])
def test_a_rule_in_ulps_allows_so_many(double, ulps: int, passes: bool):
    port = double("numpy", returns(f"2 * x + {ulps} * np.spacing(2 * x)"))
    if passes:
        assert prove_accuracy(port, (X,)) == ulps
    else:
        with pytest.raises(Different, match=r"double/numpy_port, against float64: y differs in 4"):
            prove_accuracy(port, (X,))


@pytest.mark.parametrize(("offset", "passes"), [(0, True), (256, True), (65536, False)])
def test_float32_may_err_about_as_much_as_the_reference(double, offset: int, passes: bool):
    """Not equal, but as good: adding and taking away 256 costs the reference its last digits."""
    port = double(
        "numpy", returns(f"(x + {offset}) + (x - {offset})"), "float32", "(x + 256) + (x - 256)"
    )
    x = np.array([0.3, 0.7, 0.9], np.float32)
    if passes:
        prove_accuracy(port, (x,))
    else:
        with pytest.raises(Different, match=r"against float64: y differs in .* first at point 0"):
            prove_accuracy(port, (x,))


def test_the_floor_of_a_rule_is_the_scale_of_cancellation():
    scaled = replace(DOUBLE, outputs={"y": Ulps(2, "point", floor=1.0)})
    nothing, little = np.array([0.0]), np.array([4e-16])
    assert compare(scaled, nothing, little) == pytest.approx(2, rel=0.2)
    with pytest.raises(Different, match=r"first at point 0: expected 0\.0 m, got 4e-16 m"):
        compare(DOUBLE, nothing, little)


def test_outputs_are_nested_as_the_references(double):
    with pytest.raises(
        Different, match=r"double/numpy_port returns tuple\(array\); expected array$"
    ):
        prove(double("numpy", returns("(2 * x,)")))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("kernel", "port", "trial"),
    [("lif", "numpy_dense", ""), ("lif_ensemble", "numpy_vectorised", 0)],
)
class TestFirstDifferenceOfAFreeRun:
    """Neuron 7 starts exactly at threshold, in a port that takes it to be a little lower."""

    def prove(self, tmp_path, kernel, port, dtype, lower: str) -> str:
        edits = {"state.voltage  #": f"{lower}  #"}
        weights, drive, state, parameters, *rest = inputs(kernel, dtype, dyadic=False)
        voltage = state.voltage.copy()
        voltage[..., 7] = parameters.v_threshold
        return prove_free_run(
            load_edited(tmp_path, "lower", kernel, port, edits, dtype),
            (weights, drive, state._replace(voltage=voltage), parameters, *rest),
        ).note

    def test_by_rounding_is_excused(self, tmp_path, kernel, port, trial, dtype):
        lower = "np.nextafter(state.voltage, -np.inf, dtype=drive.dtype)"
        why = self.prove(tmp_path, kernel, port, dtype, lower)
        assert why.startswith("in trial 0 " if trial == 0 else "at step 0 ")
        assert re.search(
            r"at step 0 neuron 7 has (-50\.7\d*) mV in the reference and (?!\1 )(-50\.7\d*) mV in "
            r"the port, 0 mV from threshold \(within the .* mV that rounding explains\)$",
            why,
        )

    def test_by_more_is_not(self, tmp_path, kernel, port, trial, dtype):
        lower = {"float64": "state.voltage - 1e-3", "float32": "state.voltage - np.float32(0.1)"}
        with pytest.raises(
            Different,
            match=r"spikes differs in .* first at (trial 0, )?step 0, neuron 7: expected True, "
            r"got False; (in trial 0 )?at step 0 neuron 7 has -50\.7\d* mV in the reference and "
            r"-50\.[78]\d* mV in the port, 0 mV from threshold "
            r"\(beyond the .* mV that rounding explains\)$",
        ):
            self.prove(tmp_path, kernel, port, dtype, lower[dtype])
