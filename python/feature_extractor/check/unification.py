"""How types meet: joining two of them, and fitting one into a signature's pattern."""

from __future__ import annotations

from dataclasses import dataclass, field

from feature_extractor.registry import (
    CONSTRAINTS,
    ListPattern,
    MapPattern,
    Pattern,
    ResourcePattern,
    RowPattern,
    ScalarPattern,
    Signature,
    StructPattern,
    VariablePattern,
    VectorPattern,
)
from feature_extractor.types import (
    FLOAT,
    INT,
    SCALARS,
    ErrorType,
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VectorType,
    VocabularyType,
)


def join(left: Type, right: Type) -> Type | None:
    """Return the type that holds the values of both, or None.

    They may differ in what is nullable, and where one of them is a bare ``null`` or an empty list.
    An int and a float do not join here: that needs a conversion, which is decided elsewhere.
    """
    if left is right or left == right:
        return left
    nullable = left.nullable or right.nullable
    if isinstance(left, NullType | ErrorType):
        return right.with_nullable(nullable)
    if isinstance(right, NullType | ErrorType):
        return left.with_nullable(nullable)
    match left, right:
        case ScalarType(), ScalarType():
            return left.with_nullable(nullable) if left.name == right.name else None
        case VectorType(), VectorType():
            return left.with_nullable(nullable) if left.size == right.size else None
        case ListType(), ListType():
            element = join(left.element, right.element)
            return None if element is None else ListType(nullable, element)
        case MapType(), MapType():
            key = join(left.key, right.key)
            value = join(left.value, right.value)
            return None if key is None or value is None else MapType(nullable, key, value)
        case StructType(), StructType():
            if [name for name, _ in left.fields] != [name for name, _ in right.fields]:
                return None
            fields: list[tuple[str, Type]] = []
            for (name, first), (_, second) in zip(left.fields, right.fields, strict=True):
                joined = join(first, second)
                if joined is None:
                    return None
                fields.append((name, joined))
            return StructType(nullable, tuple(fields))
        case _:
            return None


def is_unclear(type_: Type) -> bool:
    """Return whether a type holds the type of a bare ``null`` or of an empty list's elements."""
    match type_:
        case NullType():
            return True
        case ListType(element=element):
            return is_unclear(element)
        case MapType(key=key, value=value):
            return is_unclear(key) or is_unclear(value)
        case StructType(fields=fields):
            return any(is_unclear(part) for _, part in fields)
        case _:
            return False


@dataclass(slots=True)
class _Contribution:
    """A type that an argument gives to a type variable; ``fixed`` where it cannot be converted."""

    type: Type
    fixed: bool
    argument: int


@dataclass(slots=True)
class Mismatch(Exception):
    """An argument does not fit. ``argument`` is its position among the given ones, or -1."""

    argument: int
    message: str


