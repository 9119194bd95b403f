"""FX410: the size of a feature is not that of the vocabulary that its ids come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, ResourceReference
from feature_extractor.diagnostics import Applicability, Edit, Fix, Label, Severity
from feature_extractor.lint.identifiers import id_values, lists
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.words import vocabulary_size
from feature_extractor.syntax import tree


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the vocabulary that is looked up with the size of the feature."""
    resources = {r.name: r for r in program.program.resources if r.kind == "vocabulary"}
    if not resources:
        return
    for feature in program.features:
        checked = feature.checked
        for call in [c for value in id_values(feature) for c in _lookups(program, value)]:
            resource = call.arguments[0]
            if not isinstance(resource, ResourceReference) or resource.name not in resources:
                continue
            name = resource.name
            if checked.vocabulary is not None:
                if checked.vocabulary != name:
                    yield _finding(
                        program,
                        feature,
                        call,
                        name,
                        f"and its size is that of `{checked.vocabulary}`",
                    )
                continue
            size = vocabulary_size(resources[name])
            if size is not None and checked.size is not None and size > checked.size:
                yield _finding(
                    program,
                    feature,
                    call,
                    name,
                    f"which gives {size:,}, and its size is {checked.size:,}",
                )


def _finding(
    program: LintedProgram, feature: DeclaredFeature, call: Call, name: str, problem: str
) -> Finding:
    what = "replaced by the default" if feature.checked.kind == "id" else "dropped"
    size = feature.declaration.kind.arguments[0].value
    fix = None
    is_own = any(resource.name.text == name for resource in program.names.resources)
    if isinstance(size, tree.Literal | tree.Name) and is_own:
        message = "take the size of the vocabulary"
        fix = Fix(message, (Edit(size.span, name),), Applicability.UNSAFE)
    return Finding(
        feature.declaration.kind.span,
        f"the ids of `{feature.name}` come from `{name}`, {problem}",
        caption=f"an id that is not below the size is {what}",
        labels=(Label(program.place(call, feature), "the look-up"),),
        help=f"write `{feature.checked.kind}({name})`",
        fix=fix,
    )


def _lookups(program: LintedProgram, value: Expression) -> Iterator[Call]:
    """Yield the look-ups that ids come from unchanged."""
    waiting = [value]
    while waiting:
        for origin in lists(waiting.pop()):
            if origin.operator == "lookup":
                yield origin
            elif origin.operator == "filter":
                waiting.append(origin.arguments[0])
            elif program.operator(origin.operator).mapping:
                waiting.extend(a.body for a in origin.arguments if isinstance(a, Lambda))


RULE: Final = Rule(
    code="FX410",
    name="wrong-vocabulary",
    severity=Severity.ERROR,
    summary="The size of a feature is not that of the vocabulary that its ids come from.",
    check=check,
)
