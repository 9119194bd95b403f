"""The table of each operator answers what its signature makes one ask.

Null arguments, overflow and NaN have one rule for all operators, which stands at the top of each page.
"""

from __future__ import annotations

import re

import pytest
from feature_extractor.registry import Operator
from feature_extractor.testing.programs import registry

EMPTY = re.compile(
    r"empty|fewer|no element|none|outside|no terms|there are no|at the end|longer|another length|nothing"
)
NULL = re.compile(r"null")
TEXT = re.compile(
    r"code point|character|letter|utf-8|byte|unicode|ascii|empty|white space|json|not fit|no scheme|digit"
)
CALLABLE = [
    op for op in registry().operators if not op.hidden and op.role not in ("hidden", "planner")
]


def _parameters(operator: Operator) -> str:
    """Return the types of all parameters that need not be constant, without those of lambdas."""
    texts = [o.signature_text.split(") ->")[0] for o in operator.overloads]
    return re.sub(r"const \w+(<\w+>)?(\[[^\]]*\])?", "", " ".join(texts))


def _said(operator: Operator) -> str:
    edges = [f"{edge.when} {edge.result}" for edge in operator.edges]
    return " ".join([operator.summary, operator.detail, *edges]).lower()


OPAQUE = {"if"}
"""Operators that do not look into the lists that they take."""


def _silent(wanted: re.Pattern[str], taken: re.Pattern[str]) -> list[str]:
    return [
        operator.name
        for operator in CALLABLE
        if operator.name not in OPAQUE
        and taken.search(_parameters(operator))
        and not wanted.search(_said(operator))
    ]


def test_operators_on_lists_say_what_an_empty_list_gives() -> None:
    assert _silent(EMPTY, re.compile(r"list<")) == []


def test_operators_on_lists_say_what_a_null_element_does() -> None:
    assert _silent(NULL, re.compile(r"list<")) == []


def test_operators_on_maps_say_what_keys_do() -> None:
    assert _silent(re.compile(r"empty|key|entr|order"), re.compile(r"map<")) == []


def test_operators_on_texts_say_what_a_text_is_to_them() -> None:
    assert _silent(TEXT, re.compile(r": string\b")) == []


@pytest.mark.parametrize("operator", CALLABLE, ids=lambda operator: operator.name)
def test_since_and_cost_are_told(operator: Operator) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", operator.since)
    assert any(any(o.cost.values()) for o in operator.overloads if o.cost)


ORDERING = re.compile(r"^(arg|max_by|min_by|sort|top|rank|mode$|cumulative_share)")
"""Names of operators whose result depends on which of two equal values comes first."""
GATHERING = re.compile(
    r"^(parse_(map|.*weights|query)|map_from|json_map|count_values|group_|distinct(_by)?$|union$)"
)
"""Names of operators that bring equal keys or values together."""


def _without(answer: str, names: re.Pattern[str]) -> list[str]:
    found = [operator for operator in CALLABLE if names.search(operator.name)]
    assert len(found) > 8
    return [operator.name for operator in found if not re.search(answer, _said(operator))]


def test_operators_that_order_say_what_equal_values_do() -> None:
    assert _without(r"equal|tie|same|stable|first", ORDERING) == []


def test_operators_that_gather_say_what_equal_keys_do() -> None:
    assert _without(r"twice|again|several|first|last|once|each key|equal", GATHERING) == []
