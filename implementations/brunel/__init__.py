"""Brunel's balanced random network with Poisson drive: see spec.py."""
