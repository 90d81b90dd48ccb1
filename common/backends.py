"""What differs between the array libraries, in one place.

A backend knows how to put NumPy arrays on a device, call a function there, wait for its outputs
and get them back, and it counts what its library compiles. A library is imported when its
backend is made, not before.
"""

import importlib.metadata
import importlib.util
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np


class Unavailable(RuntimeError):
    """A library or a device that is not here; the message says which, and what would help."""


def map_arrays(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to every array and NumPy scalar in nested tuples, NamedTuples, dicts, lists.

    Python integers and booleans are sizes and switches: they stay as they are.
    """
    return map_leaves(lambda leaf: leaf if isinstance(leaf, int) else function(leaf), tree)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply `function` to Python integers and booleans, too."""
    if isinstance(tree, dict):
        return {key: map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, tuple | list):
        mapped = [map_leaves(function, item) for item in tree]
        return type(tree)(*mapped) if hasattr(tree, "_fields") else type(tree)(mapped)
    return function(tree)


def leaves(tree: Any) -> list:
    """The arrays and scalars of nested tuples, NamedTuples, dicts and lists, in order."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


class Backend:
    """NumPy, and every library whose functions take and return NumPy arrays."""

    package = "numpy"
    distribution = ""  # its name on PyPI, where that is another
    environment = ""  # the make target of the environment it lives in, where that is not ours
    dtypes: tuple[str, ...] = ("float64", "float32")
    rounds_elsewhere = False
    """Does it compute the same, but round in other places? Then no port can agree to the bit."""
    on_gpus = False
    """May its ports run on a GPU?"""
    simulated = ""
    """What stands in for the device, if anything does: ports are proven in it, and not measured."""

    def __init__(self, device: str = "cpu", dtype: str = "float64") -> None:
        self.device = device
        self.dtype = dtype
        if importlib.util.find_spec(self.package) is None:
            remedy = f"pip install {self.distribution or self.package}"
            if self.environment:
                remedy = f"it needs the environment of `make {self.environment}`"
            raise Unavailable(f"{self.package} is not installed: {remedy}")
        if dtype not in self.dtypes:
            known = ", ".join(self.dtypes)
            raise Unavailable(f"{self.package} computes in {known}, not in {dtype}")
        self._start()

    @classmethod
    def interpreter(cls) -> str:
        """The Python that has the library: this one, or that of the environment it lives in."""
        other = Path(__file__).parent.parent / f".venv-{cls.environment}" / "bin" / "python"
        return str(other) if cls.environment and other.exists() else sys.executable

    def _start(self) -> None:
        """Import the library; raise Unavailable where it cannot use the device."""
        if self.device != "cpu":
            raise Unavailable(f"{self.package} ports run on the CPU, not on {self.device!r}")

    def put(self, arguments: tuple) -> tuple:
        """NumPy arrays to the library's own, on the device; they are there when this returns."""
        return arguments

    def call(self, function: Callable, arguments: tuple) -> Any:
        """Call under this backend's dtype and device; may return before the result is there."""
        return function(*arguments)

    def wait(self, outputs: Any) -> Any:
        """Return the outputs once they are there."""
        return outputs

    def get(self, outputs: Any) -> Any:
        """The library's arrays to NumPy's."""
        return map_arrays(np.asarray, outputs)

    def compiled(self) -> tuple[int, float]:
        """How often the library has compiled in this process, and the seconds it took."""
        return 0, 0.0

    def own_seconds(self) -> float | None:
        """Seconds that the library says its last call ran; None where our clock is to be believed.

        Of a simulator, the time in its loop over the steps. That favours it: building the network
        and moving it there and back are left out.
        """
        return None

    def device_name(self) -> str:
        """The device as the library names it."""
        return self.device

    def device_bytes(self) -> int:
        """The most of a GPU's memory that this process has held, arguments included; else 0."""
        return 0

    def version(self) -> str:
        """Version of the library."""
        return importlib.metadata.version(self.distribution or self.package)


class Numba(Backend):
    """Numba compiles a function for the types of its arguments, at the first call with them."""

    package = "numba"
    count, seconds, depth, started = 0, 0.0, 0, 0.0
    listener: Any = None

    def _start(self) -> None:
        super()._start()
        self._listen()

    def _listen(self) -> None:
        from numba.core import event

        if Numba.listener is None:

            class Listener(event.Listener):
                def on_start(self, event: Any) -> None:
                    if Numba.depth == 0:  # compilations nest: a function calls another
                        Numba.started = time.perf_counter()
                    Numba.depth += 1

                def on_end(self, event: Any) -> None:
                    Numba.depth -= 1
                    if Numba.depth == 0:
                        Numba.count += 1
                        Numba.seconds += time.perf_counter() - Numba.started

            Numba.listener = Listener()
            event.register("numba:compile", Numba.listener)

    def compiled(self) -> tuple[int, float]:
        return Numba.count, Numba.seconds


class NumbaCuda(Numba):
    """Numba on the GPU; on the CPU in its simulator, where a Python thread is one of the GPU's.

    `numba.cuda` is the one or the other from when it is imported: a process has one of them.
    """

    package = "numba_cuda"
    distribution = "numba-cuda"
    on_gpus = True
    simulators: bool | None = None
    counting = False

    def _start(self) -> None:
        from numba import config

        simulator = self.device == "cpu"
        may_be_here = shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()
        if not simulator and not may_be_here:
            raise Unavailable("numba_cuda sees no 'cuda' device: no nvidia-smi, no GPU file")
        if simulator and may_be_here and not config.ENABLE_CUDASIM:
            raise Unavailable("numba_cuda has a GPU here: NUMBA_ENABLE_CUDASIM=1 for its simulator")
        if NumbaCuda.simulators is None:
            config.ENABLE_CUDASIM = simulator
            NumbaCuda.simulators = simulator
        elif NumbaCuda.simulators != simulator:
            there = "its simulator" if NumbaCuda.simulators else "the GPU"
            raise Unavailable(f"numba_cuda runs on {there} in this process already")
        from numba import cuda

        config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # of few blocks, which some ports need
        if simulator:
            from common.simulator import take_turns

            self.simulated = "Numba's CUDA simulator"
            take_turns()
        elif not cuda.is_available():
            raise Unavailable(f"numba_cuda sees no 'cuda' device: {cuda.cuda_error()}")
        else:
            self.free = cuda.current_context().get_memory_info().free  # bytes
        self.cuda = cuda
        self._listen()

    def _listen(self) -> None:
        super()._listen()
        if self.simulated or NumbaCuda.counting:
            return
        from numba.cuda.dispatcher import CUDADispatcher  # which announces no compilation

        compile_one = CUDADispatcher.compile

        def count(dispatcher: Any, signature: Any) -> Any:
            known, start = len(dispatcher.overloads), time.perf_counter()
            kernel = compile_one(dispatcher, signature)
            if len(dispatcher.overloads) > known:
                Numba.count += 1
                Numba.seconds += time.perf_counter() - start
            return kernel

        CUDADispatcher.compile = count
        NumbaCuda.counting = True

    def put(self, arguments: tuple) -> tuple:
        return self.wait(map_arrays(self._to_device, arguments))

    def _to_device(self, x: Any) -> Any:
        return self.cuda.to_device(x) if isinstance(x, np.ndarray) else x

    def wait(self, outputs: Any) -> Any:
        self.cuda.synchronize()
        return outputs

    def get(self, outputs: Any) -> Any:
        def fetch(x: Any) -> Any:
            return x.copy_to_host() if hasattr(x, "copy_to_host") else np.asarray(x)

        return map_arrays(fetch, outputs)

    def device_name(self) -> str:
        if self.simulated:
            return "cpu"
        name = self.cuda.get_current_device().name
        return name.decode() if isinstance(name, bytes) else name  # bytes, until lately

    def device_bytes(self) -> int:
        # It frees late: what its context holds now is the most that it has held.
        if self.simulated:
            return 0
        return self.free - self.cuda.current_context().get_memory_info().free


class Jax(Backend):
    """JAX compiles per shape and dtype, and returns before the result is there."""

    package = "jax"
    on_gpus = True
    durations: list[float] | None = None

    def _start(self) -> None:
        import jax

        try:
            self.place = jax.devices(self.device)[0]
        except RuntimeError as error:
            raise Unavailable(f"jax sees no {self.device!r} device: {error}") from error
        self.jax = jax
        if Jax.durations is None:
            Jax.durations = durations = []

            def listen(event: str, seconds: float, **_: Any) -> None:
                if event.startswith("/jax/core/compile/"):  # tracing, lowering and compiling
                    durations.append(seconds)

            jax.monitoring.register_event_duration_secs_listener(listen)

    def put(self, arguments: tuple) -> tuple:
        def move(x: Any) -> Any:
            return self.jax.device_put(x, self.place)

        return self.wait(self.call(lambda: map_arrays(move, arguments), ()))

    def call(self, function: Callable, arguments: tuple) -> Any:
        # JAX knows no float64 unless told to; a float32 port runs as its users run it. On recent
        # GPUs a float32 product is TF32 by default, which compares with nothing.
        with (
            self.jax.enable_x64(self.dtype == "float64"),
            self.jax.default_device(self.place),
            self.jax.default_matmul_precision("float32"),
        ):
            return function(*arguments)

    def wait(self, outputs: Any) -> Any:
        for array in leaves(outputs):  # as jax.block_until_ready does, in half the time
            if hasattr(array, "block_until_ready"):
                array.block_until_ready()
        return outputs

    def compiled(self) -> tuple[int, float]:
        assert Jax.durations is not None
        return len(Jax.durations), sum(Jax.durations)

    def device_name(self) -> str:
        return self.place.device_kind

    def device_bytes(self) -> int:
        return (self.place.memory_stats() or {}).get("peak_bytes_in_use", 0)


class JaxPallas(Jax):
    """Kernels written in Pallas: compiled for a GPU, interpreted elsewhere."""

    def _start(self) -> None:
        super()._start()
        if self.device == "cpu":
            self.simulated = "Pallas's interpreter"


class JaxSharded(Jax):
    """JAX on all of its devices, those of all its processes: every one is given every argument.

    Of several processes (`jax.distributed`) each makes its devices' copies from its own arguments,
    which must be the same in all, and each gets all of the outputs.
    """

    def _start(self) -> None:
        super()._start()
        devices = self.jax.devices(self.device)
        mesh = self.jax.sharding.Mesh(devices, ("devices",))
        self.place = self.jax.sharding.NamedSharding(mesh, self.jax.sharding.PartitionSpec())
        self.gather = self.jax.jit(lambda x: x, out_shardings=self.place)

    def put(self, arguments: tuple) -> tuple:
        def move(x: Any) -> Any:
            # `device_put` would first compare what the processes have, by sending it to all.
            copy = np.asarray(x)
            return self.jax.make_array_from_callback(copy.shape, self.place, lambda i: copy[i])

        return self.wait(self.call(lambda: map_arrays(move, arguments), ()))

    def call(self, function: Callable, arguments: tuple) -> Any:
        with (
            self.jax.enable_x64(self.dtype == "float64"),
            self.jax.default_matmul_precision("float32"),
        ):
            return function(*arguments)

    def get(self, outputs: Any) -> Any:
        def fetch(x: Any) -> Any:
            here = getattr(x, "is_fully_addressable", True) or x.is_fully_replicated
            return np.asarray(x if here else self.gather(x))

        return self.call(lambda: map_arrays(fetch, outputs), ())

    def device_name(self) -> str:
        devices = list(self.place.device_set)
        return f"{len(devices)} x {devices[0].device_kind}"

    def device_bytes(self) -> int:
        here = self.place.addressable_devices
        return max((x.memory_stats() or {}).get("peak_bytes_in_use", 0) for x in here)


class Torch(Backend):
    """PyTorch, eager or compiled, without gradients."""

    package = "torch"
    on_gpus = True

    def _start(self) -> None:
        import torch

        if self.device == "cuda" and not torch.cuda.is_available():
            raise Unavailable("torch sees no 'cuda' device")
        # TF32 compares with nothing. For products this is the default, for convolutions it is not.
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
        self.torch = torch

    def put(self, arguments: tuple) -> tuple:
        def move(x: Any) -> Any:
            # A scalar becomes a Python float: as a NumPy scalar it fails torch.compile's guards.
            return (
                self.torch.tensor(x, device=self.device) if isinstance(x, np.ndarray) else float(x)
            )

        return self.wait(map_arrays(move, arguments))

    def call(self, function: Callable, arguments: tuple) -> Any:
        with self.torch.no_grad():
            return function(*arguments)

    def wait(self, outputs: Any) -> Any:
        if self.device == "cuda":
            self.torch.cuda.synchronize()
        return outputs

    def get(self, outputs: Any) -> Any:
        return map_arrays(lambda x: np.asarray(x.cpu()) if self.torch.is_tensor(x) else x, outputs)

    def compiled(self) -> tuple[int, float]:
        from torch._dynamo import utils  # private, but the only place where torch tells

        spent = utils.calculate_time_spent().get("total_wall_time", 0.0)
        return utils.counters["stats"]["unique_graphs"], spent

    def device_name(self) -> str:
        return self.torch.cuda.get_device_name() if self.device == "cuda" else "cpu"

    def device_bytes(self) -> int:
        return self.torch.cuda.max_memory_allocated() if self.device == "cuda" else 0


class TorchDistributed(Torch):
    """PyTorch in a process group: the one that there is, or else one of this process alone."""

    def _start(self) -> None:
        super()._start()
        groups = self.torch.distributed
        if not groups.is_available():
            raise Unavailable("this torch was built without torch.distributed")
        if not groups.is_initialized():
            speaks = "cpu:gloo,cuda:nccl" if self.torch.cuda.is_available() else "gloo"
            groups.init_process_group(speaks, store=groups.HashStore(), rank=0, world_size=1)


class Scipy(Backend):
    """SciPy takes and returns NumPy arrays."""

    package = "scipy"


class Sklearn(Backend):
    """So does scikit-learn."""

    package = "sklearn"
    distribution = "scikit-learn"


class Diffrax(Jax):
    """Diffrax's solvers are JAX."""

    package = "diffrax"


class Snntorch(Torch):
    """snnTorch's neurons are torch modules."""

    package = "snntorch"


class Brian2(Backend):
    """Brian2 makes a C++ program of a network and runs it; arrays travel through files."""

    package = "brian2"
    environment = "simulators"
    compilations: ClassVar[set[float]] = set()  # seconds that each program took

    def _start(self) -> None:
        super()._start()
        try:
            import brian2
        except AttributeError as error:  # Brian2 2.9 uses what NumPy 2.4 no longer has
            what = f"brian2 {self.version()} cannot be imported with NumPy {np.__version__}"
            remedy = f"it needs the environment of `make {self.environment}`"
            raise Unavailable(f"{what} ({error}): {remedy}") from error
        missing = [tool for tool in ("g++", "make") if shutil.which(tool) is None]
        if missing:
            raise Unavailable(f"brian2 compiles C++, but there is no {' and no '.join(missing)}")
        self.brian2 = brian2

    def call(self, function: Callable, arguments: tuple) -> Any:
        with np.errstate(over="ignore"):  # Brian2 looks for values above 1e50, in float32 too
            outputs = function(*arguments)
        if spent := self.brian2.device.timers["compile"]["make"]:
            Brian2.compilations.add(spent)
        return outputs

    def compiled(self) -> tuple[int, float]:
        return len(Brian2.compilations), sum(Brian2.compilations)

    def own_seconds(self) -> float | None:
        return self.brian2.device._last_run_time


class Nest(Backend):
    """NEST has its neurons compiled already, in float64. It keeps voltages relative to rest."""

    package = "nest"
    distribution = "nest-simulator"
    environment = "simulators"
    dtypes = ("float64",)
    rounds_elsewhere = True

    def _start(self) -> None:
        super()._start()
        import nest

        nest.verbosity = nest.VerbosityLevel.ERROR
        self.nest = nest

    def own_seconds(self) -> float | None:
        return self.nest.kernel_status["time_simulate"]


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
