"""Random expressions over all operators: also those that read vocabularies and tables, and ``collect``.

``random_programs`` writes what every face of the project can be given, such as the Java one; this adds inputs of
rarer types and resources, aims at each overload in turn, and wraps what it made in further calls.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from feature_extractor import registry as signatures
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import (
    Expression,
    Lambda,
    LambdaVariable,
    Resource,
    children,
)
from feature_extractor.plan.dependencies import Dependencies
from feature_extractor.testing.programs import operators, registry
from feature_extractor.types import SCALARS, ListType, ScalarType, StructType, Type

from .random_programs import DECLARATIONS, Generator, Overloads, Producer, Unfit, unify

_FIELDS: Final = """\
    {p}_blobs: list<bytes?>
    {p}_durations: list<duration>
    {p}_lines: list<list<string>>
    {p}_counts: map<string, int>
    {p}_words: map<int, string?>
    {p}_flags: map<bool, float>?
    {p}_moments: map<string, timestamp>
    {p}_wide: vector<5>?
"""

_RESOURCES: Final = """\
resource known = vocabulary("words.txt")
resource hashed = vocabulary("words.txt", oov = 3)
resource margins = table<int, {margin: float?, brand: string?, stock: int?, sold: bool?}>("margins.csv")
resource ranks_of = table<string, {rank: int, weight: float}>("ranks.csv")
"""

_TABLE_FIELDS: Final = {
    "float": ("margins.lookup({int}).margin", "ranks_of.lookup({string}).weight"),
    "string": ("margins.lookup({int}).brand",),
    "int": ("margins.lookup({int}).stock", "ranks_of.lookup({string}).rank"),
    "bool": ("margins.lookup({int}).sold",),
}
"""How a field of a table is read, by the field's type; the key is written in its place."""

_FILES: Final = {
    "words.txt": "a\nb\nab\n##b\n日本\n12\n-3\n[UNK]\n",
    "margins.csv": "key,margin,brand,stock,sold\n1,0.5,Acme,10,true\n-3,,é,0,false\n7,1e300,日本,,\n",
    "ranks.csv": "key,rank,weight\na,1,0.25\n日本,-9,1.5\n,3,2.0\n",
}

_WRAPPED: Final = 0.4
"""How often what aims at an overload becomes an argument of another call."""


