"""Operators that parse texts against Python's json, urllib.parse and ipaddress, on random texts."""

from __future__ import annotations

import ipaddress
import json
import math
import random
import urllib.parse
from collections.abc import Callable
from typing import Any

from feature_extractor.testing.evaluation import evaluate

ROWS = 1500


def _compare(
    oracles: dict[str, Callable[..., Any]], types: dict[str, str], rows: dict[str, list[Any]]
) -> None:
    results = evaluate(list(oracles), types, rows)
    failures = []
    for (expression, oracle), found in zip(oracles.items(), results, strict=True):
        for arguments, got in zip(zip(*rows.values(), strict=True), found, strict=True):
            wanted = oracle(*arguments)
            if got != wanted or type(got) is not type(wanted):
                failures.append(f"{expression} of {arguments!r}: {got!r}, not {wanted!r}")
    assert not failures, f"{len(failures)} differ:\n" + "\n".join(failures[:10])


# ---- JSON --------------------------------------------------------------------------------------

_LETTERS = 'ab"\\/\b\n\t\x00é日\U0001f600'
_NUMBERS = ["0", "-0", "1e5", "-1.5E+3", "0.1", "12345678901234567890123", "1e400", "-1e-400", "7"]


def _json_text(source: random.Random, depth: int) -> str:
    """Return a random JSON text, with all that the grammar allows."""
    space = source.choice(["", "", "", " ", "\n\t", "  "])
    kind = source.random()
    if depth == 0 or kind < 0.35:
        word = "".join(source.choices(_LETTERS, k=source.randint(0, 20)))
        text = source.choice(
            [
                json.dumps(word, ensure_ascii=source.random() < 0.5),
                str(source.randint(-(2**63), 2**63)),
                source.choice(_NUMBERS),
                repr(source.gauss(0, 100)),
                source.choice(["true", "false", "null"]),
            ]
        )
    elif kind < 0.65:
        parts = [_json_text(source, depth - 1) for _ in range(source.randint(0, 5))]
        text = "[" + (",".join(parts) or space) + "]"
    else:
        names = source.sample(["a", "b", "c", "é", "", "a b", '"'], source.randint(0, 5))
        parts = [
            f"{space}{json.dumps(name)}{space}:{_json_text(source, depth - 1)}" for name in names
        ]
        text = "{" + (",".join(parts) or space) + "}"
    return space + text + space


def _damaged(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    other = source.choice(["", ",", '"', "}", "]", "[", "\\", "0", ":", " ", "\n", "e", "-", "x"])
    return text[:at] + other + text[at + source.randint(0, 1) :]


class _Number(str):
    """A number as it is written."""


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _parsed(text: str) -> Any:
    """Return what a text holds, or None where it is no JSON for RFC 8259."""
    try:
        return json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_refuse, strict=True
        )
    except ValueError:
        return None


def _text_of(value: Any) -> Any:
    if value is None or isinstance(value, list | dict):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _float_of(value: Any) -> float | None:
    number = float(value) if isinstance(value, _Number) else math.inf
    return number if math.isfinite(number) else None


