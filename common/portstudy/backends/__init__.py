"""What differs between the array libraries, in one place.

A backend knows how to put NumPy arrays on a device, call a function there, wait for its outputs
and get them back, and it counts what its library compiles. A library is imported when its
backend is made, not before.
"""

from portstudy.backends.base import Backend, Scipy, Sklearn
from portstudy.backends.jax import Diffrax, Jax, JaxPallas, JaxSharded
from portstudy.backends.numba import Numba, NumbaCuda
from portstudy.backends.simulators import Brian2, Nest
from portstudy.backends.torch import Snntorch, Torch, TorchDistributed
from portstudy.names import one_of

LIBRARIES: dict[str, type[Backend]] = {
    "numpy": Backend,
    "jax": Jax,
    "numba": Numba,
    "torch": Torch,
    "scipy": Scipy,
    "sklearn": Sklearn,
    "diffrax": Diffrax,
    "snntorch": Snntorch,
    "brian2": Brian2,
    "nest": Nest,
}
"""The first word of a port's name, to the backend that runs it."""


STYLES: dict[str, type[Backend]] = {
    "numba_cuda": NumbaCuda,
    "jax_pallas": JaxPallas,
    "jax_sharded": JaxSharded,
    "torch_distributed": TorchDistributed,
}
"""The first two words, where their library is used in another way than by its other ports."""


def library_of(port: str) -> str:
    """The library a port is written in: the first word of its name."""
    return one_of("library", port.split("_", 1)[0], LIBRARIES, f", the first word of port {port!r}")
