"""The sum of a polynomial over a vector: see spec.py."""
