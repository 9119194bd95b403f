"""Turns written types into types."""

from __future__ import annotations

from typing import Final

from feature_extractor.check.reporting import Reporter
from feature_extractor.diagnostics import Applicability, Edit, Fix, Label
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.syntax import tree
from feature_extractor.types import (
    SCALARS,
    ErrorType,
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

MAXIMUM_VECTOR_SIZE: Final = 65_536
"""Numbers in one vector."""

MAXIMUM_TYPE_DEPTH: Final = 16
"""Levels of lists, maps and structs inside each other."""

_FOREIGN: Final = {
    "str": "string",
    "text": "string",
    "varchar": "string",
    "int32": "int",
    "int64": "int",
    "integer": "int",
    "long": "int",
    "bigint": "int",
    "float32": "float",
    "float64": "float",
    "double": "float",
    "real": "float",
    "boolean": "bool",
    "binary": "bytes",
    "datetime": "timestamp",
    "date": "timestamp",
    "timedelta": "duration",
    "interval": "duration",
    "array": "list",
    "dict": "map",
    "embedding": "vector",
}
_KEY_TYPES: Final = frozenset({"bool", "int", "string", "bytes", "timestamp", "duration"})
_NAMES: Final = (*SCALARS, "list", "map", "vector")


class TypeReader:
    """Reads written types and reports what is wrong with them."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def read(self, node: tree.TypeExpression, depth: int = 0) -> Type:
        """Return the type; ErrorType where it has a mistake."""
        if depth > MAXIMUM_TYPE_DEPTH:
            self._reporter.report(
                "FX006", f"types are nested more than {MAXIMUM_TYPE_DEPTH} levels deep", node.span
            )
            return ErrorType()
        if isinstance(node, tree.StructTypeExpression):
            return self._struct(node, depth)
        if isinstance(node, tree.NamedType):
            return self._named(node, depth)
        self._reporter.report("FX105", "expected a type, found a number", node.span)
        return ErrorType()

    def _struct(self, node: tree.StructTypeExpression, depth: int) -> Type:
        fields: list[tuple[str, Type]] = []
        seen: dict[str, tree.Identifier] = {}
        for name, written in node.fields:
            type_ = self.read(written, depth + 1)
            if name.text in seen:
                self._reporter.report(
                    "FX102",
                    f"the field `{name.text}` is declared twice",
                    name.span,
                    labels=(Label(seen[name.text].span, "first here"),),
                )
                continue
            seen[name.text] = name
            fields.append((name.text, type_))
        return StructType(node.nullable, tuple(fields))

    def _named(self, node: tree.NamedType, depth: int) -> Type:
        name = node.name.text
        if name in SCALARS:
            if node.arguments:
                self._reporter.report("FX105", f"`{name}` takes no parameters", node.span)
            return SCALARS[name].with_nullable(node.nullable)
        match name:
            case "list":
                if self._count(node, 1, "list<int>"):
                    return ListType(node.nullable, self.read(node.arguments[0], depth + 1))
            case "map":
                if self._count(node, 2, "map<string, float>"):
                    return self._map(node, depth)
            case "vector":
                if self._count(node, 1, "vector<32>"):
                    return self._vector(node)
            case _:
                meant = _FOREIGN.get(name.lower()) or closest(name, _NAMES)
                self._reporter.report(
                    "FX105",
                    f"unknown type `{name}`",
                    node.name.span,
                    caption=f"did you mean `{meant}`?" if meant else "",
                    help=""
                    if meant
                    else f"the types are {', '.join(f'`{n}`' for n in _NAMES)} "
                    "and `{name: type}`",
                    fix=Fix(
                        f"replace with `{meant}`",
                        (Edit(node.name.span, meant),),
                        Applicability.UNSAFE,
                    )
                    if meant
                    else None,
                )
        return ErrorType()

    def _map(self, node: tree.NamedType, depth: int) -> Type:
        key = self.read(node.arguments[0], depth + 1)
        value = self.read(node.arguments[1], depth + 1)
        if isinstance(key, ErrorType):
            return ErrorType()
        if not isinstance(key, ScalarType) or key.name not in _KEY_TYPES or key.nullable:
            self._reporter.report(
                "FX105",
                f"a `{key}` cannot be the key of a map",
                node.arguments[0].span,
                help="keys are bool, int, string, bytes, timestamp or duration, without `?`",
            )
            return ErrorType()
        return MapType(node.nullable, key, value)

    def _vector(self, node: tree.NamedType) -> Type:
        size = node.arguments[0]
        if not isinstance(size, tree.TypeSize):
            self._reporter.report(
                "FX105",
                "the size of a vector is a number",
                size.span,
                help="write for example `vector<32>`",
            )
            return ErrorType()
        if not 1 <= size.value <= MAXIMUM_VECTOR_SIZE:
            self._reporter.report(
                "FX105", f"the size of a vector is from 1 to {MAXIMUM_VECTOR_SIZE:,}", size.span
            )
            return ErrorType()
        return VectorType(node.nullable, size.value)

    def _count(self, node: tree.NamedType, count: int, example: str) -> bool:
        if len(node.arguments) == count:
            return True
        self._reporter.report(
            "FX105",
            f"`{node.name.text}` takes {count} parameter{'s' if count > 1 else ''}",
            node.span,
            help=f"write for example `{example}`",
        )
        return False
