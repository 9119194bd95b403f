"""Every operator has a line in the table that its speed is measured by."""

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((ROOT / "benches" / "operator_expressions.toml").read_text(encoding="utf-8"))
SIDES = {"polars", "duckdb", "numpy", "python"}
KEYS = {"ours", "elements", "differs", "reason", "planned", *SIDES}


def test_every_operator_has_a_line_and_no_line_is_left_over() -> None:
    registry = json.loads((ROOT / "operators" / "registry.json").read_text(encoding="utf-8"))
    known = {(one["family"], one["name"]) for one in registry["operators"]}
    lines = {(family, name) for family, named in TABLE.items() for name in named}
    assert known - lines == set(), "give these operators a line in operator_expressions.toml"
    assert lines - known == set(), "these lines are of no operator"


def test_lines_have_known_keys_and_texts() -> None:
    for named in TABLE.values():
        for name, line in named.items():
            assert "ours" in line, name
            assert set(line) <= KEYS, name
            assert all(isinstance(text, str) and text for text in line.values()), name
