"""FX606: a comment allows findings that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Severity
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.suppressions import Comments


def check(comments: Comments) -> Iterator[Finding]:
    """Look at each suppression when all other rules have run."""
    for suppression in comments.suppressions:
        if not suppression.words:
            yield Finding(
                suppression.span,
                "this comment names no rule, so it allows nothing",
                help="write `# fx: ignore[FX201] reason`",
            )
            continue
        for word in suppression.words:
            if word not in comments.known_words:
                problem = f"there is no rule `{word}`"
            elif word in comments.checked_words and word not in suppression.used:
                problem = f"nothing here needs `ignore[{word}]`"
            else:
                continue
            yield Finding(suppression.span, problem, help="remove it")
            break


RULE: Final = Rule(
    code="FX606",
    name="unused-suppression",
    severity=Severity.WARNING,
    summary="A comment allows a finding that is not there, or a rule that does not exist.",
    check_comments=check,
)
