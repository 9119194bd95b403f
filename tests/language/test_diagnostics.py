"""Findings: how they are shown, what names they propose, and that their codes are all explained."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import feature_extractor
import pytest
from feature_extractor.diagnostics import (
    CODES,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Label,
    Severity,
    Source,
    Span,
    print_diagnostics,
    render,
    render_json,
    render_one,
    render_short,
)
from feature_extractor.diagnostics.suggestions import closest, distance

PACKAGE = Path(feature_extractor.__file__).parent


def at(text: str, piece: str, path: str = "a.fx") -> Span:
    """Return the span of the first occurrence of a piece in a text."""
    start = text.index(piece)
    return Span(Source(path, text), start, start + len(piece))


@pytest.mark.parametrize(
    ("line", "piece", "caret"),
    [
        ("let a = b", "b", "        ^"),
        ('let a = "漢字" + b', "b", "                 ^"),
        ('let a = "漢字"', "漢字", "         ^^^^"),
        ("let a = \tb", "b", "            ^"),
        ('let a = "e\u0301" + b', "b", "              ^"),
        ('let a = "\x1b[31m" + b', "b", "                  ^"),
        ('let a = "\u202e" + b', "b", "              ^"),
        ("let a = b\r", "b", "        ^"),
    ],
)
def test_the_caret_stands_below(line: str, piece: str, caret: str) -> None:
    """Wide, combining, control characters and tabs do not move the caret."""
    shown = render_one(Diagnostic("FX101", "message", at(line + "\nnext", piece))).split("\n")
    assert shown[4] == f"  | {caret}"
    assert "\x1b" not in shown[3]
    assert "\u202e" not in shown[3]


def test_long_lines_are_trimmed_around_the_place() -> None:
    """A line of a thousand characters shows the part around the caret."""
    text = "let a = " + "x + " * 300 + "here" + " + y" * 300
    lines = render_one(Diagnostic("FX101", "message", at(text, "here"))).split("\n")
    assert all(len(line) <= 132 for line in lines)
    assert lines[3].startswith("1 | ...")
    assert lines[3].endswith("...")
    column = lines[4].index("^")
    assert lines[3][column : column + 4] == "here"
    assert lines[4].count("^") == 4


@pytest.mark.parametrize("start", [0, 50, 118, 119, 120, 121, 400, 798, 799])
@pytest.mark.parametrize("length", [1, 30, 119, 120, 121, 500])
def test_trimming_keeps_the_caret_in_the_line(start: int, length: int) -> None:
    """Wherever the place is in a long line, the caret stands below it and within the width."""
    text = "".join(chr(97 + i % 26) for i in range(800))
    span = Span(Source("a.fx", text), start, min(800, start + length))
    lines = render_one(Diagnostic("FX101", "message", span)).split("\n")
    assert len(lines[3]) <= 132
    column = lines[4].index("^")
    assert lines[3][column] == text[start]
    assert column + lines[4].count("^") <= len(lines[3])


def test_a_span_over_lines_marks_its_first_line() -> None:
    """The caret ends where the first line ends."""
    text = "let a = [\n1,\n]"
    lines = render_one(Diagnostic("FX101", "message", at(text, "[\n1,\n]"))).split("\n")
    assert lines[4] == "  |         ^"


def test_places_in_two_files() -> None:
    """A label in another file names that file."""
    one = at("let a = f(1)", "f(1)", "main.fx")
    two = at("\nlet f(x) = x.lower()", "x.lower()", "lib/m.fx")
    shown = render([Diagnostic("FX106", "message", two, labels=(Label(one, "called here"),))])
    assert shown == (
        "error[FX106] no-matching-overload: message\n"
        " --> lib/m.fx:2:12\n"
        "  |\n"
        "2 | let f(x) = x.lower()\n"
        "  |            ^^^^^^^^^\n"
        " ::: main.fx:1:9\n"
        "  |\n"
        "1 | let a = f(1)\n"
        "  |         ---- called here\n"
    )


def test_severities_and_lint_rules() -> None:
    """A linter's finding shows its own rule name."""
    span = at("let a = 1", "a")
    finding = Diagnostic("FX201", "message", span, severity=Severity.WARNING, rule="label-leak")
    assert render([finding]).startswith("warning[FX201] label-leak: message\n")
    assert render_short(finding) == "a.fx:1:5: FX201 message"


