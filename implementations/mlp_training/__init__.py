"""A network trained on handwritten digits by stochastic gradient descent: see spec.py."""
