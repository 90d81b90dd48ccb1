"""A plugin that asv.conf.json names: where and what `asv run` measures.

- The environment type `checkout`: the Python and the libraries that asv itself runs with, and the
  code of each commit. The package is pure Python, so a commit is checked out and put on the path:
  nothing is built or installed. Results are named after the versions of the libraries. (asv's own
  `existing` names them after a path, and records nothing.)
- Without `--bench`, asv runs everything, which here takes a day. Here it runs `DEFAULT`.
- asv does not tell a suite which benchmarks were selected. Ours measures the selected ports
  together, before the first benchmark: the selection is handed down in PORTSTUDY_SELECTED, as
  `{"Lif-small": ["numpy_dense", ...]}`, and in PORTSTUDY_TERMINAL where progress may be shown.
"""

import importlib.metadata
import json
import os
import sys
from ast import literal_eval
from itertools import product
from pathlib import Path
from typing import Any

from asv import util
from asv.benchmarks import Benchmarks
from asv.console import log
from asv.environment import Environment

from portstudy.history.selection import PACKAGE

DEFAULT = [r"^ports\.Lif\..*, 'small'\)$"]
"""What `asv run` runs where no `--bench` is given."""


class Checkout(Environment):
    """`asv run`: the libraries that are here, and the code of each commit."""

    tool_name = "checkout"

    def __init__(self, conf: Any, python: str, requirements: dict, tagged_env_vars: dict) -> None:
        here = {
            (tag, name): os.environ.get(name, value)
            for (tag, name), value in tagged_env_vars.items()
        }
        self._requirements = versions(requirements)  # the base class names itself before it sets it
        super().__init__(conf, python_version(), self._requirements, here)

    def check_presence(self) -> bool:
        """It is here: asv runs in it."""
        return True

    def create(self) -> None:
        """Nothing is to be made."""

    def install_project(self, conf: Any, repo: Any, commit_hash: str) -> None:
        """Check out the commit, if it is not there already."""
        if self.installed_commit_hash != commit_hash:
            self.checkout_project(repo, commit_hash)
            if not Path(self._build_root, PACKAGE).exists():
                log.error(f"{commit_hash[:8]} predates the package portstudy")
                raise util.ProcessError(["git", "checkout", commit_hash], 1, "", "")
            self._set_installed_commit_hash(commit_hash)
        self._set_commit_hash(commit_hash)

    def run(self, args: list[str], **options: Any) -> Any:
        """Run this Python, with the commit's code first on its path."""
        source = str(Path(self._build_root, PACKAGE).parents[1])
        env = dict(options.pop("env", os.environ), ASV_PYTHONPATH=source)
        return util.check_output([sys.executable, *args], env=env, **options)


def python_version() -> str:
    """As asv writes it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def versions(packages: Any) -> dict[str, str]:
    """What is installed of these packages, and `none` of one that is not."""
    found = {}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name).partition("+")[0]  # 2.13.0+cpu
        except importlib.metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def selected(benchmarks: Benchmarks) -> dict[str, list[str]]:
    """The ports that the selected benchmarks are about, by kernel's class and size."""
    chosen: dict[str, list[str]] = {}
    for name, benchmark in benchmarks.items():
        combinations = list(product(*benchmark["params"]))
        for index in benchmarks.benchmark_selection[name]:
            port, size = map(literal_eval, combinations[index])
            ports = chosen.setdefault(f"{name.split('.')[1]}-{size}", [])
            if port not in ports:
                ports.append(port)
    return chosen


_discover = Benchmarks.discover.__func__


def discover(cls: type[Benchmarks], *args: Any, regex: Any = None, **options: Any) -> Benchmarks:
    """As asv does it; `DEFAULT` where nothing is selected, and the suite is told what is."""
    found = _discover(cls, *args, regex=regex or DEFAULT, **options)
    os.environ["PORTSTUDY_SELECTED"] = json.dumps(selected(found))
    if sys.stdout.isatty() and hasattr(os, "ttyname"):
        os.environ["PORTSTUDY_TERMINAL"] = os.ttyname(sys.stdout.fileno())
    return found


Benchmarks.discover = classmethod(discover)
