"""A small sample of what `make mutants` tries: mistakes in ports, in processes that may hang."""

import itertools

import pytest
from portstudy.proof.mistakes import Mistake, drawn

from tests.mutants import trials
from tests.mutants.trials import Mutant, every, tried

QUICK = [mutant for mutant in every() if mutant.port.startswith("numpy")]
"""No library that compiles: a port each, and a second or so."""


def test_mistakes_are_caught():
    chosen = drawn(QUICK, 12, seed=1)
    groups = itertools.groupby(chosen, lambda mutant: mutant[:2])
    found = [trial for _, group in groups for trial in tried(list(group))]
    assert len(found) == 12
    missed = [str(trial.mutant) for trial in found if not trial.caught and not trial.equivalent]
    assert missed == []
    assert sum(trial.outcome == "Different" for trial in found) > 6  # and not by raising alone


def test_what_hangs_is_caught_what_dies_too_and_what_changes_nothing_is_not(monkeypatch):
    monkeypatch.setattr(trials, "SECONDS", 0.5)
    path = trials.find_kernel("geometric_decay").path("numpy_loop")
    source = path.read_text(encoding="utf-8")
    edits = {
        "hangs": ("    for _", "    while True:\n        pass\n    for _"),
        "dies": ("    for _", "    __import__('os')._exit(3)\n    for _"),
        "Different": ("x - rate", "x + rate"),
        "survives": ("x - rate * x", "x - x * rate"),
    }
    assert all(source.count(old) == 1 for old, _ in edits.values())
    mutants = [
        Mutant("geometric_decay", "numpy_loop", Mistake(5, what, source.replace(old, new)))
        for what, (old, new) in edits.items()
    ]
    assert [trial.outcome for trial in tried(mutants)] == list(edits)


def test_a_port_that_is_not_here_says_so():
    (first, *_) = (mutant for mutant in every("lif", "brian2"))
    with pytest.raises(RuntimeError, match=r"brian2|Brian2"):
        list(tried([first]))


def test_every_mistake_has_a_place():
    known = {mutant.place for mutant in QUICK}
    assert len(known) > 1000
