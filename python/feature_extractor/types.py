"""The types of the language, as immutable values that compare by content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Final, Self


@dataclass(frozen=True)
class Type:
    """A type of the language; ``nullable`` is the trailing ``?``."""

    nullable: bool = False

    def with_nullable(self, nullable: bool) -> Self:
        """Return the same type with the given nullability."""
        if self.nullable == nullable:
            return self
        # Each type keeps its counterpart: it is made once, and is the same object ever after.
        other: Self | None = self.__dict__.get("_counterpart")
        if other is None:
            other = replace(self, nullable=nullable)
            self.__dict__["_counterpart"] = other
            other.__dict__["_counterpart"] = self
        return other

    @cached_property
    def number(self) -> int:
        """A number that equal types share: a short key, where a type would be compared part by part."""
        return _NUMBERS.setdefault(self, next(_COUNTER))

    def text(self) -> str:
        """Return the type without its ``?``, as it is written in a program."""
        raise NotImplementedError

    def __str__(self) -> str:
        text: str | None = self.__dict__.get("_text")
        if text is None:
            text = self.__dict__["_text"] = self.text() + ("?" if self.nullable else "")
        return text


_NUMBERS: Final[dict[Type, int]] = {}
_COUNTER: Final = count()


@dataclass(frozen=True)
class ScalarType(Type):
    """One of ``bool int float string bytes timestamp duration``."""

    name: str = "int"

    def text(self) -> str:
        return self.name


@dataclass(frozen=True)
class NullType(Type):
    """The type of a bare ``null``; it fits every nullable type."""

    nullable: bool = True

    def text(self) -> str:
        return "null"

    def __str__(self) -> str:
        return "null"


@dataclass(frozen=True)
class ListType(Type):
    """``list<element>``."""

    element: Type = ScalarType()

    def text(self) -> str:
        return f"list<{self.element}>"


@dataclass(frozen=True)
class MapType(Type):
    """``map<key, value>``: at most one value per key, in the order of the input."""

    key: Type = ScalarType()
    value: Type = ScalarType()

    def text(self) -> str:
        return f"map<{self.key}, {self.value}>"


@dataclass(frozen=True)
class VectorType(Type):
    """``vector<size>``: a fixed number of 32-bit floats, none of them null."""

    size: int = 0

    def text(self) -> str:
        return f"vector<{self.size}>"


@dataclass(frozen=True)
class StructType(Type):
    """``{name: type, ...}``; the order of the fields is part of the type."""

    fields: tuple[tuple[str, Type], ...] = ()

    def field(self, name: str) -> Type | None:
        """Return the declared type of a field, or None where there is no such field."""
        for field_name, field_type in self.fields:
            if field_name == name:
                return field_type
        return None

    def text(self) -> str:
        return "{" + ", ".join(f"{name}: {type_}" for name, type_ in self.fields) + "}"


@dataclass(frozen=True)
class VocabularyType(Type):
    """The type of a vocabulary resource."""

    def text(self) -> str:
        return "vocabulary"


@dataclass(frozen=True)
class TableType(Type):
    """The type of a lookup table resource: ``table<key, row>``."""

    key: Type = ScalarType()
    row: StructType = StructType()

    def text(self) -> str:
        return f"table<{self.key}, {self.row}>"


@dataclass(frozen=True)
class ErrorType(Type):
    """The type of an expression that has been reported already; it fits everywhere: one mistake, told once."""

    def text(self) -> str:
        return "unknown"


BOOL = ScalarType(name="bool")
INT = ScalarType(name="int")
FLOAT = ScalarType(name="float")
STRING = ScalarType(name="string")
BYTES = ScalarType(name="bytes")
TIMESTAMP = ScalarType(name="timestamp")
DURATION = ScalarType(name="duration")
SCALARS = {scalar.name: scalar for scalar in (BOOL, INT, FLOAT, STRING, BYTES, TIMESTAMP, DURATION)}
