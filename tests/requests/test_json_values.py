"""JSON gives the values that `fx run` gives for the same lines, and refuses what it refuses."""

from __future__ import annotations

import base64
import json
from typing import Any

import pyarrow as pa
import pytest
from feature_extractor.cli.tables.declared import BadCellError, arrow_type, json_converter
from feature_extractor.errors import EngineError
from feature_extractor.registry import parse_signature
from hypothesis import example, given
from hypothesis import strategies as st
from shown_inputs import shown

TYPES: dict[str, tuple[str, ...]] = {
    "bool": ("x",),
    "int": ("x",),
    "float": ("x",),
    "string": ("x",),
    "bytes": ("x",),
    "timestamp": ("x",),
    "duration": ("x",),
    "vector<2>": ("x",),
    "list<int?>": ("x",),
    "list<list<string>>": ("x",),
    "map<string, float?>": ("x.keys()", "x.values()"),
    "map<int, string>": ("x.keys()", "x.values()"),
    "map<bool, int>": ("x.keys()", "x.values()"),
    "map<timestamp, int>": ("x.keys()", "x.values()"),
    "map<duration, bool>": ("x.keys()", "x.values()"),
    "map<bytes, int>": ("x.keys()", "x.values()"),
    "{a: int, b: string?}": ("x.a", "x.b"),
    "list<{a: float?, c: map<string, list<int>>}>": ("x.map(e -> e.a)", "x.map(e -> e.c.keys())"),
}
"""Types, and expressions that show all of a value."""

_TEXTS = st.text(
    st.characters(blacklist_categories=[]) | st.sampled_from('\\"/\b\n\ud800\udfffé€😀'), max_size=8
)
_CLOCKS = st.sampled_from(
    [
        "",
        "T00",
        " 23:59",
        "T12:30:15",
        "T12:30:15.25",
        "T123015,123456789",
        "T24:00",
        "T1",
        "T12:60",
    ]
)
_ZONES = st.sampled_from(
    ["", "Z", "+01", "-0230", "+05:45", "-23:59:59", "+24:00", "+01:00:30.5", "z", " "]
)
_DATES = st.sampled_from(["2024-02-29", "20231231", "2023-02-29", "2024-W01-1", "2020W537"]) | (
    st.sampled_from(["2021W53", "0001-01-01", "9999-12-31", "0000-01-01", "2024-1-1", "2024-0101"])
    | st.sampled_from(["1969-12-31", "2024-W00", "2024-W10-8", "x", ""])
)
_INSTANTS = st.builds(lambda *parts: "".join(parts), _DATES, _CLOCKS, _ZONES)
_DURATIONS = st.from_regex(r"[+-]?([0-9]{1,4}(us|ms|w|d|h|m|s|y)){0,3}", fullmatch=True) | st.just(
    "9223372036854775807us"
)
_BASE64 = st.binary(max_size=5).map(lambda b: base64.b64encode(b).decode()) | st.sampled_from(
    ["A", "AA", "AAA", "A===", "AA=A", "====", "AA==AA==", "QUJD\n", "QU-_", "é==="]
)
_NUMBERS = (
    st.integers()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.sampled_from(
        [0, -0.0, 2.0**53, 2.0**53 - 1, -1e15, 1e300, 5e-324, 2**63, -(2**63), 10**30, -(10**400)]
    )
)
_SCALARS = (
    st.none() | st.booleans() | _NUMBERS | _TEXTS | _INSTANTS | _DURATIONS | _BASE64
    | st.sampled_from(["true", "FALSE", "1", "0", "yes", "+12", "-7", "1.0"])
)  # fmt: skip
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _fitting(type_: str) -> st.SearchStrategy[Any]:
    """Values that mostly fit a type."""
    ints, floats = st.integers(-(2**63), 2**63 - 1), st.floats() | st.integers(-(2**80), 2**80)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "int": ints | st.integers(-(2**53), 2**53).map(float),
        "float": floats,
        "string": _TEXTS,
        "bytes": _BASE64,
        "timestamp": ints | _INSTANTS,
        "duration": ints | _DURATIONS,
        "vector<2>": st.lists(floats, min_size=1, max_size=3),
        "list<int?>": st.lists(ints | st.none(), max_size=4),
        "list<list<string>>": st.lists(st.lists(_TEXTS, max_size=3), max_size=3),
        "map<string, float?>": _map(_TEXTS, floats | st.none(), str),
        "map<int, string>": _map(ints, _TEXTS, str),
        "map<bool, int>": _map(st.booleans(), ints, lambda b: str(b).lower()),
        "map<timestamp, int>": _map(ints | st.just("2024-01-01"), ints, str),
        "map<duration, bool>": _map(ints | st.just("1h30m"), st.booleans(), str),
        "map<bytes, int>": _map(_BASE64, ints, str),
        "{a: int, b: string?}": st.fixed_dictionaries(
            {"a": ints}, optional={"b": _TEXTS | st.none(), "z": _ANYTHING}
        ),
    }
    simple["list<{a: float?, c: map<string, list<int>>}>"] = st.lists(
        st.fixed_dictionaries(
            {"c": _map(_TEXTS, st.lists(ints, max_size=2), str)}, optional={"a": floats}
        ),
        max_size=3,
    )
    return simple[type_]


