"""What can stand at a cursor: names, operators, fields, types and words, what fits best first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from feature_extractor.check.fits import FITS, FORMS
from feature_extractor.check.fits import PREFIX as FIT_PREFIX
from feature_extractor.check.kinds import KIND_EXAMPLES, KIND_PARAMETERS
from feature_extractor.check.program import DOMAINS
from feature_extractor.check.scopes import (
    InputSymbol,
    LetSymbol,
    ModuleSymbol,
    ResourceSymbol,
    Symbol,
    ValueSymbol,
)
from feature_extractor.check.unification import Fit, Mismatch
from feature_extractor.language_server.documentation import (
    KINDS,
    TYPES,
    domain,
    show_parameter,
)
from feature_extractor.language_server.expectations import (
    DOES_NOT_FIT,
    FITS_WELL,
    UNKNOWN,
    Expectation,
    expected_at,
)
from feature_extractor.language_server.unfinished import CURSOR, Unfinished
from feature_extractor.registry import LambdaPattern, Operator, Signature
from feature_extractor.standard import module_texts
from feature_extractor.syntax import tree
from feature_extractor.types import ErrorType, StructType, Type

_MOST_LETS: Final = 2_000
"""Lets of a file whose types are looked at for an order of proposals."""

_MOST_PATHS: Final = 500


class Sort(StrEnum):
    """What a proposal is; the values are those of the protocol's ``CompletionItemKind`` in small letters."""

    FIELD = "field"
    FUNCTION = "function"
    OPERATOR = "method"
    VARIABLE = "variable"
    INPUT = "property"
    RESOURCE = "reference"
    MODULE = "module"
    TYPE = "class"
    KIND = "enum"
    KEYWORD = "keyword"
    WORD = "value"
    FILE = "file"
    PARAMETER = "typeparameter"


@dataclass(frozen=True)
class Proposal:
    """Something that can stand at the cursor.

    ``rank`` is how well it fits, from 0; ``group`` orders proposals that fit alike. ``snippet`` is what is
    written, where it differs from the label: ``$0`` is where the cursor goes. ``key`` says where documentation is
    found later.
    """

    label: str
    sort: Sort
    rank: int = UNKNOWN
    group: int = 5
    parameters: str = ""
    type: str = ""
    snippet: str = ""
    documentation: str = ""
    key: dict[str, Any] = field(default_factory=dict)
    deprecated: bool = False

    @property
    def order(self) -> str:
        """What proposals are sorted by.

        What does not fit may be the beginning of what does, as `title` in `title.length()`. So it stands among what
        nothing is known of, a little lower.
        """
        misfit = self.rank == DOES_NOT_FIT
        rank, group = (UNKNOWN, self.group + 1) if misfit else (self.rank, self.group)
        return f"{rank}{group:02}{self.label}"


def propose(unfinished: Unfinished, folder: str = "") -> list[Proposal]:
    """Return what can stand at the cursor, the best first; ``folder`` is where the file lies."""
    unique: dict[tuple[str, str], Proposal] = {}
    for proposal in _propose(unfinished, folder):
        unique.setdefault((proposal.label, proposal.sort), proposal)
    return sorted(unique.values(), key=lambda proposal: proposal.order)


