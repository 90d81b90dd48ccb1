"""A kernel to begin with: an affine map and a rectifier."""
