"""The command `portstudy`."""

from portstudy.cli.parser import main

__all__ = ["main"]
