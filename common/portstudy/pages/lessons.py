"""Lessons in notes/: their claims are tests, and what they show is what the tests run.

A claim is a test in `tests/lessons/test_<lesson>.py`: its docstring is the sentence, its body the
proof. In the note, between cog's markers,

    claim("jit_freezes_what_it_does_not_trace")

becomes that sentence and that code, so that the two cannot part. Every claim stands in the note of
its lesson, and every note has a test file: tests/common/pages/test_lessons.py sees to it.
"""

import ast
import re
import textwrap
from pathlib import Path

from portstudy.checkout import ROOT

NOTES = ROOT / "notes"

TESTS = ROOT / "tests" / "lessons"


def claims(lesson: str) -> dict[str, str]:
    """Names of a lesson's claims, each with its sentence, in the order of its test file."""
    return {name: _sentence(node) for name, node in _tests(lesson).items()}


def claim(lesson: str, name: str) -> str:
    """A claim as Markdown: its sentence, and the code that proves it."""
    tests = _tests(lesson)
    if name not in tests:
        raise KeyError(f"{lesson} has no claim {name!r}; it has: {', '.join(tests)}")
    node = tests[name]
    source = _path(lesson).read_text(encoding="utf-8").splitlines()
    # From the line after the docstring, and with the comments above the first statement.
    first, *rest = node.body
    assert first.end_lineno is not None
    assert rest, f"{lesson}: claim {name!r} has no proof"
    body = textwrap.dedent("\n".join(source[first.end_lineno : node.end_lineno])).strip("\n")
    path = _path(lesson).relative_to(ROOT)
    link = f"[`{name}`](../{path})"
    return f"**{_sentence(node)}**\n\n```python\n{body}\n```\n\n*Runs as {link}.*"


def picture(name: str, what: str, folder: str = "") -> str:
    """A picture of the notes, light or dark as the page is; `folder` leads to the notes."""
    return (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" '
        f'srcset="{folder}{name}-dark.svg">\n'
        f'  <img alt="{what}" src="{folder}{name}-light.svg">\n</picture>'
    )


def _path(lesson: str) -> Path:
    return TESTS / f"test_{lesson.replace('-', '_')}.py"


def _tests(lesson: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(_path(lesson).read_text(encoding="utf-8"))
    return {
        node.name.removeprefix("test_"): node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _sentence(node: ast.FunctionDef) -> str:
    text = ast.get_docstring(node)
    assert text, f"{node.name}: a claim is a test with a docstring, which is its sentence"
    return re.sub(r"\s+", " ", text)
