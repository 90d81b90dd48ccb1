"""Predators and prey by explicit Euler: see spec.py."""
