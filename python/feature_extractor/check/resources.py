"""Checks the declarations of resources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import xxhash

from feature_extractor.check.reporting import Reporter
from feature_extractor.check.scopes import DamagedSymbol, ResourceSymbol, Scope, Symbol
from feature_extractor.check.typed import Resource, site_of
from feature_extractor.check.written_types import TypeReader
from feature_extractor.diagnostics import Span
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.syntax import tree
from feature_extractor.types import (
    ErrorType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VocabularyType,
)

MAXIMUM_OOV_BUCKETS: Final = 2**31 - 1
"""Ids that a vocabulary may set aside for unknown words."""

_VOCABULARY_FORM: Final = 'write `vocabulary("words.txt")` or `vocabulary("words.txt", oov = 8)`'
_TABLE_FORM: Final = 'write for example `table<int, {margin: float}>("margins.csv")`'


class ResourceReader:
    """Turns resource declarations into resources with names that are unique in the program."""

    def __init__(self, reporter: Reporter, types: TypeReader) -> None:
        self._reporter = reporter
        self._types = types
        self._declared: dict[str, Resource] = {}
        self._contents: dict[str, str] = {}

    @property
    def declared(self) -> tuple[Resource, ...]:
        """All resources that were declared without a mistake."""
        return tuple(self._declared.values())

    def add(self, resource: Resource, content: str) -> Resource:
        """Add a resource whose content is known; ``content`` identifies it."""
        added = replace(resource, name=self._unique(resource.name))
        self._declared[added.name] = added
        self._contents[added.name] = content
        return added

    def content(self, name: str) -> str:
        """Return a text that identifies the content of a resource: of a file, its digest."""
        known = self._contents.get(name)
        if known is None:
            resource = self._declared[name]
            try:
                data = Path(resource.path).read_bytes()
            except OSError:
                # Whoever compiles the program is told of it then.
                data = b""
            known = f"{xxhash.xxh3_128_hexdigest(data)} {resource.oov_buckets}"
            self._contents[name] = known
        return known

    def read(self, node: tree.ResourceDeclaration, root: Path | None, scope: Scope) -> Symbol:
        """Return the symbol of a declared resource."""
        name = node.name.text
        constructor = node.constructor.text
        if constructor not in ("vocabulary", "table"):
            meant = closest(constructor, ("vocabulary", "table"))
            self._reporter.report(
                "FX160",
                f"unknown kind of resource `{constructor}`",
                node.constructor.span,
                caption=f"did you mean `{meant}`?" if meant else "",
                help="" if meant else "resources are `vocabulary` and `table`",
            )
            return DamagedSymbol(name)
        path = ""
        buckets = 0
        seen: set[str] = set()
        form = _VOCABULARY_FORM if constructor == "vocabulary" else _TABLE_FORM
        for position, argument in enumerate(node.arguments):
            value = argument.value
            constant = value.value if isinstance(value, tree.Literal) else None
            if argument.name is None and position == 0:
                if not isinstance(constant, str) or not constant or "\0" in constant:
                    self._report("the file of a resource is a string", value.span, form)
                    return DamagedSymbol(name)
                path = constant
            elif (
                argument.name is not None
                and argument.name.text == "oov"
                and constructor == "vocabulary"
                and "oov" not in seen
            ):
                seen.add("oov")
                if (
                    not isinstance(value, tree.Literal)
                    or value.kind != "int"
                    or not isinstance(constant, int)
                    or not 1 <= constant <= MAXIMUM_OOV_BUCKETS
                ):
                    self._report(
                        "`oov` is the number of ids for unknown words, at least 1", value.span, form
                    )
                    return DamagedSymbol(name)
                buckets = constant
            else:
                self._report(f"a {constructor} does not take this", argument.span, form)
                return DamagedSymbol(name)
        if not path:
            self._report(f"this {constructor} names no file", node.span, form)
            return DamagedSymbol(name)
        type_: Type = VocabularyType()
        table: TableType | None = None
        if constructor == "table":
            table = self._table(node)
            if table is None:
                return DamagedSymbol(name)
            type_ = table
        elif node.types:
            self._report("a vocabulary has no type parameters", node.types[0].span, form)
            return DamagedSymbol(name)
        folder = Path(scope.source.path).parent if root is None else root / _below(scope, root)
        unique = self._unique(name)
        resource = Resource(
            name=unique,
            kind=constructor,
            path=str((folder / path).absolute()),
            site=site_of(node.name.span),
            oov_buckets=buckets,
            table=table,
        )
        self._declared[unique] = resource
        return ResourceSymbol(name, resource, type_, node.name.span)

    def _unique(self, name: str) -> str:
        unique = name
        number = 2
        while unique in self._declared:
            unique = f"{name}_{number}"
            number += 1
        return unique

    def _table(self, node: tree.ResourceDeclaration) -> TableType | None:
        if len(node.types) != 2:
            self._report(
                "a table declares the types of its key and of its row", node.span, _TABLE_FORM
            )
            return None
        key = self._types.read(node.types[0])
        row = self._types.read(node.types[1])
        if isinstance(key, ErrorType) or isinstance(row, ErrorType):
            return None
        if not isinstance(key, ScalarType) or key.name == "float" or key.nullable:
            self._report(f"a `{key}` cannot be the key of a table", node.types[0].span, _TABLE_FORM)
            return None
        if not isinstance(row, StructType) or row.nullable:
            self._report("the row of a table is a struct", node.types[1].span, _TABLE_FORM)
            return None
        for name, type_ in row.fields:
            if isinstance(type_, ErrorType):
                return None
            if not isinstance(type_, ScalarType):
                self._report(
                    f"the field `{name}` of a table must be a scalar",
                    node.types[1].span,
                    _TABLE_FORM,
                )
                return None
        return TableType(key=key, row=row)

    def _report(self, message: str, span: Span, help: str) -> None:
        self._reporter.report("FX160", message, span, help=help)


def _below(scope: Scope, root: Path) -> Path:
    """Return the folder of a file relative to the root folder of the program."""
    folder = Path(scope.source.path).parent
    try:
        return folder.absolute().relative_to(root.absolute())
    except ValueError:
        return Path()
