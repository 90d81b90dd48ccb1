"""A loop in a loop, which takes long to compile when it is unrolled: see spec.py."""
