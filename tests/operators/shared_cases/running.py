"""Evaluates the checks of a file of cases, compares, and counts what was used and what was not."""

from __future__ import annotations

import json
import math
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feature_extractor.check.typed import Call, children
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.testing.case_file import Binding
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.programs import CaseError, check_expression

from . import hashes, json_path, substrait, texts
from .records import Check, Record, Skip, records

COUNTS = Path(__file__).with_name("counts.json")

TRANSLATORS: dict[str, Callable[[Record], list[Check]]] = {
    "hash": hashes.checks,
    "jellyfish": texts.jellyfish,
    "jsonpath_cts": json_path.checks,
    "parse_number": texts.parse_number,
    "substrait": substrait.checks,
    "timezone": texts.timezone,
    "unicode": texts.unicode,
}


@dataclass
class Outcome:
    """What became of the records of a file."""

    file: str
    records: int = 0
    used: Counter[str] = field(default_factory=Counter)
    """Records by their function."""
    skipped: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By the reason, and then by the function."""
    calls: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By the operators that their expressions call."""
    failures: list[str] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)

    @property
    def operators(self) -> dict[str, int]:
        """How many of the used records call each operator."""
        counts = {name: len(calls - self.dropped) for name, calls in sorted(self.calls.items())}
        return {name: count for name, count in counts.items() if count}

    def drop(self, record: Record, reason: str) -> None:
        """Take a record out of those that are used, however many checks it has."""
        if id(record) not in self.dropped:
            self.dropped.add(id(record))
            self.used[record["function"]] -= 1
            self.skip(record["function"], reason)

    def skip(self, function: str, reason: str) -> None:
        """Count a record that was not used."""
        self.skipped[reason][function] += 1

    def summary(self) -> str:
        """Return the numbers for people, reasons with most records first."""
        lines = [f"{self.file}: {self.used.total()} of {self.records} records used"]
        order = sorted(self.skipped.items(), key=lambda item: -item[1].total())
        for reason, functions in order:
            named = ", ".join(f"{name} {count}" for name, count in functions.most_common(4))
            more = ", ..." if len(functions) > 4 else ""
            lines.append(f"  {functions.total():6} skipped: {reason} ({named}{more})")
        calls = ", ".join(f"{name} {count}" for name, count in self.operators.items())
        lines.append(f"  by operator: {calls}")
        return "\n".join(lines)

    def counts(self) -> dict[str, Any]:
        """Return the numbers as ``counts.json`` holds them."""
        return {
            "records": self.records,
            "used": self.used.total(),
            "functions": dict(sorted(self.used.items())),
            "operators": self.operators,
            "skipped": {
                reason: functions.total() for reason, functions in sorted(self.skipped.items())
            },
        }


def run(file: str) -> Outcome:
    """Use every record of a file that the rules let through."""
    outcome = Outcome(file)
    translate = TRANSLATORS[file]
    batches: dict[tuple[str, str], list[tuple[Record, Check]]] = defaultdict(list)
    for record in records(file):
        outcome.records += 1
        try:
            checks = translate(record)
        except Skip as why:
            outcome.skip(record["function"], str(why))
            continue
        outcome.used[record["function"]] += 1
        for check in checks:
            batches[check.expression, str(check.types)].append((record, check))
    for batch in batches.values():
        check = batch[0][1]
        found = _evaluated(check, [one.values for _, one in batch])
        if isinstance(found, str):
            _take_refusal(outcome, batch, found)
            continue
        for (record, check), value in zip(batch, found, strict=True):
            _compare(outcome, record, check, value)
        for operator in _called(check):
            outcome.calls[operator].update(id(record) for record, _ in batch)
    return outcome


def _evaluated(check: Check, rows: list[Mapping[str, Any]]) -> list[Any] | str:
    """Return the values, or why the expression is refused."""
    columns = {name: [row[name] for row in rows] for name in check.types}
    try:
        (found,) = evaluate([check.expression], check.types, columns)
    except (FeatureExtractorError, CaseError, AssertionError) as error:
        return str(error) or type(error).__name__
    return found


def _take_refusal(outcome: Outcome, batch: list[tuple[Record, Check]], error: str) -> None:
    for record, check in batch:
        if check.refused and check.refused in error:
            continue
        reason = next((why for words, why in REFUSALS.items() if words in error), None)
        if reason is None:
            outcome.failures.append(f"{record['source']}: {check.expression} is refused: {error}")
        else:
            outcome.drop(record, reason)


REFUSALS = {
    "not a regular expression": "a pattern that RE2 does not have",
    "a pattern is a text in quotes": "a pattern that stands in the document, which is never compiled here",
}
"""What an operator refuses when a program is compiled, on purpose."""


_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\b\d+\b')


def _called(check: Check) -> set[str]:
    """Return the operators of an expression; those of two that differ in their literals are the same."""
    key = (_LITERAL.sub("0", check.expression), tuple(check.types.items()))
    if key not in _CALLED:
        _CALLED[key] = _operators_in(check)
    return _CALLED[key]


_CALLED: dict[Any, set[str]] = {}


def _operators_in(check: Check) -> set[str]:
    bindings = [Binding(name, type_) for name, type_ in check.types.items()]
    pending = [check_expression(check.expression, bindings)[0]]
    names = set()
    while pending:
        part = pending.pop()
        pending.extend(children(part))
        if isinstance(part, Call):
            names.add(part.operator)
    return names


def _compare(outcome: Outcome, record: Record, check: Check, value: Any) -> None:
    if check.refused:
        outcome.failures.append(f"{record['source']}: {check.expression} is taken")
        return
    if agrees(value, check.expected, check.tolerance):
        return
    if check.unless is not None and value == check.unless[0]:
        outcome.drop(record, check.unless[1])
        return
    outcome.failures.append(
        f"{record['source']}: {check.expression} of {_short(check.values)}: "
        f"{value!r}, not {check.expected!r}"
    )


def _short(values: Mapping[str, Any]) -> str:
    text = repr(dict(values))
    return text if len(text) < 200 else f"{text[:200]}..."


def agrees(value: Any, expected: Any, tolerance: float) -> bool:
    """Compare as the case means it: numbers by value and tolerance, without one to the last bit."""
    if isinstance(expected, list) and isinstance(value, list | tuple):
        return len(value) == len(expected) and all(
            agrees(a, b, tolerance) for a, b in zip(value, expected, strict=True)
        )
    if isinstance(value, bool) or isinstance(expected, bool) or value is None or expected is None:
        return value is expected
    if isinstance(value, float) and isinstance(expected, int | float):
        if tolerance == 0.0 and isinstance(expected, float):
            return struct.pack("<d", value) == struct.pack("<d", expected + 0.0)
        return math.isclose(value, expected, rel_tol=tolerance, abs_tol=tolerance)
    return bool(value == expected)


def kept_counts() -> dict[str, Any]:
    """Return the numbers of the last count."""
    counts: dict[str, Any] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return counts
