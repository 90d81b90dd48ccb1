"""Leaky integrate-and-fire neurons, sparsely connected, with delays: see spec.py."""
