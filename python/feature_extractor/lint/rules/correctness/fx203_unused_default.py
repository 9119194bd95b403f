"""FX203: a default for a value that is never null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal, ResourceReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import operand
from feature_extractor.syntax import tree

TOTAL: Final = {
    "bucketize",
    "byte_length",
    "capitalize",
    "character_ngrams",
    "characters",
    "consists_of",
    "contains",
    "count",
    "count_characters",
    "count_substring",
    "count_value",
    "count_values",
    "distinct",
    "distinct_count",
    "ends_with",
    "equal",
    "filter",
    "fold_case",
    "greater",
    "greater_equal",
    "hash",
    "hash_bucket",
    "is_weekend",
    "length",
    "less",
    "less_equal",
    "like",
    "lower",
    "map",
    "modulo_bucket",
    "ngrams",
    "normalize",
    "not",
    "not_equal",
    "regex_match",
    "remove_nulls",
    "reverse",
    "sort",
    "split",
    "starts_with",
    "strip_accents",
    "take_first",
    "take_last",
    "to_float",
    "tokenize",
    "trim",
    "upper",
}
"""Operators that give a value for every argument that is not null."""

_SEEING: Final = {"is_null", "is_not_null", "or_empty"}
"""Operators that give a value even for null."""

_CHOOSING: Final = {"coalesce": 0, "coalesce_all": 0, "maximum": 0, "minimum": 0}
"""Operators that give a value as soon as one of their arguments is one."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for `??` and `is_null` behind what cannot be null even where an input is.

    A null in a column that was declared without `?` is a null all the same, so inputs are no such values.
    """
    never = NeverNull()
    for call, feature in program.calls("coalesce", "is_null", "is_not_null", "or_empty"):
        value = call.arguments[0]
        if isinstance(value, Literal) or not never.holds(value):
            continue
        node = own_node(program, call)
        if node is None:
            continue
        if call.operator == "coalesce":
            what, caption = "default", "the value before it is never null"
        elif call.operator == "or_empty":
            what, caption = "`or_empty`", "this list is never null"
        else:
            what = f"`{call.operator}`"
            caption = f"always {'false' if call.operator == 'is_null' else 'true'}"
        keeps = call.operator in ("coalesce", "or_empty") and call.type == value.type
        text = _left(node) if keeps else ""
        yield Finding(
            program.place(call, feature),
            f"this {what} is never needed",
            caption=caption,
            help="leave it out; where a default was meant for the input, write it right behind the input",
            fix=program.written.replacing(node, text, "leave out the default") if text else None,
        )


def _left(node: tree.Expression) -> str:
    """Return the text of the value before a default, or an empty text where it is not plain."""
    if isinstance(node, tree.Binary):
        return operand(node.left)
    if isinstance(node, tree.Call) and node.receiver is not None and not node.arguments:
        return operand(node.receiver)
    return ""


class NeverNull:
    """Tells which values are never null, whatever the inputs are; each is asked once."""

    def __init__(self) -> None:
        self._known: dict[int, bool] = {}

    def holds(self, value: Expression) -> bool:
        """Return whether a value is never null; asks in a loop, because chains may be long."""
        waiting = [value]
        while waiting:
            part = waiting[-1]
            if id(part) in self._known:
                waiting.pop()
                continue
            asked = _asked(part)
            left = [p for p in asked if id(p) not in self._known]
            if left:
                waiting.extend(left)
                continue
            self._known[id(part)] = self._follows(part, asked)
            waiting.pop()
        return self._known[id(value)]

    def _follows(self, value: Expression, asked: tuple[Expression, ...]) -> bool:
        answers = [self._known[id(part)] for part in asked]
        match value:
            case Literal() | ResourceReference():
                return not isinstance(value, Literal) or not value.is_null
            case Call(operator=name) if name in _SEEING:
                return True
            case Call(operator=name) if name in _CHOOSING:
                return any(answers)
            case Call(operator="and" | "or" | "if"):
                return all(answers)
            case Call(operator=name) if name in TOTAL:
                return all(answers)
            case _:
                return False


def _asked(value: Expression) -> tuple[Expression, ...]:
    """Return the parts whose nulls decide whether a value may be null."""
    if not isinstance(value, Call) or value.operator in _SEEING:
        return ()
    if value.operator == "if":
        return value.arguments[1:]
    if value.operator in TOTAL or value.operator in _CHOOSING or value.operator in ("and", "or"):
        return tuple(part for part in value.arguments if not isinstance(part, Lambda))
    return ()


RULE: Final = Rule(
    code="FX203",
    name="unused-default",
    severity=Severity.WARNING,
    summary="A default, or a question for null, stands behind a value that is never null.",
    check=check,
    by_feature=True,
)
