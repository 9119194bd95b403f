"""What is written out in two files of a run, where one module would do; rules say what they summarise of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feature_extractor.diagnostics import Label, Span
from feature_extractor.lint.rule import Finding, Summary


def features(summaries: Sequence[Summary]) -> Iterator[Finding]:
    """Look for long formulas of features: place, name, meaning, and whether the formula is a long one."""
    formulas: dict[str, tuple[Summary, Span]] = {}
    for summary in summaries:
        for start, end, name, meaning, is_long in summary.facts:
            span = summary.span((start, end))
            known, place = formulas.setdefault(meaning, (summary, span))
            if known is not summary and is_long:
                yield Finding(
                    span,
                    f"`{name}` is written out here and in {known.path}",
                    caption="who changes one may forget the other",
                    labels=(Label(place, "the other one"),),
                    help="make it a let of a module, and `use` that in both files",
                )


def functions(summaries: Sequence[Summary]) -> Iterator[Finding]:
    """Look for functions: place, name and shape."""
    known: dict[str, tuple[Summary, Span]] = {}
    for summary in summaries:
        for start, end, name, shape in summary.facts:
            span = summary.span((start, end))
            first, place = known.setdefault(shape, (summary, span))
            if first is not summary:
                yield Finding(
                    span,
                    f"the function `{name}` is written out here and in {first.path}",
                    caption="who changes one may forget the other",
                    labels=(Label(place, "the other one"),),
                    help="keep it in a module, and `use` that in both files",
                )
