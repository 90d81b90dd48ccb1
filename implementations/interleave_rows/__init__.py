"""The rows of three matrices, interleaved: see spec.py."""
