"""Edges that say "an error": each is refused before a row is read, with a message that says what is wrong.

The cases are the lines of ``refused_constants.txt``.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.programs import registry

CASES = [
    line.split(" => ")
    for line in Path(__file__).with_name("refused_constants.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("expression", "said"), CASES, ids=[case[0] for case in CASES])
def test_constant_is_refused(expression: str, said: str) -> None:
    with pytest.raises((EngineError, PlanError)) as caught:
        evaluate([expression], {"x": "int"}, {"x": [1]})
    assert said in str(caught.value)
    assert f"Operator '{expression.partition('(')[0]}'" in str(caught.value)


def test_each_edge_that_says_so_has_a_case() -> None:
    cases = Counter(expression.partition("(")[0] for expression, _ in CASES)
    edges = Counter(
        operator.name
        for operator in registry().operators
        for edge in operator.edges
        if re.match(r"(is |are )?(an )?errors?\b", edge.result)
    )
    assert sum(edges.values()) > 40
    assert not edges - cases, f"edges without a case: {edges - cases}"
