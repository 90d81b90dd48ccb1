"""What is measured, by patterns: kernels, sizes and ports; and under which conditions."""

from typing import NamedTuple

from portstudy.find import find_kernel, kernels
from portstudy.history.results import benchmark_class
from portstudy.names import match

DEFAULT = ["lif", "lif_ensemble"]

PACKAGE = "common/portstudy/__init__.py"
"""The file that a commit must have to be measured."""

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
            sizes = spec.measured_at
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

    @property
    def variables(self) -> dict[str, str]:
        """As asv records them with each result. (The device is the machine's.)"""
        return {"PORTSTUDY_DTYPE": self.dtype, "PORTSTUDY_THREADS": self.threads}


def only(chosen: list[Selection], figure: str = ".*") -> list[str]:
    """asv's options for these ports and sizes alone."""
    options = []
    for kernel, size, ports in chosen:
        name = benchmark_class(kernel)
        options += ["--bench", rf"^ports\.{name}\.{figure}\('({'|'.join(ports)})', '{size}'\)$"]
    return options
