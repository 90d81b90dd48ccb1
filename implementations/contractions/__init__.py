"""Small contractions of vectors and matrices, by name and by indices: see spec.py."""
