"""``fx lint --schema``: programs are compared with what the columns of the data are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from feature_extractor.lint.configuration import Configuration
from fx_outcome import Run

PROGRAM = "input request { userId: int }\nfeature user : id(10) = userId.hash_bucket(10)\n"
Write = Callable[[str, str], str]


def schema(*columns: tuple[str, str]) -> str:
    fields = [{"name": name, "type": type_, "nullable": True} for name, type_ in columns]
    return json.dumps({"type": "struct", "fields": fields})


def test_a_schema_of_the_command_line(fx: Run, write: Write) -> None:
    name = write("a.fx", PROGRAM)
    assert fx("lint", name).code == 0
    outcome = fx("lint", name, "--schema", write("data.json", schema(("userid", "long"))))
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "error[FX801] missing-column: the data has no column `userId`\n"
        " --> a.fx:1:17\n"
        "  |\n"
        "1 | input request { userId: int }\n"
        "  |                 ^^^^^^ did you mean `userid`?\n"
        "  = note: names are compared letter by letter: case matters\n"
        "  = help: a program is refused for data that lacks a column that it reads\n"
        "\n"
        "1 file checked: 1 error\n"
    )
    outcome = fx("lint", name, "--schema", write("data.json", schema(("userId", "string"))))
    assert "FX802" in outcome.out
    assert fx("lint", name, "--schema", write("data.json", schema(("userId", "long")))).code == 0


def test_columns_may_come_from_several_files(fx: Run, write: Write) -> None:
    name = write("a.fx", PROGRAM)
    first = write("first.json", schema(("other", "long")))
    second = write("second.json", schema(("userId", "long")))
    assert fx("lint", name, "--schema", first, "--schema", second).code == 0


def test_what_is_no_schema_is_wrong_usage(fx: Run, write: Write) -> None:
    name = write("a.fx", PROGRAM)
    for file, expected in (
        ("none.avsc", "none.avsc"),
        (write("data.csv", "a,b\n"), "no schema is known by this ending"),
        (write("data.avsc", "{"), "data.avsc is not JSON"),
    ):
        outcome = fx("lint", name, "--schema", file)
        assert (outcome.code, outcome.out) == (2, "")
        assert expected in outcome.err


def test_settings_name_files_beside_them(fx: Run, write: Write, tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "schemas").mkdir()
    write("features/a.fx", PROGRAM)
    write("schemas/data.json", schema(("userid", "long")))
    write("fx.toml", '[lint.rules.missing-column]\nschema = ["schemas/data.json"]\n')
    outcome = fx("lint", "features/a.fx", "--format", "concise")
    assert (outcome.code, outcome.out.count("FX801")) == (1, 1)
    good = write("good.json", schema(("userId", "long")))
    assert fx("lint", "features/a.fx", "--schema", good).code == 0


def test_what_was_found_is_of_a_schema_and_of_its_content(write: Write, tmp_path: Path) -> None:
    """Findings that are kept for later have to be made anew when the schema has changed."""
    file = tmp_path / write("data.json", schema(("userId", "long")))
    chosen = Configuration([], {"FX801": {"schema": (str(file),)}})
    before = chosen.key
    file.write_text(schema(("userId", "string")), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert Configuration([], chosen.settings).key != before
