"""One function in NumPy, JAX, Numba and PyTorch: proven equal, measured side by side.

    from portstudy import load

    lif = load("lif", "jax_scan", dtype="float32")
    spikes, state = lif(weights, drive, state, parameters, steps=1000)  # NumPy in, NumPy out

The names below are also all that a `spec.py` needs.
"""

from portstudy.arguments import Array, Choice, InvalidInput, Scalar, Size, fits
from portstudy.backends.base import Unavailable
from portstudy.find import find_kernel, kernels, load
from portstudy.kernel import Broken, Kernel, Port
from portstudy.names import UnknownName
from portstudy.proof.same import assert_same_up_to_rounding
from portstudy.rules import Different, Exact, Ulps
from portstudy.work import EXPONENTIAL, Traffic, Work, moved

__all__ = [
    "EXPONENTIAL",
    "Array",
    "Broken",
    "Choice",
    "Different",
    "Exact",
    "InvalidInput",
    "Kernel",
    "Port",
    "Scalar",
    "Size",
    "Traffic",
    "Ulps",
    "Unavailable",
    "UnknownName",
    "Work",
    "assert_same_up_to_rounding",
    "find_kernel",
    "fits",
    "kernels",
    "load",
    "moved",
]
