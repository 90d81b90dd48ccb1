"""What is measured: kernels, sizes and ports by patterns, and under which conditions."""

from pathlib import Path
from typing import NamedTuple

from portstudy.find import find_kernel, kernels
from portstudy.history.results import benchmark_class
from portstudy.names import match

DEFAULT = ["lif", "lif_ensemble"]


Selection = tuple[str, str, list[str]]
"""Kernel, size, ports."""


def select(words: list[str]) -> list[Selection]:
    """What the words name; raises UnknownName for a word that names nothing."""
    chosen: list[Selection] = []
    for word in words or DEFAULT:
        kernel_pattern, _, rest = ("*" if word == "all" else word).partition(":")
        size_pattern, _, ports_pattern = rest.partition(":")
        for kernel in match("kernel", kernel_pattern, kernels()):
            spec = find_kernel(kernel)
            sizes = [size for size in spec.sizes if size != "check"]
            for size in match("size", size_pattern, sizes) if size_pattern else sizes[:1]:
                patterns = (ports_pattern or "*").split(",")
                there = spec.ports_at(size)
                named = {p for pattern in patterns for p in match("port", pattern, there)}
                ports = [p for p in there if p in named or p == spec.reference_at(size)]
                chosen.append((kernel, size, ports))
    return chosen


class Conditions(NamedTuple):
    """Under which all ports of a run are measured."""

    dtype: str
    threads: str
    device: str


def settings(chosen: list[Selection], conditions: Conditions, sessions: Path) -> dict[str, str]:
    """What the suite is told: the ports that it measures, where, and a folder for its sessions."""
    ports = sorted({port for _, _, named in chosen for port in named})
    return {
        "PORTSTUDY_PORTS": ",".join(ports),
        "PORTSTUDY_DEVICE": conditions.device,
        "PORTSTUDY_SESSIONS": str(sessions),
    }


def only(chosen: list[Selection], figure: str = ".*") -> list[str]:
    """asv's options for these ports and sizes alone."""
    options = []
    for kernel, size, ports in chosen:
        name = benchmark_class(kernel)
        options += ["--bench", rf"^ports\.{name}\.{figure}\('({'|'.join(ports)})', '{size}'\)$"]
    return options
