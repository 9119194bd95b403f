"""A rule is not asked again about features that are alike to it, and yet everything is found that it finds alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import starmap
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.check import Analysis, analyse_file, analyse_text
from feature_extractor.check.fingerprint import Fingerprints
from feature_extractor.check.typed import (
    Field,
    InputReference,
    LambdaVariable,
    Literal,
    ResourceReference,
)
from feature_extractor.diagnostics import Severity
from feature_extractor.lint import Finding, LintedProgram, Rule, all_rules
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.examination import examine
from feature_extractor.lint.outcome import Outcome
from feature_extractor.lint.program import Look, SomeFeatures
from feature_extractor.lint.sharing import Sharing, keys_of
from feature_extractor.registry import load_registry
from feature_extractor.types import BOOL, FLOAT, INT, STRING
from operators.random_programs import DECLARATIONS, Generator, random_expressions
from rule_pages import FILES, PAGES, linted, read_page

EXAMPLES = Path(__file__).parents[2] / "dsl_grammar" / "examples"
NUMBER = re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?(?![\w.])")
DURATION = re.compile(r"(?<![\w.\"])\d+(?=[dhms]\b)")

INPUTS = """\
input request {
    now: timestamp
    age: int?
    clicks, views: int
    history: list<{at: timestamp, price: float}>
}

"""


def every_program() -> list[LintedProgram]:
    """Return the programs of all pages and examples, each some times, with other constants."""
    programs = [program for path in sorted(EXAMPLES.rglob("*.fx")) for program in of_file(path)]
    source = random.Random(7)
    for page in map(read_page, sorted(PAGES.glob("FX[2-8]*.md"))):
        for heading in ("Bad", "Good"):
            for text, _ in page.examples(heading):
                for changed in (text, with_others(source, text)):
                    programs += of_text(changed)
    return programs


def with_others(source: random.Random, text: str) -> str:
    """Return a program with other constants; it may have mistakes."""
    text = NUMBER.sub(
        lambda found: (
            str(source.choice([0, 1, 2, 7, 100, 5_000]))
            + (source.choice([".0", ".5"]) if "." in found[0] else "")
        ),
        text,
    )
    return DURATION.sub(lambda _: str(source.choice([0, 1, 7, 24, 30])), text)


def of_file(path: Path) -> list[LintedProgram]:
    return of_analysis(analyse_file(path, load_registry()))


def of_text(text: str) -> list[LintedProgram]:
    return of_analysis(analyse_text(text, load_registry(), "example.fx", FILES))


def of_analysis(analysis: Analysis) -> list[LintedProgram]:
    """Return the program as rules see it; none where it has mistakes."""
    if analysis.program is None:
        return []
    return [LintedProgram(analysis.program, analysis, load_registry())]


def again(program: LintedProgram) -> LintedProgram:
    """Return a program as nobody has looked at it yet."""
    return LintedProgram(program.program, program._analysis, program.registry)


def assert_same(programs: list[LintedProgram]) -> int:
    """Require the same findings with and without what was learnt; return how many there are."""
    configuration = Configuration([*all_rules().values()])
    alone = [examine(again(program), configuration) for program in programs]
    sharing = Sharing()
    # In the second round all is known, and in both orders each program is once before the others like it.
    for order in (1, -1):
        for program, expected in [*zip(programs, alone, strict=True)][::order]:
            assert shown(examine(again(program), configuration, sharing)) == shown(expected)
    return sum(len(outcome.findings) for outcome in alone)


def shown(outcome: Outcome) -> Any:
    return outcome.findings, outcome.facts


def test_the_same_is_found_in_all_programs() -> None:
    assert assert_same(every_program()) > 500


@pytest.mark.parametrize("seed", range(3))
def test_the_same_is_found_in_random_programs(seed: int) -> None:
    source = random.Random(seed)
    programs: list[LintedProgram] = []
    for _ in range(5):
        texts = random_expressions(Generator(source), 8)
        texts += [with_others(source, text) for text in texts]
        features = "".join(feature(number, text) for number, text in enumerate(texts))
        programs += of_text(DECLARATIONS + features)
    assert assert_same(programs) > 20


def feature(number: int, text: str) -> str:
    """Return a feature with a random value, or an empty text where it would have a mistake."""
    for kind, default, type_ in (
        ("id(10)", "-1", INT),
        ("dense", "0.0", FLOAT),
        ("dense", "false", BOOL),
        ("text", '""', STRING),
    ):
        written = f"feature f{number} : {kind} = ({text}) ?? {default}\n"
        value = analyse_text(f"{DECLARATIONS}let x = {text}\n", load_registry()).values.get("x")
        if value is not None and value.type.with_nullable(False) == type_:
            return written if of_text(DECLARATIONS + written) else ""
    return ""


# ---- what rules see ------------------------------------------------------------------------------

NAMED = (InputReference, Field, LambdaVariable, ResourceReference)
ALLOWED: dict[Look, set[str]] = {Look.AT_SHAPE: set(), Look.AT_NAMES: {"names"}}


@cache
def few_programs() -> list[LintedProgram]:
    pages = [read_page(path) for path in sorted(PAGES.glob("FX[2-6]*.md"))]
    texts = [text for page in pages for text, _ in [*page.examples("Bad"), *page.examples("Good")]]
    return [program for text in texts for program in of_text(text)]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set that knows what was read of expressions: `names` or `values`."""
    found: set[str] = set()

    def recorded(kind: type, field: str, what: str) -> None:
        slot = kind.__dict__[field]

        def get(self: Any) -> Any:
            found.add(what)
            return slot.__get__(self)

        monkeypatch.setattr(kind, field, property(get, slot.__set__))

    value = Literal.__dict__["value"]
    for kind in NAMED:
        recorded(kind, "name", "names")
    recorded(Literal, "value", "values")
    monkeypatch.setattr(Literal, "is_null", property(lambda self: value.__get__(self) is None))
    return found


