"""Constants that an operator refuses are mistakes of a program, told with their place while it is checked: FX176.

Only the core knows them, so they are told where there is one. The cases are those of ``tests/operators``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from feature_extractor.check.program import check_text
from feature_extractor.check.typed import Call
from feature_extractor.core_registry import load_core_registry
from feature_extractor.errors import EngineError
from feature_extractor.lint.expressions import walk
from feature_extractor.plan.constants import ConstantTrial, Load
from feature_extractor.registry import Registry, load_registry

_LINES = (Path(__file__).parents[1] / "operators" / "refused_constants.txt").read_text("utf-8")
CASES = [line.split(" => ") for line in _LINES.splitlines() if line and not line.startswith("#")]
INPUTS = "input candidate { s: string, x: float, xs: list<float>, t: timestamp }\n"
PATTERN = INPUTS + 'feature f : dense = if s.regex_match("(") then 1.0 else 0.0\n'


@pytest.fixture(autouse=True)
def needs_core() -> None:
    """Skip these where there is no core."""
    pytest.importorskip("feature_extractor._native")


@pytest.mark.parametrize(("expression", "said"), CASES, ids=[case[0] for case in CASES])
def test_each_is_told_with_its_place(expression: str, said: str) -> None:
    text = f"{INPUTS}let f = {expression}\n"
    program, (finding,) = check_text(text, load_core_registry(), "text.fx", None)
    assert program is None
    assert finding.code == "FX176"
    assert said.casefold() in finding.message.casefold()
    assert finding.span is not None and finding.span.text in expression


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ('s.regex_match("a(")', '"a("'),
        ("x.bucketize([1.0, 0.0])", "[1.0, 0.0]"),
        ('t.format_time("%q", "Europe/Berlin")', '"%q"'),
        ('s.regex_extract("a", 1)', 's.regex_extract("a", 1)'),
        ("xs.map(e -> e.bucketize([2.0, 2.0]))", "[2.0, 2.0]"),
    ],
)
def test_the_place_is_that_of_the_constant_where_there_is_one(expression: str, place: str) -> None:
    text = f"{INPUTS}let f = {expression}\n"
    _, (finding,) = check_text(text, load_core_registry(), "text.fx", None)
    assert finding.span is not None and finding.span.text == place


def test_all_are_told_at_once_and_in_each_call_of_a_function() -> None:
    text = (
        INPUTS
        + "let found(pattern) = s.regex_match(pattern)\n"
        + 'let a = found("a")\nlet b = found("[")\nlet c = s.like("\\\\a")\nlet d = s.like("a")\n'
    )
    _, findings = check_text(text, load_core_registry(), "text.fx", None)
    assert [finding.code for finding in findings] == ["FX176", "FX176"]
    assert [label.span.text for label in findings[0].labels] == ['found("[")']


def registry_with(load: Load) -> Registry:
    """Return a registry whose constants are tried by something in the place of the core."""
    registry = load_registry(Path(__file__).parents[2] / "operators" / "registry.json")
    registry.trial = ConstantTrial(registry, load)
    return registry


def test_without_a_core_nobody_says_what_is_not_known() -> None:
    def load(plan: str, files: object) -> object:
        asked.append(plan)
        raise ImportError

    asked: list[str] = []
    registry = registry_with(load)
    for _ in range(2):
        program, findings = check_text(PATTERN, registry, "text.fx", None)
        assert program is not None and not findings
    assert len(asked) == 1


@pytest.mark.parametrize(
    "message", ["The plan is damaged.", "Operator 'regex_match' is not known: x"]
)
def test_other_errors_of_the_core_say_nothing_about_constants(message: str) -> None:
    def load(plan: str, files: object) -> object:
        raise EngineError("invalid_argument", message)

    registry = registry_with(load)
    program, _ = check_text(PATTERN, registry, "text.fx", None)
    assert program is not None


def test_a_constant_is_tried_once() -> None:
    def load(plan: str, files: object) -> object:
        asked.append(plan)
        return None

    asked: list[str] = []
    registry = registry_with(load)
    text = INPUTS + "".join(
        f'feature f{i} : dense = if concat(s, "{i}").regex_match("{i % 2}") then x else 0.0\n'
        for i in range(6)
    )
    for _ in range(2):
        program, _ = check_text(text, registry, "text.fx", None)
        assert program is not None
        assert any(isinstance(feature.value, Call) for feature in program.features)
    assert len(asked) == 2


def test_a_constant_is_tried_again_for_other_sizes() -> None:
    def load(plan: str, files: object) -> object:
        asked.append(plan)
        return None

    asked: list[str] = []
    registry = registry_with(load)
    text = INPUTS + 'feature f : dense = if s.regex_match("a") then x else 0.0\n'
    program, _ = check_text(text, registry, "text.fx", None)
    assert program is not None and registry.trial is not None
    (call,) = (
        part
        for part in walk(program.features[0].value)
        if isinstance(part, Call) and part.operator == "regex_match"
    )
    for size in (3, 4, 3):
        registry.trial(replace(call, bindings=(("n", size),)))
    assert len(asked) == 3
