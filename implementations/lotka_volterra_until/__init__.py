"""Predators and prey by explicit Euler, until the prey no longer rise: see spec.py."""
