"""FX311: an outcome that is no label of this program is read by a feature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.expressions import inputs
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import BOOL, FLOAT, INT

_NAMED: Final = re.compile(
    r"^(?:label|ground_truth|y_true|(?:click|conversion|purchase|order|install|training)_label)$|^(?:target|outcome)$"
)
"""Names of what is to be learnt, whatever it is."""
_HAPPENED: Final = re.compile(
    r"^(?:was_|is_|has_)?(?:click|clicked|conversion|converted|purchase|purchased|bought|ordered|installed|churned)$"
)
"""Names of what a user did with a candidate after it was shown, if they are bools."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at inputs of the candidate that have the name of an outcome, in programs with a label."""
    labels = [feature for feature in program.features if feature.checked.kind == "label"]
    if not labels:
        return
    learnt = {name for label in labels for name in inputs(label.value)}
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for name, read in inputs(feature.value).items():
            type_ = read.type.with_nullable(False)
            is_id = type_ == INT and name in ("target", "outcome")
            named = _NAMED.search(name) and type_ in (BOOL, INT, FLOAT) and not is_id
            happened = _HAPPENED.search(name) and type_ == BOOL
            # What a label reads is the subject of FX301.
            if name in learnt or read.domain != "candidate" or not (named or happened):
                continue
            way = program.names.way(feature.declaration, name)
            yield Finding(
                way[0] if way else feature.declaration.value.span,
                f"the feature `{feature.name}` reads `{name}`, which sounds like an outcome",
                caption="known only afterwards, if it is one",
                labels=(Label(labels[0].span, "what is learnt here"),),
                help="leave it out, or make it a label; where it is about earlier requests, let its name say so",
            )


RULE: Final = Rule(
    code="FX311",
    name="outcome-as-feature",
    severity=Severity.WARNING,
    summary="A feature reads an input with the name of an outcome that is no label here.",
    check=check,
)
