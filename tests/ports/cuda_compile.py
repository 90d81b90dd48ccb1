"""Compile the CUDA kernels of ports for compute capability 9.0, with neither a GPU nor a driver.

    python -m tests.ports.cuda_compile lif:float64 threefry:float32

The host's side of a port runs as it is, on NumPy's arrays, and a kernel that it launches is
compiled for these very arguments: types are inferred and the code is lowered to LLVM's language,
and where NVIDIA's compiler library is installed, that is made into the GPU's assembler. In a
process of its own, as `numba.cuda` is the simulator in one that tests ports.
"""

import functools
import json
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
from cuda.pathfinder import DynamicLibNotFoundError
from numba import cuda
from numba.cuda import dispatcher, types
from numba.cuda.compiler import compile_cuda
from portstudy import find_kernel
from portstudy.backends.numba import lend_row_stack
from portstudy.importing import import_file
from portstudy.trees import map_arrays

H200 = SimpleNamespace(
    compute_capability=(9, 0), MULTIPROCESSOR_COUNT=132, MAX_THREADS_PER_BLOCK=1024
)


class DeviceArray(np.ndarray):
    """What a port needs of an array on a GPU."""

    def copy_to_host(self) -> np.ndarray:
        return np.array(self)


def to_device(x: Any) -> Any:
    return np.array(x).view(DeviceArray) if isinstance(x, np.ndarray) else x


@functools.cache
def compile_kernel(kernel: Any, argument_types: tuple) -> str:
    """Its code in the GPU's assembler, or else in LLVM's language."""
    options = {"fastmath": kernel.targetoptions.get("fastmath", False), "opt": 3}
    capability = H200.compute_capability
    lowered = compile_cuda(
        kernel.py_func, types.void, argument_types, cc=capability, nvvm_options=options
    )
    try:
        return cuda.compile_ptx(kernel.py_func, argument_types, cc=capability)[0]
    except DynamicLibNotFoundError:
        return lowered.library.get_llvm_str()


def compile_port(kernel: str, dtype: str) -> dict[str, str]:
    """Names of the kernels that a port launches, to their code."""
    compiled = {}

    def launch(kernel: Any, *arguments: Any) -> None:
        argument_types = tuple(kernel.typeof_pyval(x) for x in arguments)
        compiled[kernel.py_func.__name__] = compile_kernel(kernel, argument_types)

    dispatcher.CUDADispatcher.__getitem__ = lambda self, _: functools.partial(launch, self)
    spec = find_kernel(kernel)
    port = getattr(import_file(spec.path("numba_cuda")), spec.name)
    port(*map_arrays(to_device, spec.make_inputs("check", dtype)))
    return compiled


if __name__ == "__main__":
    lend_row_stack()
    dispatcher.get_current_device = cuda.get_current_device = lambda: H200
    cuda.to_device = to_device
    cuda.device_array = lambda shape, dtype=np.float64: np.zeros(shape, dtype).view(DeviceArray)
    cuda.device_array_like = lambda x: np.zeros(x.shape, x.dtype).view(DeviceArray)
    for case in sys.argv[1:]:
        try:
            found: Any = compile_port(*case.split(":"))
        except Exception as error:  # what Numba says of a kernel that has no types, too
            found = f"{type(error).__name__}: {error}"
        print(json.dumps([case, found]), flush=True)
