"""One's own functions as a kernel: files with a function each, and no spec to learn.

    portstudy compare before.py after.py

The first file has the function as it is, and `inputs`, which makes its arguments:

    def inputs(rng, particles=1000):            # a NumPy generator; sizes, for `portstudy scale`
        return {"positions": rng.normal(size=(particles, 3)), "radius": 0.1}    # or as a tuple

    def energy(positions, radius): ...

Each further file has that function once more, ported: the one of the same name, or else the last
one that the file defines. Its library is the one that the file imports. What a port may return is
what the first one does, within what rounding does to it (`portstudy.proof.rounding`).

The arguments are a dict by name. Arrays reach a port as its library's own, of the dtype that they
were made in; all else (Python's numbers, strings, None, generators) as it is. Each call has fresh
copies, so that a function may change them.
"""

import ast
import contextlib
import copy
import functools
import inspect
import linecache
import random
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from portstudy.arguments import InvalidInput
from portstudy.backends import LIBRARIES
from portstudy.importing import import_beside, import_file
from portstudy.kernel import DTYPES, Kernel, Port
from portstudy.names import UnknownName
from portstudy.trees import leaves, map_arrays, map_leaves

MAKER = "inputs"
EXAMPLE = "def inputs(rng): return (rng.normal(size=1000),)"
AS_MADE = "as made"
"""The dtype of arguments that nobody has asked to convert."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of a function, as its file has them."""

    positional: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    """Those that are given by name alone."""
    required: tuple[str, ...] = ()
    any_number: bool = False
    """Does it take as many as it is given, `*arguments`?"""

    def by_name(self, given: Any) -> dict[str, Any]:
        """The arguments that `inputs` returned, each with its name, or InvalidInput."""
        known = (*self.positional, *self.keyword)
        if isinstance(given, dict) and {*self.required} <= {*given} <= {*known}:
            return dict(given)
        if not isinstance(given, tuple) or hasattr(given, "_fields"):
            given = (given,)
        if self.any_number:
            return {f"argument {i}": value for i, value in enumerate(given)}
        names = self.positional[: len(given)]
        missing = [name for name in self.required if name not in names]
        if len(names) < len(given) or missing:
            s = "" if len(given) == 1 else "s"
            raise InvalidInput(
                f"{MAKER}: {len(given)} argument{s}; allowed: a tuple of {len(known)}, or a dict, "
                f"of {', '.join(known)}"
            )
        return dict(zip(names, given, strict=True))

    def order(self, given: Iterable[str], names: "Parameters") -> tuple[list[str], list[str]]:
        """Which arguments this function takes by position and which by name, of another's names.

        Where it has the same names, perhaps in another order, each goes where it is called so;
        otherwise they go where they are.
        """
        given = list(given)
        if {*given} <= {*self.positional, *self.keyword}:
            present = [name for name in self.positional if name in given]
            first = [a for a, b in zip(present, self.positional, strict=False) if a == b]
        else:
            first = [name for name in given if name not in names.keyword]
        return first, [name for name in given if name not in first]


@dataclass(frozen=True)
class Functions(Kernel):
    """A kernel made of files, of which the first is the reference."""

    files: Mapping[str, Path] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Of each port's function."""
    parameters: Mapping[str, Parameters] = field(default_factory=dict)
    """Of each port's function."""

    dtypes: ClassVar[tuple[str, ...]] = (AS_MADE, *DTYPES)

    def ports(self) -> list[str]:
        return list(self.files)

    def path(self, port: str) -> Path:
        return self.files[port]

    def function(self, port: str) -> str:
        return self.names[port]

    def library(self, port: str) -> str:
        return library_in(self.files[port])

    def make_inputs(self, size: str, dtype: str, *, dyadic: bool = True, seed: int = 0) -> Any:
        """The arguments of a size by name, converted to a dtype where one is asked for."""
        made: Any = self.inputs(np.random.default_rng(seed), **self.shape(size))
        return made if dtype == AS_MADE else at_precision(made, dtype)

    @cached_property
    def precision(self) -> str:
        """The dtype that the arguments were made for: float32 where no array has more."""
        maker: Any = self.inputs  # called once: what they are is checked where they are used
        return precision_of(maker.make(np.random.default_rng(0), self.sizes["default"]))


