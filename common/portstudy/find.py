"""Finds kernels and ports by name, and loads them."""

import os
from dataclasses import replace
from pathlib import Path

from portstudy.checkout import IMPLEMENTATIONS
from portstudy.functions import AS_MADE, FunctionPort, Functions, functions
from portstudy.importing import import_beside, import_file
from portstudy.kernel import DEVICES, Broken, Kernel, Port
from portstudy.names import Target, UnknownName, one_of


def kernels() -> list[str]:
    """Names of all kernels of this project."""
    return sorted(spec.parent.name for spec in IMPLEMENTATIONS.glob("*/spec.py"))


def find_kernel(name: Target) -> Kernel:
    """The kernel of this name; of this folder; or of these files, of which the first is original.

    Raises UnknownName where there is none, and Broken where its spec cannot be imported.
    """
    if isinstance(name, tuple):
        return functions(name)
    folder = IMPLEMENTATIONS / name
    if name not in kernels():
        folder = Path(name).resolve()
        if os.path.basename(name) == name and not folder.is_dir():
            one_of("kernel", name, kernels())
        if not (folder / "spec.py").is_file():
            what = "has no spec.py" if folder.is_dir() else "is not a folder"
            raise UnknownName(
                f"kernel {name!r}: {folder} {what}; allowed: the name of a kernel, a folder with "
                "a spec.py, or files with a function each, such as before.py after.py"
            )
    if folder.parent != IMPLEMENTATIONS:
        import_beside(folder, [path.stem for path in folder.glob("*.py")])
    try:
        spec = getattr(import_file(folder / "spec.py"), folder.name)
    except Exception as error:
        raise Broken(f"{folder.name}/spec cannot be imported: {error!r}") from error
    return replace(spec, name=folder.name, folder=folder)


def load(kernel: Target, port: str, *, device: str = "cpu", dtype: str = "") -> Port:
    """Import one port and make it ready to be called.

    In float64 if no dtype is named; a function of one's own: in what its arguments are made in.

    Raises UnknownName (no such kernel, port, device or dtype), Unavailable (its library or the
    device is not here; says why) or Broken (its library is here, but it cannot be imported).
    """
    spec = find_kernel(kernel)
    one_of("port", port, spec.ports(), f" of kernel {kernel!r}")
    return load_file(spec, spec.path(port), device=device, dtype=dtype)


def load_file(kernel: Kernel, path: Path, *, device: str = "cpu", dtype: str = "") -> Port:
    """Like `load`, for a port of this kernel in any file."""
    one_of("device", device, DEVICES)
    asked = one_of("dtype", dtype or kernel.dtypes[0], kernel.dtypes)
    port = path.stem
    computed = asked
    if isinstance(kernel, Functions) and asked == AS_MADE:
        computed = kernel.precision
    backend = kernel.backend(port)(device, computed)
    try:
        module = import_file(path)
    except Exception as error:
        raise Broken(f"{kernel.name}/{port} cannot be imported: {error!r}") from error
    function = getattr(module, kernel.function(port), None)
    if not callable(function):
        raise Broken(f"{kernel.name}/{port} has no function named {kernel.function(port)!r}")
    found = Port(kernel, port, function, backend)
    if isinstance(kernel, Functions):
        found = FunctionPort(kernel, port, function, backend, asked)
    object.__setattr__(found, "__doc__", module.__doc__)  # for `help`: a port has its file's
    return found


def reference_of(port: Port, dtype: str | None = None) -> Port:
    """The reference that a port is compared with, on the CPU."""
    path = port.kernel.path(port.kernel.reference)
    return load_file(port.kernel, path, dtype=dtype or port.backend.dtype)
