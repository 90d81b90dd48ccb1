"""Kernels and ports: what they are, where they are found, how one is loaded.

A kernel is a folder with a `spec.py`; a port is a further Python file in that folder, named
`<library>_<style>.py`. The file names are the registry: listing kernels and ports imports
none of the libraries that the ports are written in.

    port = load("lif", "jax_scan", device="cpu", dtype="float64")
    spikes, state = port(weights, drive, state, parameters, steps)      # NumPy in, NumPy out

The same call in pieces, as measurement needs it:

    arguments = port.put(port.check(weights, drive, state, parameters, steps))
    outputs = port.wait(port.call(*arguments))
    spikes, state = port.get(outputs)

Where a name of a kernel is asked for, the path of a folder elsewhere does as well, and so do files
with a function each, without any spec (`common/own.py`).
"""

import ast
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from common.backends import LIBRARIES, STYLES, Backend, map_leaves
from common.roofline import Work

IMPLEMENTATIONS = Path(__file__).parent.parent / "implementations"
DTYPES = ("float64", "float32")
DEVICES = ("cpu", "cuda")
NO_PORTS = ("spec", "picture", "__init__")


class UnknownName(ValueError):
    """A kernel, port, size, dtype or device that does not exist; the message names the nearest."""


class Broken(RuntimeError):
    """A port whose library is here, but which cannot be imported or lacks its function."""


@dataclass(frozen=True)
class Kernel:
    """One computation, as its `spec.py` states it.

    The arguments of a port are NumPy arrays, NamedTuples of arrays and scalars, and plain Python
    integers and booleans. Arrays and NumPy scalars are data: they travel to the device. Python
    integers and booleans are sizes and switches: they are known when a port is compiled.
    """

    inputs: Callable[..., tuple]
    """`(rng, dtype, **size) -> arguments`: general inputs, on which rounding differs."""
    outputs: Mapping[str, Any]
    """Name of each output array, in the order the ports return them, to its rule of comparison."""
    sizes: Mapping[str, Mapping[str, Any]]
    """Named sizes, the most telling first; `check` is the one that tests use."""
    reference: str
    """The port that the others are held against."""
    check: Callable[..., tuple]
    """`(dtype, *arguments) -> arguments`, converted to dtype and read-only, or InvalidInput."""
    alive: Callable[[tuple, tuple], None]
    """`(arguments, output arrays)`: raises AssertionError where such outputs prove nothing."""
    dyadic: Callable[..., tuple] | None = None
    """Like `inputs`, but here no order of summation can matter: ports must agree to the bit."""
    single_steps: Callable[[Callable, tuple], Iterator[tuple]] | None = None
    """`(reference, arguments)`: the arguments of each single step along its trajectory."""
    explain: Callable[..., tuple[bool, str]] | None = None
    """`(reference, port, arguments, expected, outputs)`: is what differs a matter of rounding?"""
    work: Callable[[tuple, tuple], Work] | None = None
    """`(arguments, output arrays)`: the least that this result needs, for the machine's limit."""
    peers: Sequence[str] = ()
    """The ports that a user would pick instead of writing one, who want to be compared with."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Sizes at which `reference` would take minutes, and the port that replaces it there."""
    name: str = ""
    folder: Path = IMPLEMENTATIONS

    measures_rounding = False
    """Does no rule say what rounding may do, so that it has to be measured?"""

    def rules(self, outputs: Any) -> Mapping[str, Any]:
        """Name of each of these output arrays to its rule of comparison."""
        return self.outputs

    def shape(self, size: str) -> dict[str, Any]:
        """The shape of a named size, with changes if there are any: `small,neurons=500,rate=0.5`.

        Raises UnknownName for a size or a dimension that does not exist, and for no number.
        """
        name, *changes = size.split(",")
        shape = dict(self.sizes[one_of("size", name, self.sizes, f" of kernel {self.name!r}")])
        for change in changes:
            dimension, _, value = change.partition("=")
            allowed = inspect.signature(self.inputs).parameters
            keywords = [x.name for x in allowed.values() if x.kind == x.KEYWORD_ONLY]
            one_of("dimension", dimension, keywords, f" of kernel {self.name!r}")
            try:
                shape[dimension] = int(value) if value.isdecimal() else float(value)
            except ValueError:
                raise UnknownName(f"{dimension}: {value!r}; allowed: a number") from None
        return shape

    def reference_at(self, size: str) -> str:
        """The port that the others are held against at this size."""
        return self.references.get(size.split(",")[0], self.reference)

    def ports_at(self, size: str) -> list[str]:
        """The ports that are measured at this size, its reference first."""
        replaced = {self.reference} - {self.reference_at(size)}
        ports = [port for port in self.ports() if port not in replaced]
        return sorted(ports, key=lambda port: port != self.reference_at(size))

    def make_inputs(self, size: str, dtype: str, *, dyadic: bool = True, seed: int = 0) -> tuple:
        """Checked, read-only arguments of a size; dyadic ones where the kernel has them."""
        make = self.dyadic if dyadic and self.dyadic is not None else self.inputs
        shape = self.shape(size)
        precision = np.dtype(one_of("dtype", dtype, DTYPES))
        return self.check(precision, *make(np.random.default_rng(seed), precision, **shape))

    def ports(self) -> list[str]:
        """Names of this kernel's ports: the reference first, then as `ls` lists them."""
        names = sorted(p.stem for p in self.folder.glob("*.py"))
        names = [name for name in names if name not in NO_PORTS and not name.startswith("_")]
        return sorted(names, key=lambda name: name != self.reference)

    def path(self, port: str) -> Path:
        """The file of a port."""
        return self.folder / f"{port}.py"

    def library(self, port: str) -> str:
        """The library that a port is written in."""
        return library_of(port)

    def backend(self, port: str) -> type[Backend]:
        """What runs a port: its library's backend, or that of its style."""
        return STYLES.get("_".join(port.split("_")[:2])) or LIBRARIES[self.library(port)]

    def function(self, port: str) -> str:
        """The name of a port's function."""
        return self.name

    def lesson(self, port: str) -> str:
        """What this rung changes: the first line of the port's docstring."""
        source = self.path(port).read_text(encoding="utf-8")
        return (ast.get_docstring(ast.parse(source)) or "").split("\n", 1)[0]


