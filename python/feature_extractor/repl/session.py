"""The state of an interactive session: what was declared, and the rows that expressions are evaluated on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from feature_extractor.check.program import Analysis, analyse_text
from feature_extractor.check.typed import (
    CheckedProgram,
    Expression,
    Feature,
    Input,
    InputReference,
    Site,
    children,
)
from feature_extractor.check.typed import Field as FieldOf
from feature_extractor.diagnostics import Diagnostic, Label, Source, Span
from feature_extractor.diagnostics.diagnostic import Severity
from feature_extractor.errors import CompileError, FeatureExtractorError
from feature_extractor.registry import Registry
from feature_extractor.syntax import parse_source, tree
from feature_extractor.types import INT, ErrorType, StructType, Type

ENTRY: Final = "<entry>"
"""How messages call what was just entered."""
SESSION: Final = "<session>"
"""How messages call what was declared before."""
_VALUE: Final = "the_entered_value"
_ANCHOR: Final = "the_entered_row"
MOST_ROWS: Final = 1_000
"""Rows of a table that are taken, if nothing else is said."""


class SessionError(FeatureExtractorError):
    """Something that was asked for cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Declared:
    """Statements that were entered together, and the names that they declare; of an input block, its domain."""

    text: str
    names: tuple[str, ...]


