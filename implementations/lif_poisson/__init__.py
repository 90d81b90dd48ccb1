"""A network of LIF neurons under Poisson noise, the same noise everywhere: see spec.py."""
