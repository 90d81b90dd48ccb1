"""Mistakes in one port, proven one after the other in a process of its own, which may hang or die.

python -m tests.mutants.worker JOB
"""

import re
import tempfile
import time
from pathlib import Path
from typing import Any

from portstudy.backends.base import Unavailable
from portstudy.find import find_kernel, load, load_file
from portstudy.functions import message_of
from portstudy.importing import import_file
from portstudy.measure.process import serve
from portstudy.proof.tiers import prove


class Commands:
    """What the process is told to do."""

    def __init__(self, kernel: str, port: str) -> None:
        self.kernel, self.port = find_kernel(kernel), port
        self.folder = tempfile.TemporaryDirectory()
        self.number = 0
        package = import_file(self.kernel.path("spec")).__package__
        assert package is not None
        self.package = package

    def original(self) -> dict[str, Any]:
        """Prove the port as it is; seconds that it takes, which the others may take as well."""
        start = time.perf_counter()
        for dtype in self.kernel.dtypes:
            prove(load(self.kernel.name, self.port, dtype=dtype))
        return {"seconds": time.perf_counter() - start}

    def mistake(self, source: str) -> dict[str, Any]:
        """Prove the port with another source, in every dtype: `raised`, and what."""
        self.number += 1
        # A file of its own, since libraries remember functions by file and line. What stands beside
        # the port is imported from where it is, so that a State remains the spec's.
        folder = Path(self.folder.name, str(self.number))
        folder.mkdir()
        path = folder / f"{self.port}.py"
        path.write_text(re.sub(r"(?m)^from \.", f"from {self.package}.", source), encoding="utf-8")
        try:
            for dtype in self.kernel.dtypes:
                prove(load_file(self.kernel, path, dtype=dtype))
        except Unavailable:
            raise
        except Exception as error:
            return {"raised": type(error).__name__, "why": message_of(error)}
        return {"raised": ""}


if __name__ == "__main__":
    serve(lambda job: Commands(**job))
