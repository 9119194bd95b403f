"""Random programs from the registry's signatures: nested calls over inputs of all types."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from feature_extractor import registry as signatures
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import Expression, Input
from feature_extractor.testing.programs import registry
from feature_extractor.types import (
    SCALARS,
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

_FIELDS: Final = """\
    {p}_int, {p}_count: int
    {p}_int_n: int?
    {p}_float: float
    {p}_float_n: float?
    {p}_string: string
    {p}_string_n: string?
    {p}_bool: bool
    {p}_bool_n: bool?
    {p}_time: timestamp
    {p}_time_n: timestamp?
    {p}_duration: duration
    {p}_bytes: bytes?
    {p}_ints: list<int>
    {p}_ints_n: list<int?>?
    {p}_floats: list<float?>
    {p}_strings: list<string>
    {p}_strings_n: list<string?>?
    {p}_bools: list<bool?>
    {p}_times: list<timestamp>
    {p}_items: list<{{id: int, name: string?, price: float?, at: timestamp, tags: list<string>}}>
    {p}_items_n: list<{{id: int, name: string?, price: float?, at: timestamp, tags: list<string>}}?>?
    {p}_nested: list<list<int?>>
    {p}_weights: map<string, float?>
    {p}_scores: map<int, float>?
    {p}_vector: vector<3>
    {p}_vector_n: vector<3>?
    {p}_vectors: list<vector<3>>
"""

DECLARATIONS: Final = "".join(
    f"input {domain} {{\n{_FIELDS.format(p=domain[0])}}}\n" for domain in ("request", "candidate")
)

_SYNTAX: Final = {
    "and": "({} and {})",
    "or": "({} or {})",
    "not": "(not {})",
    "if": "(if {} then {} else {})",
    "in": "({} in {})",
}

_SCALAR_LITERALS: Final = {
    "bool": ["true", "false"],
    "int": ["0", "1", "2", "-3", "7", "100", "9223372036854775807"],
    "float": ["0.0", "0.5", "-1.25", "3.0", "1e300"],
    "string": ['""', '"a"', '"a,b"', '"é日"', '" x "'],
    "bytes": ['b""', 'b"a\\xFF"'],
    "timestamp": ['t"2026-01-31T12:00:00Z"', 't"1969-12-31"'],
    "duration": ["1d", "1h30m", "1us"],
}

_ADMITTED: Final = {
    "number": ["int", "float"],
    "key": ["bool", "int", "string", "bytes", "timestamp", "duration"],
    "ordered": ["int", "float", "string", "timestamp", "duration", "bool", "bytes"],
    "scalar": ["int", "float", "string", "bool", "timestamp"],
    "any": ["int", "float", "string", "bool", "timestamp"],
}

_DISTINCT: Final = {
    "int": ["0", "1", "2", "-3", "7", "100"],
    "float": ["0.0", "0.5", "-1.25", "3.0", "1e300", "2.0"],
    "string": ['""', '"a"', '"b"', '"é日"', '" x "', '"ab"'],
}
"""Values for a list of constants whose length is the size of the result."""

_CONSTANTS: Final = {
    "format": ['"%Y-%m-%d"', '"%d.%m.%Y %H:%M:%S"', '"%H"'],
    "path": ['"$"', '"$.a"', '"$[*]"', '"$..*"', '"$[?@.a > 1 || !@]"', '"$..[?@ == $]"'],
    "fields": ['"1"', '"2.1"', '"1.1.2"', '"536870911"'],
    "starts": ["[-2.0, 5.0, 20.0]"],
    "ends": ["[0.5, 7.0, 300.0]"],
    "ids": ["[4, 9, 2]"],
    "latitudes": ["[0.0, 10.0, 10.0]"],
    "longitudes": ["[-3.0, 5.5, 70.0]"],
    "parts": ['["a", "b"]', '["ab", ","]'],
    "replacements": ['["", "é"]', '["x", "y"]'],
    "minimum": ["1", "2"],
    "maximum": ["2", "3"],
}
"""Values of constant parameters that hang together or have a form of their own, by the parameter's name."""


class Unfit(Exception):
    """Nothing of the wanted type can be written here."""


