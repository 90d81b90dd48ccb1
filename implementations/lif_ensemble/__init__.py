"""Many trials of one network of leaky integrate-and-fire neurons: see spec.py."""