@dataclass(slots=True)
class Fit:
    """Fits the arguments of one call into one signature, one after the other."""

    signature: Signature
    cost: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    table: TableType | None = None
    _contributions: dict[str, list[_Contribution]] = field(default_factory=dict)
    _variables: dict[str, Type] = field(default_factory=dict)
    _nullable_parameters: set[str] = field(default_factory=set)

    def argument(self, pattern: Pattern, type_: Type, position: int, literal: bool) -> None:
        """Fit an argument; raises Mismatch. ``literal`` means that it is a literal list."""
        if isinstance(pattern, VariablePattern) and pattern.nullable and type_.nullable:
            self._nullable_parameters.add(pattern.name)
        self._fit(pattern, type_, position, outer=True, literal=literal)

    def body(self, pattern: Pattern, type_: Type, position: int) -> None:
        """Fit the type of a lambda's body; it may be an int where a float is asked."""
        if isinstance(pattern, VariablePattern):
            self._contribute(pattern.name, type_, True, position)
        else:
            self._fit(pattern, type_, position, outer=True, literal=False)

    def key_of_table(self, pattern: Pattern, position: int) -> None:
        """Let the key's type of the table decide the type variable of the argument after it."""
        if self.table is not None and isinstance(pattern, VariablePattern):
            self._contribute(pattern.name, self.table.key, True, position)

    def _fit(
        self, pattern: Pattern, type_: Type, position: int, *, outer: bool, literal: bool
    ) -> None:
        if isinstance(type_, NullType | ErrorType):
            if isinstance(pattern, VariablePattern):
                self._contribute(pattern.name, type_, False, position)
            return
        match pattern:
            case ScalarPattern(name=name):
                if isinstance(type_, ScalarType):
                    if type_.name == name:
                        return
                    if name == "float" and type_.name == "int" and (outer or literal):
                        self.cost += 1
                        return
            case VariablePattern(name=name):
                if isinstance(type_, VocabularyType | TableType):
                    raise Mismatch(position, "expected a value, found a resource")
                self._contribute(name, type_, not (outer or literal), position)
                return
            case ListPattern(element=element):
                if isinstance(type_, ListType):
                    self._fit(element, type_.element, position, outer=False, literal=literal)
                    return
            case MapPattern(key=key, value=value):
                if isinstance(type_, MapType):
                    self._fit(key, type_.key, position, outer=False, literal=False)
                    self._fit(value, type_.value, position, outer=False, literal=False)
                    return
            case VectorPattern(size=size):
                if isinstance(type_, VectorType):
                    wanted = (
                        self.sizes.setdefault(size, type_.size) if isinstance(size, str) else size
                    )
                    if wanted != type_.size:
                        raise Mismatch(
                            position, f"expected `vector<{wanted}>`, found `vector<{type_.size}>`"
                        )
                    return
            case StructPattern(fields=fields):
                if isinstance(type_, StructType) and [n for n, _ in fields] == [
                    n for n, _ in type_.fields
                ]:
                    for (_, part), (_, found) in zip(fields, type_.fields, strict=True):
                        self._fit(part, found, position, outer=False, literal=False)
                    return
            case ResourcePattern(kind="vocabulary"):
                if isinstance(type_, VocabularyType):
                    return
            case ResourcePattern(kind="table"):
                if isinstance(type_, TableType):
                    self.table = type_
                    return
            case ResourcePattern(kind="zone"):
                if isinstance(type_, ScalarType) and type_.name == "string":
                    return
        raise Mismatch(position, f"expected {describe(pattern, self.signature)}, found `{type_}`")

    def _contribute(self, name: str, type_: Type, fixed: bool, position: int) -> None:
        self._contributions.setdefault(name, []).append(_Contribution(type_, fixed, position))
        self._variables.pop(name, None)

    def variable(self, name: str) -> Type:
        """Return what a type variable stands for, as far as the arguments so far tell; raises
        Mismatch.
        """
        known = self._variables.get(name)
        if known is not None:
            return known
        contributions = self._contributions.get(name, [])
        result: Type = NullType()
        widened = False
        for contribution in contributions:
            # The nullability of an argument itself is not the variable's: strictness takes care of
            # it.
            type_ = contribution.type
            if not contribution.fixed and not isinstance(type_, NullType):
                type_ = type_.with_nullable(False)
            if isinstance(result, NullType):
                result = type_
                continue
            joined = join(result, type_)
            if joined is None and _numbers(result, type_):
                joined = FLOAT.with_nullable(result.nullable or type_.nullable)
                widened = True
            if joined is None:
                raise Mismatch(
                    contribution.argument,
                    f"expected `{result.with_nullable(False)}` like before, found `{type_}`",
                )
            result = joined
        if widened:
            for contribution in contributions:
                if isinstance(contribution.type, ScalarType) and contribution.type.name == "int":
                    if contribution.fixed:
                        raise Mismatch(
                            contribution.argument,
                            "a list of ints does not go with a float: convert its elements",
                        )
                    self.cost += 1
        constraint = self.signature.constraint(name)
        if constraint not in ("any", "size") and not isinstance(result, NullType | ErrorType):
            allowed = CONSTRAINTS[constraint]
            if not isinstance(result, ScalarType) or result.name not in allowed:
                first = contributions[0].argument if contributions else -1
                raise Mismatch(
                    first,
                    f"expected {_constraint_words(constraint)}, found `{result}`",
                )
        self._variables[name] = result
        return result

    def finish(self) -> None:
        """Check all type variables; raises Mismatch."""
        for name, constraint in self.signature.variables:
            if constraint != "size":
                self.variable(name)

    def bindings(self) -> tuple[tuple[str, Type | int], ...]:
        """Return the type and size variables with what they stand for."""
        return tuple(
            (name, self.sizes.get(name, 0) if constraint == "size" else self.variable(name))
            for name, constraint in self.signature.variables
        )

    def _nested(self, name: str) -> Type:
        type_ = self.variable(name)
        return type_.with_nullable(type_.nullable or name in self._nullable_parameters)

    def instantiate(self, pattern: Pattern, outer: bool = True) -> Type:
        """Return the type that a pattern stands for, once its variables are known."""
        nullable = pattern.nullable
        match pattern:
            case ScalarPattern(name=name):
                return SCALARS[name].with_nullable(nullable)
            case VariablePattern(name=name):
                if outer:
                    return self.variable(name).with_nullable(nullable)
                type_ = self._nested(name)
                return type_.with_nullable(nullable or type_.nullable)
            case ListPattern(element=element):
                return ListType(nullable, self.instantiate(element, False))
            case MapPattern(key=key, value=value):
                key_type = self.instantiate(key, False).with_nullable(False)
                return MapType(nullable, key_type, self.instantiate(value, False))
            case VectorPattern(size=size):
                return VectorType(
                    nullable, self.sizes.get(size, 0) if isinstance(size, str) else size
                )
            case StructPattern(fields=fields):
                return StructType(
                    nullable, tuple((n, self.instantiate(part, False)) for n, part in fields)
                )
            case RowPattern():
                row = self.table.row if self.table else StructType()
                return row.with_nullable(nullable)
            case _:
                return SCALARS["string"]


