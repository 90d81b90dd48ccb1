import gc
import math
import os
import subprocess
import sys
import time
from statistics import mean, median
from types import SimpleNamespace
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from portstudy.backends import LIBRARIES
from portstudy.backends.base import Backend
from portstudy.measure.process import environment
from portstudy.measure.rounds import measure
from portstudy.measure.session import Figures, Session
from portstudy.measure.worker import Commands
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

THREADS = """
import numpy, threadpoolctl
print(*(pool["num_threads"] for pool in threadpoolctl.threadpool_info()))
"""


def session(**ports: tuple[float, list[float]]) -> Session:
    """Ports with the seconds of their first call and of one call in each round."""
    figures = {
        name: Figures(name, first_call_seconds=first, samples=samples)
        for name, (first, samples) in ports.items()
    }
    names = "lif", "small", "float64", "cpu", "all", next(iter(ports))
    return Session(*names, bits=True, python="3.11", processors=2, ports=figures)


def test_a_clock_under_jit_stands_still():
    """A clock inside a jitted function is read once, while JAX traces, and is a constant from then
    on: start and stop it outside."""

    @jax.jit
    def timed(x):
        start = time.perf_counter()
        y = jnp.sin(x)
        return y, time.perf_counter() - start

    (_, first), (_, second) = timed(1.0), timed(2.0)
    assert first == second


def test_what_is_not_returned_is_not_computed():
    """A compiler leaves out what nobody will see. A benchmark whose function does not return its
    result measures nothing: here the sine is traced, but is gone from the compiled program."""

    def careless(x):
        jnp.sin(x).sum()
        return x

    def careful(x):
        return jnp.sin(x).sum()

    x = jnp.ones(10)
    for function, is_computed in ((careless, False), (careful, True)):
        assert "sin" in str(jax.make_jaxpr(function)(x))
        compiled = jax.jit(function).lower(x).compile()
        assert ("transcendentals" in compiled.cost_analysis()) == is_computed


def test_the_first_call_compiles():
    """The first call traces and compiles, the second runs, and a new shape compiles again. So call
    a function before you time it, with arguments of the same shapes and types."""
    jax_ = LIBRARIES["jax"]()  # knows how often its library has compiled
    function = jax.jit(lambda x: jnp.sin(x).sum())

    def compiles(x):
        before, _ = jax_.compiled()
        jax_.wait(jax_.call(function, (x,)))
        return jax_.compiled()[0] > before

    short, long = jax_.put((np.ones(3), np.ones(4)))
    assert [compiles(x) for x in (short, short, long, long)] == [True, False, True, False]


def test_a_sample_waits_for_the_outputs():
    """In a sample the clock starts, calls are made and each one's outputs waited for, and the clock
    stops, all without Python's garbage collector. Arguments are already on the device."""
    happened = []

    def clock():
        happened.append("clock")
        return 0.0

    port = SimpleNamespace(
        backend=Backend(),
        call=lambda x: happened.append(f"call, collector {'on' if gc.isenabled() else 'off'}"),
        wait=lambda outputs: happened.append("wait"),
    )
    worker: Any = object.__new__(Commands)
    worker.port, worker.placed, worker.number = port, (1.0,), 2
    with mock.patch("time.perf_counter", clock):
        worker.sample()
    assert happened == ["clock", *["call, collector off", "wait"] * 2, "clock"]


def test_a_numpy_array_is_copied_or_borrowed():
    """On a CPU, `jax.device_put` copies a NumPy array, unless it starts at a multiple of 64 bytes:
    then JAX borrows its memory. NumPy only promises 16, so the same line may cost a copy, or
    nothing."""
    room = np.zeros(1000 + 16, np.float32)
    start = -room.ctypes.data % 64 // 4  # the first number at a multiple of 64 bytes
    for offset, is_borrowed in ((start, True), (start + 4, False)):
        host = room[offset : offset + 1000]
        there = jax.device_put(host, jax.devices("cpu")[0])
        assert (there.unsafe_buffer_pointer() == host.ctypes.data) == is_borrowed


def test_rounds_cancel_what_disturbs_all():
    """If the machine becomes slower and slower, two blocks of calls, A A A then B B B, show a
    difference where there is none. In rounds, A B A B A B, with ratios taken within a round, drift
    cancels."""
    slowness = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]  # of the machine, at each of six calls

    blocks = session(a=(1, slowness[:3]), b=(1, slowness[3:]))
    assert blocks.ports["b"].steady_seconds / blocks.ports["a"].steady_seconds > 1.25

    # In rounds, the machine changes between them, and hardly within one.
    rounds = session(a=(1, slowness), b=(1, slowness))
    assert rounds.ratios("b") == [1] * 6


def test_a_median_forgives_one_disturbed_round():
    """A round in which something else ran moves the mean, but not the median."""
    quiet, disturbed = [1.0, 1.1, 0.9, 1.0, 1.0], [1.0, 1.1, 0.9, 1.0, 100.0]
    assert Figures("port", samples=disturbed).steady_seconds == median(quiet) == 1
    assert mean(disturbed) > 20 * mean(quiet)


def test_break_even_counts_the_first_call():
    """Break-even is the number of calls after which all of them together, the first with its
    compilation included, took no longer than the reference's. It may be never."""
    both = session(
        reference=(1.0, [1.0] * 3),  # seconds of the first call, of the later ones
        compiled=(6.0, [0.5] * 3),
        hopeless=(6.0, [1.5] * 3),
    )
    calls = both.break_even("compiled")
    assert calls == 11
    assert 6.0 + (calls - 1) * 0.5 <= calls * 1.0
    assert 6.0 + (calls - 2) * 0.5 > (calls - 1) * 1.0
    assert both.break_even("hopeless") == math.inf


@pytest.mark.skipif(not threadpool_info(), reason="NumPy's BLAS does not tell its threads here")
def test_threads_are_chosen_before_the_import():
    """NumPy reads how many threads its BLAS may use from the environment, when it is imported:
    setting it later does nothing. So a worker process has it set from its start."""

    def pools():
        return {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}

    def of_a_process(environment):
        program = [sys.executable, "-c", THREADS]  # imports NumPy, prints the threads of its BLAS
        return int(subprocess.run(program, env=environment, capture_output=True).stdout)

    before = pools()
    with mock.patch.dict(os.environ, environment("1")):
        assert pools() == before
    assert of_a_process(environment("1")) == 1


def test_a_port_that_differs_has_no_figures(tmp_path):
    """A port whose outputs are not the reference's, on the very arguments that would be timed, gets
    a reason and no figures, however fast it is."""
    inputs = "def inputs(rng): return rng.normal(size=1000)\n"
    (tmp_path / "square.py").write_text(inputs + "def square(x): return x * x\n")
    (tmp_path / "faster.py").write_text("def square(x): return x\n")

    files = tuple(str(tmp_path / name) for name in ("square.py", "faster.py"))
    measured = measure(files, "default")
    assert measured.ports["square"].samples
    assert measured.ports["faster"].status == "different"
    assert measured.ports["faster"].samples == []
    assert math.isnan(measured.relative("faster"))
