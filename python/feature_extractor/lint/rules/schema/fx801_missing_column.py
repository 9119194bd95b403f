"""FX801: the data has no column for an input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity, Span
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.lint.columns import SchemaError
from feature_extractor.lint.drift import SCHEMA, drifts, names, schemas
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for inputs, and fields of inputs, that the schema does not have."""
    try:
        found = schemas(program, RULE)
    except SchemaError as error:
        first = Span(program.source, 0, min(1, len(program.source.text)))
        yield Finding(first, f"the schema is not known: {error}", help=error.hint)
        return
    for drift in drifts(program, found):
        if drift.problem.kind != "missing":
            continue
        name = drift.problem.place.rpartition(".")[2]
        meant = None
        if name == drift.problem.place:
            known = names(found, drift.domain)
            folded = {column.lower(): column for column in known}
            meant = folded.get(name.lower()) or closest(name, known)
        yield Finding(
            drift.span,
            drift.problem.message,
            caption=f"did you mean `{meant}`?" if meant else f"not in {drift.schema}",
            notes=("names are compared letter by letter: case matters",)
            if meant and meant.lower() == name.lower()
            else (),
            help="a program is refused for data that lacks a column that it reads",
        )


RULE: Final = Rule(
    code="FX801",
    name="missing-column",
    severity=Severity.ERROR,
    summary="The data has no column, or no field, for an input.",
    check=check,
    settings=(SCHEMA,),
)
