"""The ports under test: found by file name, on every device that may be here, never in silence.

A port whose library or device is missing is skipped with its reason. PORTSTUDY_REQUIRE names what
must not be missing: libraries (`numpy,jax`), or a library on a device (`jax@cuda`).
"""

import contextlib
import functools
import importlib.metadata
import os
import re
import shutil
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from portstudy import InvalidInput, Port, Unavailable, UnknownName, find_kernel, kernels, load
from portstudy.backends import LIBRARIES, library_of
from portstudy.find import load_file
from portstudy.importing import import_file
from portstudy.kernel import DEVICES, DTYPES
from portstudy.names import one_of
from portstudy.show.lines import files_of

NETWORKS = ("lif", "lif_ensemble")  # the kernels whose model is that of implementations/lif/spec.py
CUDA_MAY_BE_HERE = shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()
REQUIRED = [name.strip() for name in os.environ.get("PORTSTUDY_REQUIRE", "").split(",") if name]

# The same examples every time, however slow the machine, and nothing left behind on disk.
settings.register_profile(
    "portstudy", max_examples=20, derandomize=True, deadline=None, database=None
)
settings.load_profile("portstudy")


class Case(NamedTuple):
    kernel: str
    port: str
    dtype: str
    device: str = "cpu"

    def __str__(self) -> str:
        return "-".join(self)


def cases(*names: str, dtypes: tuple[str, ...] = DTYPES) -> list[Case]:
    """Every port of these kernels, or of all, on the devices that may be here."""
    return [
        Case(kernel, port, dtype, device)
        for kernel in names or kernels()
        for port in find_kernel(kernel).ports()
        for dtype in dtypes
        for device in (DEVICES if CUDA_MAY_BE_HERE else ["cpu"])
    ]


def of_any_shape(cases: list[Case]) -> list[Case]:
    """Those ports that tests may call with other shapes than those of size `check`.

    JAX compiles for each of them in a tenth of a second and Numba not at all, but torch.compile
    takes up to ten seconds.
    """

    def takes_long(case: Case) -> bool:
        files = files_of(find_kernel(case.kernel).path(case.port))
        return any("torch.compile" in file.read_text(encoding="utf-8") for file in files)

    return [case for case in cases if not takes_long(case)]


@contextlib.contextmanager
def skipped_if_unavailable(
    library: str, device: str = "cpu", dtype: str = "float64"
) -> Iterator[None]:
    """Skips the test, with the reason; fails it where PORTSTUDY_REQUIRE names the library."""
    if dtype not in LIBRARIES[library].dtypes:
        pytest.skip(f"{library} does not compute in {dtype}")
    try:
        yield
    except Unavailable as reason:
        name = library if device == "cpu" else f"{library}@{device}"
        if name in REQUIRED:
            pytest.fail(f"PORTSTUDY_REQUIRE names {name}, but {reason}", pytrace=False)
        pytest.skip(str(reason))


def open_port(case: Case) -> Port:
    """The port of a case, if it is available."""
    with skipped_if_unavailable(library_of(case.port), case.device, case.dtype):
        return load(case.kernel, case.port, dtype=case.dtype, device=case.device)


def load_edited(
    folder: Path, name: str, kernel: str, port: str, edits: dict[str, str], dtype: str = "float64"
) -> Port:
    """A real port with some words replaced, each of which must be there exactly once.

    They may be in a file that its folder's ports share: it gets a copy of that, with its edits.
    """
    spec = find_kernel(kernel)
    package = import_file(spec.path("spec")).__package__
    assert package is not None
    files = [path for path in files_of(spec.path(port)) if path.parent == spec.folder]
    sources = {path.stem: path.read_text(encoding="utf-8") for path in files}
    for old, new in edits.items():
        found = [stem for stem, source in sources.items() for _ in range(source.count(old))]
        assert len(found) == 1, f"{kernel}/{port} has {old!r} {len(found)} times"
        sources[found[0]] = sources[found[0]].replace(old, new)
    sources[f"{library_of(port)}_{name}"] = sources.pop(port)
    for stem, source in sources.items():
        # What is not copied is imported from where it is, so that a State remains the spec's.
        source = re.sub(r"(?m)^from \.(?!_)", f"from {package}.", source)
        (folder / f"{stem}.py").write_text(source, encoding="utf-8")
    with skipped_if_unavailable(library_of(port), dtype=dtype):
        return load_file(spec, folder / f"{library_of(port)}_{name}.py", dtype=dtype)


def ports(cases: list[Case]) -> Any:
    """A fixture; of module scope, so that fixtures of that scope can be made from it."""

    @pytest.fixture(scope="module", params=cases, ids=str)
    def port(request: pytest.FixtureRequest) -> Port:
        return open_port(request.param)

    return port


port = ports(cases())
network_port = ports(cases(*NETWORKS))
small_network_port = ports(of_any_shape(cases(*NETWORKS)))
ensemble_port = ports(cases("lif_ensemble"))


@functools.cache
def inputs(kernel: str, dtype: str, *, dyadic: bool = True) -> tuple:
    """The inputs of size `check`, made once: they are read-only."""
    return find_kernel(kernel).make_inputs("check", dtype, dyadic=dyadic)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What the test starts obeys Ctrl-C, even where the suite runs in the background.

    There a shell has it ignored, and what ignores a signal has children that do so too.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def assert_refused(kernel: str, dtype: str, arguments: Iterable, message: str) -> None:
    """A kernel refuses these arguments, in these words.

    The reference is asked, for all: the check is the kernel's, and test_bad_input.py shows that no
    port does anything before it.
    """
    reference = load(kernel, find_kernel(kernel).reference, dtype=dtype)
    with pytest.raises(InvalidInput, match=message):
        reference.check(*arguments)


def pytest_configure(config: pytest.Config) -> None:
    # torch.compile, when it is first used, imports modules of torch that torch deprecates.
    config.addinivalue_line("filterwarnings", "ignore:.torch.jit.*deprecated:DeprecationWarning")
    # torch.compile looks for gradients where torch, asked by anyone else, says that there are none.
    config.addinivalue_line("filterwarnings", "ignore:The .grad attribute of a Tensor:UserWarning")
    # Inductor recommends what the backend turns off: products of float32 in less than that.
    config.addinivalue_line("filterwarnings", "ignore:TensorFloat32 tensor cores:UserWarning")
    # Brian2, when it is imported, uses names of pyparsing that pyparsing deprecates.
    config.addinivalue_line(
        "filterwarnings", r"ignore:'\w+'.* deprecated.* use '\w+':DeprecationWarning"
    )
    for name in REQUIRED:  # a typing error here would require nothing
        try:
            one_of("library in PORTSTUDY_REQUIRE", name.removesuffix("@cuda"), LIBRARIES)
        except UnknownName as error:
            raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests stay together where several processes share the suite: a port compiles once."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        cases = [value for value in parameters.values() if isinstance(value, Case)]
        group = f"{item.location[0]} {parameters.get('kernel', '')}"
        item.add_marker(pytest.mark.xdist_group("/".join(cases[0][:2]) if cases else group))


def pytest_report_header() -> list[str]:
    versions = []
    for backend in LIBRARIES.values():
        name = backend.distribution or backend.package
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} is not installed")
    devices = "cpu and cuda" if CUDA_MAY_BE_HERE else "cpu; cuda is not: no nvidia-smi, no GPU file"
    return [f"libraries: {', '.join(versions)}", f"devices under test: {devices}"]