def _propose(unfinished: Unfinished, folder: str) -> Iterator[Proposal]:
    node, parent = unfinished.node, unfinished.parent
    expected = unfinished.continuation.expected if unfinished.continuation else frozenset()
    if unfinished.string is not None:
        yield from _in_string(unfinished, folder)
        return
    if unfinished.word[:1].isdigit():
        return
    if not unfinished.before.strip():
        yield from _STATEMENTS
        return
    if expected and "NAME" not in expected:
        yield from _keywords(expected)
        return
    match node, parent:
        case tree.Identifier(), tree.FieldAccess(base=base):
            yield from _members(unfinished, base)
        case tree.Identifier(), tree.Call(receiver=receiver, name=name) if (
            name is node and receiver is not None
        ):
            yield from _members(unfinished, receiver)
        case tree.Identifier(), tree.Call(name=name) if name is node:
            yield from _values(unfinished, expected)
        case tree.Identifier(), tree.NamedType():
            yield from _TYPES
        case tree.Identifier(), tree.Kind():
            yield from _KINDS
        case tree.Identifier(text=text), tree.ResourceDeclaration(constructor=constructor) if (
            constructor is node
        ):
            yield from _FITS if text.startswith(FIT_PREFIX) else _CONSTRUCTORS
        case tree.Identifier(), tree.InputDeclaration(domain=domain_) if domain_ is node:
            for name_ in DOMAINS:
                yield Proposal(name_, Sort.KEYWORD)
        case tree.Identifier(), tree.Annotation():
            yield Proposal("owner", Sort.FUNCTION, snippet='owner("$0")')
        case tree.Identifier(), tree.StructLiteral():
            yield from _struct_fields(unfinished)
        case tree.Name(), _:
            yield from _values(unfinished, expected)
        case _:
            yield from _keywords(expected)
    if node is None and "NAME" in expected and not isinstance(parent, tree.Statement):
        yield from _values(unfinished, expected)


# ---- values --------------------------------------------------------------------------------------


def _values(unfinished: Unfinished, expected: frozenset[str]) -> Iterator[Proposal]:
    """Yield everything that has a value."""
    expectation = expected_at(unfinished)
    for word in expectation.words:
        yield Proposal(f'"{word}"', Sort.WORD, FITS_WELL, 0)
    for name in expectation.parameters:
        yield Proposal(f"{name} =", Sort.PARAMETER, UNKNOWN, 1, snippet=f"{name} = $0")
    if expectation.is_lambda:
        yield Proposal(
            "e -> ...",
            Sort.KEYWORD,
            FITS_WELL,
            0,
            snippet="${1:e} -> $0",
            documentation="What happens to each element of the list.",
        )
    yield from _locals(unfinished, expectation)
    yield from _names(unfinished, expectation)
    for operator in unfinished.inspection.registry.operators:
        if not operator.hidden and not operator.plugin:
            yield _operator(operator, operator.overloads[0].signature, UNKNOWN, 8, skip=0)
    yield from _keywords(expected)


def _locals(unfinished: Unfinished, expectation: Expectation) -> Iterator[Proposal]:
    names = dict(unfinished.environment.locals)
    statement = unfinished.statement
    if isinstance(statement, tree.LetDeclaration):
        # A function that nobody calls yet has parameters of no type.
        for parameter in statement.parameters or ():
            if parameter.name.text not in names and CURSOR not in parameter.name.text:
                yield Proposal(parameter.name.text, Sort.VARIABLE, UNKNOWN, 1)
    for name, value in names.items():
        type_ = None if isinstance(value.type, ErrorType) else value.type
        yield Proposal(
            name, Sort.VARIABLE, expectation.rank(type_), 1, type=str(type_) if type_ else ""
        )


