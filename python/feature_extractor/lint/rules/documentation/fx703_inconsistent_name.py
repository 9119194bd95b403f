"""FX703: a name is written in another style than the names around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_STYLE: Final = re.compile(
    r"(?P<snake_case>_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+_*)"
    r"|(?P<camelCase>_*[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+)"
    r"|(?P<PascalCase>_*(?:[A-Z][a-z0-9]+)+)"
)
_FEWEST: Final = 4
"""From how many names on there is a style."""
_SHARE: Final = 0.75
"""Which share of the names makes it one."""
_WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the names that a program chooses: those of inputs are given by the data."""
    found = [(name, style) for name in _names(program) if (style := _style(name.text))]
    counts = Counter(style for _, style in found)
    if len(found) < _FEWEST:
        return
    ((usual, count),) = counts.most_common(1)
    if count < _SHARE * len(found):
        return
    for name, style in found:
        if style != usual:
            yield Finding(
                name.span,
                f"`{name.text}` is {style}, and the other names of this file are {usual}",
                help=f"call it `{_as(usual, name.text)}`; a feature that a model knows keeps its name",
            )


def _names(program: LintedProgram) -> Iterator[tree.Identifier]:
    for statement in program.file.statements:
        match statement:
            case tree.FeatureDeclaration() | tree.ResourceDeclaration():
                yield statement.name
            case tree.LetDeclaration():
                yield statement.name
                yield from (parameter.name for parameter in statement.parameters or ())
            case _:
                pass


def _style(name: str) -> str:
    """Return the style of a name; a single word, and one in capitals only, is of none."""
    found = _STYLE.fullmatch(name)
    return (found.lastgroup or "") if found else ""


def _as(style: str, name: str) -> str:
    words = [word.lower() for word in _WORD.findall(name)]
    if style == "snake_case":
        return "_".join(words)
    capital = [word.capitalize() for word in words]
    return "".join(capital if style == "PascalCase" else [words[0], *capital[1:]])


RULE: Final = Rule(
    code="FX703",
    name="inconsistent-name",
    severity=Severity.INFORMATION,
    summary="A name is written in another style than the other names of its file.",
    check=check,
)