@dataclass
class Session:
    """Declarations in the order in which they came, and rows.

    ``root`` is the folder of modules and resources. ``rows`` is a table of Arrow, None before one was loaded.
    """

    registry: Registry
    root: Path
    declared: list[Declared] = field(default_factory=list)
    rows: Any = None
    shown_rows: int = 5
    name: str = SESSION
    """The file name of the program, which tells where its fitted resources are."""

    @property
    def _path(self) -> str:
        return str(self.root / self.name)

    @property
    def text(self) -> str:
        """The program so far."""
        return "".join(f"{one.text}\n" for one in self.declared)

    def analysis(self, text: str | None = None) -> Analysis:
        """Check the program so far, or another text in its place."""
        whole = self.text if text is None else text
        return analyse_text(whole, self.registry, self._path, self.root)

    # ---- declaring -------------------------------------------------------------------------------

    def declare(self, text: str) -> tuple[list[str], list[str], list[Diagnostic]]:
        """Add statements; what has one of their names is replaced.

        Returns the names that are new and those that were replaced, and what was found. Raises CompileError where a
        statement has a mistake, or what was declared before does not go with it; then nothing has changed.
        """
        added = list(split(text))
        names = {name for one in added for name in one.names}
        kept = [one for one in self.declared if not names & set(one.names)]
        replaced = {name for one in self.declared if one not in kept for name in one.names} & names
        before = "".join(f"{one.text}\n" for one in kept)
        analysis = self.analysis(before + text)
        found = [self._moved(one, before, text, "") for one in analysis.diagnostics]
        if any(one.severity is Severity.ERROR for one in found):
            raise CompileError(found)
        self.declared = _merged(self.declared, added)
        ordered = [name for one in added for name in one.names]
        return (
            [n for n in ordered if n not in replaced],
            [n for n in ordered if n in replaced],
            found,
        )

    def drop(self, name: str) -> None:
        """Take a declaration away. Raises SessionError where there is none, CompileError where it is needed."""
        keys = {name, _domain_key(name), f"feature {name}"}
        kept = [one for one in self.declared if not keys & set(one.names)]
        if len(kept) == len(self.declared):
            raise SessionError(f"nothing is declared as `{name}`")
        analysis = self.analysis("".join(f"{one.text}\n" for one in kept))
        if analysis.program is None:
            text = "".join(f"{one.text}\n" for one in kept)
            raise CompileError([self._moved(one, text, "", "") for one in analysis.diagnostics])
        self.declared = kept

    # ---- evaluating ------------------------------------------------------------------------------

    def checked(self, text: str) -> tuple[Expression, Analysis]:
        """Check an expression. Raises CompileError with places in what was entered."""
        before = self.text + f"let {_VALUE} =\n"
        # A line that starts with white space continues the statement.
        lines = "".join(f" {line}\n" for line in text.splitlines())
        analysis = self.analysis(before + lines)
        errors = [one for one in analysis.diagnostics if one.severity is Severity.ERROR]
        if errors:
            raise CompileError([self._moved(one, before, text, " ") for one in errors])
        return analysis.values[_VALUE], analysis

    def type_of(self, text: str) -> Type | None:
        """Return the type of an expression, or None where it has a mistake."""
        try:
            found = self.checked(text)[0].type
        except CompileError:
            return None
        return None if isinstance(found, ErrorType) else found

    def evaluate(self, text: str) -> tuple[Type, str, list[Any]]:
        """Return type, domain and values of an expression on the shown rows; one value where it reads no input.

        Raises CompileError for mistakes, SessionError where there are no rows, EngineError where they do not fit.
        """
        from feature_extractor.testing.values import decode

        expression, analysis = self.checked(text)
        domain = domain_of(expression)
        if domain != "constant" and self.rows is None:
            return expression.type, domain, []
        parts = dict(_flat("", expression))
        extraction = self._extract(parts, analysis, domain)
        columns = []
        for index, part in enumerate(parts.values()):
            data, offsets = extraction._native.arrays(index)
            raw = data.tobytes()
            columns.append(
                [decode(raw[a:b], part.type) for a, b in itertools.pairwise(offsets.tolist())]
            )
        if isinstance(expression.type, StructType):
            return expression.type, domain, list(zip(*columns, strict=True))
        return expression.type, domain, columns[0]

    def plan(self, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return plan and manifest of a program whose only feature is an expression."""
        expression, analysis = self.checked(text)
        package = self._package(dict(_flat("", expression)), analysis)
        return package.plan, package.manifest

    def _package(self, parts: dict[str, Expression], analysis: Analysis) -> Any:
        from feature_extractor import _native
        from feature_extractor.plan.errors import PlanError
        from feature_extractor.plan.fold import native_fold
        from feature_extractor.plan.package import build_package

        program = analysis.program
        assert program is not None
        inputs = program.inputs
        if not inputs:
            inputs = (Input("request", _ANCHOR, INT, Site(SESSION, 1, 1, 1, 1)),)
        features = [
            Feature(name or "value", "value", part, part.site) for name, part in parts.items()
        ]
        whole = CheckedProgram(
            path=program.path,
            inputs=inputs,
            resources=resources_of(program, parts.values()),
            features=tuple(features),
            sources=program.sources,
        )
        try:
            fold = native_fold(_native.evaluate_constants)
            return build_package(whole, self.registry, _native, fold=fold)
        except PlanError as error:
            raise CompileError(error.diagnostics) from None

    def _extract(self, parts: dict[str, Expression], analysis: Analysis, domain: str) -> Any:
        from feature_extractor.extractor import load

        program = analysis.program
        assert program is not None
        if domain == "constant":
            # No row of the data is needed, and none may be there.
            analysis = replace(analysis, program=replace(program, inputs=()))
        extractor = load(self._package(parts, analysis).to_bytes())
        if domain == "constant":
            return extractor.extract([{_ANCHOR: 0}])
        return extractor.extract(self.rows.slice(0, self.shown_rows))

    def features(self, names: Iterable[str]) -> tuple[tuple[str, ...], Any]:
        """Return the features of the session, all without names, computed on the shown rows."""
        from feature_extractor.program import compile_text

        program = compile_text(self.text, path=self._path, root=self.root, registry=self.registry)
        known = tuple(feature.name for feature in program.checked.features)
        chosen = tuple(names) or known
        for name in chosen:
            if name not in known:
                raise SessionError(f"there is no feature `{name}`")
        if not chosen:
            raise SessionError("no feature is declared: enter `feature name : dense = ...`")
        if self.rows is None:
            raise SessionError("there are no rows: load some with `:load FILE`")
        return chosen, program.extractor().extract(self.rows.slice(0, self.shown_rows))

    # ---- places ----------------------------------------------------------------------------------

    def _moved(self, found: Diagnostic, before: str, entry: str, indent: str) -> Diagnostic:
        """Return a finding with its places in what was entered, not in the whole program."""
        shown = Source(ENTRY, entry)
        earlier = Source(SESSION, before)

        def move(span: Span) -> Span:
            if span.source.path != self._path:
                return span
            if span.start < len(before):
                return Span(earlier, span.start, min(span.end, len(before)))
            return Span(shown, *(_within(o - len(before), entry, indent) for o in span[1:]))

        return replace(
            found,
            span=None if found.span is None else move(found.span),
            labels=tuple(Label(move(label.span), label.text) for label in found.labels),
            fix=None,
        )


def _merged(old: list[Declared], added: list[Declared]) -> list[Declared]:
    """Return declarations with new ones, each in the place of the one that it replaces, else at the end."""
    names = {name for one in added for name in one.names}
    result: list[Declared] = []
    left = list(added)
    for one in old:
        if not names & set(one.names):
            result.append(one)
            continue
        for new in [new for new in left if set(new.names) & set(one.names)]:
            result.append(new)
            left.remove(new)
    return result + left


def _within(offset: int, entry: str, indent: str) -> int:
    """Return an offset in an entry, given one in the same text with its lines indented."""
    if not indent:
        return min(offset, len(entry))
    at = passed = 0
    for line in entry.splitlines(keepends=True):
        length = len(line) + len(indent)
        if offset < passed + length:
            return at + max(0, offset - passed - len(indent))
        passed += length
        at += len(line)
    return len(entry)


def split(text: str) -> Iterator[Declared]:
    """Yield the statements of a text one by one, each with the comments and descriptions above it."""
    start = 0
    statements = parse_source(Source(ENTRY, text)).file.statements
    waiting: list[str] = []
    for statement in statements:
        if isinstance(statement, tree.Annotation | tree.Description):
            # It stays with the statement below.
            continue
        waiting.append(text[start : statement.span.end].strip("\n"))
        start = statement.span.end
        names = _names(statement)
        if names:
            yield Declared("\n".join(waiting), names)
            waiting = []
    rest = text[start:].strip("\n")
    if waiting or rest:
        yield Declared("\n".join([*waiting, rest]).strip("\n"), ())


def _names(statement: tree.Statement) -> tuple[str, ...]:
    match statement:
        case tree.InputDeclaration():
            return (_domain_key(statement.domain.text),)
        case tree.FeatureDeclaration():
            return (f"feature {statement.name.text}",)
        case tree.LetDeclaration() | tree.ResourceDeclaration():
            return (statement.name.text,)
        case tree.UseDeclaration(alias=alias):
            return (alias.text if alias is not None else f'use "{statement.path}"',)
        case _:
            return ()


def _domain_key(name: str) -> str:
    return f"input {name}"


def domain_of(expression: Expression) -> str:
    """Return how often a value is computed: once (`constant`), per `request` or per `candidate`."""
    from feature_extractor.check.typed import Collect

    domains = set()
    seen: set[int] = set()
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, InputReference):
            domains.add(part.domain)
        if isinstance(part, Collect):
            # The list of all candidates belongs to the request.
            domains.add("request")
            continue
        waiting.extend(children(part))
    return "candidate" if "candidate" in domains else "request" if domains else "constant"


def resources_of(program: CheckedProgram, parts: Iterable[Expression]) -> tuple[Any, ...]:
    """Return the resources that some expressions read."""
    from feature_extractor.check.typed import ResourceReference

    names = set()
    seen: set[int] = set()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, ResourceReference):
                names.add(part.name)
            waiting.extend(children(part))
    return tuple(resource for resource in program.resources if resource.name in names)


def _flat(name: str, expression: Expression) -> Iterator[tuple[str, Expression]]:
    """Yield the flat columns of a value: a struct has one per field."""
    if not isinstance(expression.type, StructType):
        yield name, expression
        return
    for inner, type_ in expression.type.fields:
        nullable = expression.type.nullable or type_.nullable
        part = FieldOf(type_.with_nullable(nullable), expression.site, expression, inner)
        yield from _flat(f"{name}.{inner}", part)
