"""The test cases of Substrait, whose types are narrower and more than ours.

``rules.toml`` has the expressions. Their names are those of the functions; an enumerated argument or an option that
changes the meaning follows behind a slash, and a choice by types in parentheses. ``a`` to ``e`` are the arguments,
``{b}`` is the literal of the second one, and ``{b...}`` are all arguments from the second one on.

What an error is there is null here; NaN and infinities are null already when they come in.
"""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
from functools import cache
from typing import Any

from .hashes import microseconds
from .records import CASES, Check, Record, Skip, literal, rules

_NAMES = "abcdefgh"
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")
_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?")
_LAMBDA = re.compile(r"\((\w+) -> (\w+)\((.*)\)\)")


def checks(record: Record) -> list[Check]:
    """Return the check of a record of ``substrait.jsonl.gz``."""
    if _is_wrong(record["source"]):
        raise Skip("the case is wrong, or a matter of choice")
    if "undefined" in record["expected"]:
        raise Skip("the case leaves the result open")
    function = record["function"]
    arguments = [dict(argument) for argument in record["args"]]
    for argument in arguments:
        if "column" in argument:
            column = int(argument["column"].removeprefix("col"))
            argument["value"] = [row[column] for row in record["table"] if row]
    name = function + _suffix(record)
    decimals = _decimals_are(arguments)
    exact = function in rules("substrait")["needs_ints"] or "overflow" in (
        record.get("options") or {}
    )
    if decimals == "float" and exact:
        raise Skip("a decimal of more digits than an int has")
    types = [_type(argument["type"], decimals) for argument in arguments]
    if record["kind"] == "aggregate":
        types = [t if t == "enum" or t.startswith("list") else f"list<{t}?>" for t in types]
    expression = _expression(name, types, arguments)
    expression = _bounded(expression, record)
    _check_usual(function, arguments)
    values, wanted = _values(record, arguments, types, decimals)
    expression = _filled(expression, arguments, types)
    expected = record["expected"]
    is_fp32 = any(
        "fp32" in argument["type"] for argument in (*arguments, expected) if argument.get("type")
    )
    tolerance = 1e-6 if is_fp32 else _tolerance(function, decimals)
    letters = [n for n, t in zip(_NAMES, types, strict=False) if t not in ("enum", "function")]
    used = {n for n in letters if re.search(rf"\b{n}\b", re.sub(r'"[^"]*"', "", expression))}
    places = {n: i for i, n in enumerate(_NAMES)}
    check = Check(
        expression,
        {n: f"{_plain(types[places[n]])}?" for n in letters if n in used},
        {n: values[places[n]] for n in letters if n in used},
        wanted,
        tolerance,
    )
    if why := _choice(record, arguments):
        raise Skip(why)
    return [check]


@cache
def _errata() -> frozenset[str]:
    listed = {e["source"] for e in json.loads((CASES / "substrait.errata.json").read_text())}
    return frozenset(listed | set(rules("substrait")["wrong"]))


def _is_wrong(source: str) -> bool:
    whole = f"{source.rpartition(':')[0]}:*"
    right = rules("substrait")["right_after_all"]
    return source in _errata() or (whole in _errata() and whole not in right)


def _suffix(record: Record) -> str:
    """Return what enumerated arguments and options add to the name of a function."""
    parts = [argument["value"] for argument in record["args"] if argument["type"] == "enum"]
    meanings = rules("substrait")["options"]
    for option, value in (record.get("options") or {}).items():
        if option not in meanings:
            raise Skip(f"an option that we do not have: {option}")
        if meanings[option] == "name":
            parts.append(value.upper())
        elif meanings[option] != "any":
            raise Skip(meanings[option])
    return "".join(f"/{part}" for part in parts)


def _type(name: str, decimals: str) -> str:
    """Return the type of ours that holds a type of theirs."""
    name = name.replace("?", "")
    if name.startswith("list<"):
        return f"list<{_type(name[5:-1], decimals)}?>"
    if name.startswith("func<"):
        return "function"
    base = name.partition("<")[0]
    if base == "dec":
        return decimals
    known: dict[str, str] = rules("substrait")["types"]
    if base not in known:
        raise Skip(f"a type that the language does not have: {base}")
    return known[base]


def _plain(type_: str) -> str:
    return type_.replace("months", "int")