def _names(unfinished: Unfinished, expectation: Expectation) -> Iterator[Proposal]:
    inspection = unfinished.inspection
    lets = 0
    for name, symbol in inspection.scope.names.items():
        if CURSOR in name:
            continue
        key = {"name": name}
        match symbol:
            case InputSymbol(readable=True):
                rank = expectation.rank(symbol.type)
                if expectation.wants_candidate:
                    rank = FITS_WELL if symbol.domain == "candidate" else DOES_NOT_FIT
                yield Proposal(name, Sort.INPUT, rank, 3, type=str(symbol.type), key=key)
            case LetSymbol() if not symbol.is_function:
                type_, lives = None, ""
                if symbol.scope is inspection.scope and lets < _MOST_LETS:
                    lets += 1
                    inspection.examine(symbol.declaration)
                    meanings = inspection.meanings(symbol.declaration.value)
                    type_ = inspection.type_of(symbol.declaration.value)
                    lives = domain(meanings[0].expression) if meanings else ""
                rank = expectation.rank(type_)
                if expectation.wants_candidate:
                    rank = FITS_WELL if lives == "candidate" else DOES_NOT_FIT
                shown = str(type_) if type_ is not None else ""
                yield Proposal(name, Sort.VARIABLE, rank, 2, type=shown, key=key)
            case LetSymbol():
                yield _function(name, symbol, UNKNOWN, 4, skip=0)
            case ResourceSymbol():
                yield Proposal(
                    name,
                    Sort.RESOURCE,
                    expectation.rank(symbol.type),
                    4,
                    type=str(symbol.type),
                    key=key,
                )
            case ModuleSymbol():
                yield Proposal(name, Sort.MODULE, UNKNOWN, 6, key=key)
            case _:
                pass
    for plugin in inspection.registry.plugins:
        yield Proposal(plugin, Sort.MODULE, UNKNOWN, 6)


def _keywords(expected: frozenset[str]) -> Iterator[Proposal]:
    for terminal, (word, snippet) in _KEYWORDS.items():
        if terminal in expected:
            yield Proposal(word, Sort.KEYWORD, UNKNOWN, 7, snippet=snippet)
    if "NOT" in expected and "NAME" not in expected:
        yield Proposal("not in", Sort.KEYWORD, UNKNOWN, 7)


# ---- behind a point ------------------------------------------------------------------------------


def _members(unfinished: Unfinished, base: tree.Expression) -> Iterator[Proposal]:
    """Yield what can stand behind ``base.``: fields, operators that take such a value first, or names of a module."""
    inspection = unfinished.inspection
    if isinstance(base, tree.Name) and base.text not in unfinished.environment.locals:
        symbol = inspection.scope.names.get(base.text)
        if isinstance(symbol, ModuleSymbol):
            yield from _of_module(symbol)
            return
        plugin = inspection.registry.plugins.get(base.text)
        if plugin is not None and symbol is None:
            for operator in plugin.operators:
                if not operator.hidden:
                    yield _operator(operator, operator.overloads[0].signature, UNKNOWN, 4, skip=0)
            return
    expectation = expected_at(_with_node(unfinished))
    type_ = inspection.type_of(base)
    if isinstance(type_, StructType):
        for name, part in type_.fields:
            part = part.with_nullable(part.nullable or type_.nullable)
            yield Proposal(name, Sort.FIELD, expectation.rank(part), 0, type=str(part))
    for operator in inspection.registry.operators:
        if operator.hidden or operator.plugin:
            continue
        proposal = _method(operator, type_, expectation)
        if proposal is not None:
            yield proposal
    for name, symbol in inspection.scope.names.items():
        if isinstance(symbol, LetSymbol) and symbol.is_function and symbol.declaration.parameters:
            yield _function(name, symbol, UNKNOWN, 6, skip=1)


def _with_node(unfinished: Unfinished) -> Unfinished:
    """Return the same place, asked about the whole chain instead of the word behind its last point."""
    path = unfinished.path[:-1]
    return Unfinished(
        unfinished.inspection,
        unfinished.word,
        unfinished.word_start,
        unfinished.word_end,
        None,
        path,
        unfinished.continuation,
        unfinished.before,
    )


def _method(operator: Operator, type_: Type | None, expectation: Expectation) -> Proposal | None:
    """Return an operator as a proposal behind a value of a type; None where no form takes such a value first."""
    if type_ is None:
        return _operator(operator, operator.overloads[0].signature, UNKNOWN, 6, skip=1)
    best: tuple[int, Signature, Type | None] | None = None
    for overload in operator.overloads:
        signature = overload.signature
        if not signature.parameters:
            continue
        fit = Fit(signature)
        result: Type | None = None
        try:
            fit.argument(signature.parameters[0].pattern, type_, 0, False)
            fit.finish()
            result = fit.instantiate(signature.result)
        except Mismatch:
            continue
        except KeyError:
            result = None
        if result is not None:
            strict = not signature.parameters[0].pattern.nullable
            result = result.with_nullable(result.nullable or (type_.nullable and strict))
        rank = expectation.rank(result if result is None or _is_known(result) else None)
        if best is None or rank < best[0]:
            best = (rank, signature, result)
    if best is None:
        return None
    rank, signature, result = best
    by_sign = bool(operator.syntax) and not operator.syntax.isidentifier()
    return _operator(operator, signature, rank, 7 if by_sign else 3, skip=1, result=result)


