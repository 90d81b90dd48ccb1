"""A network of LIF neurons with Poisson noise that is the same in every port: see spec.py."""
