"""Predators and prey under many parameters at once: see spec.py."""