def _is_known(type_: Type) -> bool:
    return "null" not in str(type_)


def _of_module(module: ModuleSymbol) -> Iterator[Proposal]:
    for name, symbol in module.scope.names.items():
        if module.is_fitted and name.startswith("_"):
            continue
        if isinstance(symbol, LetSymbol) and symbol.is_function:
            yield _function(name, symbol, UNKNOWN, 3, skip=0, module=module.name)
        elif isinstance(symbol, LetSymbol | ResourceSymbol | ValueSymbol):
            yield Proposal(
                name, _sort(symbol), UNKNOWN, 3, key={"name": name, "module": module.name}
            )


def _sort(symbol: Symbol) -> Sort:
    return Sort.RESOURCE if isinstance(symbol, ResourceSymbol) else Sort.VARIABLE


# ---- calls ---------------------------------------------------------------------------------------


def _operator(
    operator: Operator,
    signature: Signature,
    rank: int,
    group: int,
    *,
    skip: int,
    result: Type | None = None,
) -> Proposal:
    """Return an operator as a proposal; ``skip`` parameters are given by what stands before it."""
    name = operator.name.partition(".")[2] if operator.plugin else operator.name
    rest = signature.parameters[skip:]
    text = signature.text.partition("(")[2].rpartition("->")[0].strip().removesuffix(")")
    shown = text.partition(",")[2].strip() if skip else text
    needed = [parameter for parameter in rest if not parameter.optional]
    only_lambda = len(needed) == 1 and isinstance(needed[0].pattern, LambdaPattern)
    snippet = f"{name}($0)" if needed or (rest and not skip) else f"{name}()$0"
    if only_lambda:
        snippet = f"{name}(${{1:e}} -> $0)"
    known = result is not None and _is_known(result)
    return Proposal(
        name,
        Sort.OPERATOR if skip else Sort.FUNCTION,
        rank,
        group + (3 if operator.deprecated else 0),
        parameters=f"({shown})",
        type=str(result) if known else signature.text.rpartition("->")[2].strip(),
        snippet=snippet,
        key={"operator": operator.name},
        deprecated=bool(operator.deprecated),
    )


def _function(
    name: str, symbol: LetSymbol, rank: int, group: int, *, skip: int, module: str = ""
) -> Proposal:
    parameters = (symbol.declaration.parameters or [])[skip:]
    needed = any(parameter.default is None for parameter in parameters)
    key = {"name": name, "module": module} if module else {"name": name}
    return Proposal(
        name,
        Sort.FUNCTION,
        rank,
        group,
        parameters=f"({', '.join(map(show_parameter, parameters))})",
        snippet=f"{name}($0)" if needed else f"{name}()$0",
        key=key,
    )


# ---- structs and strings -------------------------------------------------------------------------


def _struct_fields(unfinished: Unfinished) -> Iterator[Proposal]:
    """Yield the fields that a struct literal may want: those of `weighted`."""
    statement = unfinished.statement
    literal = unfinished.parent
    if not isinstance(statement, tree.FeatureDeclaration) or statement.kind.name.text != "weighted":
        return
    assert isinstance(literal, tree.StructLiteral)
    written = {name.text for name, _ in literal.members}
    for name in ("id", "weight"):
        if name not in written:
            yield Proposal(name, Sort.FIELD, FITS_WELL, snippet=f"{name}: $0")


