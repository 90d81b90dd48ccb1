"""Pi from random points, the same points everywhere: see spec.py."""
