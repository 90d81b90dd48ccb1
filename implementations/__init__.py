"""One folder a kernel: `spec.py` states it, every further file is a port of it."""
