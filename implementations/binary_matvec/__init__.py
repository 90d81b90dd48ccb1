"""A tall matrix of zeros and ones times a vector: see spec.py."""
