"""A network of leaky integrate-and-fire neurons: see spec.py."""