def plain(type_: Type) -> Type:
    """Return the type without any ``?``."""
    match type_:
        case ListType():
            return ListType(element=plain(type_.element))
        case MapType():
            return MapType(key=plain(type_.key), value=plain(type_.value))
        case StructType():
            return StructType(fields=tuple((name, plain(field)) for name, field in type_.fields))
    return type_.with_nullable(False)


@dataclass(frozen=True)
class Producer:
    """One overload of an operator: a way to make a value of its result's type."""

    name: str
    overload: int
    signature: signatures.Signature


@dataclass(frozen=True, eq=False)
class Overloads:
    """Overloads that calls are chosen from."""

    all: tuple[Producer, ...]

    @cache  # noqa: B019  Few of these are made, and they live as long as the process.
    def fitting(self, wanted: Type) -> tuple[tuple[Producer, Mapping[str, Any]], ...]:
        """Return what makes a value of a type, each with the types of the variables of its signature."""
        found = []
        for producer in self.all:
            bound: dict[str, Any] = {}
            if unify(producer.signature.result, wanted, producer.signature, bound):
                found.append((producer, MappingProxyType(bound)))
        return tuple(found)


@cache
def overloads(kinds: frozenset[str]) -> Overloads:
    """Return the overloads of all operators but those that take resources of other kinds."""
    return Overloads(
        tuple(
            Producer(operator.name, i, overload.signature)
            for operator in registry().operators
            for i, overload in enumerate(operator.overloads)
            if all(
                p.pattern.kind in kinds
                for p in overload.signature.parameters
                if isinstance(p.pattern, signatures.ResourcePattern)
            )
        )
    )


@cache
def _declared(declarations: str, root: Path | None) -> tuple[Input, ...]:
    """Return the inputs that declarations declare."""
    analysis = analyse_text(declarations + "let x = 1\n", registry(), root=root)
    assert analysis.program is not None, [d.message for d in analysis.diagnostics]
    return analysis.program.inputs


