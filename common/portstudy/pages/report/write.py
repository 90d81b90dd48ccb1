"""The report's two files; and the page as a part of asv's site."""

from pathlib import Path

from portstudy.checkout import ROOT
from portstudy.history.results import RESULTS
from portstudy.pages.book import site_place
from portstudy.pages.lif_study import FOLDER, LifStudy
from portstudy.pages.recorded import Record
from portstudy.pages.report.contents import report
from portstudy.pages.report.html import page
from portstudy.pages.report.markdown import markdown

REPORT = ROOT / "report"


def write(folder: Path = REPORT) -> dict[str, str]:
    """Write both; returns the files that were left out, each with the reason."""
    record, study = Record.read(RESULTS), LifStudy.read(FOLDER)
    document = report(record, study)
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(page(document), encoding="utf-8")
    (folder / "README.md").write_text(markdown(document), encoding="utf-8")
    return record.left_out | study.left_out


def add_to_site(html: Path) -> None:
    """Put the page into asv's site, which lies in this folder."""
    document = report(Record.read(RESULTS), LifStudy.read(FOLDER))
    (html / "report").mkdir(exist_ok=True)
    (html / "report" / "index.html").write_text(page(document, on_site), encoding="utf-8")


def on_site(to: str) -> str | None:
    """The address of what a link leads to, from the folder `report` of asv's site."""
    if to.startswith("#"):
        return to
    if to.startswith("asv:"):
        return "../index.html" + to.removeprefix("asv:")
    found = site_place(Path(to))
    if found is None:
        return None
    name, port = found
    return f"../notes/{name}.html" + f"#{port.replace('_', '-')}" * bool(port)
