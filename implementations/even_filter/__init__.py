"""The even numbers among integers, in their order: see spec.py."""
