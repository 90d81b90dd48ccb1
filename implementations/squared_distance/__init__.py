"""The squared Euclidean distance of two vectors: see spec.py."""
