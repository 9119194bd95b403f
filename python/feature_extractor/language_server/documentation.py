"""Links to the pages of the documentation, and what an editor shows of operators, types and costs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    InputReference,
    Lambda,
    LambdaVariable,
    children,
)
from feature_extractor.language_server.project import uri_of
from feature_extractor.reference import sentence
from feature_extractor.registry import Operator, Overload, Registry
from feature_extractor.syntax import tree
from feature_extractor.types import ListType, Type

ELEMENTS: Final = 20
"""The length that costs assume of a list, as ``fx explain`` does."""


KINDS: Final = {
    "dense": "A number, bool or vector; given as 32-bit floats. Where there is no value: `default`, else 0.0.",
    "label": "What to learn: a number, bool or vector, kept apart from the features.",
    "id": "An int from 0 to `size` - 1. Where there is no value: `default`, else 0.",
    "ids": "A list of ints from 0 to `size` - 1, cut after `max`. Where there is no value: an empty list.",
    "weighted": "Ids with weights: a `list<{id: int, weight: float}>` or a `map<int, float>`, cut after `max`.",
    "text": "A string. Where there is no value: `default`, else an empty one.",
}
"""What each kind of feature means."""

TYPES: Final = {
    "bool": "`true` or `false`",
    "int": "64-bit integers",
    "float": "64-bit floating-point numbers, never NaN or infinite",
    "string": "text, valid UTF-8",
    "bytes": "any bytes",
    "timestamp": "microseconds since 1970 in UTC",
    "duration": "microseconds",
    "list": "any number of values, in order: `list<T>`",
    "map": "at most one value per key: `map<K, V>`",
    "vector": "a fixed number of 32-bit floats: `vector<N>`",
}
"""What the values of each type are."""


@cache
def _documentation() -> Path:
    installed = Path(str(resources.files("feature_extractor").joinpath("docs")))
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "docs"


@cache
def rule_page(code: str) -> str | None:
    """Return the URI of the page of a rule; None for the compiler's errors, which have no pages."""
    page = _documentation() / "rules" / f"{code}.md"
    return uri_of(str(page)) if page.is_file() else None


def operator_page(operator: Operator) -> str | None:
    """Return the URI of the reference page of an operator, with its section."""
    page = _documentation() / "operators" / f"{operator.family}.md"
    return f"{uri_of(str(page))}#{operator.name}" if page.is_file() else None


def operator_text(operator: Operator, *, overloads: int = 6) -> str:
    """Return what an operator does, in Markdown: its forms, the first lines of its page, and its cost."""
    shown = [show_overload(operator.name, o) for o in operator.overloads[:overloads]]
    more = len(operator.overloads) - len(shown)
    if more > 0:
        shown.append(f"# and {more} more")
    parts = [code_block("\n".join(shown))]
    if operator.deprecated:
        parts.append(f"**Deprecated.** {sentence(operator.deprecated)}")
    parts.append(sentence(operator.summary))
    if operator.detail:
        parts.append(sentence(operator.detail))
    if operator.examples:
        parts.append(
            code_block("\n".join(f"{e.expression} => {e.result}" for e in operator.examples[:2]))
        )
    facts = []
    cost = operator_cost(operator)
    if cost:
        facts.append(f"Cost: {cost}.")
    page = operator_page(operator)
    if page is not None:
        facts.append(f"[Reference]({page})")
    if facts:
        parts.append(" ".join(facts))
    return "\n\n".join(parts)


def show_overload(name: str, overload: Overload) -> str:
    """Return a form of an operator, with its name."""
    return overload.signature.show(name)


def operator_cost(operator: Operator) -> str:
    """Return what a call costs, as the registry has it."""
    cost = next((overload.cost for overload in operator.overloads if overload.cost), {})
    row, element = cost.get("per_row", 0), cost.get("per_element", 0)
    if not row and not element:
        return ""
    each = f" and {element:g} ns per element" if element else ""
    return f"about {row:g} ns per row{each}"


