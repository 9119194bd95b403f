"""Reads the published cases: one record is a function, its arguments and what it must give."""

from __future__ import annotations

import gzip
import json
import os
import struct
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
CASES = Path(os.environ.get("FEATURE_EXTRACTOR_SHARED", ROOT.parent / "shared")) / "cases"
FILES = ("hash", "jellyfish", "jsonpath_cts", "parse_number", "substrait", "timezone", "unicode")

Record = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """An expression over some values, and what it must give."""

    expression: str
    types: Mapping[str, str]
    values: Mapping[str, Any]
    expected: Any
    tolerance: float = 0.0
    """How far a number may be off, relative to its size."""
    refused: str = ""
    """Words of the error that must refuse the expression; empty where it must be taken."""
    unless: Any = field(default=None, compare=False)
    """Another answer that is right where the data here are newer, and why: ``(answer, reason)``."""


class Skip(Exception):
    """A record that is not for us; the text says why."""


def rules(file: str) -> dict[str, Any]:
    """Return what ``rules.toml`` says of a file of cases."""
    table: dict[str, Any] = _all_rules()[file]
    return table


@cache
def _all_rules() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))


def expression_of(file: str, function: str) -> str:
    """Return the expression for a function, or raise with the reason why there is none."""
    table = rules(file)
    if function in table.get("skipped", {}):
        raise Skip(table["skipped"][function])
    if function not in table["functions"]:
        raise Skip(f"no operator: {function}")
    expression: str = table["functions"][function]
    return expression


def literal(value: Any) -> str:
    """Return a value as a literal of the language, whatever characters it has."""
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() else f"\\u{{{ord(c):X}}}" for c in value) + '"'
    return json.dumps(value)


def records(file: str) -> Iterator[Record]:
    """Yield the records of a file, all in one form."""
    if file == "parse_number":
        yield from _numbers()
    elif file == "jsonpath_cts":
        for test in json.loads((CASES / file / "cts.json").read_text(encoding="utf-8"))["tests"]:
            yield {"function": "query", "source": test["name"], **test}
    else:
        with gzip.open(CASES / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def _numbers() -> Iterator[Record]:
    """Each line has the bits of the half, the float and the double, and the text."""
    for path in sorted((CASES / "parse_number").glob("*.txt")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            _, _, bits, text = line.split(" ", 3)
            (value,) = struct.unpack(">d", bytes.fromhex(bits))
            yield {
                "function": "parse_float",
                "args": [text],
                "expected": value,
                "source": f"{path.name}:{number}",
            }
