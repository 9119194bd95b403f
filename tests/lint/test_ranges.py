"""What rules believe about numbers and nulls is compared with what programs give for random data."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import feature_extractor as fx
import pyarrow as pa
import pytest
from feature_extractor.check import analyse_text
from feature_extractor.lint import LintedProgram
from feature_extractor.lint.ranges import UNKNOWN, Range
from feature_extractor.lint.rules.correctness.fx203_unused_default import NeverNull
from feature_extractor.lint.texts import Forms
from feature_extractor.registry import load_registry
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_type
from rule_pages import linted

INPUTS = """
input candidate {
    i: int
    n: int?
    f: float?
    b: bool?
    s: string?
    t: timestamp
    xs: list<int>
    ys: list<float?>?
    ws: list<string>
}
"""


class Writer:
    """Writes random expressions of numbers, of the operators whose ranges are known."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def _of(self, *makers: Callable[[], str]) -> str:
        return self._source.choice(makers)()

    def _small(self) -> str:
        return str(self._source.choice([-7, -1, 0, 1, 2, 3, 10, 60]))

    def integer(self, depth: int) -> str:
        """Return an expression of the type int."""
        if depth == 0:
            return self._of(lambda: "i", lambda: "n", self._small, lambda: "xs.length()")
        one, other = self.integer(depth - 1), self.integer(depth - 1)
        choice = self._source.choice
        return choice(
            [
                f"({one} {choice(['+', '-', '*', '//', '%'])} {other})",
                f"({one} {choice(['+', '-', '*', '//', '%'])} ({self._small()}))",
                f"(-({one}))",
                f"clip({one}, {self._small()}, {self._small()})",
                f"minimum({one}, {other}, {self._small()})",
                f"maximum({one}, {self._small()})",
                f"abs({one})",
                f"sign({one})",
                f"({one} ?? {other})",
                f"(if {self.condition(depth - 1)} then {one} else {other})",
                f"null_if({one}, {other})",
                f"valid_range({one}, -5, 70)",
                f"{choice(['round', 'floor', 'ceil', 'trunc', 'to_int'])}({self.float(depth - 1)})",
                f"b.to_int() + {one}",
                f'{choice(["hour", "day_of_week", "month", "minute", "day"])}(t, "Europe/Berlin")',
                f"bucketize({one}, [-3, 0, 9])",
                f"bucketize_log(to_float({one}), 2.0, 5)",
                f"bucketize_intervals(to_float({one}), [0.0, 5.0], [5.0, 9.0], [4, -2], 7)",
                f"hash_bucket({one}, 7)",
                f"[3, 1, 2].index_of({one})",
                f"{self.integers(depth - 1)}.{choice(['max()', 'min()', 'first()', 'sum()', 'mode()'])}",
                f"{self.integers(depth - 1)}.{choice(['length()', 'count(x -> x > 1)', 'distinct_count()'])}",
                f"{self.integers(depth - 1)}[{self._small()}]",
            ]
        )

    def float(self, depth: int) -> str:
        """Return an expression of the type float."""
        if depth == 0:
            return self._of(lambda: "f", lambda: "0.5", lambda: "-2.25", lambda: "1.0")
        one, other = self.float(depth - 1), self.float(depth - 1)
        choice = self._source.choice
        return choice(
            [
                f"({one} {choice(['+', '-', '*', '/'])} {other})",
                f"({one} {choice(['+', '-', '*', '/', '%'])} (3.5))",
                f"({self.integer(depth - 1)} / 4)",
                f"clip({one}, -1.5, 8.0)",
                f"{choice(['sigmoid', 'tanh', 'sin', 'sqrt', 'exp', 'abs'])}({one})",
                f"to_float({self.integer(depth - 1)})",
                f"minimum({one}, {other})",
                f"({one} ?? {other})",
                f"{self.integers(depth - 1)}.{choice(['mean()', 'median()', 'stddev()'])}",
            ]
        )

    def integers(self, depth: int) -> str:
        """Return an expression of the type list<int>."""
        if depth == 0:
            return self._of(lambda: "xs", lambda: "[4, -2, 9]")
        one = self.integers(depth - 1)
        choice = self._source.choice
        return choice(
            [
                f"{one}.map(x -> x % 5 + {self._small()})",
                f"{one}.map(x -> clip(x, -4, 4) * 2)",
                f"{one}.filter(x -> x > {self._small()})",
                f"{one}.{choice(['sort()', 'reverse()', 'distinct()', 'take_last(2)', 'positions()'])}",
                f"{one}.hash_bucket(9)",
                f"[{self.integer(depth - 1)}, {self.integer(depth - 1)}]",
                f"(if {self.condition(depth - 1)} then {one} else {self.integers(depth - 1)})",
            ]
        )

    def condition(self, depth: int) -> str:
        """Return an expression of the type bool."""
        return f"{self.integer(depth)} {self._source.choice(['<', '>', '=='])} {self._small()}"


