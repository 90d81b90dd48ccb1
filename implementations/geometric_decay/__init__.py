"""Ten times x -= 0.1 x: see spec.py."""
