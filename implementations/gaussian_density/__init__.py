"""Density of a multivariate normal distribution at many points: see spec.py."""