def precision_of(arguments: Any) -> str:
    """float32 where there are arrays of it, or of complex64, and none of more; else float64."""
    found = {leaf.dtype.char for leaf in leaves(arguments) if hasattr(leaf, "dtype")}
    return "float32" if found & {*"fF"} and not found & {*"dDgG"} else "float64"


def at_precision(tree: Any, dtype: str) -> Any:
    """The tree with all real and complex arrays in this precision."""
    wanted = {"f": np.dtype(dtype), "c": np.result_type(dtype, np.complex64)}

    def convert(x: Any) -> Any:
        return x.astype(wanted[x.dtype.kind], copy=False) if x.dtype.kind in wanted else x

    return map_arrays(convert, tree)


def fresh(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Copies of arguments; what is not contiguous in memory stays so."""
    copies = copy.deepcopy(dict(arguments))
    given = iter(leaves(arguments))
    return map_leaves(lambda leaf: _laid_out_like(next(given), leaf), copies)


def _laid_out_like(given: Any, leaf: Any) -> Any:
    if not isinstance(given, np.ndarray) or given.flags.c_contiguous or given.flags.f_contiguous:
        return leaf
    larger = np.empty((*given.shape[:-1], 2 * given.shape[-1]), given.dtype)
    view = larger[..., ::2] if given.strides[-1] >= 0 else larger[..., ::-2]
    view[...] = leaf
    return view


@contextlib.contextmanager
def seeded() -> Iterator[None]:
    """The global generators of NumPy and Python start alike, and are left as they were."""
    numpy, python = np.random.get_state(), random.getstate()  # noqa: NPY002 - it is theirs
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(numpy)  # noqa: NPY002
        random.setstate(python)


@dataclass(frozen=True)
class FunctionPort(Port):
    """A function in a file of one's own: it takes the arguments as `inputs` made them."""

    kernel: Functions
    asked: str = AS_MADE
    """The dtype that arguments are converted to."""

    def put(self, arguments: Mapping[str, Any]) -> tuple:  # type: ignore[override]
        """Fresh copies, as the library's own arrays: positional ones, and those by name."""
        (given,) = self.backend.put((fresh(arguments),))
        first, named = self._order(given)
        return [given[name] for name in first], {name: given[name] for name in named}

    def _order(self, names: Iterable[str]) -> tuple[list[str], list[str]]:
        known = self.kernel.parameters
        return known[self.name].order(names, known[self.kernel.reference])

    def by_name(self, placed: tuple, names: Iterable[str]) -> dict[str, Any]:
        """What `put` returned for arguments of these names, by name again."""
        first, _ = self._order(names)
        return dict(zip(first, placed[0], strict=True)) | placed[1]

    def call(self, positional: list, named: dict) -> Any:
        """Run on what `put` returned."""
        function = functools.partial(self.function, **named) if named else self.function
        try:
            return self.backend.call(function, tuple(positional))
        except Exception as error:
            file = self.kernel.files.get(self.name, self.kernel.folder / self.name)
            if line := line_of(error, file.parent):
                error.add_note(line)
            raise

    def get(self, outputs: Any) -> Any:
        """Outputs, or what `put` returned, with NumPy arrays in place of the library's."""
        return self.backend.get(outputs)

    def check(self, *arguments: Any, **named: Any) -> Any:
        """The arguments by name."""
        if not named:
            return self.kernel.parameters[self.kernel.reference].by_name(arguments)
        return named

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """NumPy arrays in, NumPy arrays out."""
        placed = self.put(self.check(*arguments, **named))
        return self.get(self.wait(self.call(*placed)))


def message_of(error: BaseException) -> str:
    """What an exception says, in a line; libraries write pages. And where, if a note says it."""
    parts = [part for part in re.split(r"\n\s*\n", str(error)) if not part.startswith("File ")]
    if type(error).__module__.startswith("numba"):  # which begins with the steps of its compiler
        said = re.sub(r"(?m)^(Failed in|During:|This error may).*\n?", "", "\n".join(parts))
    else:
        said = parts[0] if parts else ""
    text = " ".join(said.partition("--------------------")[0].split())  # what JAX adds
    text = text if len(text) <= 400 else f"{text[:400]} ..."
    notes = [note for note in getattr(error, "__notes__", []) if "JAX has removed" not in note]
    return "; ".join([text, *notes])


def line_of(error: BaseException, folder: Path) -> str:
    """The last line in a folder's files that an exception came from, or that its message names."""
    places = [(x.filename, x.lineno or 0) for x in traceback.extract_tb(error.__traceback__)]
    named = re.findall(r'File "(.+?)", line (\d+)', str(error))  # as Numba does
    for name, line in [*((name, int(line)) for name, line in named[-1:]), *reversed(places)]:
        path = Path(name) if Path(name).is_absolute() else folder / name
        if path.parent == folder and path.is_file():
            text = linecache.getline(str(path), line).strip()
            return f"in {path.name}, line {line}: {text}"
    return ""


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
    parameters: dict[str, Parameters] = {}
    for port, path in files.items():
        names[port] = function_in(path, names.get(first, ""))
        parameters[port] = _functions(path)[names[port]]
        library_in(path)
    makers = [path for path in files.values() if MAKER in _functions(path)]
    if not makers:
        raise UnknownName(
            f"function {MAKER!r}: {files[first].name} has none; allowed: one that makes the "
            f"arguments of {names[first]}, such as {EXAMPLE}"
        )
    maker = Maker(makers[0], parameters[first])
    known = (*parameters[first].positional, *parameters[first].keyword)
    return Functions(
        arguments=dict.fromkeys(known, inspect.Parameter.empty), inputs=maker,
        outputs={}, sizes={"default": maker.sizes}, reference=first, name=names[first],
        folder=files[first].parent, files=files, names=names, parameters=parameters,
    )  # fmt: skip


def _functions(path: Path) -> dict[str, Parameters]:
    """The public functions of a file by name, in its order.

    Also `fast = jax.jit(slow)`, since what is made of a function is one; and where the file defines
    none, what it imports: `from scipy.special import logsumexp`.
    """
    found: dict[str, Parameters] = {}
    imported: dict[str, Parameters] = {}
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except SyntaxError as error:
        raise UnknownName(f"file {str(path)!r}: line {error.lineno}: {error.msg}") from error
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _parameters(node.args)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            given = [*node.value.args] if isinstance(node.value, ast.Call) else []
            inside = [x for part in given for x in ast.walk(part)]
            made = [x.id for x in inside if isinstance(x, ast.Name) and x.id in found]
            if isinstance(node.value, ast.Lambda):
                found[name] = _parameters(node.value.args)
            elif isinstance(node.value, ast.Attribute):  # energy = scipy.special.logsumexp
                imported[name] = Parameters(any_number=True)
            elif made:
                found[name] = found[made[0]]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.asname or alias.name for alias in node.names]
            imported |= dict.fromkeys(names, Parameters(any_number=True))
    if not {*found} - {MAKER}:
        found |= imported
    return {name: names for name, names in found.items() if not name.startswith("_")}


