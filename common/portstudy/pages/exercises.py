"""Exercises: tasks to solve in their own files, with a check that says what is wrong.

`exercises/03_first_scan.py` is the third: its docstring is the task, its function yours to write.
The files of the same name in `exercises/checks/` and `exercises/solutions/` check and solve it.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from portstudy.checkout import ROOT
from portstudy.importing import import_file
from portstudy.names import UnknownName

FOLDER = ROOT / "exercises"


@dataclass(frozen=True)
class Exercise:
    """One task."""

    path: Path

    @property
    def number(self) -> str:
        """As it is called: 3."""
        return str(int(self.path.stem.partition("_")[0]))

    @property
    def text(self) -> str:
        """The task."""
        return ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""

    @property
    def lesson(self) -> str:
        """The note that it belongs to."""
        return self.text.rpartition("Lesson: notes/")[2].removesuffix(".md.")

    @property
    def solution(self) -> Path:
        """A file that solves it."""
        return self.path.parent / "solutions" / self.path.name

    def check(self, answer: Path | None = None) -> str:
        """What is wrong with an answer, by default that in the exercise's own file; "" if nothing.

        Hints say what was found, never what to write.
        """
        try:
            task = import_file(answer or self.path)
            import_file(self.path.parent / "checks" / self.path.name).check(task)
        except NotImplementedError:
            return "not begun yet"
        except AssertionError as error:
            return str(error)
        except Exception as error:
            return f"raised {type(error).__name__}: {error}"
        return ""


def exercises() -> list[Exercise]:
    """All of them, in their order."""
    return [Exercise(path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def find_exercise(number: str) -> Exercise:
    """The exercise of this number; UnknownName where there is none."""
    found = {exercise.number: exercise for exercise in exercises()}
    if not number.isdecimal() or str(int(number)) not in found:
        raise UnknownName(f"exercise {number!r}: there is none; allowed: 1 to {len(found)}")
    return found[str(int(number))]
