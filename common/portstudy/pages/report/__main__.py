"""Writes the report from the committed results, names what it left out; or checks it.

python -m portstudy.pages.report [check]
"""

import sys
import tempfile
from pathlib import Path

from portstudy.pages.report.write import REPORT, write


def check() -> int:
    """Is what is committed what would be written now? 1 if it is not."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        for path in sorted(Path(folder).iterdir()):
            if (REPORT / path.name).read_text("utf-8") != path.read_text("utf-8"):
                print(f"report/{path.name} is out of date: make report")
                return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(check())
    for left_out, why in write().items():
        print(f"Left out: {left_out} {why}")
    print(f"Report: {REPORT}/index.html, and README.md beside it")
