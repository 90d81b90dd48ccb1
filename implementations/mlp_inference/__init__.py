"""A network of two layers, applied to a batch: see spec.py."""
