"""Sessions as JSON, CSV and Markdown."""

import csv
import io
import json
import math
from dataclasses import asdict
from typing import Any

from portstudy.find import find_kernel
from portstudy.measure.session import Session
from portstudy.show.table import _cells, caption, remarks, rows, title, verdict
from portstudy.show.text import markdown_table


def as_json(sessions: list[Session]) -> str:
    """All of it. null where a figure is not known, or the break-even is never."""

    def finite(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    from portstudy.measure.machine import processor, versions

    result = {
        "processor": processor(),
        "versions": versions(),
        "comparisons": [
            {
                **_conditions(session),
                "shape": dict(find_kernel(session.kernel).shape(session.size)),
                "reference": session.reference,
                "compared": "to the bit" if session.bits else "within the tolerances of the spec",
                "python": session.python,
                "processors": session.processors,
                "limit_seconds": min(session.limit, default=None),
                "bound": {k: finite(v) for k, v in asdict(session.bound).items()},
                "ports": [{k: finite(v) for k, v in row.items()} for row in rows(session)],
            }
            for session in sessions
        ],
    }
    return json.dumps(result, indent=1, allow_nan=False) + "\n"


def _conditions(session: Session) -> dict[str, str]:
    names = ("size", "dtype", "device", "threads")
    return {"kernel": find_kernel(session.kernel).name} | {n: getattr(session, n) for n in names}


def as_csv(sessions: list[Session]) -> str:
    """A line for each port of each comparison; empty where a figure is not known."""
    lines = [
        _conditions(session) | {k: "" if v != v else v for k, v in row.items() if k != "samples"}
        for session in sessions
        for row in rows(session)
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def as_markdown(sessions: list[Session]) -> str:
    """The tables, with all columns, and the remarks."""
    parts = []
    for session in sessions:
        headings, cells = _cells(session)
        shown = markdown_table(headings, ([f"`{name}`", *texts] for name, *texts in cells))
        notes = [verdict(session), *remarks(session), caption(session)]
        listed = "\n".join(f"- {note}" for note in notes if note)
        parts.append(f"**{title(session)}**\n\n{shown}\n\n{listed}\n")
    return "\n".join(parts)
