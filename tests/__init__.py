"""Every port against its reference, the references against the world, and tests of the tests."""

import os

# Before NumPy is imported: what is tested is small, and pools of threads fight over busy cores.
# Numba's OpenMP layer would set the number of threads of torch as well, once a `prange` has run.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_THREADING_LAYER", "workqueue")