def kernels() -> list[str]:
    """Names of all kernels of this project."""
    return sorted(spec.parent.name for spec in IMPLEMENTATIONS.glob("*/spec.py"))


def find_kernel(name: str) -> Kernel:
    """The kernel of this name; of this folder; or of these files, joined as PATH is."""
    if name.endswith(".py"):
        from common.own import functions

        return functions(tuple(name.split(os.pathsep)))
    folder = IMPLEMENTATIONS / name
    if name not in kernels():
        folder = Path(name).resolve()
        if os.path.basename(name) == name and not folder.is_dir():
            one_of("kernel", name, kernels())
        if not (folder / "spec.py").is_file():
            what = "has no spec.py" if folder.is_dir() else "is no folder"
            raise UnknownName(
                f"kernel {name!r}: {folder} {what}; allowed: the name of a kernel, a folder with "
                "a spec.py, or files with a function each, such as before.py after.py"
            )
    try:
        spec = getattr(import_file(folder / "spec.py"), folder.name)
    except Exception as error:
        raise Broken(f"{folder.name}/spec cannot be imported: {error!r}") from error
    return replace(spec, name=folder.name, folder=folder)


def benchmark_class(kernel: str) -> str:
    """Name of a kernel's class in the asv suite: Lif, LifEnsemble."""
    return kernel.title().replace("_", "")


def library_of(port: str) -> str:
    """The library a port is written in: the first word of its name."""
    return one_of("library", port.split("_", 1)[0], LIBRARIES, f", the first word of port {port!r}")


def load(kernel: str, port: str, *, device: str = "cpu", dtype: str = "float64") -> "Port":
    """Import one port and make it ready to be called.

    Raises UnknownName (no such kernel, port, device or dtype), Unavailable (its library or the
    device is not here; says why) or Broken (its library is here, but it cannot be imported).
    """
    spec = find_kernel(kernel)
    one_of("port", port, spec.ports(), f" of kernel {kernel!r}")
    return load_file(spec, spec.path(port), device=device, dtype=dtype)


def load_file(kernel: Kernel, path: Path, *, device: str = "cpu", dtype: str = "float64") -> "Port":
    """Like `load`, for a port of this kernel in any file."""
    one_of("device", device, DEVICES)
    one_of("dtype", dtype, DTYPES)
    port = path.stem
    backend = kernel.backend(port)(device, dtype)
    try:
        module = import_file(path)
    except Exception as error:
        raise Broken(f"{kernel.name}/{port} cannot be imported: {error!r}") from error
    function = getattr(module, kernel.function(port), None)
    if not callable(function):
        raise Broken(f"{kernel.name}/{port} has no function named {kernel.function(port)!r}")
    return Port(kernel, port, function, backend)


def import_file(path: Path) -> ModuleType:
    """The module in a file: of this project by its name, elsewhere as one of its folder's package.

    So `from .spec import State` works in a folder anywhere.
    """
    if path.is_relative_to(IMPLEMENTATIONS):
        return importlib.import_module(f"implementations.{path.parent.name}.{path.stem}")
    folder = path.resolve().parent
    package = f"own_{zlib.crc32(str(folder).encode()):08x}"
    if package not in sys.modules:
        parent = ModuleType(package)
        parent.__path__ = [str(folder)]
        sys.modules[package] = parent
    importlib.invalidate_caches()  # a file may be as new as its folder's listing
    return importlib.import_module(f"{package}.{path.stem}")


@dataclass(frozen=True)
class Port:
    """One port of a kernel, on one device, for one dtype."""

    kernel: Kernel
    name: str
    function: Callable
    backend: Backend

    def __call__(self, *arguments: Any) -> Any:
        """NumPy arrays in, NumPy arrays out; raises InvalidInput before anything compiles."""
        return self.get(self.wait(self.call(*self.put(self.check(*arguments)))))

    def check(self, *arguments: Any) -> tuple:
        """The arguments as read-only NumPy arrays of this port's dtype, or InvalidInput."""
        return self.kernel.check(np.dtype(self.backend.dtype), *arguments)

    def put(self, arguments: tuple) -> tuple:
        """Checked arguments as the library's own arrays; on the device when this returns."""
        return self.backend.put(arguments)

    def call(self, *arguments: Any) -> Any:
        """Run on what `put` returned. The outputs may still be under way: see `wait`."""
        return self.backend.call(self.function, arguments)

    def wait(self, outputs: Any) -> Any:
        """The same outputs, once they are there."""
        return self.backend.wait(outputs)

    def get(self, outputs: Any) -> Any:
        """Outputs as NumPy arrays."""
        return map_leaves(np.asarray, self.backend.get(outputs))


def one_of(what: str, name: str, allowed: Iterable[str], where: str = "") -> str:
    """`name`, if it is one of those allowed; otherwise an UnknownName that suggests the nearest."""
    allowed = list(allowed)
    if name in allowed:
        return name
    near = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownName(f"unknown {what} {name!r}{where}: {hint}allowed: {', '.join(allowed)}")
