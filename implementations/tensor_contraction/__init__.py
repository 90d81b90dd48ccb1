"""Images contracted with kernels over height, width and channels: see spec.py."""
