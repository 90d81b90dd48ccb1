"""Softmax regression, its class probabilities and its loss: see spec.py."""