def _int_of(value: Any) -> int | None:
    if not isinstance(value, _Number):
        return None
    if value.lstrip("-").isdigit():
        return int(value) if -(2**63) <= int(value) < 2**63 else None
    number = float(value)
    return int(number) if abs(number) <= 2**53 and number == int(number) else None


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def test_json() -> None:
    source = random.Random("json")
    texts = [_json_text(source, source.randint(0, 5)) for _ in range(ROWS)]
    texts += [_damaged(source, text) for text in texts[: ROWS // 2]]

    def elements(text: str) -> list[Any] | None:
        value = _parsed(text)
        if value is None and not _is_json(text):
            return None
        return value if isinstance(value, list) else []

    def numbers(text: str) -> list[float | None] | None:
        found = elements(text)
        return None if found is None else [_float_of(item) for item in found]

    def ints(text: str) -> list[int | None] | None:
        found = elements(text)
        return None if found is None else [_int_of(item) for item in found]

    def weights(text: str) -> Any:
        value = _parsed(text)
        if not isinstance(value, dict):
            return None
        return [item for item in map(_float_of, value.values()) if item is not None]

    def names(text: str) -> Any:
        value = _parsed(text)
        if not isinstance(value, dict):
            return None
        return [name for name, item in value.items() if item is not None]

    def truth(text: str) -> bool | None:
        value = _member(_parsed(text), "a")
        return value if isinstance(value, bool) else None

    _compare(
        {
            'json_list_float(t, "$[*]")': lambda t: numbers(t) if _is_array(t) else _flat(t),
            'json_list_int(t, "$[*]")': lambda t: ints(t) if _is_array(t) else _flat(t, _int_of),
            "values(json_map_float(t))": weights,
            "keys(json_map(t))": names,
            'json_get_bool(t, "$.a")': truth,
            'json_get_int(t, "$.a")': lambda t: _int_of(_member(_parsed(t), "a")),
            "json_get_float(t, \"$['a b']\")": lambda t: _float_of(_member(_parsed(t), "a b")),
        },
        {"t": "string"},
        {"t": texts},
    )
    # A container stays as it is written; both sides must mean the same.
    (found,) = evaluate(['json_get(t, "$.b")'], {"t": "string"}, {"t": texts})
    for text, got in zip(texts, found, strict=True):
        wanted = _member(_parsed(text), "b")
        if isinstance(wanted, list | dict):
            assert got is not None and _parsed(got) == wanted, text
        else:
            assert got == _text_of(wanted), text


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except ValueError:
        return False
    return True


def _is_array(text: str) -> bool:
    return text.strip().startswith("[")


def _flat(text: str, read: Callable[[Any], Any] = _float_of) -> Any:
    """Return what `$[*]` selects in a text that is no array: the values of an object."""
    if not _is_json(text):
        return None
    value = _parsed(text)
    return [read(item) for item in value.values()] if isinstance(value, dict) else []


# ---- Addresses ---------------------------------------------------------------------------------


def _address(source: random.Random) -> str:
    front = [
        source.choice(["", "http:", "HTTPS:", "ftp:", "x-1.2+y:", "mailto:"]),
        source.choice(["", "//", "//u:p@", "//a@"]),
        source.choice(["", "example.com", "WWW.Example.COM", "1.2.3.4", "[::1]", "é.fr"]),
    ]
    behind = [
        source.choice(["", ":80", ":"]),
        source.choice(["", "/", "/a/b", "/a%20b//c", "/日"]),
        source.choice(["", "?"]),
        "&".join(_parameter(source) for _ in range(source.randint(0, 4))),
        source.choice(["", "#", "#top?x=1", "#a/b"]),
    ]
    rest = "".join(behind)
    if front[-1] == "[::1]" and not rest.startswith((":", "/", "?", "#")):
        # Newer Pythons, and that of Debian, refuse an address that goes on at once behind the bracket.
        rest = f"/{rest}"
    return "".join(front) + rest


def _parameter(source: random.Random) -> str:
    letters = source.choices(
        [
            "a",
            "b",
            "+",
            "%20",
            "%C3%A9",
            "%E6%97",
            "%ff",
            "%",
            "%4",
            "é",
            "=",
            "%2B",
            "%26",
            "%F0%90x",
        ],
        k=source.randint(0, 6),
    )
    return (
        source.choice(["a", "b", "a%62", ""])
        + source.choice(["=", "=", "=", ""])
        + "".join(letters)
    )


def _first(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return dict(reversed(pairs))


def test_addresses() -> None:
    source = random.Random("addresses")
    urls = [_address(source) for _ in range(ROWS)]

    def pairs(query: str) -> list[tuple[str, str]]:
        return urllib.parse.parse_qsl(query, keep_blank_values=True, errors="replace")

    def host(url: str) -> str | None:
        # Python leaves what follows a `%` as it is, for the zone of an IPv6 address.
        return (urllib.parse.urlsplit(url).hostname or "").lower() or None

    def named(url: str) -> str | None:
        return _first(pairs(urllib.parse.urlsplit(url).query)).get("a")

    def query(url: str) -> str | None:
        return urllib.parse.urlsplit(url).query if "?" in url.partition("#")[0] else None

    def keys(url: str) -> list[str]:
        return list(dict.fromkeys(name for name, _ in pairs(urllib.parse.urlsplit(url).query)))

    _compare(
        {
            "url_scheme(u)": lambda u: urllib.parse.urlsplit(u).scheme or None,
            "url_host(u)": host,
            "url_path(u)": lambda u: urllib.parse.urlsplit(u).path,
            "url_query(u)": query,
            'url_query_parameter(u, "a")': named,
            'keys(parse_query(url_query(u) ?? ""))': keys,
            "url_decode(u)": lambda u: urllib.parse.unquote_plus(u, errors="replace"),
            "url_decode(u, false)": lambda u: urllib.parse.unquote(u, errors="replace"),
        },
        {"u": "string"},
        {"u": urls},
    )


def _ip_text(source: random.Random) -> str:
    if source.random() < 0.3:
        numbers = [
            str(source.choice([0, 1, 10, 99, 255, 256, source.randint(0, 300)])) for _ in "1234"
        ]
        return ".".join(numbers[: source.choice([4, 4, 4, 4, 3])])
    if source.random() < 0.5:
        groups = [source.choice([0, 0, 0, 1, 0xFFFF, source.randint(0, 65535)]) for _ in range(8)]
        address = ipaddress.IPv6Address(b"".join(group.to_bytes(2, "big") for group in groups))
        return source.choice([str(address), address.exploded, str(address).upper()])
    return "".join(
        source.choices(["::", ":", "0", "1", "ab", "ffff", "1.2.3.4", "g"], k=source.randint(1, 9))
    )


def test_ip_addresses() -> None:
    source = random.Random("ip")
    texts = [_ip_text(source) for _ in range(ROWS)]

    def number(text: str) -> int | None:
        try:
            return int(ipaddress.IPv4Address(text))
        except ValueError:
            return None

    def prefix(v4: int, v6: int) -> Callable[[str], str | None]:
        def network(text: str) -> str | None:
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                return None
            bits = v4 if address.version == 4 else v6
            return str(ipaddress.ip_network((address, bits), strict=False))

        return network

    lengths = [(24, 48), (0, 0), (32, 128), (9, 61), (31, 127), (17, 16)]
    _compare(
        {"ip_to_int(t)": number}
        | {f"ip_prefix(t, {v4}, {v6})": prefix(v4, v6) for v4, v6 in lengths},
        {"t": "string"},
        {"t": texts},
    )


# ---- Maps and lists ----------------------------------------------------------------------------


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _integer(text: str) -> int | None:
    try:
        value = int(text)
    except ValueError:
        return None
    return value if -(2**63) <= value < 2**63 else None


def test_maps_and_lists() -> None:
    source = random.Random("maps")
    pieces = ["a", "b", ":", ":", ",", ",", ",", "1", "-2.5", "1e3", " ", "x", "", "007", "9" * 19]
    texts = ["".join(source.choices(pieces, k=source.randint(0, 24))) for _ in range(ROWS)]

    def items(text: str) -> list[tuple[str, str]]:
        parts = [item.partition(":") for item in text.split(",")]
        return [(key, value) for key, separator, value in parts if separator]

    def texts_by_key(text: str) -> dict[str, str]:
        return {key: value for key, value in items(text) if key}

    def weights(text: str) -> dict[str, float]:
        found = [(key, _number(value)) for key, value in items(text) if key]
        return {key: value for key, value in found if value is not None}

    def by_id(text: str) -> dict[int, float]:
        found = [(_integer(key), _number(value)) for key, value in items(text)]
        return {key: value for key, value in found if key is not None and value is not None}

    def split(text: str) -> list[str]:
        return text.split(",") if text else []

    _compare(
        {
            "keys(parse_map(t))": lambda t: list(texts_by_key(t)),
            "values(parse_map(t))": lambda t: list(texts_by_key(t).values()),
            "keys(parse_weights(t))": lambda t: list(weights(t)),
            "values(parse_weights(t))": lambda t: list(weights(t).values()),
            "keys(parse_id_weights(t))": lambda t: list(by_id(t)),
            "values(parse_id_weights(t))": lambda t: list(by_id(t).values()),
            "parse_ints(t)": lambda t: [_integer(part) for part in split(t)],
            "parse_floats(t)": lambda t: [_number(part) for part in split(t)],
        },
        {"t": "string"},
        {"t": texts},
    )


def test_hostile_json() -> None:
    """Deep nesting costs no stack, and a path that asks for too much has no value."""
    deep = "[" * 100_000 + "]" * 100_000
    rows = [deep, deep[1:], '{"a":' * 50_000 + "1" + "}" * 50_000, "[" * 100 + "]" * 100]
    found = evaluate(
        [
            'json_list_int(t, "$..a") ?? [-1]',
            'length(json_list(t, "$..*..*") ?? ["null"])',
            'byte_length(json_get(t, "$") ?? "")',
        ],
        {"t": "string"},
        {"t": rows},
    )
    objects = [None] * 49_999 + [1]
    assert found[0] == [[], [-1], objects, []]
    assert found[1] == [1, 1, 1, sum(range(99))]
    assert found[2] == [200_000, 0, len(rows[2]), 200]
