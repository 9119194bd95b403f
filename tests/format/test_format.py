"""The formatter: pairs of texts, and what holds for every program."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.check import analyse_file, analyse_text
from feature_extractor.diagnostics import CODES, Source
from feature_extractor.format import FormatError, format_text
from feature_extractor.format.comparison import same_comments, same_tree
from feature_extractor.format.document import WIDTH
from feature_extractor.plan.build import build_plan
from feature_extractor.registry import load_registry
from feature_extractor.syntax import parse_source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program_texts import damaged, loosely_written, programs

ROOT = Path(__file__).parents[2]
STYLE = Path(__file__).with_name("style.md").read_text(encoding="utf-8")
PAIRS = [
    (section.split("\n", 1)[0], *re.findall(r"```fx\n(.*?)```", section, re.S))
    for section in re.split(r"^## ", STYLE, flags=re.M)[1:]
]
OWN = sorted(
    path
    for folder in ("dsl_grammar", "examples", "jvm_bindings")
    for path in (ROOT / folder).rglob("*.fx")
    if "target" not in path.parts
)
SETTINGS = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parsed(text: str) -> Any:
    """Return the tree of a text without mistakes."""
    result = parse_source(Source("text.fx", text))
    assert not result.diagnostics
    return result.file


@pytest.mark.parametrize("pair", PAIRS, ids=[pair[0] for pair in PAIRS])
def test_style(pair: tuple[str, str, str]) -> None:
    _, before, after = pair
    assert format_text(before) == after
    assert format_text(after) == after
    assert same_tree(parsed(before), parsed(after))
    assert same_comments(parsed(before), parsed(after))


def test_line_ends_and_the_end_of_the_file() -> None:
    assert format_text("let a = 1  # x\r\n\r\n\r\nlet b = 2") == "let a = 1  # x\n\nlet b = 2\n"
    assert format_text('"""a  \r\nb"""\r\nlet a = 1\r\n') == '"""a\nb"""\n\nlet a = 1\n'
    assert format_text("") == ""
    assert format_text(" \n\n") == ""
    assert format_text("\n\n#  a\n\n\n\n#b") == "#  a\n\n# b\n"


def test_mistakes_are_reported() -> None:
    with pytest.raises(fx.CompileError) as raised:
        fx.format_text("let = 1\n", "a.fx")
    assert [finding.code for finding in raised.value.diagnostics] == ["FX001"]


@pytest.mark.parametrize(
    "other",
    ["let a = 2\n", "let b = 1\n", "let a = (1)\n", "let a = 1.0\n", "let a = 1\nlet c = 1\n"],
)
def test_other_trees_are_seen(other: str) -> None:
    assert not same_tree(parsed("let a = 1\n"), parsed(other))
    assert same_tree(parsed("let a = 1\n"), parsed("let a   =\n  1 # x\n"))


@pytest.mark.parametrize("path", OWN, ids=[path.relative_to(ROOT).as_posix() for path in OWN])
def test_programs_of_this_tree_are_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_text(text, str(path)) == text, "run `fx fmt dsl_grammar examples jvm_bindings`"


def test_the_plan_stays_the_same(tmp_path: Path) -> None:
    """Only the places in the plan change, because they are those of the text."""
    registry = load_registry()
    path = ROOT / "dsl_grammar" / "examples" / "ranking.fx"
    text = path.read_text(encoding="utf-8")
    plans = []
    for written in (text, loosely_written(text, random.Random(1))):
        assert written == text or format_text(written) != written
        place = tmp_path / "ranking.fx"
        place.write_text(written, encoding="utf-8")
        (tmp_path / "movies.txt").write_text("7\n8\n")
        analysis = analyse_file(place, registry)
        assert analysis.program is not None
        plan = dict(build_plan(analysis.program, registry, vocabulary_sizes={"movies": 3}).content)
        plans.append({key: value for key, value in plan.items() if key != "sites"})
    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    "value",
    [
        "f(" * 60 + "1" + ")" * 60,
        "[x, " * 60 + "-y.g(3)" + "]" * 60,
        "1 + " * 190 + "1",
        "2 ** " * 190 + "1",
        "x" + ".f(1)" * 190,
        "if a then b else " * 190 + "1",
        "[" + ", ".join(map(str, range(9000))) + "]",
    ],
    ids=["calls", "lists", "sums", "powers", "chain", "conditions", "numbers"],
)
def test_the_largest_values(value: str) -> None:
    formatted = format_text(f"let a = {value}\n")
    assert same_tree(parsed(f"let a = {value}\n"), parsed(formatted))
    assert (
        max(map(len, formatted.split("\n"))) <= WIDTH
        or "\n    " * 60 in value
        or "** 2" in value
        or value[:2] in ("f(", "[x")
    )


def test_what_would_exceed_a_limit_is_refused() -> None:
    with pytest.raises(FormatError, match="65,536 characters"):
        format_text("let a = " + "x -> " * 190 + "1\n")


def test_the_page_shows_the_style() -> None:
    page = (ROOT / "docs" / "formatting.md").read_text(encoding="utf-8")
    shown = re.findall(r"```fx\n(.*?)```", page, re.S)
    assert shown
    assert [format_text(text) for text in shown] == shown


@SETTINGS
@given(programs())
def test_random_programs_survive(text: str) -> None:
    """Parse, format, parse: the same tree and comments; and formatting again changes nothing."""
    before = parsed(text)
    formatted = format_text(text)
    after = parsed(formatted)
    assert same_tree(before, after)
    assert same_comments(before, after)
    assert format_text(formatted) == formatted
    for line in formatted.split("\n"):
        assert line == line.rstrip()
        assert "\t" not in line


@SETTINGS
@given(programs(comments=False), st.randoms(use_true_random=False))
def test_the_layout_does_not_depend_on_how_it_was_written(
    text: str, generator: random.Random
) -> None:
    """But for blank lines, which are kept."""
    other = format_text(loosely_written(text, generator))
    assert other.replace("\n\n", "\n") == format_text(text).replace("\n\n", "\n")


def test_lines_fit_where_they_can() -> None:
    """A line of the formatted example that is too long holds nothing that could be broken."""
    text = (ROOT / "dsl_grammar" / "examples" / "grocery.fx").read_text(encoding="utf-8")
    narrow = re.sub(r"\b(history|household)\b", r"\1_with_a_name_that_is_much_longer", text)
    for line in format_text(narrow).split("\n"):
        code = line.split("  #")[0]  # A comment stays behind its line, however long it is.
        assert len(code) <= WIDTH or line.lstrip()[:1] in ('"', "#")


REGISTRY = load_registry(ROOT / "tests" / "language" / "registry_fixture.json")


@SETTINGS
@given(programs(), st.randoms(use_true_random=False), st.integers(1, 12))
def test_damage_gives_findings(text: str, generator: random.Random, times: int) -> None:
    """Whatever is deleted, doubled or swapped: findings, or a formatted text that keeps its meaning."""
    broken = damaged(text, generator, times)
    for finding in analyse_text(broken, REGISTRY).diagnostics:
        assert finding.code in CODES
    mistakes = parse_source(Source("text.fx", broken)).diagnostics
    assert all(finding.code in CODES for finding in mistakes)
    if mistakes:
        with pytest.raises(fx.CompileError):
            format_text(broken)
        return
    formatted = format_text(broken)
    assert same_tree(parsed(broken), parsed(formatted))
    assert format_text(formatted) == formatted
