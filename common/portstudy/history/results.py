"""What was recorded: reading, checking and choosing from it, and pruning what is no longer of use.

A result file of asv's holds the figures of one commit, in one environment, on one machine. They are
committed, so others may have written them: one that is damaged is named and left out.
"""

import ast
import json
import subprocess
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

from portstudy.checkout import ROOT
from portstudy.files import write_whole
from portstudy.find import find_kernel, kernels

RESULTS = ROOT / "benchmarks" / "results"

USUAL = {"PORTSTUDY_DTYPE": "float64", "PORTSTUDY_THREADS": "all"}
"""The conditions of the figures that are shown first."""

LIBRARIES = ("numpy", "jax", "numba", "torch")


def cells(data: dict[str, Any], figure: str, column: str = "result") -> dict[tuple, Any]:
    """A column of what asv keeps of a figure, by port and size; empty if it was not measured."""
    found = dict(zip(data["result_columns"], data["results"].get(figure, []), strict=False))
    if not found.get(column):
        return {}
    axes = ([word.strip("'") for word in axis] for axis in found["params"])
    return dict(zip(product(*axes), found[column], strict=True))


def device_of(data: dict[str, Any]) -> str:
    """cpu or cuda; asv itself does not ask, where `asv machine` describes a machine."""
    return data["params"].get("device", "cpu")


def unsound(path: Path) -> str:
    """Why a file holds no results of this project on the machine of its folder; "" if it does.

    It looks at what asv and this package use: both would end in a traceback without it.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != 2:
            return f"is of version {data['version']} of asv's format; read here: 2"
        if data["params"]["machine"] != path.parent.name:
            return f"is of machine {data['params']['machine']!r}, in the folder of another"
        if not path.name.startswith(data["commit_hash"][:8]):
            return f"is of commit {data['commit_hash'][:8]}, which its name is not"
        for key in ("cpu", "num_cpu"):
            data["params"][key]
        for key in LIBRARIES:
            data["requirements"][key]
        for key in USUAL:
            data["env_vars"][key]
        int(data["date"]), str(data["python"]), str(data["env_name"])
        for name, values in data["results"].items():
            result = dict(zip(data["result_columns"], values, strict=False))
            count = 1
            for axis in result["params"]:
                count *= len(axis)
            if result["result"] is not None and len(result["result"]) != count:
                return f"has {len(result['result'])} values of {name}; expected {count}"
    except (OSError, ValueError) as error:  # not text, not JSON
        return f"cannot be read: {error}"
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        return f"is no result file of this project: {type(error).__name__}: {error}"
    return ""


def sort_out(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """The result files that can be used; and the others, each with the reason."""
    paths = sorted(p for p in folder.glob("*/*.json") if p.name != "machine.json")
    reasons = {path: unsound(path) for path in paths}
    return (
        [path for path, reason in reasons.items() if not reason],
        {path: reason for path, reason in reasons.items() if reason},
    )


def prune(folder: Path, commits: Iterable[str]) -> dict[Path, str]:
    """Drop what asv no longer publishes; returns what was dropped or made smaller, and why.

    That is: commits that are no longer in the history, and figures, kernels, sizes and ports that
    are no longer in the suite. A damaged file is left alone: it may be somebody's only copy.
    """
    there = set(commits)
    known = {
        f"ports.{benchmark_class(name)}": (set(spec.ports()), set(spec.measured_at))
        for name in kernels()
        for spec in [find_kernel(name)]
    }
    dropped: dict[Path, str] = {}
    for path in sort_out(folder)[0]:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["commit_hash"] not in there:
            path.unlink()
            dropped[path] = "its commit is not in the history"
            continue
        columns, kept = data["result_columns"], {}
        for name, values in data["results"].items():
            result = dict(zip(columns, values, strict=False))
            ports, sizes = known.get(name.rpartition(".")[0], (set(), set()))
            named = [{ast.literal_eval(word) for word in axis} for axis in result["params"]]
            if named[0] & ports and named[1] & sizes and any(result["result"] or []):
                kept[name] = values
        if not kept:
            path.unlink()
            dropped[path] = "nothing in it is in the suite"
        elif len(kept) < len(data["results"]):
            dropped[path] = f"{len(data['results']) - len(kept)} figures are not in the suite"
            _write(path, data | {"results": kept})
    return dropped


def _write(path: Path, data: dict[str, Any]) -> None:
    text = json.dumps(data).encode()
    write_whole(path, lambda file: file.write(text))


def history(root: Path = ROOT) -> list[str]:
    """The commits up to now, oldest first, as asv orders them."""
    command = ["git", "rev-list", "--first-parent", "--reverse", "HEAD"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout.split()


def benchmark_class(kernel: str) -> str:
    """Name of a kernel's class in the asv suite: Lif, LifEnsemble."""
    return kernel.title().replace("_", "")