def test_colour_only_on_a_terminal() -> None:
    """A file or pipe gets no escape codes; the coloured text is otherwise the same."""
    finding = Diagnostic("FX101", "message", at("let a = b", "b"), help="help")
    stream = io.StringIO()
    print_diagnostics([finding], stream)
    assert "\x1b" not in stream.getvalue()
    coloured = render([finding], colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == stream.getvalue()

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    print_diagnostics([finding], terminal)
    assert terminal.getvalue() == coloured


def test_json() -> None:
    """All parts of a finding are in its JSON, with places that start at 1."""
    text = "let a = 1\nlet b = agee"
    span = at(text, "agee")
    finding = Diagnostic(
        "FX101",
        "unknown name",
        span,
        caption="here",
        labels=(Label(at(text, "a"), "there"),),
        notes=("note",),
        help="help",
        fix=Fix("replace", (Edit(span, "age"),), Applicability.UNSAFE),
    )
    (value,) = json.loads(render_json([finding]))
    assert value["code"] == "FX101"
    assert value["name"] == "unknown-name"
    assert value["severity"] == "error"
    assert (value["line"], value["column"], value["end_line"], value["end_column"]) == (2, 9, 2, 13)
    assert (value["offset"], value["end_offset"]) == (18, 22)
    assert value["fix"]["edits"][0]["replacement"] == "age"
    assert value["fix"]["applicability"] == "unsafe"
    assert value["labels"][0]["text"] == "there"
    assert value["notes"] == ["note"]
    assert (
        json.loads(render_json([Diagnostic("FX005", "m", None, path="b.fx")]))[0]["path"] == "b.fx"
    )


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [("age", "age", 0), ("agee", "age", 1), ("gae", "age", 1), ("abc", "xyz", 3), ("", "ab", 2)],
)
def test_distance(left: str, right: str, wanted: int) -> None:
    """The distance counts a swap of neighbours once, and is symmetric."""
    assert distance(left, right, 5) == wanted
    assert distance(right, left, 5) == wanted


def test_distance_beyond_the_limit() -> None:
    """Beyond the limit the exact distance does not matter."""
    assert distance("abcdef", "uvwxyz", 2) == 3


def test_closest() -> None:
    """Near names are proposed, names in scope first; far ones are not."""
    assert closest("lenght", ["length", "strength"]) == "length"
    assert closest("Age", ["age"]) == "age"
    assert closest("agee", ["ages"], ["age"]) == "ages"
    assert closest("x", ["y", "z"]) is None
    assert closest("completely", ["different"]) is None
    assert closest("a" * 10_000, ["a"]) is None


def test_all_codes_are_explained_and_used() -> None:
    """The table and the code that reports agree."""
    used: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name != "codes.py":
            used |= set(re.findall(r'"(FX[01]\d\d)"', path.read_text(encoding="utf-8")))
    assert set(CODES) <= used
    for code in CODES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code.name)
        assert code.explanation.endswith(".")
    assert len({code.name for code in CODES.values()}) == len(CODES)


def test_all_codes_of_the_front_end_are_tested() -> None:
    """Every code that the syntax and check stages report is expected in the tests of the language."""
    here = Path(__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in here.glob("*.md"))
    for name in ("test_robustness.py", "test_refused_constants.py"):
        text += (here / name).read_text(encoding="utf-8")
    used: set[str] = set()
    for folder in ("syntax", "check"):
        for path in (PACKAGE / folder).glob("*.py"):
            used |= set(re.findall(r'"(FX\d\d\d)"', path.read_text(encoding="utf-8")))
    assert len(used) > 30
    assert [code for code in sorted(used) if code not in text] == []
