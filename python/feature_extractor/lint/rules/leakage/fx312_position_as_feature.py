"""FX312: the place where a candidate was shown is given to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import inputs
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.types import INT

_PLACE: Final = re.compile(
    r"^(?:shown_|display_|result_|item_)?(?:position|rank|slot|place|index)$"
)


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for features that read the position of the candidate."""
    for feature in program.features:
        if feature.checked.kind == "label":
            continue
        for name, read in inputs(feature.value).items():
            is_place = read.domain == "candidate" and _PLACE.search(name)
            if not is_place or read.type.with_nullable(False) != INT:
                continue
            way = program.names.way(feature.declaration, name)
            yield Finding(
                way[0] if way else feature.declaration.value.span,
                f"the feature `{feature.name}` reads `{name}`, where the candidate was shown",
                caption="not known before the ranking that it is to serve",
                help="use it to weigh the samples, as in `inverse_propensity` of `std/ctr.fx`, or give serving one "
                "constant for all",
            )


RULE: Final = Rule(
    code="FX312",
    name="position-as-feature",
    severity=Severity.WARNING,
    status=Status.OPTIONAL,
    summary="A feature reads the position at which the candidate was shown.",
    check=check,
)