def test_rules_that_find_nothing_read_what_they_say(read: set[str]) -> None:
    rules = [rule for rule in all_rules().values() if rule.by_feature]
    assert rules
    for program in few_programs():
        for declared in program.features:
            for rule in rules:
                assert rule.check is not None
                # What was worked out about a program for one rule would not be read again for the next.
                part = SomeFeatures(again(program), [declared])
                read.clear()
                found = list(rule.check(part))
                if not found and part.look in ALLOWED:
                    assert read <= ALLOWED[part.look], (rule.code, declared.name)


# ---- what is asked -------------------------------------------------------------------------------


class Asked:
    """A rule that remembers which features it was asked about, and finds those whose value is a text."""

    def __init__(self, look: Look | None) -> None:
        self.names: list[str] = []
        self._look = look
        self.rule = replace(
            Rule("SHOP001", "shop", Severity.WARNING, "A feature.", check=self._check),
            by_feature=look is not None,
        )

    def _check(self, program: LintedProgram) -> Iterator[Finding]:
        if self._look is Look.AT_NAMES:
            program.look_at_names()
        if self._look is Look.CLOSER:
            program.look_closer()
        if self._look is Look.FURTHER:
            program.look_further()
        for declared in program.features:
            self.names.append(declared.name)
            if declared.checked.kind == "text":
                yield Finding(declared.span, "a text")

    def about(self, *texts: str) -> list[str]:
        """Return the names of the features that the rule is asked about, in programs one after the other."""
        sharing = Sharing()
        configuration = Configuration([self.rule])
        for text in texts:
            self.names.clear()
            examine(linted(INPUTS + text), configuration, sharing)
        return self.names


ONE = "feature a : dense = clicks / 2 ?? 0.0\n"
LIKE = "feature b : dense = clicks / 2 ?? 0.0\n"
OTHER_VALUE = "feature c : dense = clicks / 3 ?? 0.0\n"
OTHER_NAME = "feature d : dense = views / 2 ?? 0.0\n"
OTHER_TYPE = "feature e : dense = age / 2 ?? 0.0\n"
TWO = "feature f : dense = clicks / views ?? 0.0\n"
TWICE = "feature g : dense = views / views ?? 0.0\n"
TEXT = 'feature h : text = "a"\n'


