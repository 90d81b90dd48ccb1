"""PyTorch: in one process, over several; and snnTorch, which is written in it."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from portstudy.backends.base import Backend, Unavailable
from portstudy.trees import map_arrays


class Torch(Backend):
    """PyTorch, eager or compiled, without gradients."""

    package = "torch"
    takes_numpy = False
    on_gpus = True

    def _start(self) -> None:
        import torch

        if self.device == "cuda" and not torch.cuda.is_available():
            raise Unavailable("torch sees no 'cuda' device")
        if dynamo := sys.modules.get("torch._dynamo"):  # a further dtype, in the same process
            dynamo.config.recompile_limit = 100
        # TF32 compares with nothing. For products this is the default, for convolutions it is not.
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
        self.torch = torch

    def put(self, arguments: tuple) -> tuple:
        def move(x: Any) -> Any:
            if isinstance(x, np.ndarray):
                x = x.copy() if min(x.strides, default=0) < 0 else x  # torch knows none of these
                return self.torch.tensor(x, device=self.device)
            return x.item()  # as a NumPy scalar it fails torch.compile's guards

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

    def threads(self) -> int:
        return self.torch.get_num_threads()

    def set_threads(self, number: int) -> None:
        self.torch.set_num_threads(number)

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


class Snntorch(Torch):
    """snnTorch's neurons are torch modules."""

    package = "snntorch"
