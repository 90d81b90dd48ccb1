"""A comparison as JSON, CSV and Markdown."""

import json

import pytest
from portstudy.show import export

from tests.common.show.test_table import session


def test_never_is_null_and_json_is_strict():
    slow = session()
    slow.ports["jax_scan"].samples = [3.0] * 3
    text = export.as_json([slow])
    (comparison,) = json.loads(text, parse_constant=lambda name: pytest.fail(name))["comparisons"]
    ports = {port["port"]: port for port in comparison["ports"]}
    assert ports["jax_scan"]["break_even_calls"] is None
    assert comparison["bound"]["moving"] is None  # no limit was measured
    assert "| never |" in export.as_markdown([slow])
    assert ",inf," in export.as_csv([slow])
