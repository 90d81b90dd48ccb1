"""One function in NumPy, JAX, Numba and PyTorch: proven equal, measured side by side.

    from portstudy import load

    lif = load("lif", "jax_scan", dtype="float32")
    spikes, state = lif(weights, drive, state, parameters, steps)  # NumPy in, NumPy out

The names below are also all that a `spec.py` needs.
"""

from portstudy.arguments import Arrays, InvalidInput, fits, named, size
from portstudy.backends.base import Unavailable
from portstudy.find import find_kernel, kernels, load
from portstudy.kernel import Broken, Kernel, Port
from portstudy.names import UnknownName
from portstudy.rules import Exact, Ulps
from portstudy.work import EXPONENTIAL, Traffic, Work, moved

__all__ = [
    "EXPONENTIAL",
    "Arrays",
    "Broken",
    "Exact",
    "InvalidInput",
    "Kernel",
    "Port",
    "Traffic",
    "Ulps",
    "Unavailable",
    "UnknownName",
    "Work",
    "find_kernel",
    "fits",
    "kernels",
    "load",
    "moved",
    "named",
    "size",
]
