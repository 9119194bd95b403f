"""Programs beside those of the pages, for the rules about what could go and what readers need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.check import analyse_text
from feature_extractor.diagnostics import Applicability, apply_fixes
from feature_extractor.lint import LintedProgram, all_rules, lint_paths
from feature_extractor.lint.rules.unused.fx616_repeated_call import NOTHING, REPEATED
from feature_extractor.lint.run import lint_programs
from feature_extractor.program import compile_text
from feature_extractor.registry import Registry, load_registry
from rule_pages import assert_places, lint_text

INPUTS = """
input request {
    now: timestamp
    history: list<{movie: int, genre: string, price: float, at: timestamp}>
    scores: list<float>
    flags: list<bool>
}
input candidate {
    movie: int
    genre, title: string
    brand: string?
    price: float
    is_new: bool
}
"""

NOTHING_FOUND: list[str] = []
CASES = [
    ("FX610", "let on = true\nfeature a : dense = scores.count(on -> on > 1.0)", NOTHING_FOUND),
    ("FX610", "let f(on) = if on then 1 else 2\nlet on = true\nfeature a : dense = f(on)", NOTHING_FOUND),
    ("FX610", "let on = true\nfeature a : dense = if not on then 1 else price", ["not on"]),
    ("FX610", "let n = collect(1).length()\nfeature a : dense = if n > 9 then 1 else 0", NOTHING_FOUND),
    ("FX610", "let on() = now > t\"2026-01-01\"\nfeature a : dense = if on() then 1 else 0", NOTHING_FOUND),
    ("FX611", 'feature a : dense = if now.month("UTC") == 0 then 1 else 0', ["now.month"]),
    ("FX611", 'feature a : dense = if 13 > now.month("UTC") then 1 else 0', ["13 > now"]),
    ("FX611", 'feature a : dense = if now.month("UTC") - 1 == 0 then 1 else 0', NOTHING_FOUND),
    ("FX611", "feature a : dense = if title.length() > 0 then 1 else 0", NOTHING_FOUND),
    ("FX611", "feature a : dense = if title.length() > -1.5 then 1 else 0", ["title.length()"]),
    ("FX611", "feature a : dense = if movie.hash_bucket(8) == 8 then 1 else 0", ["hash_bucket(8)"]),
    ("FX611", "feature a : dense = if movie.hash_bucket(8) == 7 then 1 else 0", NOTHING_FOUND),
    (
        "FX611",
        "let more(xs, n = 0) = xs.length() > n\nfeature a : dense = scores.more(-1).to_float()",
        NOTHING_FOUND,
    ),
    ("FX612", "feature a : dense = (not (price < 1.0 and is_new)).to_float()", NOTHING_FOUND),
    ("FX612", "feature a : dense = (not is_new).to_float()", NOTHING_FOUND),
    ("FX612", "feature a : dense = (not flags.any()).to_float()", NOTHING_FOUND),
    ("FX612", "feature a : dense = (movie == 1).to_float()", NOTHING_FOUND),
    ("FX612", "feature a : dense = if is_new then 1.0 else 0.0", NOTHING_FOUND),
    ("FX612", 'feature a : text = if brand.is_null() then "" else title', NOTHING_FOUND),
    ("FX612", 'let b = if brand.is_not_null() then brand else title\nfeature a : text = b ?? ""', ["if brand"]),
    ("FX612", "let any(x) = x\nfeature a : dense = (not is_new.any()).to_float()", NOTHING_FOUND),
    ("FX613", "feature a : dense = (is_new and is_new).to_float()", NOTHING_FOUND),
    (
        "FX613",
        "feature a : dense = (is_new and (price > 1.0 and (is_new))).to_float()",
        ["is_new"],
    ),
    ("FX613", "feature a : dense = (movie in [1, 2, 10]).to_float()", NOTHING_FOUND),
    ("FX613", "feature a : dense = (movie not in [1, 2, 0x1]).to_float()", ["0x1"]),
    (
        "FX613",
        "feature a : dense = if is_new then 1 else (if price > 1.0 then 2 else if is_new then 3 else 4)",
        ["is_new"],
    ),
    ("FX614", "let f(now) = now\nfeature a : dense = f(price)", NOTHING_FOUND),
    ("FX614", "feature a : dense = scores.map(s -> scores.count(s -> s > 1.0)).sum()", ["s"]),
    ("FX614", "let f(s) = scores.count(s -> s > 1.0)\nfeature a : dense = f(1)", ["s"]),
    ("FX614", "let mean = 1.0\nfeature a : dense = mean * price", NOTHING_FOUND),
    ("FX615", "let f(x, y = 1) = x\nfeature a : dense = f(price)", ["y"]),
    ("FX615", "let f(x) = scores.map(x -> x + 1.0).sum()\nfeature a : dense = f(1)", NOTHING_FOUND),
    ("FX615", "feature a : dense = scores.map(s -> 1).sum()", NOTHING_FOUND),
    ("FX615", "feature a : dense = scores.count(_ -> is_new)", NOTHING_FOUND),
    ("FX615", "feature a : dense = scores.count(s -> true)", NOTHING_FOUND),
    ("FX615", "feature a : dense = scores.max_by(s -> price) ?? 0.0", ["s -> price"]),
    ("FX609", "let a = price + 1.0\nlet b = (price + 1.0)\nfeature x : dense = a * b", ["b"]),
    ("FX609", "let a = price\nlet b = price\nfeature x : dense = a * b", NOTHING_FOUND),
    ("FX609", "let a = 2 ** 8\nlet b = 2 ** 8\nfeature x : dense = price * (a + b)", NOTHING_FOUND),
    ("FX609", "let f(x, n) = x + n * 2\nlet g(n, x) = x + n * 2\nfeature x : dense = f(1, 2) * price", NOTHING_FOUND),
    ("FX609", "let f(x, n) = x + n * 2\nlet g(n, x) = n + x * 2\nfeature x : dense = f(1, 2) + g(1, 2) * price", ["g"]),
    ("FX609", "let f(x, n = 1) = x + n * 2\nlet g(x, n = 2) = x + n * 2\nfeature x : dense = f(price)", NOTHING_FOUND),
    (
        "FX609",
        "let f(xs) = xs.map(x -> x + 1).sum()\nlet g(ys) = ys.map(y -> y + 1).sum()\n"
        "feature x : dense = f(scores) + g(scores)",
        ["g"],
    ),
    ("FX617", "feature a : dense = history.map(e -> e.movie + e.price).sum() ?? 0", ["genre", "at"]),
    ("FX617", "feature a : dense = price", NOTHING_FOUND),
    ("FX618", "\"Deprecated: no.\"\nlet old = price\nfeature a : dense = old + 1", ["old"]),
    ("FX618", "\"It is not deprecated.\"\nlet old = price\nfeature a : dense = old + 1", NOTHING_FOUND),
    ("FX618", "\"Deprecated:\"\nlet old(x) = x\nfeature a : dense = old(price) + price.old()", ["old", "old"]),
    ("FX703", "let a_b = price\nlet c_d = a_b\nlet e_f = c_d\nfeature gH : dense = e_f", ["gH"]),
    ("FX703", "let aB = price\nlet cD = aB\nlet eF = cD\nfeature gH : dense = eF", NOTHING_FOUND),
    ("FX703", "let a_b = price\nlet cD = a_b\nlet e_f = cD\nfeature gH : dense = e_f", NOTHING_FOUND),
    ("FX703", "let a_b = price\nlet MANY = a_b\nlet e_f = MANY\nlet g_h = 1\nfeature x_1 : dense = e_f", NOTHING_FOUND),
    ("FX704", "\"The price of it.\"\nfeature price : dense = price", ["The price"]),
    ("FX704", "\"In dollars.\"\nfeature price : dense = price", NOTHING_FOUND),
    ("FX704", "\"\"\nfeature price : dense = price", ['""']),
    ("FX704", "\"\u4ef7\u683c\"\nfeature price : dense = price", NOTHING_FOUND),
    ("FX705", "let p = price\nfeature price : dense = p", NOTHING_FOUND),
    ("FX705", "feature price : dense = movie", ["price"]),
    ("FX706", f"feature a : dense = {' + '.join(['price'] * 42)}", ["a"]),
    ("FX706", f"feature a : dense = {' + '.join(['price'] * 41)}", NOTHING_FOUND),
    ("FX706", f"feature a : dense = {''.join(f'if price > {i} then {i} else ' for i in range(9))}0", NOTHING_FOUND),
    ("FX707", "let a = 1", NOTHING_FOUND),
    ("FX707", "", ["input candidate"]),
    (
        "FX708",
        "\n".join(f'@owner("x")\nfeature {n} : dense = price' for n in "abc") + "\nfeature d : dense = price",
        ["d"],
    ),
    (
        "FX708",
        "\n".join(f'@owner("x")\nfeature {n} : dense = price' for n in "ab") + "\nfeature d : dense = price",
        NOTHING_FOUND,
    ),
    ("FX619", "feature a : dense = scores.map(s -> s + 0.0).sum()", NOTHING_FOUND),
    ("FX619", "feature a : dense = scores.count(s -> false)", NOTHING_FOUND),
    ("FX619", "feature a : dense = map(scores, s -> s).sum()", ["map(scores, s -> s)"]),
    ("FX616", "feature a : text = title.trim().trim_start()", ["title.trim().trim_start()"]),
    ("FX616", "feature a : text = title.replace(\"a\", \"b\").replace(\"a\", \"b\")", NOTHING_FOUND),
    ("FX616", "feature a : dense = scores.sort().sort(descending = true).sum()", NOTHING_FOUND),
    ("FX616", "let f(s) = s.lower()\nfeature a : text = f(title.lower())", NOTHING_FOUND),
    ("FX616", "let f(s) = s.lower()\nfeature a : text = f(title).lower()", ["f(title).lower()"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "places"), CASES)
def test_findings(code: str, text: str, places: list[str]) -> None:
    assert_places(lint_text(text + INPUTS, all_rules()[code]), places)


FIXES = [
    ("FX612", "(not price < 1.0).to_float()", "(price >= 1.0).to_float()", True),
    ("FX612", "(not (movie in [1, 2])).to_float()", "(movie not in [1, 2]).to_float()", True),
    ("FX612", "(false != is_new).to_float()", "is_new.to_float()", True),
    ("FX612", "(is_new == false).to_float()", "(not is_new).to_float()", True),
    ("FX612", "(not scores.none(s -> s > 1.0)).to_float()", "scores.any(s -> s > 1.0).to_float()", True),
    ("FX612", "(if brand.is_null() then title ?? \"\" else brand).length() ?? 0",
     '(brand ?? (title ?? "")).length() ?? 0', True),
    ("FX612", "(if is_new then false else true).to_float()", "(not (is_new)).to_float()", False),
    ("FX613", "(movie in [1, 2, 1]).to_float()", "(movie in [1, 2]).to_float()", True),
    ("FX619", "scores.sort_by(s -> s, true).first() ?? 0.0", "scores.sort(true).first() ?? 0.0", True),
    ("FX619", "count(scores, s -> true)", "length(scores)", True),
    ("FX619", "scores.max_by(s -> s) ?? 0.0", "scores.max() ?? 0.0", False),
    ("FX616", "scores.reverse().reverse().first() ?? 0.0", "scores.first() ?? 0.0", True),
    ("FX616", "abs((abs(price)))", "abs(price)", True),
    ("FX616", "title.upper().lower().length()", "title.lower().length()", False),
    ("FX616", "trim_end(trim(title)).length()", "trim(title).length()", True),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "after", "is_safe"), FIXES)
def test_fixes(code: str, before: str, after: str, is_safe: bool) -> None:
    findings = lint_text(f"feature a : dense = {before}\n{INPUTS}", all_rules()[code])
    (fix,) = [finding.fix for finding in findings if finding.fix is not None]
    assert fix.applicability is (Applicability.SAFE if is_safe else Applicability.UNSAFE)
    (edit,) = fix.edits
    text = apply_fixes(edit.span.source, [fix])[0]
    assert text == f"feature a : dense = {after}\n{INPUTS}"
    assert lint_text(text, all_rules()[code]) == []


TEXTS = (
    "lower",
    "upper",
    "fold_case",
    "capitalize",
    "trim",
    "trim_start",
    "trim_end",
    "strip_accents",
)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [(outer, inner) for outer, given in REPEATED.items() for inner in given if outer in TEXTS],
)
def test_calls_that_are_called_repeated_change_nothing(outer: str, inner: str) -> None:
    """For every letter there is, within a text and with white space around it."""
    kept = inner if inner in NOTHING.get(outer, ()) else outer
    extractor = compile_text(
        "input candidate { s: string }\n"
        f"feature twice : text = s.{inner}().{outer}()\nfeature once : text = s.{kept}()\n"
    ).extractor()
    letters = [chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000]
    texts = [f" {''.join(letters[i : i + 64])} x " for i in range(0, len(letters), 64)]
    texts += [f"{letter}{letter}" for letter in letters if letter.lower() != letter.upper()]
    found = extractor.extract({"s": pa.array(texts)})
    assert list(found["twice"]) == list(found["once"])


@pytest.mark.parametrize("outer", ["round", "floor", "ceil", "trunc", "abs"])
def test_whole_numbers_stay(outer: str) -> None:
    numbers = np.array([0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 4503599627370497.5, -7.3])
    lines = ["input candidate { x: float }"]
    for inner in REPEATED[outer]:
        kept = inner if inner in NOTHING.get(outer, ()) else outer
        lines.append(f"feature {inner}_twice : dense = {outer}({inner}(x)) == {kept}(x)")
    found = compile_text("\n".join(lines)).extractor().extract({"x": numbers})
    assert all((values == 1.0).all() for _, values in found.items())


def test_deprecated_names_of_modules(tmp_path: Path) -> None:
    old = 'let new(x) = x\n"Deprecated: call `new`."\nlet old(x) = x\n'
    (tmp_path / "m.fx").write_text(old, encoding="utf-8")
    (tmp_path / "n.fx").write_text(old, encoding="utf-8")
    program = tmp_path / "a.fx"
    program.write_text(
        'use "m.fx"\nuse "n.fx" as n\ninput candidate { price: float }\n'
        "feature a : dense = old(price) + n.old(price) + new(price) + n.new(price) + price.old()\n",
        encoding="utf-8",
    )
    findings = lint_paths([program], load_registry(), [all_rules()["FX618"]])
    assert [(f.span.column, f.help) for f in findings if f.span] == [
        (21, "call `new`."),
        (36, "call `new`."),
        (83, "call `new`."),
    ]


def test_a_function_in_two_files(tmp_path: Path) -> None:
    formula = "let {}(x, {} = 2.0) = log1p(x * {} + 1.0) / ({} + 3.0)\n"
    (tmp_path / "a.fx").write_text(formula.format("f", "n", "n", "n"), encoding="utf-8")
    (tmp_path / "b.fx").write_text(
        "# Else.\n" + formula.format("g", "m", "m", "m"), encoding="utf-8"
    )
    (tmp_path / "c.fx").write_text(formula.format("h", "m", "m", "x"), encoding="utf-8")
    other = "let base = 3.0\nlet k(x, n = 2.0) = log1p(x * n + 1.0) / (n + base)\n"
    (tmp_path / "d.fx").write_text(other, encoding="utf-8")
    (tmp_path / "e.fx").write_text(other, encoding="utf-8")
    paths = [tmp_path / f"{name}.fx" for name in "abcde"]
    (finding,) = lint_paths(paths, load_registry(), [all_rules()["FX609"]])
    assert finding.span is not None
    assert (finding.span.path.endswith("b.fx"), finding.span.text) == (True, "g")
    assert finding.message.endswith("a.fx")


def test_a_deprecated_operator() -> None:
    known = load_registry()
    operators = tuple(
        replace(op, deprecated="Call `upper`." if op.name == "lower" else None)
        for op in known.operators
    )
    registry = Registry(known.engine, operators)
    text = "input candidate { s: string }\nfeature a : text = s.lower()\nfeature b : text = s.upper()\n"
    analysis = analyse_text(text, registry, "a.fx")
    assert analysis.program is not None
    program = LintedProgram(analysis.program, analysis, registry)
    (finding,) = lint_programs([program], [all_rules()["FX618"]])
    assert finding.message == "the operator `lower` is deprecated"
    assert finding.help == "Call `upper`."


@pytest.mark.parametrize(("text", "line"), [("", 1), ("# Only words.\n", 1), ("\n\n", 1)])
def test_an_empty_file_has_a_place(text: str, line: int) -> None:
    (finding,) = lint_text(text, all_rules()["FX707"])
    assert finding.span is not None
    assert finding.span.line == line
