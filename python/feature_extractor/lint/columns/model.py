"""Columns and their types, whatever file they were read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


class SchemaError(Exception):
    """A schema cannot be read; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class ColumnType:
    """A type of data.

    ``kind`` is ``bool int float string bytes timestamp duration list map struct``, ``null`` for a column of nulls
    only, or ``other`` for what no program can read. ``name`` is what its own system calls it. ``columns`` are the
    fields of a struct, the element of a list, or the key and the value of a map. ``size`` is that of a list of
    fixed size. ``note`` tells what may be lost where values are read.
    """

    kind: str
    name: str
    columns: tuple[Column, ...] = ()
    size: int | None = None
    note: str = ""

    def text(self) -> str:
        """Return the type in the words of its own system, with what it is made of."""
        if self.kind == "struct":
            return "{" + ", ".join(f"{c.name}: {c.type.text()}" for c in self.columns) + "}"
        if self.columns:
            return f"{self.name}<{', '.join(column.type.text() for column in self.columns)}>"
        return self.name


@dataclass(frozen=True)
class Column:
    """A column or a field; ``nullable`` is None where the file does not say."""

    name: str
    type: ColumnType
    nullable: bool | None = None


@dataclass(frozen=True)
class Schema:
    """The columns of a file. ``path`` is the name that messages show."""

    path: str
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}
