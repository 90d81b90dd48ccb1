"""A sample of what `make verdict` tries: none who is right is accused, and mistakes are caught."""

import random

import numpy as np
import pytest
from portstudy import assert_same_up_to_rounding
from portstudy.proof.mistakes import Mistake, drawn
from portstudy.rules import Different

from tests.verdict.equivalent import EQUIVALENT
from tests.verdict.originals import ORIGINALS, haar_wavelet
from tests.verdict.rearrangements import PAIRS
from tests.verdict.trials import accusation, every, source_of, tried

SEED = 1
COMPILED = ("numba", "jax", "fastmath", "torch")
QUICK = [pair for pair in PAIRS if not any(word in pair.name for word in COMPILED)]


@pytest.mark.parametrize(
    "pair", random.Random(SEED).sample(QUICK, 25), ids=lambda pair: pair.name.replace(" ", "_")
)
def test_a_right_function_is_not_accused(pair):
    assert accusation(pair) == ""


def test_mistakes_are_caught():
    trials = [tried(*case) for case in drawn(every(), 60, SEED)]
    passed = [str(trial) for trial in trials if trial.outcome in ("survives", "fails")]
    changed = [trial for trial in trials if trial.counts and trial.outcome != "unseen"]
    assert len(changed) > 45
    assert sum(trial.caught for trial in changed) >= 0.99 * len(changed), passed
    assert sum(trial.outcome == "convicted" for trial in trials) > 30  # and not by failing alone


def double(x):
    return np.sin(x) / 3 + 1


WRONG = {
    "in float32": lambda x: (np.sin(x.astype(np.float32)) / 3 + 1).astype(np.float64),
    "a constant short of digits": lambda x: np.sin(x) * 0.3333333333 + 1,
    "one value of many": lambda x: np.where(np.arange(len(x)) == 77, 1.0, np.sin(x) / 3 + 1),
    "the last one lost": lambda x: np.append((np.sin(x) / 3 + 1)[:-1], 0.0),
    "no number": lambda x: np.where(x == x.max(), np.nan, np.sin(x) / 3 + 1),
    "two of them": lambda x: (np.sin(x) / 3 + 1, x),
    "another shape": lambda x: (np.sin(x) / 3 + 1)[:, None],
    "a series cut off": lambda x: (x - x**3 / 6 + x**5 / 120 - x**7 / 5040) / 3 + 1,
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_function_is_caught(what: str):
    with pytest.raises(Different):
        assert_same_up_to_rounding(double, WRONG[what], np.random.default_rng(0).normal(size=500))


def test_a_right_function_among_them_passes():
    """So it is the mistakes that those are caught by."""
    x = np.random.default_rng(0).normal(size=500)
    assert_same_up_to_rounding(double, lambda x: (np.sin(x) + 3) / 3, x)


def test_an_accusation_is_heard():
    pair = PAIRS[0]._replace(g=lambda x: np.sum(x) * (1 + 1e-6))
    assert "differs" in accusation(pair)
    assert "ValueError" in accusation(PAIRS[0]._replace(g=lambda x: x.reshape(-1, 0, 7)))


@pytest.mark.parametrize(
    ("outcome", "old", "new"),
    [
        ("convicted", "sqrt(2.0)", "sqrt(2.01)"),
        ("raises", "x[0::2]", "x[0::0]"),
        ("hangs", "len(x) > 1", "True"),
        ("survives", "/ math.sqrt(2.0)", "* math.sqrt(0.5)"),
        ("unseen", "len(x) > 1", "len(x) > 1.5"),
    ],
)
def test_every_outcome_of_a_trial(outcome: str, old: str, new: str):
    source = source_of(haar_wavelet)
    assert tried(haar_wavelet, Mistake(85, "", source.replace(old, new))).outcome == outcome


def test_corpora_are_as_large_as_stated():
    assert len({(pair.f, pair.g) for pair in PAIRS}) > 300
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    assert len(ORIGINALS) > 50
    assert len(every()) > 2000
    names = {function.__name__ for function in ORIGINALS}
    assert {name for name, _ in EQUIVALENT} <= names


@pytest.mark.parametrize("function", ORIGINALS, ids=lambda function: function.__name__)
def test_a_source_alone_is_the_function(function):
    source = source_of(function)
    assert source.count("\ndef ") == 1
    assert f"def {function.__name__}(" in source.split("\n")[function.__code__.co_firstlineno]