def accepted(texts: list[str]) -> list[str]:
    """Return the expressions that the checker takes: a clip of two constants is refused now and then."""
    lets = "".join(f"let e{k} = {text}\n" for k, text in enumerate(texts))
    analysis = analyse_text(INPUTS + lets, load_registry())
    bad = {
        found.span.line - INPUTS.count("\n") - 1
        for found in analysis.diagnostics
        if found.span is not None
    }
    return [text for k, text in enumerate(texts) if k not in bad]


def results(text: str, tmp_path: Path, rows: int = 200) -> dict[str, list[float]]:
    """Return what the features of a program give for random rows."""
    path = tmp_path / "a.fx"
    path.write_text(text, encoding="utf-8")
    analysis = analyse_text(text, load_registry())
    assert analysis.program is not None, analysis.diagnostics[0]
    columns = {}
    for declared in analysis.program.inputs:
        source = random.Random(declared.name)
        values = [random_value(source, declared.type) for _ in range(rows)]
        columns[declared.name] = pa.array(values, arrow_type(declared.type))
    result: dict[str, list[float]] = pa.table(
        fx.compile(path).extractor().extract(pa.table(columns))
    ).to_pydict()
    return result


def program_of(texts: list[str], feature: str) -> LintedProgram:
    features = "".join(feature.format(k=k, text=text) for k, text in enumerate(texts))
    return linted(INPUTS + features)


@pytest.mark.parametrize("seed", range(2))
def test_numbers_stay_in_their_ranges(seed: int, tmp_path: Path) -> None:
    writer = Writer(seed)
    texts = accepted([writer.integer(k % 4) for k in range(50)])
    texts += accepted([writer.float(k % 4) for k in range(50)])
    program = program_of(texts, "feature e{k} : dense = is_null({text}).to_float()\n")
    checks = ""
    known: list[tuple[str, Range]] = []
    for feature, text in zip(program.features, texts, strict=True):
        value = next(part for part in feature.parts if getattr(part, "operator", "") == "is_null")
        found = program.ranges.of(value.arguments[0])  # type: ignore[attr-defined]
        if found == UNKNOWN:
            continue
        ends = [f"({text}) < ({found.low})"] if found.low is not None else []
        ends += [f"({text}) > ({found.high})"] if found.high is not None else []
        checks += f"feature c{len(known)} : dense = if {' or '.join(ends)} then 1.0 else 0.0\n"
        known.append((text, found))
    assert len(known) > 40
    given = results(INPUTS + checks, tmp_path)
    assert [known[k] for k in range(len(known)) if any(given[f"c{k}"])] == []


def test_what_is_never_null_is_never_null(tmp_path: Path) -> None:
    writer = Writer(7)
    texts = [f"({text} ?? 7)" for text in accepted([writer.integer(k % 3) for k in range(60)])]
    texts += [
        f"{a}.{end}"
        for a in ['(s ?? "")', "s", '(s ?? "é").lower().trim()', 'ws.or_empty().join("")']
        for end in ["length()", "tokenize().length()", 'contains("a")', 'split(",").distinct()']
    ]
    texts += ["xs.or_empty().hash_bucket(9)", "ys.or_empty().count()", "b ?? f > 1.0 ?? true"]
    texts += ["maximum(n, 3)", "if b then 1 else n ?? 0", "b.is_null() and s.is_null()"]
    text = INPUTS + "".join(
        f"feature e{k} : dense = is_null({one}).to_float()\n" for k, one in enumerate(texts)
    )
    program = linted(text)
    never = NeverNull()
    sure = []
    for feature in program.features:
        (call,) = [p for p in feature.parts[:2] if getattr(p, "operator", "") == "is_null"]
        if never.holds(call.arguments[0]):  # type: ignore[attr-defined]
            sure.append(feature.name)
    assert len(sure) > 50
    given = results(text, tmp_path)
    assert [(name, text) for name in sure if any(given[name])] == []


def test_texts_have_the_form_that_is_known_of_them(tmp_path: Path) -> None:
    bases = [
        "s",
        '(s ?? "none")',
        "ws.first()",
        "ws.map(w -> w.lower()).max()",
        '(s.lower() ?? "N")',
    ]
    steps = [
        "lower()",
        "upper()",
        "trim()",
        "fold_case()",
        "substring(0, 2)",
        "substring(1, 1).trim()",
    ]
    texts = [f"{a}.{b}" for a in bases for b in steps]
    texts += [f"{a}.{b}" for a in texts for b in steps]
    program = program_of(texts, 'feature e{k} : text = ({text}) ?? "none"\n')
    forms = Forms(program.ranges)
    checks = ""
    known = []
    for feature, text in zip(program.features, texts, strict=True):
        found = forms.of(feature.value.arguments[0])  # type: ignore[attr-defined]
        wrong = [f"({text}) != ({text}).{found.case}()"] if found.case else []
        wrong += [f"({text}).length() > {found.longest}"] if found.longest is not None else []
        wrong += [f"({text}) != ({text}).trim()"] if found.is_trimmed else []
        if wrong:
            checks += f"feature c{len(known)} : dense = if {' or '.join(wrong)} then 1.0 else 0.0\n"
            known.append((text, found))
    assert len(known) > 100
    given = results(INPUTS + checks, tmp_path)
    assert [known[k] for k in range(len(known)) if any(given[f"c{k}"])] == []
