"""Derivatives of four small functions, first to fourth: see spec.py."""
