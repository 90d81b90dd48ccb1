"""The claims of the notes, a file a lesson: docstrings are the sentences, bodies the proofs."""
