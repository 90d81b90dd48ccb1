"""Where the project's files are: in a checkout, or in an installed wheel."""

import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent.parent
"""What Python's path must have for this package to be importable."""
ROOT = SOURCE.parent
"""The top-level folder of a checkout."""
IN_CHECKOUT = SOURCE.name == "common" and (ROOT / "implementations").is_dir()
IMPLEMENTATIONS = (ROOT if IN_CHECKOUT else Path(__file__).parent) / "implementations"


def git(*arguments: str) -> str:
    """What git says of this checkout; "" where it is none."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
