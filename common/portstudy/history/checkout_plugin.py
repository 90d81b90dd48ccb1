"""An asv plugin: the environment that asv itself runs in, as a series like any other.

asv's own `existing` environment records the interpreter's path and no versions, so that it becomes
a series of its own on the site. This one records the versions that are installed, as the
environments built by `make history` do, and the settings under which was measured. Where sessions
are recorded that were measured on another machine, PORTSTUDY_LIBRARIES has its versions, as JSON.
"""

import importlib.metadata
import json
import os
import sys
from typing import Any

from asv.environment import ExistingEnvironment, get_env_name


class Checkout(ExistingEnvironment):
    """`asv run -E checkout --set-commit-hash HEAD`."""

    tool_name = "checkout"

    def __init__(self, conf: Any, python: str, requirements: dict, tagged_env_vars: dict) -> None:
        tagged_env_vars = {
            (tag, name): os.environ.get(name, value)
            for (tag, name), value in tagged_env_vars.items()
        }
        super().__init__(conf, sys.executable, requirements, tagged_env_vars)
        elsewhere = json.loads(os.environ.get("PORTSTUDY_LIBRARIES") or "{}")
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        self._python = elsewhere.pop("python", here)
        self._requirements = elsewhere or {name: _version(name) for name in requirements}

    @property
    def name(self) -> str:
        """Tool, Python, versions and settings, and no path of this machine."""
        return get_env_name(self.tool_name, self._python, self._requirements, self._tagged_env_vars)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package).partition("+")[0]  # 2.13.0+cpu
    except importlib.metadata.PackageNotFoundError:
        return "none"
