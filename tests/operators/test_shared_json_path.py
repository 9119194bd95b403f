"""JSONPath against the compliance test suite of RFC 9535.

The cases lie outside of the repository, like those of ``test_shared_cases.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from feature_extractor.testing.evaluation import evaluate

from .test_shared_cases import CASES, _report

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)


def _literal(text: str) -> str:
    """Return a text as a literal of the language, whatever characters it has."""
    return '"' + "".join(c if c.isalnum() else f"\\u{{{ord(c):X}}}" for c in text) + '"'


def _as_text(value: Any) -> str | None:
    """Return what json_get makes of a value: JSON as Python writes it, but strings as they are."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def test_json_path() -> None:
    tests = json.loads((CASES / "jsonpath_cts" / "cts.json").read_text())["tests"]
    used: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    failures = []
    for test in tests:
        selector = test["selector"]
        if not _is_encodable(selector):
            skipped["half of a surrogate pair"] += 1
            continue
        expression = f"json_list(text, {_literal(selector)})"
        document = json.dumps(test.get("document"), ensure_ascii=False)
        try:
            (found,) = evaluate([expression], {"text": "string"}, {"text": [document]})
        except Exception as error:  # The checker and the engine have different ones.
            if "filters (`?`) are not supported" in str(error):
                skipped["a filter"] += 1
            elif test.get("invalid_selector") and "JSONPath query" in str(error):
                used["not a query"] += 1
            else:
                failures.append(f"{test['name']}: {selector!r} is refused: {error}")
            continue
        if test.get("invalid_selector"):
            failures.append(f"{test['name']}: {selector!r} is taken")
            continue
        used["a query"] += 1
        results = test["results"] if "results" in test else [test["result"]]
        if found[0] not in [[_as_text(value) for value in result] for result in results]:
            failures.append(f"{test['name']}: {selector!r} of {document}: {found[0]!r}")
    _report("jsonpath_cts", used.total(), skipped)
    assert not failures, f"{len(failures)} differ:\n" + "\n".join(failures[:20])
    assert used["a query"] > 150 and used["not a query"] > 130