def _map(keys: Any, values: Any, name: Any) -> st.SearchStrategy[Any]:
    entries = st.lists(st.fixed_dictionaries({"key": keys}, optional={"value": values}), max_size=3)
    return entries | st.dictionaries(keys.map(name), values, max_size=4)


@pytest.mark.parametrize("type_", TYPES)
def test_values_are_those_of_json_lines(type_: str) -> None:
    extractor = shown(f"input request {{ x: {type_}? }}", *TYPES[type_])
    decoder = extractor.json_decoder()
    pattern = parse_signature(f"() -> {type_}?").result
    convert = json_converter(pattern, f"{type_}?")

    @given(
        value=st.one_of(_fitting(type_), _fitting(type_), _ANYTHING),
        plain=st.booleans(),
        indent=st.sampled_from([None, 1]),
        others=st.dictionaries(st.sampled_from("wyz"), _ANYTHING, max_size=2),
    )
    @example(value={"a": 1, "a ": 2}, plain=False, indent=None, others={})
    def check(value: Any, plain: bool, indent: int | None, others: dict[str, Any]) -> None:
        message = json.dumps({**others, "x": value}, ensure_ascii=plain, indent=indent)
        try:
            raw = message.encode()
        except UnicodeEncodeError:
            raw = json.dumps({**others, "x": value}).encode()
        read = json.loads(raw)["x"]
        try:
            column = pa.array([convert(read)], arrow_type(pattern))
        except BadCellError:
            with pytest.raises(EngineError, match="`x"):
                decoder.extract(raw)
            return
        expected = extractor.extract_request(pa.table({"x": column})).to_arrow()
        assert decoder.extract(raw).to_arrow() == expected

    check()


def test_numbers_are_exact() -> None:
    """Digits that need care: long ones, and those between two floats."""
    extractor = shown("input request { i: int, f: float }", "i", "f")
    decoder = extractor.json_decoder()
    for digits in [
        "0.1", "1e-400", "-1e-400", "123456789012345678901234567890e-10", "9007199254740993", "1E+22", "4.35",
        "2.2250738585072011e-308", "1.7976931348623157e308", "0." + "0" * 400 + "1", "1" + "0" * 300,
        "0.500000000000000166533453693773481063544750213623046875",
    ]:  # fmt: skip
        message = f'{{"i": -9223372036854775808, "f": {digits}}}'
        expected = extractor.extract_request({"i": -(2**63), "f": float(digits)})
        assert decoder.extract(message).digest() == expected.digest(), digits


@pytest.mark.parametrize(
    ("digits", "counted"),
    [("NaN", "not_finite"), ("-Infinity", "not_finite"), ("1e999", "not_finite")],
)
def test_numbers_that_are_not_finite_are_null_and_counted(digits: str, counted: str) -> None:
    result = shown("input request { f: float }", "f").json_decoder().extract(f'{{"f": {digits}}}')
    assert getattr(result.statistics().inputs["request.f"], counted) == 1


def test_text_that_is_no_unicode_is_null_and_counted() -> None:
    decoder = shown("input request { s: string }", "s").json_decoder()
    for message in [b'{"s": "\xff"}', b'{"s": "\\ud800"}', b'{"s": "\\udc00\\ud800"}']:
        assert decoder.extract(message).statistics().inputs["request.s"].not_utf8 == 1, message


def test_a_vector_of_another_size_is_null_and_counted() -> None:
    decoder = shown("input request { v: vector<2> }", "v").json_decoder()
    result = decoder.extract('[{"v": [1, 2]}, {"v": [1]}, {"v": null}, {"v": [1, null]}]')
    counts = result.statistics().inputs["request.v"]
    assert (counts.wrong_size, counts.nulls, counts.not_finite) == (1, 1, 1)
