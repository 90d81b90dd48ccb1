"""The line at which a port goes wrong: both functions recorded uncompiled, and aligned by value."""
