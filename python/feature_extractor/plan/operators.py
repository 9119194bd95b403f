"""What the planner knows of operators: a read-only view of the registry's data.

The planner names no operator. It asks for the operator behind a piece of syntax, for the role of an operator,
and for the compiled kernel that serves given storage types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from feature_extractor.types import (
    SCALARS,
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

STORAGE = {
    "bool": "bool",
    "int": "int",
    "timestamp": "int",
    "duration": "int",
    "float": "float",
    "string": "text",
    "bytes": "text",
}
"""The storage type of each scalar type, as in docs/design/0003."""


@dataclass(frozen=True)
class Pattern:
    """A type in a signature.

    ``kind`` is a scalar's name, ``list map vector lambda vocabulary table row`` or ``variable``.
    """

    kind: str
    name: str = ""
    parts: tuple[Pattern, ...] = ()
    nullable: bool = False

    def variables(self) -> Iterator[str]:
        """Yield the type variables in this pattern, from left to right."""
        if self.kind == "variable":
            yield self.name
        for part in self.parts:
            yield from part.variables()


@dataclass(frozen=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    pattern: Pattern
    constant: bool = False
    variadic: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Signature:
    """A parsed signature string; its grammar is in docs/design/0002."""

    variables: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    result: Pattern

    def parameter(self, index: int) -> Parameter:
        """Return the parameter that takes the argument at ``index``; the last one may be variadic."""
        return self.parameters[min(index, len(self.parameters) - 1)]


_TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|->|\.\.\.|\.\.|-?\d[\w.+-]*?(?=\.\.|[^\w.+-]|$)|\w+|[^\s\w])')


class _SignatureReader:
    """A recursive-descent reader of one signature."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [match.group(1) for match in _TOKEN.finditer(text)]
        self.at = 0
        self.variables: dict[str, str] = {}

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def take(self, token: str) -> bool:
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise ValueError(f"signature {self.text!r}: expected {token!r}, found {self.peek()!r}")

    def signature(self) -> Signature:
        if self.take("<"):
            while not self.take(">"):
                name = self.next()
                self.variables[name] = self.next() if self.take(":") else "any"
                self.take(",")
        self.expect("(")
        parameters: list[Parameter] = []
        while not self.take(")"):
            parameters.append(self.parameter())
            self.take(",")
        self.expect("->")
        return Signature(self.variables, tuple(parameters), self.pattern())

    def parameter(self) -> Parameter:
        name = self.next()
        self.expect(":")
        constant = self.take("const")
        pattern = self.pattern()
        if self.take("->"):
            pattern = Pattern("lambda", parts=(pattern, self.pattern()))
        self.skip_restriction()
        variadic = self.take("...")
        default = None
        if self.take("="):
            default = self.balanced()
        return Parameter(name, pattern, constant, variadic, default)

    def skip_restriction(self) -> None:
        while self.peek() in ("[", "{"):
            close = "]" if self.next() == "[" else "}"
            while self.peek() not in (close, ""):
                self.next()
            self.expect(close)
            self.take("?")

    def balanced(self) -> str:
        depth, taken = 0, []
        while self.peek():
            token = self.peek()
            if depth == 0 and token in (",", ")"):
                break
            depth += (token in ("[", "(", "{")) - (token in ("]", ")", "}"))
            taken.append(self.next())
        return "".join(taken)

    def pattern(self) -> Pattern:
        name = self.next()
        parts: list[Pattern] = []
        if self.take("<"):
            while not self.take(">"):
                parts.append(self.pattern())
                self.take(",")
        if name in self.variables:
            pattern = Pattern("variable", name)
        elif name in SCALARS or name in ("list", "map", "vocabulary", "table", "row"):
            pattern = Pattern(name, parts=tuple(parts))
        elif name == "vector":
            pattern = Pattern("vector", parts=tuple(parts))
        else:
            # Size variables of vectors need no declaration.
            pattern = Pattern("variable", name)
        return (
            Pattern(pattern.kind, pattern.name, pattern.parts, nullable=True)
            if self.take("?")
            else pattern
        )


def parse_signature(text: str) -> Signature:
    """Parse a signature string; a malformed one raises ValueError (the registry is generated, not written)."""
    return _SignatureReader(text).signature()


