"""Writes down what a typed value is made of, so that two values can be compared.

The checker makes each expression once: values that mean the same are graphs of the same form, shared parts included.
The graph is written down part by part, outer ones first: a part is its type, what it does, and the numbers of the parts
that it is made of. Names and constants are apart, since many values differ in these only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import xxhash

from feature_extractor.check.typed import (
    Call,
    Collect,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
)
from feature_extractor.types import ListType, MapType, StructType, Type

_EXACT: Final = frozenset((int, str, bool))
"""The types of constants of which equal ones of one type are the same; of floats 0.0 and -0.0 are not."""
_MOST_DIGESTS: Final = 4_096


class Graph(NamedTuple):
    """A value, written down. Two values are alike in what the fields say if and only if these are equal."""

    form: tuple[Any, ...]
    """The operators, the types without the names of fields, the domains of inputs, and which constants are null."""
    names: tuple[str, ...]
    """The names of inputs and of fields, and the types that have fields with their names."""
    variables: tuple[str, ...]
    """The names of lambda variables, which change nothing."""
    resources: tuple[str, ...]
    values: tuple[Any, ...]
    """The constants."""


def graph_of(parts: Sequence[Any]) -> Graph:
    """Return the graph of a value; ``parts`` are its expressions, each once and outer ones first."""
    form: list[Any] = []
    names: list[str] = []
    variables: list[str] = []
    resources: list[str] = []
    values: list[Any] = []
    known = _TYPES
    numbers: dict[Expression, int] = {part: number for number, part in enumerate(parts)}
    for part in parts:
        # Each kind of an expression has parts of its own, and asking by `isinstance` takes twice as long.
        kind = type(part)
        type_ = part.type
        shown = known.get(type_.number)
        if shown is None:
            shown = known[type_.number] = (_without_names(type_), str(type_))
        form += (kind, shown[0])
        if shown[0] is not shown[1]:
            names.append(shown[1])
        if kind is Call:
            form += (part.operator, part.overload)
            form += [numbers[argument] for argument in part.arguments]
        elif kind is Literal:
            value = part.value
            form.append(value is None)
            values.append(value if type(value) in _EXACT else repr(value))
        elif kind is InputReference:
            form.append(part.domain)
            names.append(part.name)
        elif kind is Field:
            form += (numbers[part.base], _position(part.base.type, part.name))
            names.append(part.name)
        elif kind is Lambda:
            form += (numbers[part.body], numbers.get(part.variable, -1))
            variables.append(part.variable.name)
        elif kind is LambdaVariable:
            variables.append(part.name)
        elif kind is ResourceReference:
            resources.append(part.name)
        elif kind is Struct:
            form += [numbers[value] for value in part.values]
        elif kind is Collect:
            form.append(numbers[part.value])
        else:
            raise TypeError(kind.__name__)
    return Graph(tuple(form), tuple(names), tuple(variables), tuple(resources), tuple(values))


def meaning(graph: Graph, paths: Mapping[str, str]) -> str:
    """Return 32 hexadecimal digits, which are equal for values that mean the same, also in other programs.

    ``paths`` has the file of each resource, by its name.
    """
    form = _form_digest(graph.form)
    files = [paths[name] for name in graph.resources]
    said = f"{form}\0{graph.names!r}\0{files!r}\0{graph.values!r}"
    return str(xxhash.xxh3_128_hexdigest(said.encode()))


@lru_cache(maxsize=_MOST_DIGESTS)
def _form_digest(form: tuple[Any, ...]) -> str:
    shown = [part.__name__ if isinstance(part, type) else part for part in form]
    return str(xxhash.xxh3_128_hexdigest(repr(shown).encode()))


# ---- types ---------------------------------------------------------------------------------------

_TYPES: Final[dict[int, tuple[str, str]]] = {}
"""The types of this process by their numbers: without the names of fields and with them, one text if there are none."""


def _without_names(type_: Type) -> str:
    """Return a type as text, with numbers in the place of the names of fields; the type's own text if it has none."""
    written = str(type_)
    if "{" not in written:
        return written
    match type_:
        case StructType():
            fields = [f"{place}: {_without_names(t)}" for place, (_, t) in enumerate(type_.fields)]
            text = "{" + ", ".join(fields) + "}"
        case ListType():
            text = f"list<{_without_names(type_.element)}>"
        case MapType():
            text = f"map<{_without_names(type_.key)}, {_without_names(type_.value)}>"
        case _:
            return written
    return text + ("?" if type_.nullable else "")


@lru_cache(maxsize=_MOST_DIGESTS)
def _position(type_: Type, name: str) -> int:
    """Return which field of a struct has a name."""
    assert isinstance(type_, StructType)
    return [field for field, _ in type_.fields].index(name)
