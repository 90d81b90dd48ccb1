"""`portstudy show`: in a terminal, in a pipe, in a file; and what each picture is made of."""

import numpy as np
import pytest
from portstudy import UnknownName, find_kernel, load
from portstudy.checkout import IMPLEMENTATIONS
from portstudy.show import pictures as show

from tests.common.cli.test_cli import portstudy
from tests.conftest import skipped_if_unavailable

KERNELS = sorted(path.parent.name for path in IMPLEMENTATIONS.glob("*/picture.py"))
DT = 0.1
SPIKES = np.zeros((200, 30), bool)
SPIKES[::20, ::2] = True  # every second neuron fires every 2 ms


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_picture_shows_something(kernel: str):
    spec = find_kernel(kernel)
    spec.shape(show.default_size(kernel))
    with skipped_if_unavailable(spec.library(spec.reference)):
        panels = show.run(load(kernel, spec.reference), "check")
    assert panels
    for panel in panels:
        assert panel.title
        assert panel.x_label
        assert panel.y_label
        for mark in panel.marks:
            assert len(mark.x) == len(mark.y)
            assert np.isfinite(mark.x).all()
            assert np.isfinite(mark.y).all()
        assert max(len(mark.x) for mark in panel.marks) > 1
    text = show.as_text(panels, 80, colours=False)
    assert "\x1b" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert all(panel.title in text for panel in panels)


def test_raster_and_rates():
    panel = show.raster(SPIKES, DT, 10)
    assert panel.title == "50 spikes of 10 neurons"
    (mark,) = panel.marks
    assert set(mark.x) == {2.0 * i for i in range(10)}
    assert show.raster(SPIKES, DT).title == "150 spikes of 30 neurons"
    panel = show.population_rate(SPIKES, DT, 1.0)
    assert panel.title == "population rate, 250.0 Hz on average"
    assert list(panel.marks[0].y) == [500.0, 0.0] * 10
    panel = show.rates(SPIKES, DT)
    assert panel.title == "rates of single neurons, 0.0 to 500.0 Hz"
    assert panel.marks[0].y.sum() == 2 * 30  # both ends of each bin


def test_a_constant_is_drawn_too():
    panel = show.Panel("flat", "x", "y", [show.Mark([1.0, 2.0], [3.0, 3.0])])
    assert "flat" in show.as_text([panel], 60, colours=True)


def test_text_in_a_pipe():
    done = portstudy("show", "lotka_volterra", "--size", "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("lotka_volterra/numpy_loop, check, float64\n")
    assert "populations\n⠤⠤ prey   ⠤⠤ predators\n" in done.stdout
    assert "(years)" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_picture_in_a_file(tmp_path, form: str):
    path = tmp_path / f"orbit.{form}"
    done = portstudy("show", "lotka_volterra", "--size", "check", "--plot", str(path), "--dark")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert path.stat().st_size > 5000
    assert [x.name for x in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["top_norms"], "it has no picture.py; allowed: one, beside its spec.py"),
        (["lif", "--port", "jax_scn"], "unknown port 'jax_scn' of kernel 'lif': did you mean 'jax"),
        (["lif", "--size", "smal"], "unknown size 'smal'"),
        (["lif", "--plot", "x.gif"], "ends with none of .png, .svg, .pdf"),
        (["lif", "--plot", "/nowhere/x.png"], "there is no folder"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, message):
    done = portstudy("show", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_library_that_is_not_here_is_unavailable():
    done = portstudy("show", "lif", "--device", "cuda")
    assert done.returncode == 1
    assert "lif/numpy_dense: unavailable: numpy ports run on the CPU" in done.stderr


def test_functions_have_no_picture(tmp_path):
    (tmp_path / "before.py").write_text("def inputs():\n    return (1.0,)\ndef f(x):\n    return x")
    with pytest.raises(UnknownName, match=r"kernel 'f': it has no picture.py"):
        show.default_size((str(tmp_path / "before.py"),))
