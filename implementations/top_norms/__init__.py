"""The largest row norms of a matrix times its transpose: see spec.py."""
