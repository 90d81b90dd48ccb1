"""Notes and their claims do not part: every claim is in its note, every link leads somewhere."""

import re
from pathlib import Path

import pytest
from portstudy.pages.lessons import NOTES, ROOT, TESTS, claim, claims

LESSONS = sorted(p.stem.removeprefix("test_").replace("_", "-") for p in TESTS.glob("test_*.py"))
PAGES = [*sorted(NOTES.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_claim_stands_in_its_note(lesson: str):
    note = NOTES / f"{lesson}.md"
    assert note.is_file(), f"{lesson} has claims, and no note"
    text = note.read_text(encoding="utf-8")
    assert claims(lesson)
    for name in claims(lesson):
        assert claim(lesson, name) in text, f"{note.name} lacks {name}, or is not up to date"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path):
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    for link in links:
        if not re.match("https?:", link):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            assert target.exists(), f"{page.name}: {link} leads nowhere"
            if target.suffix == ".md" and anchor:
                assert anchor in anchors(target), f"{page.name}: {link}: no such heading"


def anchors(page: Path) -> set[str]:
    """The anchors that a code host makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_names_every_note():
    index = (NOTES / "README.md").read_text(encoding="utf-8")
    for note in NOTES.glob("*.md"):
        assert note.name == "README.md" or f"]({note.name}" in index, f"{note.name} is not listed"


def test_a_claim_is_its_sentence_and_its_proof(tmp_path, monkeypatch):
    (tmp_path / "test_two_things.py").write_text(
        'def test_one_is_one():\n    """One is\n    one."""\n    # Why not?\n    assert 1 == 1\n'
    )
    monkeypatch.setattr("portstudy.pages.lessons.TESTS", tmp_path)
    monkeypatch.setattr("portstudy.pages.lessons.ROOT", tmp_path)
    text = claim("two-things", "one_is_one")
    assert text.startswith("**One is one.**\n\n```python\n# Why not?\nassert 1 == 1\n```\n")
    assert claims("two-things") == {"one_is_one": "One is one."}
    with pytest.raises(KeyError, match="has no claim 'two'; it has: one_is_one"):
        claim("two-things", "two")