def _in_string(unfinished: Unfinished, folder: str) -> Iterator[Proposal]:
    """Yield paths of modules and resources, and the words that a constant may be."""
    statement = unfinished.statement
    if isinstance(statement, tree.UseDeclaration):
        for name in module_texts():
            yield Proposal(name, Sort.FILE, FITS_WELL, 4)
        yield from _paths(folder, unfinished.string or "", (".fx",))
        return
    if isinstance(statement, tree.ResourceDeclaration):
        yield from _paths(folder, unfinished.string or "", ())
        return
    for word in expected_at(unfinished).words:
        yield Proposal(word, Sort.WORD, FITS_WELL, 0)


def _paths(folder: str, written: str, suffixes: Sequence[str]) -> Iterator[Proposal]:
    """Yield files below the folder that begin as written; folders first lead to what is in them."""
    parent = written.rpartition("/")[0]
    place = os.path.join(folder, *parent.split("/")) if parent else folder
    if not folder or ".." in written:
        return
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries[:_MOST_PATHS]:
        if entry.name.startswith("."):
            continue
        name = f"{parent}/{entry.name}" if parent else entry.name
        if entry.is_dir():
            yield Proposal(f"{name}/", Sort.FILE, UNKNOWN, 6)
        elif not suffixes or entry.name.endswith(tuple(suffixes)):
            yield Proposal(name, Sort.FILE, UNKNOWN, 3)


_STATEMENTS: Final = (
    Proposal("input", Sort.KEYWORD, snippet="input ${1|request,candidate|} {\n    $0\n}"),
    Proposal("resource", Sort.KEYWORD, snippet="resource ${1:name} = $0"),
    Proposal("let", Sort.KEYWORD, snippet="let ${1:name} = $0"),
    Proposal("feature", Sort.KEYWORD, snippet="feature ${1:name} : ${2:dense} = $0"),
    Proposal("use", Sort.KEYWORD, snippet='use "$0"'),
    Proposal("@owner", Sort.KEYWORD, snippet='@owner("$0")'),
)
_KEYWORDS: Final = {
    "IF": ("if", "if $1 then $2 else $0"),
    "THEN": ("then", ""),
    "ELSE": ("else", ""),
    "AND": ("and", ""),
    "OR": ("or", ""),
    "IN": ("in", ""),
    "NOT": ("not", ""),
    "TRUE": ("true", ""),
    "FALSE": ("false", ""),
    "NULL": ("null", ""),
    "AS": ("as", ""),
}
_TYPE_SNIPPETS: Final = {"list": "list<$0>", "map": "map<${1:string}, $0>", "vector": "vector<$0>"}
_TYPES: Final = tuple(
    Proposal(name, Sort.TYPE, snippet=_TYPE_SNIPPETS.get(name, ""), documentation=text)
    for name, text in TYPES.items()
)
_KINDS: Final = tuple(
    Proposal(
        name,
        Sort.KIND,
        parameters=f"({', '.join(KIND_PARAMETERS[name])})",
        snippet=f"{name}($0)" if "size" in KIND_PARAMETERS[name] else "",
        documentation=f"{text} For example `{KIND_EXAMPLES[name]}`.",
    )
    for name, text in KINDS.items()
)
_CONSTRUCTORS: Final = (
    Proposal("vocabulary", Sort.FUNCTION, snippet='vocabulary("$0")'),
    Proposal("table", Sort.FUNCTION, snippet='table<${1:int}, {${2:name}: ${3:float}}>("$0")'),
    *(
        Proposal(
            f"{FIT_PREFIX}{name}",
            Sort.FUNCTION,
            snippet=f"{FIT_PREFIX}{name}($0)",
            documentation=f"For example `{FORMS[name]}`.",
        )
        for name in FITS
    ),
)
_FITS: Final = tuple(
    Proposal(
        name, Sort.FUNCTION, snippet=f"{name}($0)", documentation=f"For example `{FORMS[name]}`."
    )
    for name in FITS
)