def show_function(declaration: tree.LetDeclaration) -> str:
    """Return the head of a let function, with the defaults of its parameters."""
    shown = [show_parameter(parameter) for parameter in declaration.parameters or ()]
    return f"{declaration.name.text}({', '.join(shown)})"


def show_parameter(parameter: tree.Parameter) -> str:
    """Return a parameter of a let function, with its default."""
    default = parameter.default
    return parameter.name.text + (f" = {default.span.text}" if default is not None else "")


def code_block(text: str) -> str:
    """Return text as code of the feature language."""
    return f"```fx\n{text}\n```"


def nulls(type_: Type) -> str:
    """Return what is known about nulls of a type, as a sentence."""
    if type_.nullable:
        return "May be null."
    if isinstance(type_, ListType) and type_.element.nullable:
        return "Never null; its elements may be."
    return "Never null."


def domain(expression: Expression) -> str:
    """Return where a value is computed: `constant`, `request`, `candidate` or `element`."""
    seen: dict[int, frozenset[str]] = {}
    found = _domains(expression, seen)
    if "element" in found:
        return "element"
    if "candidate" in found:
        return "candidate"
    return "request" if "request" in found else "constant"


def _domains(expression: Expression, seen: dict[int, frozenset[str]]) -> frozenset[str]:
    known = seen.get(id(expression))
    if known is not None:
        return known
    result: frozenset[str]
    match expression:
        case InputReference(domain=name):
            result = frozenset((name,))
        case Collect():
            result = frozenset(("request",))
        case LambdaVariable():
            result = frozenset(("element", f"element {id(expression)}"))
        case Lambda(variable=variable, body=body):
            inner = _domains(body, seen) - {f"element {id(variable)}", "element"}
            others = any(name.startswith("element ") for name in inner)
            result = inner | {"element"} if others else inner
        case _:
            result = frozenset().union(*(_domains(part, seen) for part in children(expression)))
    seen[id(expression)] = result
    return result


_DOMAIN_TEXTS: Final = {
    "constant": "Known when the program is compiled.",
    "request": "Computed once per request.",
    "candidate": "Computed for each candidate.",
    "element": "Computed for each element of a list.",
}


def domain_text(expression: Expression) -> str:
    """Return where a value is computed, as a sentence."""
    return _DOMAIN_TEXTS[domain(expression)]


def cost_text(expression: Expression, registry: Registry) -> str:
    """Return what a value costs, as a sentence; an empty one where it costs nothing."""
    nanoseconds = _cost(expression, registry, 1.0, set())
    if nanoseconds < 0.05:
        return ""
    shown = f"{nanoseconds:.0f}" if nanoseconds >= 10 else f"{nanoseconds:.1f}"
    return f"Cost: about {shown} ns with lists of {ELEMENTS} elements, all that it needs included."


def _cost(expression: Expression, registry: Registry, times: float, seen: set[int]) -> float:
    """Return the nanoseconds of an expression; what occurs twice is computed once."""
    if id(expression) in seen:
        return 0.0
    seen.add(id(expression))
    total = 0.0
    for part in children(expression):
        inner = times * ELEMENTS if isinstance(part, Lambda) else times
        total += _cost(part, registry, inner, seen)
    if isinstance(expression, Call):
        operator = registry.by_name.get(expression.operator)
        if operator is not None and expression.overload < len(operator.overloads):
            cost = operator.overloads[expression.overload].cost
            lists = any(isinstance(a.type, ListType) for a in expression.arguments)
            per_element = float(cost.get("per_element", 0) or 0) * (ELEMENTS if lists else 0)
            total += times * (float(cost.get("per_row", 0) or 0) + per_element)
    return total


def join_sentences(sentences: Iterable[str]) -> str:
    """Return sentences as one paragraph; empty ones are left out."""
    return " ".join(text for text in sentences if text)