@cache
def resource_folder() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of the resources; it lives as long as the process."""
    folder = tempfile.TemporaryDirectory()
    for name, text in _FILES.items():
        (Path(folder.name) / name).write_text(text, encoding="utf-8")
    return folder


class WideGenerator(Generator):
    """Writes expressions over all operators; ``collects`` lets them look at all candidates of a request."""

    declarations = (
        _RESOURCES
        + DECLARATIONS.replace("}\ninput", f"{_FIELDS.format(p='r')}}}\ninput").removesuffix("}\n")
        + _FIELDS.format(p="c")
        + "}\n"
    )
    resources: Mapping[str, Sequence[str]] = MappingProxyType(
        {**Generator.resources, "vocabulary": ["known", "hashed"], "table": ["margins"]}
    )

    def __init__(self, source: random.Random, collects: bool = False) -> None:
        self.root = Path(resource_folder().name)
        super().__init__(source)
        self.collects = collects
        self.targets = self.producers.all
        self.producers = _without_tables(self.producers)

    def aimed(self, target: Producer, depth: int) -> str:
        """Return an expression that calls an overload; the checker may refuse it or find another one.

        Raises Unfit where no argument can be written.
        """
        bound: dict[str, Any] = {}
        if _reads_table(target):
            result = target.signature.result
            name = result.name if isinstance(result, signatures.ScalarPattern) else "float"
            return self._table_field(name, depth)
        text = self.call(target, bound, depth, ())
        while self.source.random() < _WRAPPED:
            try:
                made = self.type_of(target.signature.result, target, bound)
            except Unfit:
                return text
            outer = self._taking(made)
            if outer is None:
                return text
            target, parameter, bound = outer
            text = self.call(target, bound, depth - 1, (), {parameter: text})
        return text

    def _taking(self, made: Type) -> tuple[Producer, str, dict[str, Any]] | None:
        """Return a random overload with a parameter that takes a value of a type."""
        for _ in range(60):
            producer = self.source.choice(self.producers.all)
            parameter = self.source.choice(producer.signature.parameters)
            bound: dict[str, Any] = {}
            if parameter.constant or parameter.variadic:
                continue
            if unify(parameter.pattern, made, producer.signature, bound):
                return producer, parameter.name, bound
        return None

    def type_of(
        self, pattern: signatures.Pattern, producer: Producer, bound: dict[str, Any]
    ) -> Type:
        """Return a type that fits a pattern, often that of an input: few calls make a map or a vector."""
        containers = (signatures.ListPattern, signatures.MapPattern, signatures.VectorPattern)
        if isinstance(pattern, containers) and self.source.random() < 0.6:
            fitting = []
            for _, type_ in self._named:
                attempt = dict(bound)
                if unify(pattern, type_, producer.signature, attempt):
                    fitting.append((type_, attempt))
            if fitting:
                found, attempt = self.source.choice(fitting)
                bound.update(attempt)
                return found
        return super().type_of(pattern, producer, bound)

    def _table_field(self, name: str, depth: int) -> str:
        form = self.source.choice(_TABLE_FIELDS[name])
        key = "int" if "{int}" in form else "string"
        return form.format(**{key: self.write(SCALARS[key], depth - 1, ())})

    def write(self, wanted: Type, depth: int, scope: tuple[tuple[str, Type], ...]) -> str:
        if depth > 0:
            if self.collects and isinstance(wanted, ListType) and self.source.random() < 0.2:
                return f"collect({self.write(wanted.element, depth - 1, ())})"
            if (
                isinstance(wanted, ScalarType)
                and wanted.name in _TABLE_FIELDS
                and self.source.random() < 0.03
            ):
                return self._table_field(wanted.name, depth)
        return super().write(wanted, depth, scope)


@cache
def _without_tables(overloads: Overloads) -> Overloads:
    return Overloads(tuple(p for p in overloads.all if not _reads_table(p)))


def _reads_table(producer: Producer) -> bool:
    return any(
        isinstance(p.pattern, signatures.ResourcePattern) and p.pattern.kind == "table"
        for p in producer.signature.parameters
    )


@dataclass(frozen=True)
class Checked:
    """Expressions that were checked in one program; None stands for each that the checker refuses."""

    expressions: tuple[Expression | None, ...]
    resources: tuple[Resource, ...]
    lines: tuple[str, ...]

    def text_of(self, expression: Expression) -> str:
        """Return how an expression, or a part of one, was written."""
        site = expression.site
        return self.lines[site.line - 1][site.column - 1 : site.end_column - 1]


def check(texts: Sequence[str]) -> Checked:
    """Check expressions as one program, and again without those that are refused."""
    header = WideGenerator.declarations
    root = Path(resource_folder().name)
    first = header.count("\n")
    good = dict(enumerate(texts))
    while good:
        program = header + "".join(f"let e{i} = {text}\n" for i, text in good.items())
        analysis = analyse_text(program, registry(), "<random>", root)
        if analysis.program is not None:
            found = [analysis.values[f"e{i}"] if i in good else None for i in range(len(texts))]
            values = [None if e is None or isinstance(e.type, StructType) else e for e in found]
            return Checked(tuple(values), analysis.program.resources, tuple(program.splitlines()))
        spans = [found.span for found in analysis.diagnostics if found.span]
        lines = {span.source.line_and_column(span.start)[0] for span in spans}
        numbers = list(good)
        refused = {numbers[line - first - 1] for line in lines if 0 < line - first <= len(good)}
        assert refused, [found.message for found in analysis.diagnostics]
        good = {i: text for i, text in good.items() if i not in refused}
    return Checked((None,) * len(texts), (), ())


def every_part(expressions: Sequence[Expression]) -> Iterator[Expression]:
    """Yield the expressions and all that they are made of, each once."""
    seen: set[Expression] = set()
    pending = list(expressions)
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            pending.extend(children(part))
            yield part


def values_of(expression: Expression) -> Iterator[Expression]:
    """Yield the parts of an expression that are values of their own: those without a lambda's variable."""
    dependencies = Dependencies(operators())
    for part in every_part([expression]):
        if not children(part) or isinstance(part, Lambda) or isinstance(part.type, StructType):
            continue
        if not any(isinstance(free, LambdaVariable) for free in dependencies.of(part)):
            yield part
