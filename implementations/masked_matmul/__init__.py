"""A matrix, each entry mapped by one of two functions, times itself: see spec.py."""
