"""The asv suite: one class a kernel, parameters [port, size]."""
