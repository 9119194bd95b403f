"""Operators against cases that others published: Unicode, numbers, time zones, Substrait.

They lie outside of the repository, in the folder that FEATURE_EXTRACTOR_SHARED names, or in ``../shared``
beside the repository; without them the tests are skipped.
"""

from __future__ import annotations

import datetime
import gzip
import io
import json
import math
import os
import struct
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.plan.resources import read_time_zone
from feature_extractor.testing.evaluation import evaluate

_ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("FEATURE_EXTRACTOR_SHARED", _ROOT.parent / "shared")) / "cases"

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)


def _records(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(CASES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _report(name: str, used: int, skipped: Counter[str]) -> None:
    reasons = "".join(f"\n    {count:6} skipped: {why}" for why, count in skipped.most_common())
    print(f"\n{name}: {used} records used{reasons}")


def test_normalisation() -> None:
    forms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    skipped: Counter[str] = Counter()
    for record in _records("unicode"):
        if record["function"] in ("nfc", "nfd", "nfkc", "nfkd"):
            forms[record["function"].upper()].append((record["args"][0], record["expected"]))
        else:
            skipped[f"no operator: {record['function']}"] += 1
    for form, pairs in forms.items():
        inputs = [given for given, _ in pairs]
        (found,) = evaluate([f'normalize(s, "{form}")'], {"s": "string"}, {"s": inputs})
        wrong = [(g, f, w) for (g, w), f in zip(pairs, found, strict=True) if f != w]
        assert not wrong, f"{form}: {len(wrong)} differ, first {wrong[0]!r}"
    used = sum(map(len, forms.values()))
    _report("unicode", used, skipped)
    assert used > 70_000


def test_numbers() -> None:
    texts, wanted = [], []
    for path in sorted((CASES / "parse_number").glob("*.txt")):
        for line in path.read_text().splitlines():
            _, _, bits, text = line.split(" ", 3)
            (value,) = struct.unpack(">d", bytes.fromhex(bits))
            texts.append(text)
            # There is no infinity inside: what does not fit a float has no value.
            wanted.append(value if math.isfinite(value) else None)
    (found,) = evaluate(["parse_float(s)"], {"s": "string"}, {"s": texts})
    wrong = [
        (text, got, expected)
        for text, got, expected in zip(texts, found, wanted, strict=True)
        if got is None or expected is None or struct.pack("<d", got) != struct.pack("<d", expected)
        if got is not expected
    ]
    _report("parse_number", len(texts), Counter())
    assert not wrong, f"{len(wrong)} differ, first {wrong[:5]!r}"


def test_time_zones() -> None:
    zones: dict[str, list[tuple[int, str]]] = defaultdict(list)
    skipped: Counter[str] = Counter()
    for record in _records("timezone"):
        text, zone = record["args"]
        moment = datetime.datetime.fromisoformat(text)
        if moment.year < 1970:
            skipped["before 1970, where the sources of the zones differ"] += 1
            continue
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        microseconds = (moment - epoch) // datetime.timedelta(microseconds=1)
        zones[zone].append((microseconds, record["expected"]["local_time"]))
    used, wrong = 0, []
    for zone, pairs in zones.items():
        moments = [moment for moment, _ in pairs]
        units = [f'{unit}(t, "{zone}")' for unit in ("hour", "minute", "second", "seconds_of_day")]
        found = evaluate(units, {"t": "timestamp"}, {"t": moments})
        for (moment, local), hour, minute, second, seconds in zip(pairs, *found, strict=True):
            used += 1
            h, m, s = map(int, local.split(":"))
            if (h, m, s, 3600 * h + 60 * m + s) == (hour, minute, second, seconds):
                continue
            # The rules of a zone change with the releases of the database: let Python read the same one.
            rules = zoneinfo.ZoneInfo.from_file(io.BytesIO(read_time_zone(zone)))
            there = datetime.datetime.fromtimestamp(moment // 1_000_000, rules)
            if (there.hour, there.minute, there.second) == (hour, minute, second):
                used -= 1
                skipped[f"the database here says otherwise: {zone}"] += 1
                continue
            wrong.append((zone, moment, local, (hour, minute, second)))
    _report("timezone", used, skipped)
    assert not wrong, f"{len(wrong)} differ, first {wrong[:3]}"
    assert used > 30_000


# ---- Substrait -------------------------------------------------------------------------------------

FUNCTIONS = {
    "add": "a + b", "subtract": "a - b", "multiply": "a * b", "negate": "-a", "abs": "abs(a)",
    "divide": "a / b", "modulus": "a % b", "power": "a ** b", "sqrt": "sqrt(a)", "exp": "exp(a)",
    "sin": "sin(a)", "cos": "cos(a)", "tanh": "tanh(a)", "atan2": "atan2(a, b)",
    "ln": "log(a)", "log10": "log10(a)", "log2": "log2(a)", "ceil": "ceil(a)",
    "floor": "floor(a)", "equal": "a == b", "not_equal": "a != b", "gt": "a > b", "gte": "a >= b",
    "lt": "a < b", "lte": "a <= b", "between": "between(a, b, c)", "is_null": "is_null(a)",
    "is_not_null": "is_not_null(a)", "nullif": "null_if(a, b)", "and": "a and b", "or": "a or b",
    "xor": "xor(a, b)", "not": "not a", "char_length": "length(a)",
    "octet_length": "byte_length(a)", "lower": "lower(a)", "upper": "upper(a)",
    "reverse": "reverse(a)", "concat": "concat(a, b)", "starts_with": "starts_with(a, b)",
    "ends_with": "ends_with(a, b)", "replace": "replace(a, b, c)", "repeat": "repeat(a, b)",
    "left": "substring(a, 0, b)", "lpad": "pad_start(a, b, c)", "rpad": "pad_end(a, b, c)",
    "string_split": "split(a, b)", "cardinality": "length(a)", "sum": "sum(a)", "min": "min(a)",
    "max": "max(a)", "substring": "substring(a, b - 1, c)",
    "asin": "asin(a)", "acos": "acos(a)", "atan": "atan(a)", "tan": "tan(a)", "sinh": "sinh(a)",
    "cosh": "cosh(a)", "asinh": "asinh(a)", "acosh": "acosh(a)", "atanh": "atanh(a)",
    "bitwise_and": "bit_and(a, b)", "bitwise_or": "bit_or(a, b)", "bitwise_xor": "bit_xor(a, b)",
    "bitwise_not": "bit_not(a)",
    "shift_left": "shift_left(a, b)",
    "shift_right": "shift_right(a, b)",
    "shift_right_unsigned": "shift_right_unsigned(a, b)",
    "and_not": "a and not b",
    "is_true": "a ?? false",
    "is_false": "not (a ?? true)",
    "is_not_true": "not (a ?? false)",
    "is_not_false": "a ?? true",
    "coalesce": "coalesce(a, b)", "bool_and": "all(a)", "bool_or": "any(a)",
}  # fmt: skip
"""What each function of Substrait is in the language; a to d are its arguments."""

_ROUNDED = {
    "exp",
    "sin",
    "cos",
    "tanh",
    "atan2",
    "ln",
    "log10",
    "log2",
    "power",
    "asin",
    "acos",
    "atan",
}
_ROUNDED |= {"tan", "sinh", "cosh", "asinh", "acosh", "atanh"}
"""Functions whose last bit depends on the library that wrote the case."""

WRONG = {
    # 301989888 * 2**8 is 77309411328; the case has the product with 2**16.
    "substrait:arithmetic/shift_left.test:8",
}
"""Cases that are wrong and are not in the list of errata."""

INTS = {"i8", "i16", "i32", "i64"}
FLOATS = {"fp32", "fp64"}


class _Skip(Exception):
    """A record that is not for us; the text says why."""


def _type(name: str) -> str:
    name = name.replace("?", "")
    if name.startswith("list<"):
        return f"list<{_type(name[5:-1])}?>"
    if name in INTS:
        return "int"
    if name in FLOATS:
        return "float"
    known = {"bool": "bool", "boolean": "bool", "str": "string", "string": "string"}
    if name.startswith("pts<"):
        return "timestamp"
    if name in known:
        return known[name]
    raise _Skip(f"a type that the language does not have: {name.partition('<')[0]}")


def _value(value: Any, type_: str) -> Any:
    """Return a value as it is inside: NaN and infinities do not exist, they are null."""
    if value is None or isinstance(value, list):
        return value if value is None else [_value(item, type_[5:-2]) for item in value]
    if type_ == "float":
        number = float(value)
        return number if math.isfinite(number) else None
    if type_ == "timestamp":
        moment = datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return (moment - epoch) // datetime.timedelta(microseconds=1)
    return value


def _mapped(record: dict[str, Any]) -> tuple[str, dict[str, str], list[Any], Any, float]:
    """Return expression, types, arguments, expected value and the relative error that is allowed."""
    function, arguments = record["function"], record["args"]
    expression = FUNCTIONS.get(function)
    if expression is None:
        raise _Skip("no operator for the function")
    if (
        "error" in record
        or not isinstance(record["expected"], dict)
        or "value" not in record["expected"]
    ):
        raise _Skip("an error is expected, where we have null or a wider type")
    if record["expected"].get("value") in ("error", "undefined", "<!ERROR>", "<!UNDEFINED>"):
        raise _Skip("an error is expected, where we have null or a wider type")
    if any("column" in argument for argument in arguments):
        raise _Skip("an aggregate over several columns")
    types = [
        f"list<{_type(a['type'])}?>"
        if record["kind"] == "aggregate" and not a["type"].startswith("list")
        else _type(a["type"])
        for a in arguments
    ]
    result = _type(record["expected"]["type"])
    group = record["group"].partition(":")[0]
    if "overflow" in group or "overflow" in str(record.get("options")):
        if any(argument["type"].strip("?") != "i64" for argument in arguments):
            raise _Skip("overflow of a type that is narrower than ours")
        return _named(expression, types), _types(types), [a["value"] for a in arguments], None, 0.0
    if function == "divide" and "int" in types:
        raise _Skip("division of integers that cuts off")
    if function in ("ceil", "floor"):
        result = "int"
    if function.startswith("shift_") and arguments[0]["type"].strip("?") != "i64":
        raise _Skip("bits of a type that is narrower than ours")
    if function == "modulus" and any((a["value"] or 0) < 0 for a in arguments):
        raise _Skip("the sign of a remainder: ours is that of the divisor")
    if function == "substring" and (len(arguments) < 3 or (arguments[1]["value"] or 1) < 1):
        raise _Skip("a position before the first character")
    if function == "power" and "int" in types and (arguments[1]["value"] or 0) < 0:
        raise _Skip("a negative power of an integer")
    if record.get("options"):
        raise _Skip(f"an option that we do not have: {', '.join(sorted(record['options']))}")
    values = [_value(a["value"], t) for a, t in zip(arguments, types, strict=True)]
    wanted = _value(record["expected"]["value"], result)
    if record["kind"] == "aggregate":
        wanted = _aggregated(function, arguments, values, wanted)
    elif any(v is None and a["value"] is not None for v, a in zip(values, arguments, strict=True)):
        wanted = (
            None  # NaN and infinities become null at the boundary, and these functions are strict.
        )
    if function in ("lpad", "rpad") and None not in values and len(values[0]) > values[1]:
        raise _Skip("padding that cuts a longer text")
    if function in ("ceil", "floor") and wanted is not None:
        wanted = int(wanted)
    exact = 1e-15 if function in _ROUNDED else 0.0
    fp32 = any("fp32" in a["type"] for a in (*arguments, record["expected"]))
    return _named(expression, types), _types(types), values, wanted, 1e-6 if fp32 else exact


def _aggregated(
    function: str, arguments: list[dict[str, Any]], values: list[Any], wanted: Any
) -> Any:
    """Return what is expected of a reduction by our rules for null and for empty lists."""
    if any(str(item).strip("-+").lower() in ("inf", "nan") for item in arguments[0]["value"]):
        raise _Skip("a reduction over NaN or infinity, which are null for us")
    if function == "sum" and all(item is None for item in values[0]):
        return 0
    if wanted is None and function in ("bool_and", "bool_or"):
        return function == "bool_and"  # Of nothing: what joining more values does not change.
    return wanted


def _named(expression: str, types: list[str]) -> str:
    import re

    used = set(re.findall(r"\b[a-d]\b", expression))
    if used != set("abcd"[: len(types)]):
        if expression.startswith("pad_") and len(types) == 2:
            return expression.replace(", c)", ")")
        raise _Skip("another number of arguments")
    return expression


def _types(types: list[str]) -> dict[str, str]:
    return {name: f"{type_}?" for name, type_ in zip("abcd", types, strict=False)}


def test_substrait() -> None:
    wrong_sources = WRONG | {
        entry["source"] for entry in json.loads((CASES / "substrait.errata.json").read_text())
    }
    skipped: Counter[str] = Counter()
    batches: dict[
        tuple[str, str], list[tuple[dict[str, Any], dict[str, str], list[Any], Any, float]]
    ]
    batches = defaultdict(list)
    for record in _records("substrait"):
        source = record["source"]
        if source in wrong_sources or f"{source.rpartition(':')[0]}:*" in wrong_sources:
            skipped["the case is wrong, or a matter of choice"] += 1
            continue
        try:
            expression, types, values, wanted, error = _mapped(record)
        except _Skip as why:
            skipped[str(why)] += 1
            continue
        batches[expression, str(types)].append((record, types, values, wanted, error))
    used, failures = 0, []
    for (expression, _), batch in batches.items():
        types = batch[0][1]
        rows = {name: [entry[2][i] for entry in batch] for i, name in enumerate(types)}
        try:
            (found,) = evaluate([expression], types, rows)
        except AssertionError as error:
            skipped[f"refused by the checker: {expression}: {str(error)[:60]}"] += len(batch)
            continue
        for (record, _, values, wanted, error), got in zip(batch, found, strict=True):
            used += 1
            if not _agrees(got, wanted, error):
                failures.append(
                    f"{record['source']}: {expression} of {values}: {got!r}, not {wanted!r}"
                )
    _report("substrait", used, skipped)
    assert not failures, f"{len(failures)} differ:\n" + "\n".join(failures[:30])
    assert used > 490


def _agrees(got: Any, wanted: Any, error: float) -> bool:
    if isinstance(got, float) and isinstance(wanted, int | float):
        return math.isclose(got, wanted, rel_tol=max(error, 1e-16), abs_tol=error)
    return bool(got == wanted)
