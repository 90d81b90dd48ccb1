"""Normal random numbers from the bits of Threefry: see spec.py."""