class Generator:
    """Writes random expressions; what it writes may be refused by the checker."""

    declarations = DECLARATIONS
    root: Path | None = None
    resources: Mapping[str, Sequence[str]] = MappingProxyType(
        {"zone": ['"Europe/Berlin"', '"America/New_York"', '"Asia/Kathmandu"']}
    )
    """What may stand for a parameter that takes a resource, by its kind."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.inputs = _declared(self.declarations, self.root)
        self._named = [(declared.name, plain(declared.type)) for declared in self.inputs]
        self._item = next(t for n, t in self._named if n == "r_items")
        self.producers = overloads(frozenset(self.resources))
        self._variables = 0

    def expression(self, depth: int) -> str:
        """Return an expression of a random type."""
        assert isinstance(self._item, ListType)
        types: list[Type] = [*SCALARS.values(), *SCALARS.values()]
        types += [ListType(element=SCALARS[name]) for name in ("int", "float", "string", "bool")]
        types += [self._item, MapType(key=SCALARS["string"], value=SCALARS["float"])]
        types += [VectorType(size=3), ListType(element=ListType(element=SCALARS["int"]))]
        return self.expression_of(self.source.choice(types), depth)

    def expression_of(self, wanted: Type, depth: int) -> str:
        """Return an expression of a type without ``?``; its value may be null all the same."""
        for _ in range(20):
            try:
                return self.write(wanted, depth, ())
            except Unfit:
                continue
        return self._leaf(SCALARS["int"], ())

    def write(self, wanted: Type, depth: int, scope: tuple[tuple[str, Type], ...]) -> str:
        if depth <= 0 or (depth < 3 and self.source.random() < 0.12):
            return self._leaf(wanted, scope)
        fitting = list(self.producers.fitting(wanted))
        self.source.shuffle(fitting)
        for producer, bound in fitting[:4]:
            try:
                return self.call(producer, dict(bound), depth, scope)
            except Unfit:
                continue
        return self._leaf(wanted, scope)

    def call(
        self,
        producer: Producer,
        bound: dict[str, Any],
        depth: int,
        scope: tuple[tuple[str, Type], ...],
        given: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Write a call; ``given`` are the texts of some of its arguments, by the parameter's name."""
        arguments: list[str] = []
        for parameter in producer.signature.parameters:
            if parameter.name in given:
                arguments.append(given[parameter.name])
                continue
            if parameter.optional and self.source.random() < 0.5:
                break
            times = self.source.choice([1, 2, 2, 3]) if parameter.variadic else 1
            for _ in range(times):
                arguments.append(self._argument(parameter, producer, bound, depth, scope))
        form = _SYNTAX.get(producer.name)
        if form is not None and form.count("{}") == len(arguments):
            return form.format(*arguments)
        return f"{producer.name}({', '.join(arguments)})"

    def _argument(
        self,
        parameter: signatures.Parameter,
        producer: Producer,
        bound: dict[str, Any],
        depth: int,
        scope: tuple[tuple[str, Type], ...],
    ) -> str:
        pattern = parameter.pattern
        if isinstance(pattern, signatures.ResourcePattern):
            return self.source.choice(self.resources[pattern.kind])
        if parameter.constant:
            return self._constant(parameter, producer, bound)
        if isinstance(pattern, signatures.LambdaPattern):
            element = self.type_of(pattern.argument, producer, bound)
            result = self.type_of(pattern.result, producer, bound)
            self._variables += 1
            name = f"v{self._variables}"
            if result == SCALARS["bool"] and self.source.random() < 0.4:
                return f"{name} -> {self._join(name, element, depth, scope)}"
            body = self.write(result, depth - 1, (*scope, (name, element)))
            return f"{name} -> {body}"
        return self.write(self.type_of(pattern, producer, bound), depth - 1, scope)

    def _join(
        self, name: str, element: Type, depth: int, scope: tuple[tuple[str, Type], ...]
    ) -> str:
        """Return a condition that the planner may answer from a table of the list."""
        keys = [
            (text, type_)
            for text, type_ in _reachable(name, element)
            if isinstance(type_, ScalarType)
        ]
        if not keys:
            raise Unfit
        key, type_ = self.source.choice(keys)
        if self.source.random() < 0.6:
            outer = self.write(type_, self.source.choice([0, 0, 1]), scope)
            condition = f"{key} == {outer}" if self.source.random() < 0.7 else f"{outer} == {key}"
        else:
            condition = f"{key} in {self.write(ListType(element=type_), 0, scope)}"
        if self.source.random() < 0.3:
            also = self.write(SCALARS["bool"], depth - 1, (*scope, (name, element)))
            return f"({also}) and {condition}"
        return condition

    def type_of(
        self, pattern: signatures.Pattern, producer: Producer, bound: dict[str, Any]
    ) -> Type:
        match pattern:
            case signatures.ScalarPattern():
                return SCALARS[pattern.name]
            case signatures.VariablePattern():
                if pattern.name not in bound:
                    constraint = producer.signature.constraint(pattern.name)
                    name = self.source.choice(_ADMITTED.get(constraint, _ADMITTED["any"]))
                    bound[pattern.name] = SCALARS[name]
                    if constraint == "any" and self.source.random() < 0.4:
                        assert isinstance(self._item, ListType)
                        bound[pattern.name] = self._item.element
                found = bound[pattern.name]
                assert isinstance(found, Type)
                return found
            case signatures.ListPattern():
                return ListType(element=self.type_of(pattern.element, producer, bound))
            case signatures.MapPattern():
                return MapType(
                    key=self.type_of(pattern.key, producer, bound),
                    value=self.type_of(pattern.value, producer, bound),
                )
            case signatures.VectorPattern():
                return VectorType(size=bound.setdefault(str(pattern.size), 3))
        raise Unfit

    def _constant(
        self, parameter: signatures.Parameter, producer: Producer, bound: dict[str, Any]
    ) -> str:
        type_ = self.type_of(parameter.pattern, producer, bound)
        if parameter.words:
            return f'"{self.source.choice(parameter.words)}"'
        if parameter.name in _CONSTANTS:
            return self.source.choice(_CONSTANTS[parameter.name])
        size = bound.get(parameter.name)  # Of a result `vector<name>`, where it is wanted.
        if size is not None and type_ == SCALARS["int"]:
            return str(size)
        if isinstance(type_, ListType) and isinstance(type_.element, ScalarType):
            if size is not None:
                if size > len(_DISTINCT.get(type_.element.name, ())):
                    raise Unfit
                return f"[{', '.join(_DISTINCT[type_.element.name][:size])}]"
            if type_.element.name in ("int", "float"):
                numbers = sorted(self.source.sample(range(-5, 40), self.source.randint(1, 6)))
                point = ".5" if type_.element.name == "float" else ""
                return "[" + ", ".join(f"{n}{point}" for n in numbers) + "]"
            items = _SCALAR_LITERALS[type_.element.name]
            return "[" + ", ".join(self.source.sample(items, min(2, len(items)))) + "]"
        if type_ == SCALARS["int"]:
            low = int(parameter.low) if parameter.low is not None else -3
            high = int(parameter.high) if parameter.high is not None else low + 30
            return str(self.source.randint(low, min(high, low + 30)))
        if type_ == SCALARS["float"]:
            low_float = float(parameter.low) if parameter.low is not None else 0.5
            high_float = float(parameter.high) if parameter.high is not None else low_float + 10
            return repr(self.source.uniform(low_float, min(high_float, low_float + 10)))
        if type_ == SCALARS["string"]:
            return self.source.choice(['"[a-b]+"', '"a"', '", "', '"(a)|b"', '"x"'])
        return self._literal(type_)

    def _leaf(self, wanted: Type, scope: tuple[tuple[str, Type], ...]) -> str:
        near: list[str] = []
        for name, type_ in scope:
            near.extend(text for text, found in _reachable(name, type_) if found == wanted)
        far = [name for name, type_ in self._named if type_ == wanted]
        if near and (not far or self.source.random() < 0.75):
            return self.source.choice(near)
        if far and self.source.random() < 0.85:
            return self.source.choice(far)
        return self._literal(wanted)

    def _literal(self, wanted: Type) -> str:
        if isinstance(wanted, ScalarType):
            return self.source.choice(_SCALAR_LITERALS[wanted.name])
        if isinstance(wanted, ListType) and isinstance(wanted.element, ScalarType):
            items = _SCALAR_LITERALS[wanted.element.name]
            return f"[{', '.join(self.source.choices(items, k=self.source.randint(1, 3)))}]"
        raise Unfit


