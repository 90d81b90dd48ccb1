"""Performance over commits, versions and devices, recorded with asv."""
