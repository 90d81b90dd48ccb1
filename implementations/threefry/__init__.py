"""Threefry, random numbers by counting, the same bits everywhere: see spec.py."""
