"""Measures of similarity against the published cases of jellyfish; see test_shared_cases.py."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import pytest
from feature_extractor.testing.evaluation import evaluate

from .test_shared_cases import CASES, _records, _report

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)

_FUNCTIONS = {
    "levenshtein": "levenshtein(s, t)",
    "damerau_levenshtein": "damerau_levenshtein(s, t)",
    "hamming": "hamming_distance(s, t)",
    "jaro_distance": "jaro(s, t)",
    "jaro_winkler": "jaro_winkler(s, t)",
}


def test_jellyfish() -> None:
    skipped: Counter[str] = Counter()
    batches: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for record in _records("jellyfish"):
        function, arguments = record["function"], record["args"]
        expression = _FUNCTIONS.get(function)
        if expression is not None:
            batches[expression].append((*arguments, float(record["expected"])))
        elif function == "wagner_fischer":
            batches["levenshtein(s, t)"].append((*arguments[:2], float(arguments[2])))
        elif function == "jaccard" and record["expected"]:
            skipped["n-grams that jellyfish cuts in its own way"] += 1
        elif function == "jaccard":
            expression = "jaccard(tokenize_whitespace(s), tokenize_whitespace(t))"
            batches[expression].append((*arguments[:2], float(arguments[2])))
        else:
            skipped[f"no operator: {function}"] += 1
    used, wrong = 0, []
    for expression, batch in batches.items():
        rows = {"s": [s for s, _, _ in batch], "t": [t for _, t, _ in batch]}
        (found,) = evaluate([expression], {"s": "string", "t": "string"}, rows)
        for (s, t, wanted), value in zip(batch, found, strict=True):
            used += 1
            # The cases give three digits.
            if value is None or not math.isclose(value, wanted, abs_tol=1e-3):
                wrong.append((expression, s, t, value, wanted))
    _report("jellyfish", used, skipped)
    assert not wrong, f"{len(wrong)} differ, first {wrong[:5]}"
    assert used > 60
