"""The machine, as far as it matters to a comparison: what `portstudy machine` shows.

python -m portstudy.measure.machine LIBRARY    the devices that a library sees, as JSON
"""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from portstudy.backends import LIBRARIES, STYLES
from portstudy.backends.base import Unavailable
from portstudy.kernel import DEVICES, DTYPES
from portstudy.measure.process import usable_processors

PROBED = ("jax", "torch", "numba_cuda")
"""The libraries that may see more than the CPU."""


MEMORY = 256 * 2**20
"""Bytes that no cache holds: as far as `portstudy.measure.limits` goes."""


ROUNDS = 3


UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


CPU = Path("/sys/devices/system/cpu/cpu0")


class Cache(NamedTuple):
    """One of the caches of the first processor, which others may share."""

    level: int
    kind: str
    bytes: int
    processors: int
    """How many processors share it."""


def processor() -> str:
    """Its name, as its maker gives it."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    if found:
        return found[1].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"
    return platform.processor() or platform.machine() or "unknown"


def caches(folder: Path = CPU) -> list[Cache]:
    """The caches, the nearest first, as Linux tells them; none where they are not known."""
    found = []
    for index in sorted(folder.glob("cache/index*")):
        try:
            level, kind, size, shared = (
                (index / name).read_text().strip()
                for name in ("level", "type", "size", "shared_cpu_list")
            )
        except OSError:  # some virtual machines leave files out
            continue
        number, unit = re.fullmatch(r"(\d+)([KMG]?)", size).groups()  # type: ignore[union-attr]
        found.append(Cache(int(level), kind.lower(), int(number) * UNITS[unit], _count(shared)))
    return found


def _count(processors: str) -> int:
    """How many `0-3,8` are."""
    ranges = [part.split("-") for part in processors.split(",")]
    return sum(int(ends[-1]) - int(ends[0]) + 1 for ends in ranges)


def working_sets(found: list[Cache], threads: int) -> dict[str, int]:
    """Bytes that fill half of each cache of so many threads, by its name; and those that fill none.

    Each thread works on memory of its own, so a cache that each processor has counts as often.
    """
    sizes = {
        f"L{cache.level}": cache.bytes // 2 * max(1, threads // cache.processors)
        for cache in found
        if cache.kind != "instruction"
    }
    known = {name: size for name, size in sizes.items() if size < MEMORY}
    return (known or {"32 KiB": 2**15, "512 KiB": 2**19, "8 MiB": 2**23}) | {"memory": MEMORY}


def rates(say: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Measured bandwidth by working set, bytes a second, and peak operations a second by dtype.

    `say` is told what is measured next. Raises Unavailable where there is nothing to measure with.
    """
    from portstudy.measure.limits import Limit

    limits = {dtype: Limit(((), 0), dtype) for dtype in DTYPES}
    limit = limits[DTYPES[0]]
    sizes = working_sets(caches(), limit.threads)
    bandwidth = dict.fromkeys(sizes, 0.0)
    peak = dict.fromkeys(DTYPES, 0.0)
    for _ in range(ROUNDS):  # in turn: what disturbs the machine passes
        for name, size in sizes.items():
            say(f"bandwidth: {name}")
            bandwidth[name] = max(bandwidth[name], limit.bandwidth(size))
        for dtype in DTYPES:
            say(f"peak: {dtype}")
            peak[dtype] = max(peak[dtype], limits[dtype].peak())
    return {
        "threads": limit.threads,
        "bandwidth": [
            {"in": name, "working_set_bytes": size, "bytes_per_second": bandwidth[name]}
            for name, size in sizes.items()
        ],
        "operations_per_second": peak,
    }


def devices(library: str, timeout: float = 120) -> dict[str, dict[str, str]]:
    """The devices a library sees: a `name`, or else a `reason`.

    It is asked in a process of its own: its import is slow, and one that fails does no harm.
    """
    command = [sys.executable, "-m", "portstudy.measure.machine", library]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return {device: {"reason": f"no answer within {timeout:g} s"} for device in DEVICES}
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        return {device: {"reason": why} for device in DEVICES}
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def _devices_seen(library: str) -> dict[str, dict[str, str]]:
    seen = {}
    for device in reversed(DEVICES):  # the GPU first: a library may settle on what is asked for
        try:
            seen[device] = {"name": (LIBRARIES | STYLES)[library](device).device_name()}
        except Unavailable as reason:
            seen[device] = {"reason": str(reason).split("\n", 1)[0]}
    return seen


def versions() -> dict[str, str]:
    """Version of each library that ports are written in, as it is installed; "" where it is not."""
    found = {}
    for library, backend in (LIBRARIES | {"numba_cuda": STYLES["numba_cuda"]}).items():
        try:
            found[library] = importlib.metadata.version(backend.distribution or backend.package)
        except importlib.metadata.PackageNotFoundError:
            found[library] = ""
    return found


def describe(say: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """All of it."""
    # Pools of threads are made for all processors that this process may use, as workers' are.
    os.environ.setdefault("NUMBA_NUM_THREADS", str(usable_processors()))
    memory = psutil.virtual_memory()
    load = psutil.getloadavg()[0]  # of the last minute
    result: dict[str, Any] = {
        "processor": processor(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "cores": psutil.cpu_count(logical=False),
        "processors": psutil.cpu_count(),
        "usable_processors": usable_processors(),
        "caches": [cache._asdict() for cache in caches()],
        "memory_bytes": memory.total,
        "available_bytes": memory.available,
        "load": load,
        "busy": load > 0.5 * usable_processors(),
        "python": platform.python_version(),
        "versions": versions(),
    }
    try:
        result["rates"] = rates(say)
    except Unavailable as reason:
        result["rates"] = {"reason": str(reason)}
    result["devices"] = {}
    for library in PROBED:
        say(f"devices: {library}")
        result["devices"][library] = devices(library)
    return result


if __name__ == "__main__":
    print(json.dumps(_devices_seen(sys.argv[1])))