@dataclass(frozen=True)
class Overload:
    """One signature of an operator with its compiled kernels and its cost in nanoseconds."""

    text: str
    instances: tuple[Mapping[str, str], ...]
    per_row: float = 0.0
    per_element: float = 0.0

    @cached_property
    def signature(self) -> Signature:
        """The parsed signature."""
        return parse_signature(self.text)

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The type variables whose values the kernels read; the others are opaque to them."""
        wildcard = {"", "any", "none"}
        return frozenset(
            name
            for instance in self.instances
            for name, storage in instance.items()
            if storage not in wildcard
        )

    @cached_property
    def _kernels(self) -> dict[tuple[tuple[str, str], ...], int]:
        return {
            tuple(sorted((name, kind) for name, kind in instance.items() if name in self.looked_at)): index
            for index, instance in reversed(list(enumerate(self.instances)))
        }

    def kernel(self, storage: Mapping[str, str]) -> int | None:
        """Return the index of the kernel for the storage type of each variable, or None where there is none."""
        key = tuple(sorted((name, storage[name]) for name in self.looked_at if name in storage))
        return self._kernels.get(key)


@dataclass(frozen=True)
class Operator:
    """One operator of the registry."""

    name: str
    overloads: tuple[Overload, ...]
    syntax: tuple[str, ...] = ()
    algebra: frozenset[str] = frozenset()
    equi_join: str = ""
    membership_join: str = ""
    mapping: bool = False
    role: str = ""
    family: str = ""
    summary: str = ""

    @property
    def chooses_elements(self) -> bool:
        """Whether the result is made of elements of the first list argument."""
        return self.role in ("selection", "span")


@dataclass(frozen=True)
class Operators:
    """All operators by name."""

    engine: str
    by_name: Mapping[str, Operator]
    _by_syntax: Mapping[str, Operator] = field(default_factory=dict)

    @classmethod
    def from_registry(cls, registry: Mapping[str, Any]) -> Operators:
        """Read the content of ``registry.json``."""
        by_name: dict[str, Operator] = {}
        by_syntax: dict[str, Operator] = {}
        for entry in registry["operators"]:
            operator = Operator(
                name=entry["name"],
                overloads=tuple(_overload(overload) for overload in entry["overloads"]),
                syntax=tuple(_words(entry.get("syntax"))),
                algebra=frozenset(_words(entry.get("algebra"))),
                equi_join=entry.get("equi_join") or "",
                membership_join=entry.get("membership_join") or "",
                mapping=bool(entry.get("mapping", False)),
                role=entry.get("role") or "",
                family=entry.get("family", ""),
                summary=entry.get("summary", ""),
            )
            by_name[operator.name] = operator
            for syntax in operator.syntax:
                by_syntax.setdefault(syntax, operator)
        return cls(str(registry.get("engine", "")), by_name, by_syntax)

    def with_syntax(self, syntax: str) -> Operator | None:
        """Return the operator behind a piece of syntax such as ``+`` or ``to_float``."""
        return self._by_syntax.get(syntax)

    def __getitem__(self, name: str) -> Operator:
        return self.by_name[name]


def _words(value: object) -> Sequence[str]:
    """Return a registry field that is one word, a list of words or absent as a list."""
    if not value:
        return ()
    if isinstance(value, str):
        return value.split()
    return [str(word) for word in value] if isinstance(value, list | tuple) else ()


def _overload(entry: Mapping[str, Any]) -> Overload:
    cost = entry.get("cost") or {}
    return Overload(
        text=entry["signature"],
        instances=tuple(entry.get("instances") or ({},)),
        per_row=float(cost.get("per_row", 0.0)),
        per_element=float(cost.get("per_element", 0.0)),
    )


def storage_of(type_: Type) -> str:
    """Return the storage type of a value of ``type_``; a bare null is stored as an int."""
    if isinstance(type_, ScalarType):
        return STORAGE[type_.name]
    if isinstance(type_, VectorType):
        return "vector"
    if isinstance(type_, ListType | MapType):
        return "list"
    return "int"


def substitute(pattern: Pattern, bindings: Mapping[str, Type | int]) -> Type | None:
    """Return the type that a pattern stands for, or None for resources, lambdas and unbound variables."""
    result: Type | None = None
    if pattern.kind in SCALARS:
        result = SCALARS[pattern.kind]
    elif pattern.kind == "variable":
        bound = bindings.get(pattern.name)
        result = bound if isinstance(bound, Type) else None
    elif pattern.kind == "list":
        element = substitute(pattern.parts[0], bindings)
        result = ListType(element=element) if element is not None else None
    elif pattern.kind == "map":
        key = substitute(pattern.parts[0], bindings)
        value = substitute(pattern.parts[1], bindings)
        result = MapType(key=key, value=value) if key is not None and value is not None else None
    if result is not None and pattern.nullable:
        result = result.with_nullable(True)
    return result


def matches(pattern: Pattern, type_: Type, constraints: Mapping[str, str], found: dict[str, Type | int]) -> bool:
    """Whether an argument of ``type_`` fits ``pattern``; binds type variables in ``found``.

    Nullability is not looked at: the planner asks only about programs that the checker has accepted.
    """
    if pattern.kind == "variable":
        bound = found.get(pattern.name)
        plain = type_.with_nullable(False)
        if bound is None:
            if not _satisfies(plain, constraints.get(pattern.name, "any")):
                return False
            found[pattern.name] = plain
            return True
        return bound == plain or isinstance(type_, NullType)
    if pattern.kind in SCALARS:
        return isinstance(type_, ScalarType) and type_.name == pattern.kind
    if pattern.kind == "list":
        return isinstance(type_, ListType) and matches(pattern.parts[0], type_.element, constraints, found)
    if pattern.kind == "map":
        return (
            isinstance(type_, MapType)
            and matches(pattern.parts[0], type_.key, constraints, found)
            and matches(pattern.parts[1], type_.value, constraints, found)
        )
    if pattern.kind == "vector":
        if not isinstance(type_, VectorType):
            return False
        if pattern.parts and pattern.parts[0].kind == "variable":
            return found.setdefault(pattern.parts[0].name, type_.size) == type_.size
        return True
    return False


_CONSTRAINTS = {
    "number": {"int", "float"},
    "key": {"bool", "int", "string", "bytes", "timestamp", "duration"},
    "ordered": {"int", "float", "string", "timestamp", "duration", "bool", "bytes"},
    "scalar": set(SCALARS),
}


def _satisfies(type_: Type, constraint: str) -> bool:
    if constraint not in _CONSTRAINTS:
        return True
    return isinstance(type_, ScalarType) and type_.name in _CONSTRAINTS[constraint]


def is_struct(type_: object) -> bool:
    """Whether ``type_`` is a struct, which has no storage of its own."""
    return isinstance(type_, StructType)
