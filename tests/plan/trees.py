"""Builds small typed programs by hand, so that the planner is tested without the front end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from feature_extractor.check.typed import (
    Call,
    CheckedProgram,
    Constant,
    Expression,
    Feature,
    Field,
    Input,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    Resource,
    ResourceReference,
    Site,
    Struct,
)
from feature_extractor.plan.operators import Operators, matches, substitute
from feature_extractor.registry import load_registry
from feature_extractor.types import (
    BOOL,
    DURATION,
    FLOAT,
    INT,
    STRING,
    TIMESTAMP,
    ListType,
    MapType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VectorType,
    VocabularyType,
)

REGISTRY = load_registry(Path(__file__).with_name("registry.json"))
OPERATORS = Operators(REGISTRY)


def struct(**fields: Type) -> StructType:
    """Return a struct type."""
    return StructType(fields=tuple(fields.items()))


EVENT = struct(movie=INT, genre=STRING, at=TIMESTAMP, rating=FLOAT, tags=ListType(element=STRING))
REQUEST: dict[str, Type] = {
    "user_id": STRING,
    "age": INT.with_nullable(True),
    "now": TIMESTAMP,
    "history": ListType(element=EVENT),
    "taste": MapType(key=STRING, value=FLOAT),
    "profile": VectorType(size=4),
    "scores": ListType(element=INT),
}
CANDIDATE: dict[str, Type] = {
    "movie": INT,
    "price": FLOAT,
    "genres": ListType(element=STRING),
    "views": INT,
    "clicks": INT,
    "embedding": VectorType(size=4),
}
MARGINS = TableType(key=INT, row=struct(margin=FLOAT, brand=STRING))


class Program:
    """A program under construction.

    Equal inputs and literals are one object, as in a checked program.
    """

    def __init__(self, *, candidates: bool = True, path: str = "/models/ranking.fx") -> None:
        self.path = path
        self.features: list[Feature] = []
        self.resources: list[Resource] = []
        self._line = 0
        self._known: dict[Any, Expression] = {}
        self.inputs = [
            Input(domain, name, type_, self.site())
            for domain, fields in (("request", REQUEST), ("candidate", CANDIDATE))
            if candidates or domain == "request"
            for name, type_ in fields.items()
        ]

    def site(self) -> Site:
        """Return the next place in the imagined source file."""
        self._line += 1
        return Site(self.path, self._line, 1, self._line, 2)

    def _once(self, key: Any, make: Callable[[], Expression]) -> Expression:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def request(self, name: str) -> Expression:
        """Return a reference to a request input."""
        return self._once(
            ("request", name), lambda: InputReference(REQUEST[name], self.site(), "request", name)
        )

    def candidate(self, name: str) -> Expression:
        """Return a reference to a candidate input."""
        return self._once(
            ("candidate", name),
            lambda: InputReference(CANDIDATE[name], self.site(), "candidate", name),
        )

    def literal(self, value: Constant, type_: Type | None = None) -> Expression:
        """Return a literal; the type follows from the value if it is not given."""
        found = type_ or _type_of(value)
        return self._once(
            ("literal", repr(value), found), lambda: Literal(found, self.site(), value)
        )

    def value(self, value: Expression | Constant) -> Expression:
        """Return an expression as it is, or a literal of anything else."""
        return value if isinstance(value, Expression) else self.literal(value)

    def field(self, base: Expression, name: str) -> Expression:
        """Return ``base.name``."""
        row = base.type.row if isinstance(base.type, TableType) else base.type
        assert isinstance(row, StructType)
        found = row.field(name)
        assert found is not None
        type_ = found.with_nullable(found.nullable or base.type.nullable)
        return self._once(("field", base, name), lambda: Field(type_, self.site(), base, name))

    def struct(self, **values: Expression) -> Expression:
        """Return ``{name: value, ...}``."""
        type_ = StructType(fields=tuple((name, value.type) for name, value in values.items()))
        return Struct(type_, self.site(), tuple(values.values()))

    def function(
        self, element: Type, body: Callable[[Expression], Expression], name: str = "e"
    ) -> Lambda:
        """Return ``name -> body(name)``."""
        variable = LambdaVariable(element, self.site(), name)
        value = body(variable)
        return Lambda(value.type, variable.site, variable, value)

    def over(
        self,
        operator: str,
        xs: Expression,
        body: Callable[[Expression], Expression],
        name: str = "e",
    ) -> Expression:
        """Return ``xs.operator(name -> body(name))``."""
        element = xs.type.value if isinstance(xs.type, MapType) else None
        if element is None:
            assert isinstance(xs.type, ListType)
            element = xs.type.element
        return self.call(operator, xs, self.function(element, body, name))

    def call(self, operator: str, *values: Expression | Constant) -> Expression:
        """Return a call of the first overload that takes the arguments.

        Equal calls are one object.
        """
        arguments = tuple(self.value(value) for value in values)
        for index, overload in enumerate(OPERATORS[operator].overloads):
            signature = overload.signature
            given = list(arguments)
            for parameter in signature.parameters[len(given) :]:
                if parameter.optional:
                    given.append(self.literal(parameter.default))
            found: dict[str, Type | int] = {}
            variadic = signature.parameters[-1].variadic
            if len(given) != len(signature.parameters) and not variadic:
                continue
            if not all(
                _fits(signature.parameter(i).pattern, argument, signature.variables, found)
                for i, argument in enumerate(given)
            ):
                continue
            table = next((a.type for a in given if isinstance(a.type, TableType)), None)
            if signature.result.kind == "row":
                assert table is not None
                result: Type | None = table.row.with_nullable(True)
            else:
                result = substitute(signature.result, found)
                if result is None and signature.result.kind == "vector":
                    result = VectorType(size=int(str(found[signature.result.name])))
            assert result is not None
            key = ("call", operator, index, tuple(given))
            if key not in self._known:
                bindings = tuple(found.items())
                call = Call(result, self.site(), operator, index, bindings, tuple(given))
                self._known[key] = call
            return self._known[key]
        raise AssertionError(f"no overload of {operator} takes {[str(a.type) for a in arguments]}")

    def vocabulary(self, name: str, path: str = "", oov_buckets: int = 0) -> Expression:
        """Declare a vocabulary and return the reference to it."""
        self.resources.append(
            Resource(name, "vocabulary", path or f"/models/{name}.txt", self.site(), oov_buckets)
        )
        return ResourceReference(VocabularyType(), self.site(), name)

    def table(self, name: str, path: str = "", type_: TableType = MARGINS) -> Expression:
        """Declare a table and return the reference to it."""
        self.resources.append(
            Resource(name, "table", path or f"/models/{name}.csv", self.site(), table=type_)
        )
        return ResourceReference(type_, self.site(), name)

    def feature(self, name: str, kind: str, value: Expression, **options: Any) -> None:
        """Add a feature."""
        self.features.append(Feature(name, kind, value, self.site(), **options))

    def checked(self) -> CheckedProgram:
        """Return the program."""
        return CheckedProgram(
            self.path, tuple(self.inputs), tuple(self.resources), tuple(self.features)
        )


def moved(program: CheckedProgram, path: str) -> CheckedProgram:
    """Return the same program under another path of its file, places included."""
    return replace(program, path=path)


def _fits(pattern: Any, argument: Expression, variables: Any, found: dict[str, Type | int]) -> bool:
    if isinstance(argument, Lambda):
        if pattern.kind != "lambda":
            return False
        pattern = pattern.parts[1]
    if isinstance(argument.type, VocabularyType):
        return bool(pattern.kind == "vocabulary")
    if isinstance(argument.type, TableType):
        return bool(pattern.kind == "table")
    if pattern.kind == "zone":
        return argument.type == STRING
    return matches(pattern, argument.type, variables, found)


def _type_of(value: Constant) -> Type:
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return FLOAT
    if isinstance(value, str):
        return STRING
    if isinstance(value, tuple):
        return ListType(element=_type_of(value[0]))
    raise AssertionError(f"the type of {value!r} must be given")


__all__ = [
    "BOOL",
    "DURATION",
    "EVENT",
    "FLOAT",
    "INT",
    "REGISTRY",
    "STRING",
    "TIMESTAMP",
    "ListType",
    "Program",
    "ScalarType",
    "moved",
    "struct",
]
