"""Stems, phonetic codes, patterns and regular expressions against cases that others published.

The cases lie outside of the repository, like those of ``test_shared_cases.py``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from feature_extractor.testing.evaluation import evaluate

from .test_shared_cases import CASES, _records, _report

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)

_CODES = {
    "porter": "porter_stem(s)",
    # The cases leave accents out before they look at the letters.
    "soundex": "soundex(strip_accents(s))",
    "metaphone": "metaphone(strip_accents(s))",
}


def test_stems_and_phonetic_codes() -> None:
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    skipped: Counter[str] = Counter()
    for record in _records("jellyfish"):
        function, text = record["function"], record["args"][0]
        if function not in _CODES:
            skipped[f"no operator: {function}"] += 1
        elif function == "metaphone" and " " in text:
            skipped["several words, where ours reads one"] += 1
        elif record["expected"][:1] == "¿":
            skipped["the code of a text without letters, which is empty for us"] += 1
        else:
            pairs[function].append((text, record["expected"]))
    wrong = []
    for function, cases in pairs.items():
        texts = [text for text, _ in cases]
        (found,) = evaluate([_CODES[function]], {"s": "string"}, {"s": texts})
        wrong += [
            (function, text, got, wanted)
            for (text, wanted), got in zip(cases, found, strict=True)
            if got != wanted
        ]
    used = sum(map(len, pairs.values()))
    _report("jellyfish", used, skipped)
    assert not wrong, f"{len(wrong)} differ, first {wrong[:10]}"
    assert used > 23_000


class _Skip(Exception):
    """A record that is not for us; the text says why."""


def _literal(text: str) -> str:
    escaped = "".join(c if c.isalnum() else f"\\u{{{ord(c):X}}}" for c in text)
    return f'"{escaped}"'


def _regex(arguments: list[Any], positions: slice) -> str:
    """Return the pattern; the positions and occurrences that follow must be the first ones."""
    for number, usual in zip(arguments[positions], (1, 1, 0), strict=False):
        if number != usual:
            raise _Skip("a start, an occurrence or a group other than the first")
    return _literal(arguments[1])


def _replacement(arguments: list[Any]) -> str:
    if arguments[3:] not in ([], [1, 0]):
        raise _Skip("a start or an occurrence other than the first")
    if "\\" in arguments[2] or "$" in arguments[2]:
        raise _Skip("a replacement with groups, which is written in another way")
    return f"regex_replace(a, {_literal(arguments[1])}, {_literal(arguments[2])})"


def _is_choice(function: str, arguments: list[Any], wanted: Any) -> str:
    """Return why a case of a regular expression is a matter of choice, or an empty text."""
    if arguments[0] is None:
        return ""
    if function == "regexp_count_substring":
        ends = [match.span() for match in re.finditer(arguments[1], arguments[0])]
        if any(a[1] == b[0] == b[1] for a, b in itertools.pairwise(ends)):
            return "an empty match right behind a match, which is none for us"
    if function == "regexp_replace":
        pattern, text, other = arguments[1], arguments[0], arguments[2]
        if wanted == re.sub(pattern, other, text, count=1) != re.sub(pattern, other, text):
            return "only the first match is replaced, where its own page says all"
    return ""


def _trimmed(name: str) -> Callable[[list[Any]], str]:
    def expression(arguments: list[Any]) -> str:
        if arguments[1:] not in ([], [" "]):
            raise _Skip("characters to trim, where ours trims white space")
        if any(c.isspace() and c != " " for c in arguments[0] or ""):
            raise _Skip("white space that is no space")
        return f"{name}(a)"

    return expression


_SUBSTRAIT: dict[str, Callable[[list[Any]], str]] = {
    "like": lambda arguments: f"like(a, {_literal(arguments[1])})",
    "contains": lambda arguments: f"contains(a, {_literal(arguments[1])})",
    "right": lambda arguments: f"substring(a, -{arguments[1]}, {arguments[1]})",
    "bit_length": lambda _: "byte_length(a) * 8",
    "string_split": lambda arguments: f"split(a, {_literal(arguments[1])})",
    "regexp_match_substring": lambda a: f"regex_extract(a, {_regex(a, slice(2, 5))})",
    "regexp_count_substring": lambda a: f"regex_count(a, {_regex(a, slice(2, 3))})",
    "regexp_string_split": lambda a: f"regex_split(a, {_literal(a[1])})",
    "regexp_replace": _replacement,
    "trim": _trimmed("trim"),
    "ltrim": _trimmed("trim_start"),
    "rtrim": _trimmed("trim_end"),
}


def test_substrait_text() -> None:
    errata = {
        entry["source"] for entry in json.loads((CASES / "substrait.errata.json").read_text())
    }
    skipped: Counter[str] = Counter()
    used, failures = 0, []
    for record in _records("substrait"):
        if record["function"] not in _SUBSTRAIT:
            continue
        arguments = [argument["value"] for argument in record["args"]]
        try:
            expression = _expression(record, arguments, errata)
        except _Skip as why:
            skipped[str(why)] += 1
            continue
        try:
            (found,) = evaluate([expression], {"a": "string?"}, {"a": [arguments[0]]})
        except Exception as error:  # The checker and the engine have different ones.
            if "not a regular expression" not in str(error):
                raise
            skipped["an expression that RE2 does not have"] += 1
            continue
        used += 1
        wanted = record["expected"]["value"]
        if found[0] != wanted:
            failures.append(
                f"{record['source']}: {expression} of {arguments[0]!r}: {found[0]!r}, not {wanted!r}"
            )
    _report("substrait, texts", used, skipped)
    assert not failures, f"{len(failures)} differ:\n" + "\n".join(failures)
    assert used > 100


def _expression(record: dict[str, Any], arguments: list[Any], errata: set[str]) -> str:
    source = record["source"]
    if source in errata or f"{source.rpartition(':')[0]}:*" in errata:
        raise _Skip("the case is wrong, or a matter of choice")
    if record.get("options"):
        raise _Skip(f"an option that we do not have: {', '.join(sorted(record['options']))}")
    if not isinstance(record["expected"], dict) or "value" not in record["expected"]:
        raise _Skip("an error is expected")
    if None in arguments[1:]:
        raise _Skip("a constant that is null")
    expression = _SUBSTRAIT[record["function"]](arguments)
    if why := _is_choice(record["function"], arguments, record["expected"]["value"]):
        raise _Skip(why)
    return expression