def _decimals_are(arguments: list[dict[str, Any]]) -> str:
    """A decimal is an int where all of a case are whole numbers that fit, else a float."""
    texts = [
        str(text)
        for argument in arguments
        if argument["type"].startswith("dec")
        for text in (
            argument["value"] if isinstance(argument["value"], list) else [argument["value"]]
        )
        if text is not None
    ]
    fits = all(re.fullmatch(r"-?\d+", text) and abs(int(text)) < 2**63 for text in texts)
    return "int" if fits else "float"


def _expression(name: str, types: list[str], arguments: list[dict[str, Any]]) -> str:
    functions: dict[str, str] = rules("substrait")["functions"]
    skipped: dict[str, str] = rules("substrait")["skipped"]
    raw = ", ".join(argument["type"].replace("?", "") for argument in arguments)
    for key in (f"{name}({raw})", f"{name}({', '.join(types)})", name):
        if key in functions:
            return functions[key]
        if key in skipped:
            raise Skip(skipped[key])
    raise Skip(f"no operator: {name}")


def _bounded(expression: str, record: Record) -> str:
    """Give an overflow of a narrower type to the operators that keep a value in a range."""
    overflow = (record.get("options") or {}).get("overflow")
    if overflow is None:
        return expression
    type_ = record["args"][0]["type"].replace("?", "")
    bounds = rules("substrait")["bounds"].get(type_)
    if bounds is None:
        return expression
    operator = {"ERROR": "valid_range", "SATURATE": "clip"}[overflow]
    return f"{operator}({expression}, {bounds[0]}, {bounds[1]})"


def _check_usual(function: str, arguments: list[dict[str, Any]]) -> None:
    for name, usual in rules("substrait")["usual"].get(function, {}).items():
        place = _NAMES.index(name)
        if place < len(arguments) and arguments[place]["value"] != usual:
            raise Skip("a start, an occurrence or a group other than the first")


def _values(
    record: Record, arguments: list[dict[str, Any]], types: list[str], decimals: str
) -> tuple[list[Any], Any]:
    """Return the arguments as they are inside, and what is expected by our rules for what is null."""
    function, expected = record["function"], record["expected"]
    values = [
        None if type_ in ("enum", "function") else inside(argument.get("value"), type_)
        for argument, type_ in zip(arguments, types, strict=True)
    ]
    if "error" in expected:
        return values, None
    result = _type(expected["type"], decimals)
    wanted = inside(expected["value"], "decimal" if expected["type"].startswith("dec") else result)
    lost = [
        argument["value"]
        for value, argument in zip(values, arguments, strict=True)
        if value is None
        and isinstance(argument.get("value"), int | float | str)
        and argument["type"] not in ("enum",)
    ]
    if function in rules("substrait")["sees_nulls"]:
        _check_lost(function, record, lost)
    elif record["kind"] == "aggregate":
        wanted = _aggregated(function, arguments, values, wanted)
    elif wanted is None and values[0] is not None and "func" in record["args"][-1]["type"]:
        raise Skip("a condition that is null, which counts for no element here")
    elif lost:
        wanted = None  # These functions are strict in what became null.
    return values, wanted


def _check_lost(function: str, record: Record, lost: list[Any]) -> None:
    """NaN, the infinities and null are one thing here, so a question that tells them apart has no answer."""
    tells_apart = ("is_nan", "is_finite", "is_infinite")
    words = {str(value).strip("+-").lower() for value in lost}
    if function in tells_apart and None in [argument["value"] for argument in record["args"]]:
        raise Skip("a question that tells null from NaN, which are one here")
    if (function == "is_nan" and "inf" in words) or (function == "is_infinite" and "nan" in words):
        raise Skip("a question that tells NaN from infinity, which are one here")


def _aggregated(
    function: str, arguments: list[dict[str, Any]], values: list[Any], wanted: Any
) -> Any:
    """Return what is expected of a reduction by our rules for null and for empty lists."""
    for argument in arguments:
        items = argument["value"] if isinstance(argument["value"], list) else []
        if any(str(item).strip("-+").lower() in ("inf", "nan") for item in items):
            raise Skip("a reduction over NaN or infinity, which are null here")
    if function == "sum" and all(item is None for item in values[0]):
        return 0
    if wanted is None and function in ("bool_and", "bool_or"):
        return function == "bool_and"  # Of nothing: what joining more values does not change.
    return wanted


