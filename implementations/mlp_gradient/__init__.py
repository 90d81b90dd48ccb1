"""Per-example gradients of a network of two layers: see spec.py."""
