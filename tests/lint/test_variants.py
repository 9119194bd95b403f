"""Programs beside those of the pages: what a rule finds in them, and what it leaves alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from feature_extractor.diagnostics import Source
from feature_extractor.lint import Selection, SelectionError, Status, all_rules, lint_paths
from feature_extractor.lint.discovery import imported_rules
from feature_extractor.lint.suppressions import read_suppressions
from feature_extractor.registry import load_registry
from feature_extractor.syntax import parse_source
from rule_pages import lint_text

INPUTS = """
input request {
    now: timestamp
    user_id: int
    history: list<{movie: int, at: timestamp, ended: timestamp?}>
}
input candidate {
    movie_id: int
    sku: int?
    views: int
    price: float
    tags: list<string>
    clicked: bool
}
"""

NOTHING: list[str] = []
CASES = [
    ("FX201", "feature a : dense = sku ?? 0", ["a"]),
    ("FX201", "feature a : dense = if views > 1 then views else movie_id", ["a"]),
    ("FX201", "feature a : dense = history.last().movie ?? 0", NOTHING),
    ("FX201", "feature a : dense = movie_id % 10", NOTHING),
    ("FX201", "feature a : id(10) = movie_id.hash_bucket(10)", NOTHING),
    ("FX201", "let f(x) = x ?? 0\nfeature a : dense = f(sku)", ["a"]),
    ("FX201", "feature a : dense = movie_id.hash_bucket(10)", ["a"]),
    ("FX202", "feature a : ids(9) = tags.hash_bucket(10)", ["a"]),
    ("FX202", "feature a : ids(9) = tags.multi(10)\nlet multi(x, n) = x.hash_bucket(n)", ["a"]),
    ("FX202", "feature a : id(9) = sku.hash_bucket(10) ?? 0", ["a"]),
    ("FX202", "feature a : id(9) = movie_id.hash_bucket(10) % 9", NOTHING),
    ("FX202", "feature a : id(11, default = 10) = sku.hash_bucket(10) ?? 10", NOTHING),
    ("FX301", "feature y : label = clicked\nfeature a : dense = clicked", ["a"]),
    ("FX301", "feature y : label = clicked\nfeature z : label = not clicked", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> e.at < now)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> now > e.at)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> now - e.at > 1h)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> (now - e.at) / 1d >= 1)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> e.at - now <= 0s)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> e.at.between(now - 1d, now))", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> e.at + 1h < now)", NOTHING),
    ("FX302", "feature a : dense = history.count(e -> now - e.at < 1h)", ["history"]),
    ("FX302", "feature a : dense = history.count(e -> e.at > now)", ["history"]),
    ("FX302", "feature a : dense = history.count(e -> not (e.at < now))", ["history"]),
    ("FX302", "feature a : dense = history.count(e -> e.at < now or e.movie == 1)", ["history"]),
    ("FX302", "feature a : dense = history.map(e -> e.at < now).count(b -> b)", ["history"]),
    ("FX302", "feature y : label = history.length()", NOTHING),
    ("FX302", "let r = history.filter(e -> e.at < now)\nfeature a : dense = r.length()", NOTHING),
    ("FX401", "feature a : dense = price.sample(0.5).to_float()", ["price"]),
    ("FX401", "feature a : id(9) = movie_id.hash_bucket(9)", NOTHING),
    ("FX501", "feature a : ids(9) = tags.hash_bucket(9)", ["a"]),
    ("FX501", "feature a : ids(9) = tags.take_first(4).hash_bucket(9)", NOTHING),
    ("FX501", "feature a : ids(9) = tags.take_first(views).hash_bucket(9)", ["a"]),
    ("FX501", "feature a : ids(9) = tags.take_first(4).map(t -> t.hash_bucket(9))", NOTHING),
    ("FX501", "feature a : ids(9) = [1, 2]", NOTHING),
    ("FX501", "feature a : ids(9) = movie_id.multi_hash(2, 9)", NOTHING),
    ("FX601", "let a = b\nlet b = views\nfeature x : dense = views", ["a", "b"]),
    ("FX601", "let a(x) = x + b\nlet b = 1\nfeature x : dense = views.a()", NOTHING),
    ("FX604", "feature a : dense = views\nfeature b : label = views", NOTHING),
    ("FX604", "feature a : id(8) = views\nfeature b : id(9) = views", NOTHING),
    (
        "FX604",
        'feature a : dense = tags.count(t -> t > "")\nfeature b : dense = tags.count(u -> u > "")',
        ["b"],
    ),
    ("FX608", "feature a : dense = (views + 0) * 2", ["views + 0"]),
    ("FX608", "feature a : dense = 1 * views", ["1 * views"]),
    ("FX608", "feature a : dense = views - (views)", ["views - (views)"]),
    ("FX608", "feature a : dense = not not clicked", ["not not clicked"]),
    ("FX608", "feature a : dense = views / 1 + 1 - views * 0", NOTHING),
    ("FX608", "feature a : dense = views * 1.0 + 2 / 2", NOTHING),
    ("FX608", "feature a : dense = if clicked then 1 else (1)", ["if clicked then 1 else (1)"]),
    ("FX605", "feature a : dense = collect(1).length()", NOTHING),
    ("FX605", "let one = 1\nfeature a : dense = one + 1", ["a"]),
]


@pytest.mark.parametrize(("code", "text", "names"), CASES)
def test_findings(code: str, text: str, names: list[str]) -> None:
    """Each message names, in quotes, what it is about."""
    findings = lint_text(text + INPUTS, all_rules()[code])
    assert len(findings) == len(names), findings
    for finding, name in zip(findings, names, strict=True):
        assert f"`{name}`" in finding.message or name in finding.span.text  # type: ignore[union-attr]


def test_rules_name_operators_that_exist() -> None:
    """What a rule knows by name is an operator of the registry, in upper-case tables of its module."""
    known = load_registry().by_name
    modules = {
        rule.check or rule.check_project or rule.check_comments
        for rule in imported_rules().values()
    }
    tables = [
        (module.__name__, name, value)
        for module in [sys.modules[check.__module__] for check in modules if check]
        + [sys.modules["feature_extractor.lint.expressions"]]
        for name, value in vars(module).items()
        if isinstance(value, set | dict) and name.isupper()
    ]
    assert len(tables) >= 5
    assert [
        (*table[:2], word)
        for table in tables
        for word in table[2]
        if isinstance(word, str) and word.islower() and word.isidentifier() and word not in known
    ] == []


def test_a_comment_covers_its_line_or_the_statement_below() -> None:
    text = (
        "# fx: ignore[FX201] one\n"
        "# and why\n"
        '"Text."\n'
        "feature a : dense =\n"
        "    movie_id\n"
        "feature b : dense = ( # fx: ignore[FX201, float-key] two\n"
        "    movie_id)\n"
        "feature c : dense = (\n"
        "    movie_id) # fx:ignore[FX201]\n"
        "# fx: ignoring\n"
    )
    found = read_suppressions(parse_source(Source("x.fx", text)).file)
    assert [(s.words, s.reason, s.first_line, s.last_line) for s in found] == [
        (("FX201",), "one", 3, 5),
        (("FX201", "float-key"), "two", 6, 7),
        (("FX201",), "", 9, 9),
    ]


def test_comments_for_rules_that_did_not_run_are_left_alone() -> None:
    text = "feature a : dense = views # fx: ignore[FX401] why\n" + INPUTS
    assert lint_text(text, all_rules()["FX606"]) == []
    assert len(lint_text(text, all_rules()["FX606"], all_rules()["FX401"])) == 1


def test_a_name_serves_as_a_code() -> None:
    text = "feature a : dense = movie_id # fx: ignore[id-as-number] why\n" + INPUTS
    assert lint_text(text, all_rules()["FX201"], all_rules()["FX606"]) == []


def test_a_formula_in_two_files(tmp_path: Path) -> None:
    formula = "feature {} : dense = log1p(views + {}) / 2\ninput candidate {{ views: int }}\n"
    (tmp_path / "a.fx").write_text(formula.format("a", 1))
    (tmp_path / "b.fx").write_text(formula.format("b", 1))
    (tmp_path / "c.fx").write_text(formula.format("c", 2))
    paths = [tmp_path / name for name in ("a.fx", "b.fx", "c.fx")]
    (finding,) = lint_paths(paths, load_registry(), [all_rules()["FX604"]])
    assert finding.span is not None
    assert finding.span.path.endswith("b.fx")
    assert finding.message.endswith("a.fx")


def test_findings_in_a_module_are_told_where_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "m.fx").write_text("let key(x) = x.hash_bucket(10)\n")
    (tmp_path / "a.fx").write_text(
        'use "m.fx"\ninput candidate { price: float }\nfeature a : id(10) = key(price)\n'
    )
    (finding,) = lint_paths([tmp_path / "a.fx"], load_registry(), [all_rules()["FX401"]])
    assert finding.span is not None
    assert finding.span.text == "key(price)"


def test_selection() -> None:
    def codes(*arguments: tuple[str, ...]) -> list[str]:
        return [rule.code for rule in Selection(*arguments).rules()]

    usual = codes()
    assert "FX201" in usual
    assert "FX701" not in usual
    assert codes(("fx3",)) == [code for code in all_rules() if code.startswith("FX3")]
    assert codes(("label-leak",)) == ["FX301"]
    assert codes(("ALL",)) == list(all_rules())
    assert codes((), ("FX701",)) == sorted([*usual, "FX701"])
    assert codes((), (), ("FX",)) == []
    with pytest.raises(SelectionError, match="there is no rule `label-leek`") as caught:
        codes(("label-leek",))
    assert caught.value.hint == "Did you mean `label-leak`?"


def test_the_examples_have_only_findings_that_are_asked_for() -> None:
    folder = Path(__file__).parents[2] / "dsl_grammar" / "examples"
    findings = lint_paths(sorted(folder.rglob("*.fx")), load_registry(), list(all_rules().values()))
    assert findings
    assert not [f for f in findings if all_rules()[f.code].status is Status.STABLE]
