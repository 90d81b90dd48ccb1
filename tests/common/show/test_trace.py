"""Traces of ports: what is written, what is printed, and what is drawn of it."""

import pytest
from portstudy.show.trace import Event, events, main, record, undisturbed


def test_of_a_jax_port_a_trace_is_written_and_drawn(tmp_path, capsys):
    size = ["--size", "check,steps=50"]
    main(["lif", "jax_scan", *size, "--to", str(tmp_path), "--picture", str(tmp_path / "one")])
    path = tmp_path / "lif-jax_scan.trace.json.gz"
    assert str(path) in capsys.readouterr().out
    found = events(path)
    assert sum(event.dispatch for event in found) >= 1
    assert sum(not event.dispatch for event in found) >= 50
    for theme in ("light", "dark"):
        assert "lif/jax_scan" in (tmp_path / f"one-{theme}.svg").read_text(encoding="utf-8")


def test_of_a_torch_port_as_well(tmp_path):
    path = record("lif", "torch_eager", tmp_path, "check,steps=50")
    assert path is not None
    assert sum(event.name == "aten::ge" for event in events(path)) == 50


def test_numba_tells_what_became_parallel(tmp_path, capsys):
    assert record("lif_ensemble", "numba_parallel", tmp_path, "check") is None
    assert "Parallel loop listing" in capsys.readouterr().out
    assert record("lif", "numba_event", tmp_path, "check") is None
    assert "no function with parallel=True" in capsys.readouterr().out


def test_of_numpy_the_functions_that_took_longest(tmp_path, capsys):
    assert record("lif", "numpy_dense", tmp_path, "check") is None
    assert "numpy_dense.py" in capsys.readouterr().out


def test_a_port_that_does_not_exist_is_said_to_be_none(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["lif", "jax_scam", "--to", str(tmp_path)])
    assert "did you mean 'jax_scan'" in capsys.readouterr().err


def test_what_is_drawn_is_where_most_was_done():
    slow = [Event("dot", start, 90, False) for start in (0, 100, 200, 300)]
    fast = [Event("dot", start, 40, False) for start in range(1000, 1500, 50)]
    small = [Event("copy", start, 1, False) for start in range(2000, 2100, 2)]
    assert undisturbed([*slow, *fast, *small], 200) == 1000
