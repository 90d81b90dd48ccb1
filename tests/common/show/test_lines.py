"""Lines of code: which files are a port's, and how many of their lines are changed."""

import pytest
from portstudy.show.lines import changed_lines, files_of


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb = 2\n", 0),
        ("a = 1\nb = 2\n", "a = 1\nb = 3\n", 1),  # one that is another, not one less and one more
        ("a = 1\n", "a = 1\nb = 2\nc = 3\n", 2),
        ('"""One."""\n\na = 1\n', '"""Two.\n\nMore.\n"""\na = 1\n\n\n', 0),
        ("a = 1\n", "b = 1\nc = 1\n", 2),
    ],
)
def test_changed_lines(tmp_path, before, after, changed):
    (tmp_path / "a.py").write_text(before)
    (tmp_path / "b.py").write_text(after)
    assert changed_lines(tmp_path / "a.py", tmp_path / "b.py") == changed


def test_lines_that_a_port_shares_count_as_its_own(tmp_path):
    """So do those that a shared file takes from another, of another kernel or of its own."""
    (here, other) = (tmp_path / "here", tmp_path / "other")
    here.mkdir()
    other.mkdir()
    (here / "a.py").write_text('"""A."""\nx = 1\ny = 2\nz = 3\n')
    (here / "b.py").write_text(
        '"""B."""\nfrom ..other._y import x, y\nfrom ._lost import w\nz = 3\n'
    )
    (other / "_y.py").write_text('"""Y."""\nfrom ._x import x\ny = 2\n')
    (other / "_x.py").write_text('"""X."""\nx = 1\n')
    assert files_of(here / "b.py") == [other / "_x.py", other / "_y.py", here / "b.py"]
    assert changed_lines(here / "a.py", here / "b.py") == 3  # the imports
