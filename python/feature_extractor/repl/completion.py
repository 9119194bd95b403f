"""Proposes how an entry may go on: commands, names, fields and operators that fit."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import Expression
from feature_extractor.registry import (
    CONSTRAINTS,
    ListPattern,
    MapPattern,
    Operator,
    Pattern,
    ResourcePattern,
    ScalarPattern,
    Signature,
    StructPattern,
    VariablePattern,
    VectorPattern,
)
from feature_extractor.repl.session import Session
from feature_extractor.types import (
    FLOAT,
    INT,
    ListType,
    MapType,
    ScalarType,
    StructType,
    TableType,
    Type,
    VectorType,
    VocabularyType,
)

_WORDS: Final = ("if", "then", "else", "and", "or", "not", "in", "true", "false", "null")
_STATEMENTS: Final = ("let", "feature", "input", "resource", "use")
_WORD: Final = re.compile(r"[A-Za-z_]\w*$")
_FILES: Final = ("load", "save")


@dataclass(frozen=True)
class Proposal:
    """A word that may stand from ``start`` on, and a remark about it."""

    word: str
    start: int
    remark: str = ""


def proposals(session: Session, text: str, commands: dict[str, str]) -> list[Proposal]:
    """Return how the text in front of the cursor may go on; ``commands`` are those of the session by name."""
    if text.lstrip().startswith(":"):
        return list(_commands(session, text, commands))
    word = _WORD.search(text)
    start = word.start() if word else len(text)
    begun = text[start:]
    if text[:start].rstrip().endswith("."):
        return list(_members(session, text[:start].rstrip()[:-1], begun, start))
    if text[:start].endswith(('"', "'")) or text[:start].rstrip(" ").endswith("#"):
        return []
    found: dict[str, str] = {}
    for name, remark in _names(session):
        found.setdefault(name, remark)
    for name in _WORDS:
        found.setdefault(name, "")
    if not text[:start].strip():
        found |= dict.fromkeys(_STATEMENTS, "statement")
    for operator in session.registry.operators:
        if not operator.hidden:
            found.setdefault(operator.name, operator.summary)
    return [
        Proposal(name, start, remark) for name, remark in found.items() if name.startswith(begun)
    ]


def _names(session: Session) -> Iterator[tuple[str, str]]:
    analysis = session.analysis()
    if analysis.program is not None:
        for declared in analysis.program.inputs:
            yield declared.name, f"{declared.domain} {declared.type}"
    for one in session.declared:
        for name in one.names:
            if name.isidentifier():
                value = analysis.values.get(name)
                yield name, str(value.type) if isinstance(value, Expression) else ""


def _commands(session: Session, text: str, commands: dict[str, str]) -> Iterator[Proposal]:
    written = text.lstrip()[1:]
    offset = len(text) - len(written)
    name, space, rest = written.partition(" ")
    if not space:
        for command, remark in commands.items():
            if command.startswith(name):
                yield Proposal(command, offset, remark)
        return
    if name in _FILES:
        yield from _paths(session, rest, offset + len(name) + 1)
    elif name in ("type", "explain"):
        start = offset + len(name) + 1
        for proposal in proposals(session, rest, {}):
            yield Proposal(proposal.word, proposal.start + start, proposal.remark)
    elif name == "ops":
        start = offset + len(name) + 1
        for operator in session.registry.operators:
            if not operator.hidden and operator.name.startswith(rest):
                yield Proposal(operator.name, start, operator.summary)
    elif name in ("drop", "run"):
        begun = rest.rpartition(" ")[2]
        for one in session.declared:
            for full in one.names:
                word = full.rpartition(" ")[2]
                if word.startswith(begun):
                    yield Proposal(word, len(text) - len(begun))


def _paths(session: Session, begun: str, start: int) -> Iterator[Proposal]:
    folder, name = os.path.split(begun)
    try:
        entries = sorted(Path(folder or ".").iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and not (entry.name.startswith(".") and not name):
            shown = os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")
            yield Proposal(shown, start)


def _members(session: Session, base: str, begun: str, start: int) -> Iterator[Proposal]:
    """Propose fields and operators for what stands before a point."""
    type_ = session.type_of(_last_value(base))
    if isinstance(type_, StructType):
        for name, inner in type_.fields:
            if name.startswith(begun):
                yield Proposal(name, start, str(inner))
        return
    for operator in session.registry.operators:
        if operator.hidden or not operator.name.startswith(begun):
            continue
        if type_ is None or takes(operator, type_):
            yield Proposal(operator.name, start, operator.summary)


def _last_value(text: str) -> str:
    """Return the chain of names, calls and indices that a text ends with."""
    at = len(text)
    while at > 0:
        character = text[at - 1]
        if character in ")]":
            depth = 0
            while at > 0:
                at -= 1
                depth += (text[at] in ")]}") - (text[at] in "([{")
                if depth == 0:
                    break
        elif character.isalnum() or character in "_.":
            at -= 1
        elif character == '"':
            begin = text.rfind('"', 0, at - 1)
            if begin < 0:
                break
            at = begin
        else:
            break
    return text[at:]


def takes(operator: Operator, type_: Type) -> bool:
    """Return whether some form of an operator takes a value of a type first."""
    for overload in operator.overloads:
        signature = overload.signature
        if signature.parameters and _fits(signature.parameters[0].pattern, type_, signature):
            return True
    return False


def _fits(pattern: Pattern, type_: Type, signature: Signature) -> bool:
    match pattern:
        case ScalarPattern(name=name):
            return type_.text() == name or (name == FLOAT.name and type_.text() == INT.name)
        case VariablePattern(name=name):
            allowed = CONSTRAINTS.get(signature.constraint(name), frozenset())
            return not allowed or (isinstance(type_, ScalarType) and type_.name in allowed)
        case ListPattern(element=element):
            return isinstance(type_, ListType) and _fits(element, type_.element, signature)
        case MapPattern():
            return isinstance(type_, MapType)
        case VectorPattern():
            return isinstance(type_, VectorType)
        case StructPattern():
            return isinstance(type_, StructType)
        case ResourcePattern(kind=kind):
            return isinstance(
                type_, {"vocabulary": VocabularyType, "table": TableType}.get(kind, ())
            )
        case _:
            return False
