"""Proof that a port computes what the reference computes: see `tiers` for how."""

from portstudy.proof.comparison import compare
from portstudy.proof.guards import run
from portstudy.proof.same import assert_same_up_to_rounding
from portstudy.proof.tiers import (
    Tier,
    prove,
    prove_accuracy,
    prove_free_run,
    prove_single_steps,
    prove_to_the_bit,
)
from portstudy.rules import Different

__all__ = [
    "Different",
    "Tier",
    "assert_same_up_to_rounding",
    "compare",
    "prove",
    "prove_accuracy",
    "prove_free_run",
    "prove_single_steps",
    "prove_to_the_bit",
    "run",
]
