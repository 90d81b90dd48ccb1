"""Every port against its reference, the references against the world, and tests of the tests."""

import os

# Before NumPy is imported: what is tested is small, and pools of threads fight over busy cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
