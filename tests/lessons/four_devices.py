"""Claims about several devices, which run in a process of their own with four.

The number of devices must be known before JAX starts. So a file of such claims, imported by pytest,
has them run once by this one, started as a program with XLA_FLAGS set, which says how each went:

python -m tests.lessons.four_devices MODULE
"""

import functools
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

FLAGS = "--xla_force_host_platform_device_count=4"


def on_four_devices(claim: Callable[[], None]) -> Callable[[], None]:
    """A test of how this claim went in the process with four devices."""

    @functools.wraps(claim)
    def test() -> None:
        wrong = outcomes(claim.__module__)[claim.__name__]
        assert not wrong, wrong

    test.on_four_devices = True  # type: ignore[attr-defined]
    return test


@functools.cache
def outcomes(module: str) -> dict[str, str]:
    """Name of each of a module's claims, to what went wrong; "" where nothing did."""
    root = Path(__file__).parents[2]
    environment = os.environ | {"XLA_FLAGS": FLAGS, "JAX_PLATFORMS": "cpu"}
    program = [sys.executable, "-W", "error", "-m", "tests.lessons.four_devices", module]
    done = subprocess.run(program, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def run(module: str) -> None:
    """In the process with four devices: every claim, and how it went."""
    went = {}
    for name, test in vars(importlib.import_module(module)).items():
        if hasattr(test, "on_four_devices"):
            try:
                test.__wrapped__()
                went[name] = ""
            except (Exception, pytest.fail.Exception):
                went[name] = traceback.format_exc()
    print(json.dumps(went))


if __name__ == "__main__":
    run(sys.argv[1])
