"""FX606: a comment allows findings that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.diagnostics import Applicability, Edit, Fix, Severity, Span
from feature_extractor.diagnostics.suggestions import enumerate_words
from feature_extractor.lint.removal import remove_lines_of
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
        unknown = [word for word in suppression.words if word not in comments.known_words]
        unused = [
            word
            for word in suppression.words
            if word in comments.checked_words and word not in suppression.used
        ]
        if not unknown and not unused:
            continue
        left = [word for word in suppression.words if word not in (*unknown, *unused)]
        what = f"remove {enumerate_words([f'`{word}`' for word in (*unknown, *unused)], 'and')}"
        yield Finding(
            suppression.span,
            f"there is no rule `{unknown[0]}`"
            if unknown
            else f"nothing here needs `ignore[{unused[0]}]`",
            help=what if left else "remove it",
            fix=Fix(
                what if left else "remove the comment",
                (_edit(suppression.span, left),),
                # It may be misspelled, and then the comment is needed.
                Applicability.UNSAFE if unknown else Applicability.SAFE,
            ),
        )


def _edit(comment: Span, left: list[str]) -> Edit:
    """Return the edit that leaves some words in the brackets of a comment, or nothing of it."""
    source, start, end = comment
    if left:
        opening = source.text.index("[", start) + 1
        return Edit(Span(source, opening, source.text.index("]", opening)), ", ".join(left))
    line_start = source.line_starts[comment.line - 1]
    before = source.text[line_start:start]
    if before.strip():
        return Edit(Span(source, line_start + len(before.rstrip()), end), "")
    return remove_lines_of(source, comment)


RULE: Final = Rule(
    code="FX606",
    name="unused-suppression",
    severity=Severity.WARNING,
    summary="A comment allows a finding that is not there, or a rule that does not exist.",
    check_comments=check,
)
