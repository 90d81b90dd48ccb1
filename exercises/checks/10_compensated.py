"""A sum that keeps its digits: the check."""

import math

import numpy as np


def check(task):
    x = np.random.default_rng(0).uniform(0, 1, 200_000).astype(np.float32)
    exact = math.fsum(x.tolist())
    y = task.compensated_sum(x)
    (types,) = task.compensated_sum.overloads.values()
    assert str(types.signature.return_type) == "float32", f"returns {types.signature.return_type}"
    error = abs(float(y) - exact) / float(np.spacing(np.float32(exact)))
    assert error <= 1, f"{error:.3g} units in the last place from the exact sum; allowed: 1"
    wide = [name for name in types.metadata.get("typemap", {}) if name == "float64"]
    assert not wide, "something is computed in float64"
    program = task.compensated_sum.inspect_llvm(task.compensated_sum.signatures[0])
    assert "fadd double" not in program, "something is added in float64"
