"""The detector, held to what was recorded on scratch commits with slow-downs planted in four."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from portstudy.history.asv import config as asv_config
from portstudy.history.regressions import WATCHED, Change, Finding, change, lost, slower
from portstudy.history.results import LIBRARIES, history

pytest.importorskip("asv")
DATA = Path(__file__).parent / "data"
FIGURE = f"ports.Lif.{WATCHED}"


def git(repo: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=repo, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def publish(folder: Path, recorded: dict[str, Any], threads: str = "1") -> list[Finding]:
    """What is found in recorded figures: a commit is made for each, and asv publishes them."""
    repo, results = folder / "repo", folder / "results"
    repo.mkdir()
    (results / "a-machine").mkdir(parents=True)
    git(repo, "init", "-b", "main")
    params = [[f"'{port}'" for port in recorded["ports"]], ["'small'"]]
    columns = [name for name in recorded["commits"][0] if name != "subject"]
    machine = {"machine": "a-machine", "cpu": "a", "num_cpu": "2", "device": "cpu"}
    for number, figures in enumerate(recorded["commits"]):
        git(repo, "commit", "--allow-empty", "-m", figures["subject"])
        commit = git(repo, "rev-parse", "HEAD")
        data = {
            "version": 2,
            "commit_hash": commit,
            "env_name": "env",
            "date": number,
            "python": "3.11",
            "params": machine,
            "requirements": dict.fromkeys(LIBRARIES, "1"),
            "env_vars": {"PORTSTUDY_DTYPE": "float32", "PORTSTUDY_THREADS": threads},
            "result_columns": ["params", "version", *columns],
            "results": {FIGURE: [params, "1", *(figures[name] for name in columns)]},
        }
        (results / "a-machine" / f"{commit[:8]}-env.json").write_text(json.dumps(data))
    (results / "a-machine" / "machine.json").write_text(json.dumps({"version": 1} | machine))
    benchmark = {
        "name": FIGURE, "param_names": ["port", "size"], "params": params, "type": "track",
        "unit": "x reference", "version": "1", "code": "",
    }  # fmt: skip
    (results / "benchmarks.json").write_text(json.dumps({FIGURE: benchmark, "version": 2}))
    config = json.loads(asv_config(folder).read_text())  # ours, with its thresholds
    config |= {"repo": str(repo), "results_dir": str(results), "branches": ["main"]}
    (folder / "asv.conf.json").write_text(json.dumps(config))
    subprocess.run(
        [sys.executable, "-m", "asv", "--config", str(folder / "asv.conf.json"),
         "publish", "--no-pull", "-o", str(folder / "html")],
        cwd=folder, check=True, capture_output=True,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    found = [*slower(folder / "html"), *lost(results, history(repo))]
    return [f._replace(commit=git(repo, "log", "-1", "--format=%s", f.commit)) for f in found]


def recorded(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"history-{name}.json").read_text())


def test_what_was_planted_on_a_quiet_machine_is_found_and_named(tmp_path):
    found = {f.port: f for f in publish(tmp_path, recorded("quiet"))}
    assert {port: f.commit.partition(": ")[2] for port, f in found.items()} == {
        "numpy_event": "1.3 times the work in numpy_event",
        "numba_event": "an accidental float64 in numba_event",
        "jax_scan": "jax_scan compiles in each call",
        "jax_scan_event": "jax_scan_event moves its weights to the host and back",
    }
    assert all(f.after == "" for f in found.values()), "one commit, and no range of them"
    assert 1.2 < found["numpy_event"].ratio < 1.5
    assert found["jax_scan_event"].ratio > 1.2
    assert math.isinf(found["jax_scan"].ratio), "it is refused: it compiles in its second call"
    assert math.isinf(found["numba_event"].ratio), "it is refused: its bits differ"


def test_on_a_busy_machine_what_is_slower_is_missed_and_nothing_made_up(tmp_path):
    found = {f.port: f.commit for f in publish(tmp_path, recorded("busy"))}
    assert found == {
        "numba_event": "Planted: an accidental float64 in numba_event",
        "jax_scan": "Planted: jax_scan compiles in each call",
    }, "1.7 and 1.5 times as long are lost where sessions differ by a quarter; proofs are not"


@pytest.mark.parametrize("name", ["quiet", "busy"])
def test_commits_in_which_nothing_changes_raise_no_alarm(name, tmp_path):
    data = recorded(name)
    planted = next(i for i, c in enumerate(data["commits"]) if "Planted" in c["subject"])
    data["commits"] = data["commits"][:planted]
    assert len(data["commits"]) == 10
    assert publish(tmp_path, data) == []


def test_what_got_faster_is_no_regression(tmp_path):
    data = recorded("quiet")
    data["commits"] = data["commits"][::-1]
    assert publish(tmp_path, data) == []


A = {"jax": 0.50, "numba": 0.10}


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ([0.50, 0.51, 0.49], "same"),
        ([0.65, 0.66, 0.64], "worse"),
        ([0.65, 0.66, 0.50], "same"),  # one session was not slower: it may be the machine
        ([0.40, 0.41, 0.39], "better"),
        (["different: spikes differ", 0.5, 0.5], "fails"),
    ],
)
def test_verdict_of_sessions_in_turn(after, verdict):
    before = [A, A | {"jax": 0.52}, A | {"jax": 0.48}]
    found = change("lif", "small", "jax", before, [A | {"jax": value} for value in after])
    assert found.verdict == verdict


def test_interval_is_that_of_any_two_sessions():
    found = change(
        "lif", "small", "jax", [{"jax": 1.0}, {"jax": 2.0}], [{"jax": 2.0}, {"jax": 3.0}]
    )
    assert found == Change("lif", "small", "jax", 2.5 / 1.5, 1.0, 3.0)
    assert change("lif", "small", "jax", [A], [{}]).why == "is measured in one of them alone"
