"""Measurement: worker processes, interleaved rounds, and what was found."""
