"""FX704: a description says nothing that the name does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity, Span
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_WORDS: Final = re.compile(r"[^\W_]+")
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SMALL: Final = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "of",
            "for",
            "in",
            "on",
            "by",
            "to",
            "and",
            "or",
            "is",
            "as",
            "it",
            "its",
        ),
        *("this", "that", "with", "value", "feature", "input", "let", "field"),
    )
)
_LATER: Final = frozenset(("todo", "tbd", "tba", "wip", "later", "none", "na", "description"))


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the descriptions of features, lets, resources and inputs."""
    for statement in program.file.statements:
        match statement:
            case tree.FeatureDeclaration() | tree.LetDeclaration() | tree.ResourceDeclaration():
                description = statement.description
                if description is not None and _says_nothing(description.text, statement.name.text):
                    yield _finding(description.span, statement.name.text)
            case tree.InputDeclaration():
                for field in statement.fields:
                    name = field.names[0]
                    if field.description and _says_nothing(field.description, name.text):
                        yield _finding(name.span, name.text)
            case _:
                pass


def _says_nothing(description: str, name: str) -> bool:
    """Return whether a description has no word beside those of the name."""
    written = name.lower()
    for found in _WORDS.finditer(description.lower()):
        word = found.group()
        if word.removesuffix("s") not in written and word not in _SMALL and word not in _LATER:
            return False  # So it is with most: the name need not be cut into its words.
    words = set(_WORDS.findall(description.lower())) - _SMALL
    if words <= _LATER:
        return True
    known = {part.lower() for part in _PARTS.findall(name)}
    known |= {f"{part}s" for part in known} | {part.removesuffix("s") for part in known}
    return words <= known


def _finding(span: Span, name: str) -> Finding:
    return Finding(
        span,
        f"the description of `{name}` says no more than its name",
        help="say what it means, in which unit, and what counts where there is no value; or leave it out",
    )


RULE: Final = Rule(
    code="FX704",
    name="empty-description",
    severity=Severity.INFORMATION,
    summary="A description says no more than the name.",
    check=check,
)
