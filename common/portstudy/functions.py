"""One's own functions as a kernel: files with a function each, and no spec to learn.

    portstudy compare before.py after.py

The first file has the function as it is, and `inputs`, which makes its arguments:

    def inputs(rng, particles=1000):            # a NumPy generator; sizes, for `portstudy scale`
        return rng.normal(size=(particles, 3)), 0.1

    def energy(positions, radius): ...

Each further file has that function once more, ported: the one of the same name, or else the last
one that the file defines. Its library is the one that the file imports. What a port may return is
what the first one does, within what rounding does to it (`portstudy.proof.rounding`).
"""

import ast
import copy
import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from portstudy.arguments import InvalidInput
from portstudy.backends import LIBRARIES
from portstudy.importing import import_beside, import_file
from portstudy.kernel import Kernel
from portstudy.names import UnknownName
from portstudy.rules import Exact, Measured
from portstudy.trees import leaves, map_arrays, names_of

MAKER = "inputs"


EXAMPLE = "def inputs(rng): return (rng.normal(size=1000),)"


@dataclass(frozen=True)
class Functions(Kernel):
    """A kernel made of files, of which the first is the reference."""

    files: Mapping[str, Path] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Of each port's function."""

    measures_rounding = True

    def ports(self) -> list[str]:
        return list(self.files)

    def path(self, port: str) -> Path:
        return self.files[port]

    def function(self, port: str) -> str:
        return self.names[port]

    def library(self, port: str) -> str:
        return library_in(self.files[port])

    def nested(self, arrays: Iterable) -> Any:
        return tuple(arrays)

    def rules(self, outputs: Any) -> dict[str, Any]:
        kinds = [np.asarray(leaf).dtype.kind for leaf in leaves(outputs)]
        rules = [Measured() if kind in "fc" else Exact() for kind in kinds]
        return dict(zip(names_of(outputs), rules, strict=True))

    def checked(self, dtype: np.dtype, *arguments: Any) -> tuple:
        converted = (
            map_arrays(partial(_convert, what, dtype), argument)
            for what, argument in zip(self.arguments, arguments, strict=True)
        )
        return tuple(converted)

    def refuse_dead(self, arguments: tuple, outputs: Any) -> None:
        assert leaves(outputs), "returns nothing; allowed: arrays and numbers"
        dead = [not np.any(np.nan_to_num(leaf)) for leaf in leaves(outputs)]
        assert not all(dead), "returns nothing but zeros and NaN: such inputs prove nothing"


def functions(paths: tuple[str, ...]) -> Functions:
    """The kernel of these files. Raises UnknownName where one is not there or has no function."""
    files: dict[str, Path] = {}
    for name in paths:
        path = Path(name).resolve()
        if not path.is_file():
            raise UnknownName(f"file {name!r} does not exist; allowed: a Python file")
        if path.stem in files:
            raise UnknownName(
                f"file {name!r}: there is another {path.stem!r}; allowed: files of different names"
            )
        files[path.stem] = path
    for path in files.values():
        import_beside(path.parent, files)
    first = next(iter(files))
    names: dict[str, str] = {}
    for port, path in files.items():
        names[port] = function_in(path, names.get(first, ""))
        library_in(path)
    makers = [path for path in files.values() if MAKER in _functions(path)]
    if not makers:
        raise UnknownName(
            f"function {MAKER!r}: {files[first].name} has none; allowed: one that makes the "
            f"arguments of {names[first]}, such as {EXAMPLE}"
        )
    maker = Maker(makers[0], _functions(files[first])[names[first]])
    return Functions(
        arguments=dict.fromkeys(maker.arguments, inspect.Parameter.empty), inputs=maker,
        outputs={}, sizes={"default": maker.sizes}, reference=first, name=names[first],
        folder=files[first].parent, files=files, names=names,
    )  # fmt: skip


def _functions(path: Path) -> dict[str, list[str]]:
    """The names of a file's public functions, in its order, each with those of its arguments.

    Also of `fast = jax.jit(slow)`: what is made of a function is one.
    """
    found: dict[str, list[str]] = {}
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except SyntaxError as error:
        raise UnknownName(f"file {str(path)!r}: line {error.lineno}: {error.msg}") from error
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [x.arg for x in (*node.args.posonlyargs, *node.args.args)]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            given = [x for part in node.value.args for x in ast.walk(part)]
            made = [x.id for x in given if isinstance(x, ast.Name) and x.id in found]
            if made and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = found[made[0]]
    return {name: names for name, names in found.items() if not name.startswith("_")}


