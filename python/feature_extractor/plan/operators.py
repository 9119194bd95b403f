"""What the planner knows of operators: a read-only view of the registry's data.

The planner names no operator. It asks for the operator behind a piece of syntax, for the role of an
operator, and for the compiled kernel that serves given storage types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from feature_extractor import registry
from feature_extractor.check.typed import Constant
from feature_extractor.types import (
    SCALARS,
    ListType,
    MapType,
    NullType,
    ScalarType,
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

    ``kind`` is a scalar's name, ``list map vector lambda vocabulary table zone row`` or
    ``variable``.
    """

    kind: str
    name: str = ""
    parts: tuple[Pattern, ...] = ()
    nullable: bool = False


@dataclass(frozen=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    pattern: Pattern
    constant: bool = False
    variadic: bool = False
    optional: bool = False
    default: Constant = None


@dataclass(frozen=True)
class Signature:
    """A parsed signature string; its grammar is in docs/design/0002."""

    variables: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    result: Pattern

    def parameter(self, index: int) -> Parameter:
        """Return the parameter that takes the argument at ``index``.

        The last one may be variadic.
        """
        return self.parameters[min(index, len(self.parameters) - 1)]

    def parameters_of(self, count: int) -> Sequence[Parameter]:
        """Return the parameter of each of ``count`` arguments."""
        if count == len(self.parameters):
            return self.parameters
        return [self.parameter(index) for index in range(count)]

    @cached_property
    def is_uniform(self) -> bool:
        """Whether all parameters are of one type."""
        return len({parameter.pattern for parameter in self.parameters}) == 1


def _pattern(pattern: registry.Pattern) -> Pattern:
    """Return a registry's pattern in the planner's flat form."""
    kind, name = "", ""
    parts: tuple[Pattern, ...] = ()
    if isinstance(pattern, registry.ScalarPattern):
        kind = pattern.name
    elif isinstance(pattern, registry.VariablePattern):
        kind, name = "variable", pattern.name
    elif isinstance(pattern, registry.ListPattern):
        kind, parts = "list", (_pattern(pattern.element),)
    elif isinstance(pattern, registry.MapPattern):
        kind, parts = "map", (_pattern(pattern.key), _pattern(pattern.value))
    elif isinstance(pattern, registry.VectorPattern):
        kind, name = "vector", str(pattern.size)
    elif isinstance(pattern, registry.ResourcePattern):
        kind = pattern.kind
    elif isinstance(pattern, registry.RowPattern):
        kind = "row"
    elif isinstance(pattern, registry.LambdaPattern):
        kind, parts = "lambda", (_pattern(pattern.argument), _pattern(pattern.result))
    return Pattern(kind, name, parts, pattern.nullable)


@cache
def _signature(text: str) -> Signature:
    parsed = registry.parse_signature(text)
    parameters = tuple(
        Parameter(p.name, _pattern(p.pattern), p.constant, p.variadic, p.optional, p.default)
        for p in parsed.parameters
    )
    return Signature(dict(parsed.variables), parameters, _pattern(parsed.result))


@dataclass(frozen=True)
class Overload:
    """One signature of an operator with its compiled kernels and its cost in nanoseconds."""

    text: str
    instances: tuple[Mapping[str, str], ...]
    shape: str = "flat"
    per_row: float = 0.0
    per_element: float = 0.0

    @cached_property
    def signature(self) -> Signature:
        """The parsed signature."""
        return _signature(self.text)

    @cached_property
    def takes_zone(self) -> bool:
        """Whether a constant argument becomes a resource with the rules of a time zone."""
        return any(parameter.pattern.kind == "zone" for parameter in self.signature.parameters)

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
            tuple(
                sorted((name, kind) for name, kind in instance.items() if name in self.looked_at)
            ): index
            for index, instance in reversed(list(enumerate(self.instances)))
        }

    def kernel(self, storage: Mapping[str, str]) -> int | None:
        """Return the index of the kernel for the variables' storage types, or None."""
        if not self.looked_at:
            return self._kernels.get(())
        key = tuple(sorted((name, storage[name]) for name in self.looked_at if name in storage))
        return self._kernels.get(key)