def _parameters(arguments: ast.arguments) -> Parameters:
    positional = [x.arg for x in (*arguments.posonlyargs, *arguments.args)]
    defaults = arguments.kw_defaults
    named = {x.arg: given for x, given in zip(arguments.kwonlyargs, defaults, strict=True)}
    required = positional[: len(positional) - len(arguments.defaults)]
    required += [name for name, given in named.items() if given is None]
    return Parameters(
        tuple(positional), tuple(named), tuple(required), arguments.vararg is not None
    )


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

    def __init__(self, path: Path, parameters: Parameters) -> None:
        self.path = path
        self.parameters = parameters
        """Of the function whose arguments are to be made."""
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

    def __call__(self, rng: np.random.Generator, **size: Any) -> dict[str, Any]:
        """The arguments by name, as they were made."""
        # Each process makes them once more: what is drawn without the generator must not differ.
        made = [self.make(generator, size) for generator in (copy.deepcopy(rng), rng)]
        bits = [[_bits(leaf) for leaf in leaves(tree)] for tree in made]
        if bits[0] != bits[1]:
            raise InvalidInput(
                f"{MAKER}: different arguments in each call; allowed: numbers drawn from the "
                f"generator that it takes, as in {EXAMPLE}"
            )
        return made[0]

    def make(self, rng: np.random.Generator, size: Mapping[str, Any]) -> dict[str, Any]:
        """The same, made once."""
        with seeded():
            made = self.function(*[rng] * self.takes_generator, **size)
        return self.parameters.by_name(made)


def _bits(leaf: Any) -> Any:
    """What tells two values apart; of an object that is no number, its type."""
    if isinstance(leaf, np.random.Generator):
        return repr(leaf.bit_generator.state)
    array = np.asarray(leaf)
    return array.tobytes() if array.dtype.kind in "biufcSU" else type(leaf)
