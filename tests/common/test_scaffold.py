"""`portstudy new`, and the template it starts from: a kernel that is proven like the others."""

import shutil

import pytest
from portstudy import UnknownName, find_kernel, load
from portstudy.checkout import IMPLEMENTATIONS, ROOT
from portstudy.proof import Different, prove
from portstudy.scaffold import TEMPLATE, create

from tests.common.cli.test_cli import portstudy
from tests.conftest import load_edited, skipped_if_unavailable
from tests.wrong import Wrong
from tests.wrong.template import WRONG

KERNEL = find_kernel(str(TEMPLATE))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("port", KERNEL.ports())
def test_the_template_is_proven(port: str, dtype: str):
    with skipped_if_unavailable(KERNEL.library(port)):
        tiers = prove(load(str(TEMPLATE), port, dtype=dtype))
    assert [tier.name for tier in tiers] == ["to the bit", "against float64"]


@pytest.mark.parametrize("case", WRONG)
def test_its_wrong_ports_are_caught(case: Wrong, tmp_path):
    with pytest.raises(Different, match=case.verdict):
        prove(load_edited(tmp_path, case.name, str(TEMPLATE), case.port, case.edits))


def test_new_folder_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = portstudy("new", "moving_average", "--here")
    assert done.returncode == 0, done.stderr
    assert "Written: moving_average/spec.py" in done.stdout
    assert "portstudy compare ./moving_average" in done.stdout
    assert sorted(x.name for x in tmp_path.iterdir()) == ["moving_average"]
    kernel = find_kernel("./moving_average")
    assert kernel.ports() == KERNEL.ports()
    assert not any("template" in kernel.path(port).read_text() for port in kernel.ports())
    prove(load("./moving_average", "numpy_vectorised"))
    done = portstudy("check", "moving_average", "--port", "numpy*", "--dtype", "float64")
    assert done.returncode == 0, done.stderr
    assert "moving_average/numpy_vectorised float64: equal: to the bit" in done.stdout


def test_new_kernel_of_this_project_comes_with_wrong_ports(tmp_path, monkeypatch):
    project = tmp_path / "project"
    (project / "implementations").mkdir(parents=True)
    shutil.copytree(ROOT / "tests" / "wrong", project / "tests" / "wrong")
    monkeypatch.setattr("portstudy.scaffold.IMPLEMENTATIONS", project / "implementations")
    monkeypatch.setattr("portstudy.scaffold.WRONG", project / "tests" / "wrong")
    written = create("moving_average", project / "implementations")
    assert project / "tests" / "wrong" / "moving_average.py" in written
    assert all(path.is_file() for path in written)


@pytest.mark.parametrize("name", ["lambda", "Big", "1st", "numpy", "a-b", "", "lif", "../lif"])
def test_names_that_no_kernel_can_have(name: str, tmp_path):
    with pytest.raises(UnknownName, match=r"allowed: a function's name that is not taken"):
        create(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_when_it_cannot_be_written(tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("portstudy.scaffold._fill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        create("moving_average", tmp_path)
    assert not list(tmp_path.iterdir())
    assert IMPLEMENTATIONS.is_dir()
