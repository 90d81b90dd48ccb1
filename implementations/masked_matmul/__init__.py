"""A matrix, mapped by one of two functions an entry, times itself: see spec.py."""
