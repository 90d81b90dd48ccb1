"""Running sum and running product of two columns: see spec.py."""