@dataclass(frozen=True)
class Operator:
    """What the planner needs of one operator of the registry."""

    name: str
    overloads: tuple[Overload, ...]
    commutative: bool = False
    equi_join: str = ""
    membership_join: str = ""
    role: str = ""


class Operators:
    """All operators by name and by syntax; one is made when it is first asked for."""

    def __init__(self, source: registry.Registry) -> None:
        self._source = source
        self._known: dict[str, Operator] = {}

    def with_syntax(self, syntax: str) -> Operator | None:
        """Return the first operator behind a piece of syntax such as ``+`` or ``to_float``."""
        found = self._source.by_syntax(syntax)
        return self[found[0].name] if found else None

    def names_with_syntax(self, syntax: str) -> frozenset[str]:
        """Return the names of all operators that a piece of syntax may stand for."""
        return frozenset(operator.name for operator in self._source.by_syntax(syntax))

    def with_role(self, role: str) -> Operator | None:
        """Return the first operator with a role such as ``table_field``."""
        for operator in self._source.operators:
            if operator.role == role:
                return self[operator.name]
        return None

    def get(self, name: str) -> Operator | None:
        """Return an operator by name, hidden ones too."""
        return self[name] if name in self._source.by_name else None

    def __getitem__(self, name: str) -> Operator:
        operator = self._known.get(name)
        if operator is None:
            entry = self._source.by_name[name]
            operator = self._known[name] = Operator(
                name=name,
                overloads=tuple(_overload(overload, entry) for overload in entry.overloads),
                commutative="commutative" in entry.algebra,
                equi_join=entry.equi_join,
                membership_join=entry.membership_join,
                role=entry.role,
            )
        return operator


def _overload(overload: registry.Overload, operator: registry.Operator) -> Overload:
    shape = overload.shape or "flat"
    return Overload(
        text=overload.signature_text,
        instances=overload.instances or ({},),
        shape="mapping" if operator.mapping else shape,
        per_row=float(overload.cost.get("per_row", 0.0)),
        per_element=float(overload.cost.get("per_element", 0.0)),
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
    """Return the type that a pattern stands for; None for resources and unbound variables."""
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


def matches(
    pattern: Pattern, type_: Type, constraints: Mapping[str, str], found: dict[str, Type | int]
) -> bool:
    """Whether an argument of ``type_`` fits ``pattern``; binds type variables in ``found``.

    Nullability is not looked at: the planner asks only about programs that the checker has
    accepted.
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
        return isinstance(type_, ListType) and matches(
            pattern.parts[0], type_.element, constraints, found
        )
    if pattern.kind == "map":
        return (
            isinstance(type_, MapType)
            and matches(pattern.parts[0], type_.key, constraints, found)
            and matches(pattern.parts[1], type_.value, constraints, found)
        )
    if pattern.kind == "vector":
        if not isinstance(type_, VectorType):
            return False
        if pattern.name.isdigit():
            return int(pattern.name) == type_.size
        return found.setdefault(pattern.name, type_.size) == type_.size
    return False


def _satisfies(type_: Type, constraint: str) -> bool:
    admitted = registry.CONSTRAINTS[constraint]
    return not admitted or (isinstance(type_, ScalarType) and type_.name in admitted)


def result_storage(pattern: Pattern, wanted: str) -> str:
    """Return the storage type of a result; a type variable may stand for the one that is wanted."""
    if pattern.kind == "variable":
        return wanted
    return "vector" if pattern.kind == "vector" else STORAGE.get(pattern.kind, "")


def is_opaque(pattern: Pattern, overload: Overload) -> bool:
    """Whether kernels never look at values of this pattern."""
    return pattern.kind == "variable" and pattern.name not in overload.looked_at


def list_of_lambda(parameters: Sequence[Parameter], lambda_index: int) -> int:
    """Return the position of the list that a lambda runs over.

    The one with the lambda's element type.
    """
    element = parameters[lambda_index].pattern.parts[0]
    for i, parameter in enumerate(parameters):
        pattern = parameter.pattern
        if pattern.kind in ("list", "map") and any(
            (part.kind, part.name) == (element.kind, element.name) for part in pattern.parts
        ):
            return i
    return next(i for i, p in enumerate(parameters) if p.pattern.kind in ("list", "map"))
