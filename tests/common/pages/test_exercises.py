"""Every exercise: the solution passes, the file as it is handed out does not, and says why."""

import pytest
from portstudy import UnknownName
from portstudy.functions import library_in
from portstudy.pages.exercises import FOLDER, Exercise, exercises, find_exercise
from portstudy.pages.lessons import NOTES

from tests.common.cli.test_cli import portstudy
from tests.conftest import skipped_if_unavailable

ALL = exercises()


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.path.stem)
def test_solution_passes_and_the_task_is_not_begun(exercise: Exercise):
    with skipped_if_unavailable(library_in(exercise.solution)):
        assert exercise.check(exercise.solution) == ""
        assert exercise.check() == "not begun yet"


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.path.stem)
def test_exercise_belongs_to_a_lesson(exercise: Exercise):
    assert (NOTES / f"{exercise.lesson}.md").is_file()


def test_numbers_follow_each_other():
    assert [exercise.number for exercise in ALL] == [str(i + 1) for i in range(len(ALL))]
    for folder in ("checks", "solutions"):
        names = sorted(path.name for path in (FOLDER / folder).glob("[0-9]*.py"))
        assert names == [exercise.path.name for exercise in ALL]


WRONG = {
    "02_compile_once": ("static_argnames=\"power\"", "static_argnames=(\"factor\", \"power\")",
                        "three new factors compiled it 3 times"),
    "06_histogram": ("values = jnp.where(values < 0, bins, values)", "pass", "below 0 are counted"),
    "08_keys": ("first, second = jax.random.split(key)", "first = second = key",
                "the two masks agree in 4000 of 4,000 places"),
    "12_stopwatch": ("median(times)", "sum(times) / 5", "one call that was disturbed moves the me"),
    "13_whole_graph": ("x / torch.where(largest > 0, largest, 1)",
                       "x / largest if largest > 0 else x", "not one graph"),
    "16_safe_gather": ("indices = jnp.where(indices < 0, len(table), indices)", "pass", "-1 reads"),
    "18_count_products": ('count("dot_general[")', 'count("dot_general[") // 2', "has two"),
    "15_any_order": ("/ 64", "/ 63", "depends on the order"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "hint"), [(k, *v) for k, v in WRONG.items()])
def test_what_is_wrong_is_said(tmp_path, name: str, old: str, new: str, hint: str):
    (exercise,) = [exercise for exercise in ALL if exercise.path.stem == name]
    source = exercise.solution.read_text(encoding="utf-8")
    assert old in source
    answer = tmp_path / f"{name}.py"
    answer.write_text(source.replace(old, new))
    with skipped_if_unavailable(library_in(exercise.solution)):
        assert hint in exercise.check(answer)


def test_at_the_terminal():
    done = portstudy("exercise")
    assert done.returncode == 0, done.stderr
    assert "exercises/03_first_scan.py" in done.stdout
    done = portstudy("exercise", "12")
    assert done.returncode == 1
    assert "12_stopwatch.py: not begun yet" in done.stdout
    assert "A stopwatch that is not fooled." in done.stdout
    done = portstudy("exercise", "99")
    assert done.returncode == 2
    assert f"exercise '99': there is none; allowed: 1 to {len(ALL)}" in done.stderr


def test_unknown_numbers():
    with pytest.raises(UnknownName, match="there is none"):
        find_exercise("x")
