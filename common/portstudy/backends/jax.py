"""JAX: on one device, in Pallas, over several devices; and Diffrax, which is written in it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from portstudy.backends.base import Backend, Unavailable
from portstudy.trees import leaves, map_arrays


class Jax(Backend):
    """JAX compiles per shape and dtype, and returns before the result is there."""

    package = "jax"
    takes_numpy = False
    changes_in_place = False
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


class Diffrax(Jax):
    """Diffrax's solvers are JAX."""

    package = "diffrax"
