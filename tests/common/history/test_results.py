"""Result files: what is read, what is left out and named, what is pruned, what merges."""

import json
import subprocess
from pathlib import Path

import pytest
from portstudy.history.results import RESULTS, history, prune, sort_out, unsound

COMMIT = "1" * 40


def result_file(folder: Path, *, commit=COMMIT, machine="a-machine", figures=None, **other) -> Path:
    """A result file of asv, with figures of LIF unless others are given."""
    params = [["'numpy_dense'", "'jax_scan'"], ["'small'"]]
    if figures is None:
        figures = {
            f"ports.Lif.track_{name}": [[1.0, 0.5], params]
            for name in ("steady_state", "relative_time")
        }
    data = {
        "version": 2,
        "commit_hash": commit,
        "env_name": "checkout",
        "date": 1,
        "python": "3.11",
        "params": {"machine": machine, "cpu": "a processor", "num_cpu": "2", "device": "cpu"},
        "requirements": dict.fromkeys(("numpy", "jax", "numba", "torch"), "1"),
        "env_vars": {"PORTSTUDY_DTYPE": "float64", "PORTSTUDY_THREADS": "all"},
        "result_columns": ["result", "params"],
        "results": figures,
    }
    path = folder / machine / f"{commit[:8]}-env.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data | other))
    return path


def test_all_committed_results_are_sound():
    sound, others = sort_out(RESULTS)
    assert sound
    assert others == {}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[: len(text) // 2], "cannot be read"),
        (lambda text: "", "cannot be read"),
        (lambda text: "[1, 2]", "is no result file"),
        (lambda text: "null", "is no result file"),
        (lambda text: '{"version": 2}', "is no result file of this project: KeyError: 'params'"),
        (lambda text: text.replace('"version": 2', '"version": 1'), "is of version 1"),
        (lambda text: text.replace("a-machine", "another"), "is of machine 'another'"),
        (lambda text: text.replace(COMMIT, "2" * 40), "is of commit 22222222"),
        (lambda text: text.replace("[1.0, 0.5]", "[1.0]"), "has 1 values of ports.Lif"),
        (lambda text: text.replace('"numba"', '"cython"'), "is no result file"),
    ],
)
def test_what_is_damaged_or_foreign_is_named_and_left_out(damage, why, tmp_path):
    path = result_file(tmp_path)
    assert unsound(path) == ""
    path.write_text(damage(path.read_text()))
    good = result_file(tmp_path, commit="3" * 40)
    sound, others = sort_out(tmp_path)
    assert sound == [good]
    assert others[path].startswith(why)


def test_bytes_that_are_no_text(tmp_path):
    path = result_file(tmp_path)
    path.write_bytes(b"\xff\xfe\x00")
    assert unsound(path).startswith("cannot be read")


def test_prune_drops_what_is_published_no_more(tmp_path):
    kept = result_file(tmp_path)
    whole = kept.read_text()
    gone = result_file(tmp_path, commit="2" * 40)
    parameters = [["'numpy_dense'"], ["'small'"]]
    nothing = {"ports.Forgotten.track_steady_state": [[1.0], parameters]}
    empty = result_file(tmp_path, commit="3" * 40, figures=nothing)
    both = nothing | {"ports.Lif.track_steady_state": [[1.0], parameters]}
    smaller = result_file(tmp_path, commit="4" * 40, figures=both)
    damaged = result_file(tmp_path, commit="5" * 40)
    damaged.write_text("{")
    dropped = prune(tmp_path, [COMMIT, "3" * 40, "4" * 40])
    assert dropped == {
        gone: "its commit is not in the history",
        empty: "nothing in it is in the suite",
        smaller: "1 figures are not in the suite",
    }
    assert kept.read_text() == whole
    assert list(json.loads(smaller.read_text())["results"]) == ["ports.Lif.track_steady_state"]
    assert damaged.exists(), "it may be somebody's only copy"
    assert not gone.exists()
    assert not empty.exists()
    assert prune(tmp_path, [COMMIT, "3" * 40, "4" * 40]) == {}


def test_results_of_two_machines_merge_without_conflict(tmp_path):
    def git(*words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    (tmp_path / "benchmarks.json").write_text("{}")
    git("add", ".")
    git("commit", "-m", "the suite")
    for machine in ("a-machine", "another-machine"):
        git("checkout", "-b", machine, "main")
        result_file(tmp_path, machine=machine)
        git("add", ".")
        git("commit", "-m", machine)
    git("merge", "a-machine")
    assert len(sort_out(tmp_path)[0]) == 2
    assert len(history(tmp_path)) == 3  # asv follows the first parents
