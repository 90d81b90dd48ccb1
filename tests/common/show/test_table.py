"""The table of a comparison: its columns, and its verdict."""

import io
import math

import pytest
from portstudy.measure.session import Figures, Session, Status
from portstudy.show import table

from tests.common.cli.test_compare import table_of


def session() -> Session:
    ports = {
        "numpy_dense": Figures(
            "numpy_dense", samples=[1.0, 2.0, 1.0], first_call_seconds=1.5, largest_error=0.0
        ),
        "jax_scan": Figures(
            "jax_scan", samples=[0.001] * 3, first_call_seconds=4.0, largest_error=2.5,
            compile_seconds=3.0, peak_bytes=3 * 2**20, put_seconds=1e-3, get_seconds=2e-6,
            import_seconds=0.5,
        ),
        "numba_event": Figures("numba_event", Status.UNAVAILABLE, "numba [is] not installed"),
    }  # fmt: skip
    return Session(
        "lif", "check", "float64", "cpu", "all", "numpy_dense", False, "3.11", 2, ports, [5e-4]
    )


@pytest.mark.parametrize("width", range(30, 131, 10))
def test_the_least_important_columns_go_first(width):
    from rich.console import Console

    console = Console(width=width, file=io.StringIO())
    with console.capture() as captured:
        console.print(table.table(session(), width))
    text = captured.get()
    headings, _ = table_of(text)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    names = [heading for heading, _ in table.COLUMNS.values()]
    shown = [name for name in names if name.split()[0] in headings]
    order = [table.COLUMNS[name][0] for name in table.IMPORTANT]
    assert set(shown) == set(order[: len(shown)])
    assert set(table.hidden(session(), width)) == set(names) - set(shown)
    assert ("get" in headings) == (width >= 120)


def test_every_column_is_important_in_some_order():
    assert sorted(table.IMPORTANT) == sorted(table.COLUMNS)


def test_no_number_without_a_proof():
    row = table.rows(session())[-1]
    assert row["port"] == "numba_event"
    figures = {name: value for name, value in row.items() if name in table.COLUMNS}
    assert [name for name, value in figures.items() if value == value] == ["changed_lines"]
    assert math.isnan(row["ratio"])


def test_the_verdict():
    told = "jax_scan is 1,000 times as fast as numpy_dense, equal within 2.5 ulps, and "
    assert table.verdict(session()) == told + "breaks even after 4 calls."
    alone = session()
    del alone.ports["jax_scan"]
    assert table.verdict(alone) == ""
