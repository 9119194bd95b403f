"""JSONPath against the compliance test suite of RFC 9535."""

from __future__ import annotations

import json
from typing import Any

from .records import Check, Record, Skip, expression_of, literal


def checks(record: Record) -> list[Check]:
    """Return the check of a record of ``jsonpath_cts``."""
    query = record["selector"]
    if any("\ud800" <= character <= "\udfff" for character in query):
        raise Skip("half of a surrogate pair")
    document = json.dumps(record.get("document"), ensure_ascii=False)
    expression = expression_of("jsonpath_cts", "query").format(b=literal(query))
    if record.get("invalid_selector"):
        return [
            Check(
                expression, {"a": "string"}, {"a": document}, None, refused="of the JSONPath query"
            )
        ]
    results = record["results"] if "results" in record else [record["result"]]
    wanted = [[_as_text(value) for value in result] for result in results]
    return [Check(expression, {"a": "string"}, {"a": document}, OneOf(wanted))]


class OneOf:
    """A value that equals any of several: the order of an object's members is open."""

    def __init__(self, answers: list[Any]) -> None:
        self._answers = answers

    def __eq__(self, other: object) -> bool:
        return other in self._answers

    def __hash__(self) -> int:
        return hash(str(self._answers))

    def __repr__(self) -> str:
        return " or ".join(map(repr, self._answers))


def _as_text(value: Any) -> str | None:
    """Return what json_list makes of a value: JSON as Python writes it, but strings as they are."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
