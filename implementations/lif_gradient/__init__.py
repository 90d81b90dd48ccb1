"""A layer of leaky integrate-and-fire neurons trained through time: see spec.py."""
