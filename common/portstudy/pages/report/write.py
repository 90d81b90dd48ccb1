"""The report's two files; and the page as a part of asv's site."""

import re
from pathlib import Path

from portstudy.checkout import ROOT
from portstudy.history.results import RESULTS
from portstudy.pages.lif_study import FOLDER
from portstudy.pages.report import data
from portstudy.pages.report.account import Account
from portstudy.pages.report.elements import UP
from portstudy.pages.report.markdown import markdown
from portstudy.pages.report.page import page

REPORT = ROOT / "report"


def write(folder: Path = REPORT, results: Path = RESULTS, account: Path = FOLDER) -> data.Results:
    """Write both; returns what they were made from."""
    found = data.read(results, account)
    of_lif = Account(found)
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(page(found, of_lif), encoding="utf-8")
    (folder / "README.md").write_text(markdown(found, of_lif), encoding="utf-8")
    return found


def add_to_site(html: Path) -> None:
    """Put the page into asv's site, which lies in this folder."""
    found = data.read(RESULTS, FOLDER)
    (html / "report").mkdir(exist_ok=True)
    text = for_site(page(found, Account(found)))
    (html / "report" / "index.html").write_text(text, encoding="utf-8")


def for_site(text: str) -> str:
    """The page as part of asv's site, in its folder `report`: what it links to is there."""

    def moved(found: re.Match[str]) -> str:
        path, rest, words = found[1], found[2], found[3]
        at = path.split("/")
        if path.startswith(".asv/html/"):
            target = path.removeprefix(".asv/html/")
        elif at[0] == "implementations":
            anchor = "" if at[2] == "spec.py" else f"#{at[2].removesuffix('.py').replace('_', '-')}"
            target = f"notes/kernels/{at[1]}.html{anchor}"
        elif at[0] == "notes":
            target = f"notes/{at[1].removesuffix('.md').replace('README', 'index')}.html"
        elif path == "README.md":
            target = "notes/project.html"
        else:
            return words  # not on the site
        return f'<a href="{UP}{target}{rest}>{words}</a>'

    return re.sub(r'<a href="\.\./([^"#]+)((?:#[^"]*)?"[^>]*)>(.*?)</a>', moved, text)
