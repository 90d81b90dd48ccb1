"""What is told of this machine: by the verb `machine`, by libraries, by the system."""

import json
import re

from portstudy.backends import LIBRARIES
from portstudy.measure import machine

from tests.common.cli.test_cli import portstudy
from tests.common.cli.test_compare import needs_numba


@needs_numba
def test_machine(tmp_path):
    done = portstudy("machine", "--json", str(tmp_path / "a.json"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "a.json").read_text())
    names = [re.split(r" {2,}", line)[0] for line in done.stdout.splitlines()]
    assert {"processor", "cores", "memory", "bandwidth", "peak", *LIBRARIES} <= set(names)
    assert told["processor"] in done.stdout
    assert all(1e8 < rate["bytes_per_second"] < 1e14 for rate in told["rates"]["bandwidth"])
    assert set(told["rates"]["operations_per_second"]) == {"float64", "float32"}
    assert set(told["devices"]) == {"jax", "torch", "numba_cuda"}
    for devices in told["devices"].values():
        assert all(seen.get("name") or seen["reason"] for seen in devices.values())


def test_a_library_that_does_not_answer_is_a_line_with_its_reason():
    assert machine.devices("jax", timeout=0.01)["cpu"] == {"reason": "no answer within 0.01 s"}
    assert "KeyError: 'jaxx'" in machine.devices("jaxx")["cpu"]["reason"]


def test_caches_are_read(tmp_path):
    for i, words in enumerate((("1", "Data", "48K", "0"), ("3", "Unified", "32M", "0-3,8-11"))):
        folder = tmp_path / "cache" / f"index{i}"
        folder.mkdir(parents=True)
        for name, word in zip(("level", "type", "size", "shared_cpu_list"), words, strict=True):
            (folder / name).write_text(word + "\n")
    (tmp_path / "cache" / "index2").mkdir()  # of which nothing is told
    found = machine.caches(tmp_path)
    assert found == [
        machine.Cache(1, "data", 48 * 2**10, 1),
        machine.Cache(3, "unified", 32 * 2**20, 8),
    ]
    assert machine.working_sets(found, 8) == {
        "L1": 8 * 24 * 2**10, "L3": 16 * 2**20, "memory": machine.MEMORY,
    }  # fmt: skip
    assert list(machine.working_sets([], 2))[-1] == "memory"
    assert machine.caches(tmp_path / "nothing") == []
