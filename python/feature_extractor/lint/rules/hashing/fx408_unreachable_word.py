"""FX408: a vocabulary is asked for words in letters that it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from feature_extractor.check.typed import Resource, ResourceReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.texts import Forms
from feature_extractor.types import INT, ListType, Type

_READ: Final = 1 << 20
"""How many bytes of a vocabulary are read: its first words are the frequent ones."""
_INT: Final = re.compile(r"-?\d+")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the words of vocabularies with what is known about the texts that are looked up in them."""
    vocabularies = {r.name: r for r in program.program.resources if r.kind == "vocabulary"}
    words: dict[str, list[str]] = {}
    forms = Forms(program.ranges)
    for call, feature in program.calls("lookup", "contains"):
        resource, key = call.arguments[:2]
        if not isinstance(resource, ResourceReference) or resource.name not in vocabularies:
            continue
        is_int = _element(key.type).with_nullable(False) == INT
        known = forms.of(key)
        if not is_int and not known.by:
            continue
        name = resource.name
        if name not in words:
            words[name] = _words(vocabularies[name])
        missed = (
            [(word, "an int") for word in words[name] if not _INT.fullmatch(word)]
            if is_int
            else [(word, f"`{by}`") for word in words[name] if (by := known.misses(word))]
        )
        if 2 * len(missed) <= len(words[name]):
            continue
        word, by = missed[0]
        yield Finding(
            program.place(call, feature),
            f"{by} never gives {len(missed):,} of {len(words[name]):,} words of `{name}`",
            caption=f'one of them is "{word}"',
            help="look the words up as they are, or make the file from what is looked up",
        )


def _element(type_: Type) -> Type:
    return type_.element if isinstance(type_, ListType) else type_


def _words(resource: Resource) -> list[str]:
    """Return the words of a vocabulary, or the first ones of a long file; none where it cannot be read."""
    if resource.columns is not None:
        return [str(word) for word in resource.columns[0]]
    try:
        with Path(resource.path).open("rb") as file:
            data = file.read(_READ)
    except (OSError, ValueError):
        return []
    lines = data.decode("utf-8", errors="replace").split("\n")
    if len(data) == _READ or not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


RULE: Final = Rule(
    code="FX408",
    name="unreachable-word",
    severity=Severity.ERROR,
    summary="Most words of a vocabulary are never found, because of the case of what is looked up.",
    check=check,
)