def function_in(path: Path, like: str = "") -> str:
    """The function of a file: the one of this name, or else the last that it defines."""
    names = [name for name in _functions(path) if name != MAKER]
    if not names:
        raise UnknownName(f"file {str(path)!r}: it defines no function; allowed: one, and {MAKER}")
    return like if like in names else names[-1]


def library_in(path: Path) -> str:
    """The library that a file is written in: the first word of its name, or else what it imports.

    NumPy is what is left: all the others take its arrays.
    """
    first = path.stem.split("_", 1)[0]
    if first in LIBRARIES:
        return first
    roots = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            roots.add((node.module or "").split(".")[0])
    own = [name for name in ("jax", "numba", "torch", "diffrax") if name in roots]
    if own == ["jax", "diffrax"]:
        own = ["diffrax"]
    if len(own) > 1:
        allowed = " or ".join(f"{name}_{path.name}" for name in own)
        raise UnknownName(f"file {str(path)!r}: it imports {' and '.join(own)}; allowed: {allowed}")
    return own[0] if own else "numpy"


class Maker:
    """Makes the arguments by calling `inputs`, with its sizes as keywords."""

    def __init__(self, path: Path, arguments: list[str]) -> None:
        self.path = path
        self.arguments = arguments
        """Names of the arguments that are to be made."""
        self.takes_generator, self.sizes = self._read()
        keywords = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value)
            for name, value in self.sizes.items()
        ]
        generator = inspect.Parameter("rng", inspect.Parameter.POSITIONAL_ONLY)
        self.__signature__ = inspect.Signature([generator, *keywords])

    def _read(self) -> tuple[bool, dict[str, Any]]:
        """Does `inputs` take a generator, and which sizes, with their defaults?"""
        body = ast.parse(self.path.read_text(encoding="utf-8")).body
        maker = next(x for x in body if isinstance(x, ast.FunctionDef) and x.name == MAKER)
        places = [*maker.args.posonlyargs, *maker.args.args]
        defaults: list[ast.expr | None] = [None] * (len(places) - len(maker.args.defaults))
        given = [
            *zip(places, [*defaults, *maker.args.defaults], strict=True),
            *zip(maker.args.kwonlyargs, maker.args.kw_defaults, strict=True),
        ]
        without = [place.arg for place, default in given if default is None]
        if len(without) > 1:
            raise UnknownName(
                f"function {MAKER!r} of {self.path.name}: {', '.join(without)} have no default; "
                "allowed: one argument without, a NumPy generator"
            )
        sizes = {}
        for place, default in given:
            if isinstance(default, ast.Constant) and isinstance(default.value, int | float):
                sizes[place.arg] = default.value
        return bool(without), sizes

    @cached_property
    def function(self) -> Any:
        """`inputs` itself: its file is imported when it is first called."""
        return getattr(import_file(self.path), MAKER)

    def __call__(self, rng: np.random.Generator, **size: Any) -> tuple:
        """The arguments, of any dtype."""
        # Each process makes them once more: what is drawn without the generator must not differ.
        made = [self._make(generator, size) for generator in (copy.deepcopy(rng), rng)]
        bits = [[np.asarray(leaf).tobytes() for leaf in leaves(tree)] for tree in made]
        if bits[0] != bits[1]:
            raise InvalidInput(
                f"{MAKER}: different arguments in each call; allowed: numbers drawn from the "
                f"generator that it takes, as in {EXAMPLE}"
            )
        return made[0]

    def _make(self, rng: np.random.Generator, size: dict[str, Any]) -> tuple:
        made = self.function(*[rng] * self.takes_generator, **size)
        made = made if isinstance(made, tuple) and not hasattr(made, "_fields") else (made,)
        if len(made) != len(self.arguments):
            s = "" if len(made) == 1 else "s"
            raise InvalidInput(
                f"{MAKER}: {len(made)} argument{s}; allowed: a tuple of {len(self.arguments)}: "
                f"{', '.join(self.arguments)}"
            )
        return made


def _convert(what: str, dtype: np.dtype, x: Any) -> Any:
    """Read-only; real numbers in this dtype, complex ones of its precision."""
    try:
        array = np.asarray(x)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "biufc":
        raise InvalidInput(
            f"{what}: {type(x).__name__}; allowed: arrays, numbers, and tuples, lists and dicts of "
            "them"
        )
    wanted = {"f": dtype, "c": np.result_type(dtype, np.complex64)}.get(array.dtype.kind)
    array = np.array(array, dtype=wanted, order="C")
    array.flags.writeable = False
    return array if array.ndim else array[()]
