"""Is the proof a proof? Ports with one mistake by rote, each proven as `portstudy check` does."""
