"""A cheap branch or an expensive one, chosen for each element: see spec.py."""
