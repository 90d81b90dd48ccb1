"""A mixture of multivariate normal distributions, fitted by EM: see spec.py."""
