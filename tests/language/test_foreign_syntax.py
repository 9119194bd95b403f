"""Habits from other languages are met with how this one writes it."""

from __future__ import annotations

from pathlib import Path

import feature_extractor
import pytest
from feature_extractor.check.program import check_text
from feature_extractor.registry import load_registry

INPUTS = "input request { a: int, s: string, xs: list<int>, m: map<string, float>, t: timestamp }\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("feature f : dense = xs.map(x => x + 1).sum()", "a lambda is written `x -> x + 1`"),
        ("feature f : dense = xs.map(lambda x: x + 1).sum()", "without the word `lambda`"),
        ("feature f : dense = a > 3 ? 1.0 : 0.0", "`if condition then a else b`"),
        ("feature f : dense = 1.0 if a > 3 else 0.0", "`if condition then a else b`"),
        ("feature f : ids(10) = xs[0:3]", "`xs.slice(start, count)`"),
        ("feature f : dense = m.foo ?? 0.0", '`["foo"]`'),
        ("input candidate { b: list[int] }", "`list<int>`"),
        ("feature f : text = s + 1", "`concat(a, b)`"),
        ("feature f : dense = t - 3600", "a duration has a unit"),
        ("// remark", "a comment begins with `#`"),
        ('{"inputs": {}}', "begin with `input`"),
        ("feature f : text = s.replace(\u201cx\u201d, \u201cy\u201d)", 'double quotes: `"text"`'),
    ],
)
def test_help_says_how_it_is_written(text: str, wanted: str) -> None:
    _, diagnostics = check_text(INPUTS + text + "\n", load_registry(), "text.fx", None)
    assert any(wanted in diagnostic.help for diagnostic in diagnostics)


@pytest.mark.skipif(not hasattr(feature_extractor, "compile"), reason="needs the compiled core")
@pytest.mark.parametrize(
    ("text", "place", "wanted"),
    [
        ('feature f : text = s.regex_extract("(") ?? ""', "text.fx:2:36", "regular expression"),
        ("feature f : id(4) = a.bucketize([3, 1])", "text.fx:2:33", "must grow"),
    ],
)
def test_constants_that_the_core_refuses_are_mistakes_of_the_program(
    text: str, place: str, wanted: str, tmp_path: Path
) -> None:
    with pytest.raises(feature_extractor.CompileError) as caught:
        feature_extractor.compile_text(INPUTS + text + "\n", path="text.fx", root=tmp_path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "FX176"
    assert wanted in diagnostic.message
    assert place in str(caught.value)
