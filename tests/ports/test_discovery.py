"""File names are the registry: what is listed, and that listing costs no import."""

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from portstudy import UnknownName, find_kernel, kernels
from portstudy.backends import LIBRARIES, library_of
from portstudy.checkout import IMPLEMENTATIONS


def test_kernels_are_the_folders_with_a_spec():
    assert {"lif", "lif_ensemble"} <= set(kernels())
    assert kernels() == sorted(
        p.name for p in IMPLEMENTATIONS.iterdir() if (p / "spec.py").exists()
    )


@pytest.mark.parametrize("name", kernels())
def test_ports_are_named_by_library_and_style(name: str):
    kernel = find_kernel(name)
    assert kernel.name == name
    assert kernel.ports()[0] == kernel.reference
    for port in kernel.ports():
        assert library_of(port) in LIBRARIES
        assert "_" in port, "alone, a library's name would shadow it for whoever starts there"


@pytest.mark.parametrize("name", kernels())
def test_a_file_dropped_into_the_folder_is_a_port(name: str, tmp_path):
    kernel = find_kernel(name)
    copy = replace(kernel, folder=shutil.copytree(kernel.folder, tmp_path / name))
    assert copy.ports() == kernel.ports()
    (copy.folder / "numpy_mine.py").write_text('"""Mine: what it changes.\n\nAnd more."""\n')
    (copy.folder / "_mine.py").write_text("# shared by several ports, and not one itself")
    (copy.folder / "notes.txt").write_text("not a port")
    (copy.folder / "_numpy.py").write_text('"""What ports share is none."""\n')
    assert set(copy.ports()) - set(kernel.ports()) == {"numpy_mine"}
    assert copy.summary("numpy_mine") == "Mine: what it changes."


def test_listing_imports_no_library():
    listing = (
        "import sys\n"
        "from portstudy import find_kernel, kernels\n"
        "for kernel in map(find_kernel, kernels()):\n"
        "    print([kernel.summary(port) for port in kernel.ports()])\n"
        "    kernel.make_inputs('check', 'float32')\n"
        "print({'jax', 'numba', 'torch'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *lessons, imported = done.stdout.splitlines()
    assert len(lessons) == len(kernels())
    assert imported == "set()"


def test_another_port_may_be_the_reference_of_a_size():
    spec = replace(find_kernel("lif"), references={"large": "numpy_event"})
    assert spec.reference_at("large,neurons=3") == spec.ports_at("large")[0] == "numpy_event"
    assert spec.reference_at("small") == spec.ports_at("small")[0] == "numpy_dense"
    assert set(spec.ports()) - set(spec.ports_at("large")) == {"numpy_dense"}
    for name in kernels():
        spec = find_kernel(name)
        assert set(spec.references) <= set(spec.measured_at)
        assert set(spec.references.values()) <= set(spec.ports())


def test_a_size_may_be_changed():
    spec = find_kernel("lif")
    assert spec.shape("small") == {"neurons": 1000, "steps": 2000}
    assert spec.shape("small,neurons=50,rate=0.5") == {"neurons": 50, "steps": 2000, "rate": 0.5}
    assert spec.shape("small") == {"neurons": 1000, "steps": 2000}
    weights, *_ = spec.make_inputs("small,neurons=50", "float32")
    assert weights.shape == (50, 50)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("smal", "unknown size 'smal' of kernel 'lif': did you mean 'small'"),
        ("small,neuron=5", "unknown dimension 'neuron' of kernel 'lif': did you mean 'neurons'"),
        ("small,neurons=many", "neurons: 'many'; allowed: a number"),
        ("small,neurons", "neurons: ''; allowed: a number"),
    ],
)
def test_a_size_that_does_not_exist(size, message):
    with pytest.raises(UnknownName, match=message):
        find_kernel("lif").shape(size)


def test_a_ports_tests_stay_together(request: pytest.FixtureRequest):
    """Where several processes share the suite; else each compiles what the others have compiled."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("one process has the whole suite")
    assert request.node.nodeid.endswith("@tests/ports/test_discovery.py ")
