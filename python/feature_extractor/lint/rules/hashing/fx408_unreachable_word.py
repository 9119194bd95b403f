"""FX408: a vocabulary or a table is asked for words in letters that it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import ResourceReference
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.texts import Forms
from feature_extractor.lint.words import first_words
from feature_extractor.types import INT, ListType, Type

_INT: Final = re.compile(r"-?\d+")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the words of vocabularies and the keys of tables with what is known about what is looked up."""
    resources = {r.name: r for r in program.program.resources}
    if not resources:
        return
    words: dict[str, list[str]] = {}
    forms = Forms(program.ranges)
    for call, feature in program.calls("lookup", "contains"):
        resource, key = call.arguments[:2]
        if not isinstance(resource, ResourceReference) or resource.name not in resources:
            continue
        what = "words" if resources[resource.name].kind == "vocabulary" else "keys"
        is_int = what == "words" and _element(key.type).with_nullable(False) == INT
        known = forms.of(key)
        if not is_int and not known.by:
            continue
        name = resource.name
        if name not in words:
            words[name] = first_words(resources[name])
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
            f"{by} never gives {len(missed):,} of {len(words[name]):,} {what} of `{name}`",
            caption=f'one of them is "{word}"',
            help=f"look the {what} up as they are, or make the file from what is looked up",
        )


def _element(type_: Type) -> Type:
    return type_.element if isinstance(type_, ListType) else type_


RULE: Final = Rule(
    code="FX408",
    name="unreachable-word",
    severity=Severity.ERROR,
    summary="Most words of a vocabulary or keys of a table are never found, because of the case of what is looked up.",
    check=check,
)
