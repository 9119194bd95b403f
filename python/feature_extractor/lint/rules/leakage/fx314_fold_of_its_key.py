"""FX314: a target mean whose folds are dealt out by its own key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.folds import folded_means
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import same


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the key of each target mean with that of its folds."""
    for mean in folded_means(program):
        if same(mean.key, mean.fold_key):
            yield Finding(
                mean.fold_key.span,
                f"`{mean.name}.out_of_fold` is the prior for every key",
                caption="all rows of a key are in one fold",
                labels=(Label(mean.key.span, "the key of the mean"),),
                help="deal the folds out by what samples must not share: the user, the session or the day",
            )


RULE: Final = Rule(
    code="FX314",
    name="fold-of-its-key",
    severity=Severity.ERROR,
    summary="A target mean is dealt into folds by its own key, so that its value out of fold says nothing.",
    check=check,
)
