"""The registry: signature strings, defaults, and what happens to a damaged file."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.check.unification import show_pattern
from feature_extractor.registry import (
    LambdaPattern,
    ListPattern,
    RegistryError,
    load_registry,
    parse_signature,
)

FIXTURE = Path(__file__).parent / "registry_fixture.json"


def test_a_signature_with_everything() -> None:
    """Variables, ranges, word sets, defaults and nullability are read."""
    signature = parse_signature(
        "<T: key, K: ordered>(xs: list<T>, f: T -> K, n: const int[1..4096] = 5, "
        'how: const string{"asc", "desc"} = "asc", rest: T?...) -> list<T>?'
    )
    xs, f, n, how, rest = signature.parameters
    assert signature.variables == (("T", "key"), ("K", "ordered"))
    assert isinstance(xs.pattern, ListPattern)
    assert isinstance(f.pattern, LambdaPattern)
    assert (n.constant, n.low, n.high, n.optional, n.default) == (True, 1, 4096, True, 5)
    assert (how.words, how.default) == (("asc", "desc"), "asc")
    assert (rest.variadic, rest.pattern.nullable, rest.optional) == (True, True, False)
    assert show_pattern(signature.result) == "list<T>?"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int = -3", -3),
        ("float = 0.5", 0.5),
        ("float = 1e-3", 0.001),
        ('string = "a b, c"', "a b, c"),
        ("bool = true", True),
        ("int? = null", None),
        ("duration = 1d12h", 129_600_000_000),
        ("list<int> = [1, 2]", (1, 2)),
        ("list<int> = []", ()),
    ],
)
def test_defaults(text: str, value: object) -> None:
    """Defaults of all types are read."""
    (parameter,) = parse_signature(f"(x: {text}) -> int").parameters
    assert parameter.optional
    assert parameter.default == value
    assert type(parameter.default) is type(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("const int[0..]", 0, None),
        ("const int[..7]", None, 7),
        ("const float[0.5..1e3]", 0.5, 1000.0),
        ("const int[-3..3]", -3, 3),
        ("const int[1..2**62]", 1, 2**62),
        ("const duration[1s..1h]", 1_000_000, 3_600_000_000),
    ],
)
def test_ranges(text: str, low: object, high: object) -> None:
    """Ranges may be open at either end."""
    (parameter,) = parse_signature(f"(x: {text}) -> int").parameters
    assert (parameter.low, parameter.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(x: int)",
        "(x: T) -> int",
        "<T: thing>(x: T) -> T",
        "(x: int -> int",
        "(x: list<int) -> int",
        "(x int) -> int",
        "(x: int = ) -> int",
        "(x: int) -> int int",
        "(x: const int[1..) -> int",
        "(x: ;) -> int",
    ],
)
def test_malformed_signatures(text: str) -> None:
    """A malformed signature is refused, with its text in the message."""
    with pytest.raises(RegistryError):
        parse_signature(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": 2}', '{"format": 1}', '{"format": 1, "operators": [{}]}']
)
def test_damaged_registries(tmp_path: Path, text: str) -> None:
    """A damaged or foreign file is refused."""
    path = tmp_path / "registry.json"
    path.write_text(text)
    with pytest.raises(RegistryError):
        load_registry(path)


def test_lookup() -> None:
    """Operators are found by name, by syntax and by what other systems call them."""
    registry = load_registry(FIXTURE)
    assert [operator.name for operator in registry.by_syntax("+")] == ["add"]
    assert registry.by_syntax("@") == ()
    assert registry.by_alias("nvl") == "if_null"
    assert registry.by_alias("NVL") == "if_null"
    assert registry.find("table_field") is None
    assert "table_field" not in registry.names
