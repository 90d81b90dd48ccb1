"""Drafts of ports, rewritten from a function's own text; and where its time goes before that."""
