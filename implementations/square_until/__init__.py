"""Square until all values are small: see spec.py."""
