"""Functions in files as they are measured: what is said of their habits, and who gets no number."""

import pytest
from portstudy.backends import LIBRARIES
from portstudy.measure.rounds import measure
from portstudy.measure.session import Session

from tests.common.test_functions import write
from tests.conftest import skipped_if_unavailable

BEFORE = """import numpy as np
def inputs(rng, n=3000):
    return {"x": rng.normal(size=n), "total": np.zeros(1)}
def add_up(x, total):
    total[0] = np.sqrt(np.abs(x)).sum()
"""
PORTS = {
    "numpy_backwards": """import numpy as np
def add_up(x, total):
    total[:] = np.sum(np.sqrt(np.abs(x))[::-1])
""",
    "numpy_remembers": """import numpy as np
known = {}
def add_up(x, total):
    key = x.tobytes()
    if key not in known:
        for _ in range(50):
            known[key] = np.sqrt(np.abs(x)).sum()
    total[0] = known[key]
""",
    "numpy_prints": """import numpy as np
def add_up(x, total):
    print("adding up")
    total[0] = np.sqrt(np.abs(x)).sum()
""",
    "numpy_fails": """def add_up(x, total):
    y = x[len(x)]
    return y
""",
    "jax_compiles": """import jax, jax.numpy as jnp
def add_up(x, total):
    return jax.jit(lambda x: total.at[0].set(jnp.sqrt(jnp.abs(x)).sum()))(x)
""",
    "jax_scalar": """import jax.numpy as jnp
def add_up(x, total):
    return jnp.sqrt(jnp.abs(x)).sum()
""",
    "numba_counts_threads": """import numba, numpy as np
@numba.njit(parallel=True)
def add_up(x, total):
    total[0] = np.sqrt(np.abs(x)).sum() * numba.get_num_threads() / 2
""",
    "numba_too_far": """import numba, numpy as np
@numba.njit
def add_up(x, total):
    for i in range(len(x) + 1):
        y = x[i]
        if i < len(x):
            total[0] += np.sqrt(np.abs(y))
""",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Session:
    for library in ("jax", "numba"):
        with skipped_if_unavailable(library):
            LIBRARIES[library]()
    files = write(tmp_path_factory.mktemp("functions"), before=BEFORE, **PORTS)
    return measure(files, "default", timeout=120)


@pytest.mark.parametrize(
    ("port", "status", "said"),
    [
        ("before", "measured", ""),
        ("numpy_backwards", "measured", ""),
        ("numpy_prints", "measured", "numpy_prints prints in each call, which is part of its time"),
        ("jax_compiles", "measured", "jax_compiles compiles in each call ("),
        ("numpy_remembers", "different", "add_up/numpy_remembers remembers what it returned: "),
        ("numpy_fails", "failed", "IndexError: index 3000 is out of bounds for axis 0 with size "),
        ("numpy_fails", "failed", "; in numpy_fails.py, line 2: y = x[len(x)]"),
        ("jax_scalar", "different", "argument total has shape (); expected (1,)"),
        ("numba_too_far", "different", "reads or writes beyond the end of an array"),
        ("numba_counts_threads", "different", "argument total differs in 1 of 1 values"),
    ],
)
def test_what_is_said_of_each(session, port, status, said):
    figures = session.ports[port]
    assert figures.status == status, figures.reason
    assert said in (figures.note if status == "measured" else figures.reason)
    assert bool(figures.samples) == (status == "measured")


def test_changes_in_place_are_outputs_and_copies_are_not_timed(session):
    measured = [figures for figures in session.ports.values() if figures.samples]
    assert {figures.values for figures in measured} == {1}
    assert all(figures.resolution < 1e-11 for figures in measured)
    # One call adds up 3,000 numbers. If calls added to what the last one left, they would differ.
    assert session.ports["numpy_backwards"].largest_error < 8


def test_a_remedy_is_named(session):
    assert "make the compiled function once, at the top of the file" in (
        session.ports["jax_compiles"].note
    )