def test_a_rule_is_asked_where_it_sees_something_new() -> None:
    texts = (LIKE, OTHER_VALUE, OTHER_NAME, OTHER_TYPE)

    def new(look: Look | None) -> list[bool]:
        return [bool(Asked(look).about(ONE, text)) for text in texts]

    assert new(None) == [True, True, True, True]
    assert new(Look.AT_SHAPE) == [False, False, False, True]
    assert new(Look.AT_NAMES) == [False, False, True, True]
    assert new(Look.CLOSER) == [False, True, True, True]
    assert new(Look.FURTHER) == [True, True, True, True]


def test_two_parts_are_not_one_part_twice() -> None:
    assert Asked(Look.AT_SHAPE).about(TWO, TWICE) == ["g"]


def test_only_new_features_are_looked_at() -> None:
    assert Asked(Look.AT_SHAPE).about(ONE, LIKE + TWO + OTHER_VALUE) == ["f"]
    assert Asked(Look.AT_NAMES).about(ONE, LIKE + OTHER_VALUE + OTHER_NAME) == ["d"]
    assert Asked(Look.CLOSER).about(ONE, LIKE + OTHER_VALUE + OTHER_NAME) == ["c", "d"]


def test_what_was_learnt_before_stays_known() -> None:
    assert Asked(Look.CLOSER).about(ONE, OTHER_VALUE, LIKE + OTHER_VALUE) == []


@pytest.mark.parametrize("look", [Look.AT_SHAPE, Look.AT_NAMES, Look.CLOSER])
def test_what_was_found_is_asked_for_again(look: Look) -> None:
    assert Asked(look).about(ONE + TEXT, LIKE + TEXT) == ["h"]


def test_settings_and_parameters_of_a_kind_are_seen() -> None:
    size = "feature a : id(9, default = {}) = clicks\n"
    assert Asked(Look.AT_SHAPE).about(size.format(1), size.format(2)) == []
    assert Asked(Look.CLOSER).about(size.format(1), size.format(2)) == ["a"]
    without = size.replace(", default = {}", "")
    assert Asked(Look.AT_SHAPE).about(size.format(1), without) == ["a"]


def test_zeros_of_both_signs_are_two_values() -> None:
    text = "feature a : dense = maximum(clicks.to_float(), {})\n"
    programs = [linted(INPUTS + text.format(zero)) for zero in ("0.0", "-0.0")]
    shapes: dict[tuple[Any, ...], int] = {}
    one, other = (keys_of(program.features[0], shapes) for program in programs)
    assert one.shape == other.shape and one.all != other.all


# ---- what values mean ----------------------------------------------------------------------------


def test_what_a_value_means_is_what_its_fingerprint_says() -> None:
    programs = every_program()
    source = random.Random(5)
    texts = random_expressions(Generator(source), 12)
    texts += [f"({text})" for text in texts] + [with_others(source, text) for text in texts]
    for _ in range(2):
        # Names and order differ from one to the other, and so do the places where parts are met first.
        source.shuffle(texts)
        programs += of_text(DECLARATIONS + "".join(starmap(feature, enumerate(texts))))
    of_fingerprint: dict[str, set[str]] = {}
    of_meaning: dict[str, set[str]] = {}
    for program in programs:
        paths = {resource.name: resource.path for resource in program.program.resources}
        fingerprints = Fingerprints(paths.__getitem__)
        for declared, said in zip(program.features, program.meanings, strict=True):
            fingerprint = fingerprints.of(declared.value)
            of_fingerprint.setdefault(fingerprint, set()).add(said)
            of_meaning.setdefault(said, set()).add(fingerprint)
    assert all(len(found) == 1 for found in (*of_fingerprint.values(), *of_meaning.values()))
    assert len(of_meaning) > 300
