"""Numbers as people read them."""

from portstudy.show.text import factor, memory, percent


def test_numbers_as_text():
    assert [memory(n) for n in (0, 999, 2048, 3.5e6, 5e10)] == [
        "0 B", "999 B", "2 KiB", "3.34 MiB", "46.6 GiB",
    ]  # fmt: skip
    assert [percent(x) for x in (1.87, 0.213, 0.0213, 0.00044)] == [
        "187%", "21%", "2.1%", "0.044%",
    ]  # fmt: skip
    assert [factor(x) for x in (1.234, 40.04, 4282)] == ["1.23", "40", "4,282"]