def _reachable(name: str, type_: Type) -> Iterator[tuple[str, Type]]:
    yield name, type_
    if isinstance(type_, StructType):
        for field, field_type in type_.fields:
            yield from _reachable(f"{name}.{field}", field_type)


def unify(
    pattern: signatures.Pattern,
    type_: Type,
    signature: signatures.Signature,
    bound: dict[str, Any],
) -> bool:
    """Tell whether a type fits a pattern; ``bound`` takes the types of the variables."""
    match pattern:
        case signatures.ScalarPattern():
            return isinstance(type_, ScalarType) and type_.name == pattern.name
        case signatures.VariablePattern():
            admitted = signatures.CONSTRAINTS[signature.constraint(pattern.name)]
            if admitted and not (isinstance(type_, ScalarType) and type_.name in admitted):
                return False
            known = bound.setdefault(pattern.name, type_)
            return bool(known == type_)
        case signatures.ListPattern():
            return isinstance(type_, ListType) and unify(
                pattern.element, type_.element, signature, bound
            )
        case signatures.MapPattern():
            return (
                isinstance(type_, MapType)
                and unify(pattern.key, type_.key, signature, bound)
                and unify(pattern.value, type_.value, signature, bound)
            )
        case signatures.VectorPattern():
            if not isinstance(type_, VectorType):
                return False
            return bool(bound.setdefault(str(pattern.size), type_.size) == type_.size)
    return False


def check_all(expressions: list[str]) -> list[Expression] | None:
    """Check the expressions as one program; None where one of them is refused."""
    lets = "".join(f"let e{i} = {text}\n" for i, text in enumerate(expressions))
    analysis = analyse_text(DECLARATIONS + lets, registry())
    if analysis.program is None:
        return None
    found = [analysis.values[f"e{i}"] for i in range(len(expressions))]
    return None if any(isinstance(e.type, StructType) for e in found) else found


def random_expressions(generator: Generator, count: int, deepest: int = 4) -> list[str]:
    """Return expressions that the checker accepts, each of one to ``deepest`` nested calls."""
    found: list[str] = []
    while len(found) < count:
        text = generator.expression(generator.source.randint(2, deepest))
        if len(text) < 1500 and check_all([text]) is not None:
            found.append(text)
    return found


def with_names(inputs: tuple[Input, ...], domain: str) -> list[Input]:
    """Return the inputs of a domain."""
    return [replace(declared) for declared in inputs if declared.domain == domain]
