"""The proof of functions in files of one's own, each in its worker: see `portstudy.proof.rounding`.

The reference's noise is measured once for all ports, and only if one of them needs it.
"""

import contextlib
import pickle
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from portstudy.backends.base import Backend
from portstudy.find import find_kernel
from portstudy.measure.process import Worker
from portstudy.measure.session import Figures, Session, Status, failed, taken, unproven
from portstudy.proof.observation import Outcome
from portstudy.proof.rounding import Evidence, Unmeasured, Values
from portstudy.proof.same import compare_outcomes, compare_threads, require_no_memory
from portstudy.rules import Different


def prove_function(
    session: Session, figures: Figures, workers: Mapping[str, Worker], folder: Path
) -> None:
    """Load a function, call it for the first time, and prove it; the reference comes first."""
    worker, reference = workers[figures.port], session.ports[session.reference]
    if not all(taken(figures, worker.ask(command)) for command in ("load", "first")):
        return
    proof = worker.ask("prove", path=str(folder / figures.port))
    if failed(figures, proof) or failed(figures, worker.ask("refuse_memory")):
        return
    figures.note = proof["note"]
    if unproven(session, figures):
        return
    kernel = find_kernel(session.kernel)
    who = f"{kernel.name}/{figures.port}"
    expected, given = (
        pickle.loads((folder / port).read_bytes()) for port in (session.reference, figures.port)
    )
    backends: list[type[Backend]] = [kernel.backend(p) for p in (reference.port, figures.port)]
    evidence = Evidence(
        reference=partial(_asked, workers, reference.port, "noise", folder),
        port=partial(_asked, workers, figures.port, "noise", folder),
        moved=partial(_asked, workers, reference.port, "moved", folder),
        terms=proof["terms"],
        narrow=len(expected) > 1,
        sums_in_float64=any(backend.sums_in_float64 for backend in backends),
    )
    try:
        with contextlib.suppress(Unmeasured):
            names = (reference.port, figures.port)
            others = [_asked(workers, port, "other", folder, 1) for port in names]
            require_no_memory(who, expected, given, others)
        compare = partial(compare_outcomes, who, expected, found=evidence)
        verdict = compare(given)
        if figures.port != reference.port:
            path = folder / f"{figures.port}.threads"
            if failed(figures, worker.ask("threads", path=str(path))):
                return
            compare_threads(compare, pickle.loads(path.read_bytes()).items())
    except Different as error:
        figures.status, figures.reason = Status.DIFFERENT, str(error)
        return
    figures.largest_error, figures.values = verdict.ulps, verdict.values
    figures.resolution = verdict.resolution
    figures.note = "; ".join(filter(None, [figures.note, *verdict.notes]))


def outputs_of(path: Path) -> list:
    """What a call gave, each array once: one that is changed may be returned as well."""
    found: Outcome = pickle.loads(path.read_bytes())[0]
    values = [np.asarray(x) for x in found.values.values()]
    return list({(x.shape, x.tobytes()): x for x in values if x.dtype.kind in "biufc"}.values())


def _asked(workers: Mapping[str, Worker], port: str, what: str, folder: Path, draw: int) -> Values:
    """What a worker measured in this draw."""
    path = folder / f"{port}.{what}{draw}"
    if not path.exists():
        reply: dict[str, Any] = workers[port].ask("values", path=str(path), what=what, draw=draw)
        if "error" in reply:
            raise Unmeasured(reply["reason"])
    return pickle.loads(path.read_bytes())
