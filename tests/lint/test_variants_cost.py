"""Programs beside those of the pages, for the rules about size and cost."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.check import analyse_file
from feature_extractor.diagnostics import Applicability, apply_fixes
from feature_extractor.lint import LintedProgram, all_rules
from feature_extractor.lint.rules.performance import fx503_cost_over_budget
from feature_extractor.lint.rules.performance.fx505_list_for_one_answer import SHORTER
from feature_extractor.program import compile_text
from feature_extractor.registry import load_registry
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import FLOAT, ListType
from rule_pages import PAGES, assert_places, lint_text

INPUTS = """
input request {
    now: timestamp
    history: list<{movie: int, genre: string, price: float, at: timestamp}>
    scores: list<float>
}
input candidate {
    movie: int
    genre, title: string
    price: float
}
"""

NOTHING: list[str] = []
CASES = [
    ("FX504", "feature a : dense = scores.sort()[0] ?? 0.0", ["scores.sort()[0]"]),
    ("FX504", "feature a : dense = sort(scores).first() ?? 0.0", ["sort(scores).first()"]),
    ("FX504", "feature a : dense = first(sort(scores)) ?? 0.0", ["first(sort(scores))"]),
    ("FX504", "feature a : dense = scores.sort()[1] ?? 0.0", NOTHING),
    ("FX504", "feature a : dense = scores.sort().take_first(3).sum()", NOTHING),
    (
        "FX504",
        "let s = scores.sort()\nfeature a : dense = s.first() ?? 0.0",
        ["s.first()"],
    ),
    ("FX505", "feature a : dense = scores.filter(s -> s > 1.0).sum()", NOTHING),
    ("FX505", "feature a : dense = length(filter(scores, s -> s > 1.0))", ["length(filter"]),
    ("FX505", "feature a : dense = scores.count(s -> s > 1.0) * 2", NOTHING),
    ("FX505", "feature a : dense = (scores.count(s -> s > 1.0) > 1).to_float()", NOTHING),
    (
        "FX505",
        "feature a : dense = (scores.count(s -> s > 1.0) == 0).to_float()",
        ["scores.count(s -> s > 1.0) == 0"],
    ),
    ("FX505", "feature a : dense = title.reverse().length()", NOTHING),
    ("FX505", "feature a : dense = scores.sort(descending = true).length()", ["sort(descending"]),
    (
        "FX505",
        "let r = scores.filter(s -> s > 1.0)\nfeature a : dense = r.length()",
        NOTHING,
    ),
    ("FX506", 'feature a : dense = title.regex_match("a.c").to_float()', NOTHING),
    ("FX506", 'feature a : dense = title.regex_match("").to_float()', NOTHING),
    ("FX506", 'feature a : dense = title.regex_match("(?i)abc").to_float()', NOTHING),
    ("FX506", 'feature a : dense = title.regex_match("\\\\d").to_float()', NOTHING),
    ("FX506", 'feature a : dense = title.like("a_c%").to_float()', NOTHING),
    ("FX506", 'feature a : dense = title.like("abc%", true).to_float()', NOTHING),
    ("FX506", 'feature a : text = title.regex_replace("ab", "\\\\0x")', NOTHING),
    ("FX506", 'feature a : text = title.regex_replace("^ab", "x")', NOTHING),
    ("FX506", 'feature a : dense = title.regex_match("a\\\\$").to_float()', ["regex_match"]),
    (
        "FX502",
        "feature a : dense = history.count(e -> e.movie == movie and e.genre == genre)",
        ["history.count"],
    ),
    ("FX502", "feature a : dense = history.count(e -> e.movie == movie)", NOTHING),
    (
        "FX502",
        'feature a : dense = history.count(e -> e.movie == movie and e.genre == "x")',
        NOTHING,
    ),
    (
        "FX502",
        "feature a : dense = history.count(e -> e.price < price and e.movie > movie)",
        NOTHING,
    ),
    (
        "FX502",
        "let own(xs) = xs.filter(e -> e.genre == genre and e.price < price)\n"
        "feature a : dense = history.own().sum(e -> e.price)",
        ["xs.filter"],
    ),
    ("FX507", "feature a : dense = collect(price).map(p -> p + 1.0).sum()", NOTHING),
    (
        "FX507",
        "let all = collect(price)\nlet dear = all.filter(p -> p > 1.0)\n"
        "feature a : dense = dear.count(p -> p < price)",
        ["dear.count"],
    ),
    (
        "FX507",
        "feature a : dense = scores.map(a -> history.count(e -> e.price < a)).sum()",
        NOTHING,
    ),
    ("FX507", "feature a : dense = scores.map(a -> scores.sum() - a).sum()", NOTHING),
    (
        "FX507",
        "feature a : dense = history.map(e -> history.count(o -> o.movie == e.movie)).sum()",
        NOTHING,
    ),
    ("FX509", "feature a : id(9) = concat(title, genre).hash_bucket(9)", ["concat"]),
    ("FX509", 'feature a : id(9) = (concat(title, genre) ?? "").hash_bucket(9)', ["concat"]),
    ("FX509", 'let k = concat(title, "x")\nfeature a : id(9) = k.hash_bucket(9)', NOTHING),
    ("FX509", 'feature a : id(9) = title.split(",").join(" ").hash_bucket(9)', NOTHING),
    ("FX509", "feature a : id(9) = concat(title, genre).cityhash64().modulo_bucket(9)", NOTHING),
    ("FX508", "feature a : dense = history.map(e -> e.price).take_last(3).sum()", NOTHING),
    (
        "FX508",
        "feature a : dense = history.map(e -> e.price * 2.0).slice(1, 3).sum()",
        ["history.map"],
    ),
]


@pytest.mark.parametrize(("code", "text", "places"), CASES)
def test_findings(code: str, text: str, places: list[str]) -> None:
    assert_places(lint_text(text + INPUTS, all_rules()[code]), places)


FIXES = [
    (
        "FX504",
        "first(sort(map(history, e -> e.movie), true)) ?? 0",
        "max(map(history, e -> e.movie)) ?? 0",
    ),
    (
        "FX505",
        "(0.0 + (scores.filter(s -> s > 1.0)).length())",
        "(0.0 + scores.count(s -> s > 1.0))",
    ),
    ("FX505", "scores.sort().any(s -> s > 1.0).to_float()", None),
    ("FX505", "length(reverse(scores))", "length(scores)"),
    ("FX505", "length(map(scores, s -> s + 1.0))", "length(scores)"),
    ("FX506", 'title.regex_match("^a$").to_float()', '(title == "a").to_float()'),
    ("FX506", '(title.like("a")).to_float()', '(title == "a").to_float()'),
    ("FX506", 'regex_count(title, "a-b")', 'count_substring(title, "a-b")'),
    (
        "FX502",
        "history.any(e -> (e.price < price or e.price > 9.0) and genre == e.genre).to_float()",
        "history.filter(e -> genre == e.genre)"
        ".any(e -> (e.price < price or e.price > 9.0)).to_float()",
    ),
    (
        "FX508",
        "slice(map(history, e -> e.price * 2.0), 1, 3).sum()",
        "map(slice(history, 1, 3), e -> e.price * 2.0).sum()",
    ),
    ("FX506", "scores.sort( # why\n    ).first() ?? 0.0", None),
]


@pytest.mark.parametrize(("code", "before", "after"), FIXES)
def test_fixes(code: str, before: str, after: str | None) -> None:
    findings = lint_text(f"feature a : dense = {before}\n{INPUTS}", all_rules()[code])
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    if after is None:
        assert fixes == []
        return
    (fix,) = fixes
    assert fix.applicability is Applicability.SAFE
    (edit,) = fix.edits
    assert apply_fixes(edit.span.source, [fix])[0] == f"feature a : dense = {after}\n{INPUTS}"


FUNCTIONS = {
    "filter": "filter(xs, x -> x > 0.0)",
    "map": "map(xs, x -> x + 1.0)",
    "sort_by": "sort_by(xs, x -> -x)",
}
CONDITIONS = {"any": ", x -> x < 0.5", "all": ", x -> x < 0.5", "find_first": ", x -> x > 0.0"}


@pytest.mark.parametrize(("made", "asked", "better"), SHORTER)
def test_what_is_shorter_gives_the_same(made: str, asked: str, better: str) -> None:
    """Also for empty lists, and for lists with nulls, which random values have."""
    longer = f"{asked}({FUNCTIONS.get(made, f'{made}(xs)')}{CONDITIONS.get(asked, '')})"
    condition = ", x -> x > 0.0" if made == "filter" else CONDITIONS.get(better, "")
    shorter = f"{better}(xs{condition})"
    text = "".join(
        f"feature {name} : dense(default = -7.0) = {start}{value}{end} ?? -9.0\n"
        for name, value in (("longer", longer), ("shorter", shorter))
        for start, end in [("if ", " then 1.0 else 0.0") if asked in ("any", "all") else ("", "")]
    )
    extractor = compile_text(f"{text}input candidate {{ xs: list<float>? }}\n").extractor()
    type_ = ListType(nullable=True, element=FLOAT.with_nullable(True))
    source = random.Random(7)
    rows = [random_value(source, type_, 0.3) for _ in range(400)]
    found = extractor.extract(pa.table({"xs": pa.array(rows, pa.list_(pa.float64()))}))
    assert np.array_equal(found["longer"], found["shorter"])
    assert len(set(found["longer"].tolist())) > 1


COSTLY = """
input request { words: list<string> }
input candidate { tags: list<string> }
feature a : dense = tags.map(t -> words.map(w -> levenshtein(w, t)).min()).min() ?? 0
feature b : dense = tags.length()
"""


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, True),
        ({"budget": 0}, False),
        ({"budget": 5000}, False),
        ({"budget": 5000, "candidates": 1000}, True),
        ({"list_length": 2}, False),
    ],
)
def test_the_budget_is_a_setting(settings: dict[str, int], found: bool) -> None:
    findings = lint_text(COSTLY, all_rules()["FX503"], settings={"FX503": settings})
    assert [finding.message.split("`")[1] for finding in findings] == ["a"] * found


def test_the_glance_is_not_below_the_estimate() -> None:
    """What it calls cheap is not planned at all."""
    path = PAGES.parents[1] / "dsl_grammar" / "examples" / "grocery.fx"
    registry = load_registry()
    analysis = analyse_file(path, registry)
    assert analysis.program is not None
    program = LintedProgram(analysis.program, analysis, registry)
    glance = fx503_cost_over_budget.Glance(program)
    compared = 0
    for feature in program.features[::4]:
        explained = fx503_cost_over_budget.explained(program, feature)
        assert explained is not None
        assert explained[0].nanoseconds <= glance.nanoseconds(feature.value), feature.name
        compared += 1
    assert compared > 10


def test_a_function_may_be_called_with_floats_elsewhere() -> None:
    text = (
        "let least(xs) = xs.sort().first()\n"
        "feature a : dense = history.map(e -> e.movie).least() ?? 0\n"
        "feature b : dense = scores.least() ?? 0.0\n"
    )
    (finding,) = lint_text(text + INPUTS, all_rules()["FX504"])
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE


def test_joined_numbers_are_told_apart() -> None:
    parts = "[movie.to_string(), (movie + 1).to_string()]"
    text = f'feature a : id(9) = {parts}.join("-").hash_bucket(9)\n{INPUTS}'
    (finding,) = lint_text(text, all_rules()["FX509"])
    assert finding.caption == "a text is made for each row"


def test_conditions_may_be_deep() -> None:
    """A chain of lets makes a condition deeper than Python's own limit of calls."""
    chain = "".join(f"let c{i} = c{i - 1} and price > {i}.0\n" for i in range(1, 950))
    text = (
        f"let c0 = price > 0.5\n{chain}"
        "feature a : dense = history.count(e -> e.movie == movie and c949)\n"
        "feature b : dense = collect(price).count(p -> p > price and c949)\n"
    )
    rules = [all_rules()[code] for code in ("FX502", "FX503", "FX507")]
    found = lint_text(text + INPUTS, *rules)
    assert {finding.code for finding in found} == {"FX502", "FX507"}
