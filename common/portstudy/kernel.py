"""What a kernel is, as its `spec.py` states it, and what a port of it is."""

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from portstudy.arguments import take_all
from portstudy.backends import LIBRARIES, STYLES, library_of
from portstudy.backends.base import Backend
from portstudy.checkout import IMPLEMENTATIONS
from portstudy.names import UnknownName, one_of
from portstudy.trees import fill, leaves, map_leaves, names_of
from portstudy.work import Work

DTYPES = ("float64", "float32")
DEVICES = ("cpu", "cuda")
NO_PORTS = ("spec", "picture")


class Broken(RuntimeError):
    """A port whose library is here, but which cannot be imported or lacks its function."""


@dataclass(frozen=True)
class Kernel:
    """One computation, as its `spec.py` states it.

    The arguments of a port are NumPy arrays, NamedTuples of arrays and scalars, and plain Python
    integers and booleans. Arrays and NumPy scalars are data: they travel to the device. Python
    integers and booleans are sizes and switches: they are known when a port is compiled.
    """

    arguments: Mapping[str, Any]
    """Name of each argument to what it may be: `Array("neurons")`, or a NamedTuple of such."""
    inputs: Callable[..., Any]
    """`(rng, *, size...) -> arguments`: general inputs, on which rounding differs."""
    outputs: Any
    """What a port returns, with a rule of comparison in place of each array: a mapping of names to
    outputs, of which a single one is returned as it is and several as a tuple; or a NamedTuple."""
    sizes: Mapping[str, Mapping[str, Any]]
    """Named sizes, the most telling first. Those whose names begin with `check` are small: ports
    are proven at each of them, and measured at the others. Tests use `check` itself."""
    reference: str
    """The port that the others are compared with."""
    dyadic: Callable[..., tuple] | None = None
    """Like `inputs`, but here no order of summation can matter: ports must agree to the bit."""
    check: Callable[..., None] | None = None
    """`(*arguments)`: raises InvalidInput for what no declaration of an argument can say."""
    alive: Callable[[tuple, Any], None] | None = None
    """`(arguments, outputs)`: raises AssertionError where finite outputs would prove nothing. By
    default, where all values of an output are alike."""
    work: Callable[[tuple, Any], Work] | None = None
    """`(arguments, outputs)`: the least that this result needs, for the machine's limit."""
    steps: str = ""
    """The argument that says how many steps a run has, or has a row for each, if they are to be
    proven one by one: a spiking network is chaotic. Its `state` is an argument and an output."""
    explain: Callable[..., tuple[bool, str]] | None = None
    """`(reference, port, arguments, expected, outputs)`: is what differs in a run a matter of
    rounding, and why?"""
    peers: Sequence[str] = ()
    """The ports that a user would pick instead of writing one."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Sizes at which `reference` would take minutes, and the port that replaces it there."""
    name: str = ""
    folder: Path = IMPLEMENTATIONS

    dtypes: ClassVar[tuple[str, ...]] = DTYPES
    """What arguments may be made in; the first if nothing else is said."""

    @property
    def returned(self) -> Any:
        """What a port returns, with a rule in place of each array."""
        if not isinstance(self.outputs, Mapping):
            return self.outputs
        several = tuple(self.outputs.values())
        return several if len(several) != 1 else several[0]

    def nested(self, arrays: Iterable) -> Any:
        """These output arrays as a port returns them."""
        return fill(self.returned, arrays)

    def rules(self, outputs: Any) -> Mapping[str, Any]:
        """Name of each of these output arrays to its rule of comparison."""
        return dict(zip(names_of(self.outputs), leaves(self.outputs), strict=True))

    def checked(self, dtype: np.dtype, *arguments: Any) -> tuple:
        """The arguments as read-only NumPy arrays of this dtype, or InvalidInput."""
        taken = take_all(self.arguments, dtype, arguments)
        if self.check is not None:
            self.check(*taken)
        return taken

    def refuse_dead(self, arguments: tuple, outputs: Any) -> None:
        """Raise AssertionError where such outputs prove nothing."""
        for name, values in zip(self.rules(outputs), leaves(outputs), strict=True):
            assert np.isfinite(values).all(), f"{name} has values that are not finite"
            if self.alive is None and np.size(values) > 1:
                assert (values != values.flat[0]).any(), f"all values of {name} are alike"
        if self.alive is not None:
            self.alive(arguments, outputs)

    def some_steps(self, arguments: tuple, start: int, stop: int, state: Any = None) -> tuple:
        """The arguments of some steps of a run: from its own state, or from this one."""
        given = dict(zip(self.arguments, arguments, strict=True))
        rows = given[self.steps]
        given[self.steps] = stop - start if isinstance(rows, int) else rows[start:stop]
        given["state"] = given["state"] if state is None else state
        return tuple(given.values())

    def number_of_steps(self, arguments: tuple) -> int:
        """How many steps a run with these arguments has."""
        given = arguments[list(self.arguments).index(self.steps)]
        return given if isinstance(given, int) else len(given)

    def state_of(self, outputs: tuple) -> Any:
        """The state in which a run has ended."""
        return outputs[list(self.outputs).index("state")]

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

    @property
    def proven_at(self) -> list[str]:
        """The sizes at which ports are proven: those called `check`, or else the first one."""
        return [size for size in self.sizes if size.startswith("check")] or [*self.sizes][:1]

    @property
    def measured_at(self) -> list[str]:
        """The sizes at which ports are measured."""
        return [size for size in self.sizes if not size.startswith("check")]

    def reference_at(self, size: str) -> str:
        """The port that the others are compared with at this size."""
        return self.references.get(size.split(",")[0], self.reference)

    def ports_at(self, size: str) -> list[str]:
        """The ports that are measured at this size, its reference first."""
        replaced = {self.reference} - {self.reference_at(size)}
        ports = [port for port in self.ports() if port not in replaced]
        return sorted(ports, key=lambda port: port != self.reference_at(size))

    def make_inputs(self, size: str, dtype: str, *, dyadic: bool = True, seed: int = 0) -> Any:
        """Checked, read-only arguments of a size; dyadic ones where the kernel has them."""
        make = self.dyadic if dyadic and self.dyadic is not None else self.inputs
        shape = self.shape(size)
        precision = np.dtype(one_of("dtype", dtype, DTYPES))
        return self.checked(precision, *make(np.random.default_rng(seed), **shape))

    def ports(self) -> list[str]:
        """Names of this kernel's ports: the reference first, then as `ls` lists them.

        A file whose name starts with an underscore is no port: it has what several ports share.
        """
        names = sorted(p.stem for p in self.folder.glob("[!_]*.py"))
        names = [name for name in names if name not in NO_PORTS]
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

    def summary(self, port: str) -> str:
        """What this rung changes: the first line of the port's docstring."""
        source = self.path(port).read_text(encoding="utf-8")
        return (ast.get_docstring(ast.parse(source)) or "").split("\n", 1)[0]


@dataclass(frozen=True)
class Port:
    """One port of a kernel, on one device, for one dtype."""

    kernel: Kernel
    name: str
    function: Callable
    backend: Backend

    @property
    def __signature__(self) -> inspect.Signature:
        """The names of its arguments, with what each may be."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        declared = self.kernel.arguments.items()
        return inspect.Signature([inspect.Parameter(x, kind, annotation=y) for x, y in declared])

    def __repr__(self) -> str:
        return f"{self.kernel.name}/{self.name}({', '.join(self.kernel.arguments)})"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """NumPy arrays in, NumPy arrays out; raises InvalidInput before anything compiles."""
        return self.get(self.wait(self.call(*self.put(self.check(*arguments, **named)))))

    def check(self, *arguments: Any, **named: Any) -> tuple:
        """The arguments as read-only NumPy arrays of this port's dtype, or InvalidInput."""
        if named or len(arguments) != len(self.kernel.arguments):
            try:
                for name in named:
                    one_of("argument", name, self.kernel.arguments)
                arguments = self.__signature__.bind(*arguments, **named).args
            except (TypeError, UnknownName) as error:
                raise TypeError(f"{self!r}: {error}") from None
        return self.kernel.checked(np.dtype(self.backend.dtype), *arguments)

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