def inside(value: Any, type_: str) -> Any:
    """Return a value as the engine holds it."""
    if value is None:
        return None
    if isinstance(value, list):
        return [inside(item, type_[5:-2] if type_.startswith("list<") else type_) for item in value]
    if type_ == "decimal":
        return int(value) if re.fullmatch(r"-?\d+", str(value)) else float(value)
    if type_ == "float":
        number = float(value)
        return number if math.isfinite(number) else None
    if type_ == "int":
        number = int(value)
        if not -(2**63) <= number < 2**63:
            raise Skip("an integer beyond 64 bits with a sign")
        return number
    if type_ == "timestamp":
        text = f"1970-01-01T{value}" if re.match(r"\d\d:", value) else value
        return microseconds(_six_digits(text))
    if type_ == "duration":
        return _duration(value)
    if type_ == "months":
        sign, years, months = _parts(_MONTHS, value)
        return int(f"{sign}1") * (12 * int(years or 0) + int(months or 0))
    return value


def _six_digits(text: str) -> str:
    """Python 3.11 reads fractions of three or six digits only."""
    return re.sub(r"\.(\d{1,6})\b", lambda match: f".{match[1]:0<6}", text)


def _duration(text: str) -> int:
    sign, days, hours, minutes, seconds = _parts(_DURATION, text)
    whole = datetime.timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=float(seconds or 0),
    )
    return int(f"{sign}1") * (whole // datetime.timedelta(microseconds=1))


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise Skip("an interval of months and days")
    return match.groups()


def _filled(expression: str, arguments: list[dict[str, Any]], types: list[str]) -> str:
    """Put literals and lambdas in their places."""

    def put(match: re.Match[str]) -> str:
        name, rest = match[1], match[2]
        place = _NAMES.index(name)
        if rest:
            return ", ".join(_NAMES[place : len(arguments)])
        argument = arguments[place]
        if types[place] == "function":
            return _lambda(argument)
        if argument["value"] is None:
            raise Skip("a constant that is null")
        return literal(_replacement(argument["value"]) if name == "c" else argument["value"])

    return re.sub(r"\{([a-h])(\.\.\.)?\}", put, expression)


def _replacement(value: Any) -> Any:
    """A replacement has groups as `$1` there, and with a backslash here."""
    return re.sub(r"\$(\d)", r"\\\1", value) if isinstance(value, str) else value


def _lambda(argument: dict[str, Any]) -> str:
    """Return `(x -> gt(x, 2::i32))` in the language: `x -> x > 2`."""
    if argument.get("lambda") is None:
        raise Skip("a predicate that is null")
    match = _LAMBDA.fullmatch(argument["lambda"])
    if match is None:
        raise Skip("a lambda of more than one call")
    variable, function, inner = match.groups()
    parts = [re.sub(r"::\w+\??", "", part.strip()) for part in inner.split(",")]
    body: str = rules("substrait")["functions"][function]
    named = dict(zip(_NAMES, parts, strict=False))
    return f"{variable} -> " + re.sub(r"\b[ab]\b", lambda found: named[found[0]], body)


def _tolerance(function: str, decimals: str) -> float:
    """Functions whose last bit depends on the library that wrote the case."""
    return 1e-15 if function in rules("substrait")["rounded"] or decimals == "float" else 0.0


def _choice(record: Record, arguments: list[dict[str, Any]]) -> str:
    """Return why a case of a regular expression is a matter of choice, or an empty text."""
    function = record["function"]
    if not function.startswith("regexp") or arguments[0]["value"] is None:
        return ""
    text, pattern = arguments[0]["value"], arguments[1]["value"]
    if function == "regexp_count_substring":
        ends = [match.span() for match in re.finditer(pattern, text)]
        if any(a[1] == b[0] == b[1] for a, b in itertools.pairwise(ends)):
            return "an empty match right behind a match, which is none for us"
    if function == "regexp_replace":
        other = arguments[2]["value"]
        wanted = record["expected"]["value"]
        if wanted == re.sub(pattern, other, text, count=1) != re.sub(pattern, other, text):
            return "only the first match is replaced, where its own page says all"
    return ""