def _numbers(left: Type, right: Type) -> bool:
    names = {type_.name for type_ in (left, right) if isinstance(type_, ScalarType)}
    return names == {"int", "float"}


def is_int(type_: Type) -> bool:
    """Return whether a type is int or int?."""
    return isinstance(type_, ScalarType) and type_.name == INT.name


def is_float(type_: Type) -> bool:
    """Return whether a type is float or float?."""
    return isinstance(type_, ScalarType) and type_.name == FLOAT.name


def _constraint_words(constraint: str) -> str:
    return {
        "number": "a number",
        "key": "a type that can be a key (bool, int, string, bytes, timestamp, duration)",
        "ordered": "a type with an order (numbers, strings, times, bool, bytes)",
        "scalar": "a scalar type",
    }.get(constraint, f"a type of class {constraint}")


def show_pattern(pattern: Pattern) -> str:
    """Return a pattern as it is written in a signature."""
    suffix = "?" if pattern.nullable else ""
    match pattern:
        case ScalarPattern(name=name) | VariablePattern(name=name):
            return name + suffix
        case ListPattern(element=element):
            return f"list<{show_pattern(element)}>{suffix}"
        case MapPattern(key=key, value=value):
            return f"map<{show_pattern(key)}, {show_pattern(value)}>{suffix}"
        case VectorPattern(size=size):
            return f"vector<{size}>{suffix}"
        case StructPattern(fields=fields):
            inner = ", ".join(f"{name}: {show_pattern(part)}" for name, part in fields)
            return f"{{{inner}}}{suffix}"
        case ResourcePattern(kind=kind):
            return kind + suffix
        case _:
            return "row" + suffix


def describe(pattern: Pattern, signature: Signature) -> str:
    """Return what a pattern asks for, in words."""
    match pattern:
        case VariablePattern(name=name):
            return _constraint_words(signature.constraint(name))
        case ListPattern(element=VariablePattern()):
            return "a list"
        case MapPattern(key=VariablePattern(), value=VariablePattern()):
            return "a map"
        case VectorPattern():
            return "a vector"
        case ResourcePattern(kind="zone"):
            return "the name of a time zone"
        case ResourcePattern(kind=kind):
            return f"a {kind}"
        case _:
            shown = show_pattern(pattern)
            return f"`{shown[:-1] if pattern.nullable else shown}`"
