"""The edits that take a declaration out of a file, with what is written about it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from feature_extractor.diagnostics import Edit, Source, Span
from feature_extractor.lint.suppressions import SUPPRESSION

if TYPE_CHECKING:
    from feature_extractor.syntax import tree

_HEADER: Final = re.compile(r"#\s*([-=#*~_])\1\1")
"""A comment like ``# ---- rates ----`` is about all that follows."""


def remove_statement(source: Source, statement: tree.Statement) -> Edit:
    """Return the edit that removes a statement, its description, its annotations and its comments.

    The comments right above go too, but not where another statement follows without an empty line: they may be
    about both. Of the empty lines around the statement those above are left.
    """
    from feature_extractor.syntax import tree

    parts: list[tree.Node] = [statement]
    if statement.description is not None:
        parts.append(statement.description)
    if isinstance(statement, tree.FeatureDeclaration):
        parts.extend(statement.annotations)
    first = min(part.span.line for part in parts)
    last = source.line_and_column(max(statement.span.end - 1, 0))[0]
    follows_directly = _line(source, last + 1)[:1].isalpha()
    while first > 1:
        above = _line(source, first - 1)
        is_comment = above.startswith("#") and not _HEADER.match(above)
        if not is_comment or (follows_directly and not SUPPRESSION.match(above)):
            break
        first -= 1
    return _remove_lines(source, first, last)


def remove_lines_of(source: Source, span: Span) -> Edit:
    """Return the edit that removes the lines of a span, which holds all that is written on them."""
    return _remove_lines(source, span.line, source.line_and_column(max(span.end - 1, 0))[0])


def remove_input(
    file: tree.File, declaration: tree.InputDeclaration, name: tree.Identifier
) -> Edit | None:
    """Return the edit that removes one declared input; None where a comment would be lost that is about others."""
    source = file.source
    field = next(field for field in declaration.fields if name in field.names)
    if len(field.names) > 1:
        span = _item(source, field.names, name)
    elif len(declaration.fields) == 1:
        return remove_statement(source, declaration)
    elif _stands_alone(source, field.span):
        return remove_lines_of(source, field.span)
    else:
        span = _item(source, declaration.fields, field)
    return None if any(_inside(comment.span, span) for comment in file.comments) else Edit(span, "")


def _item(source: Source, items: Iterable[tree.Node], item: tree.Node) -> Span:
    """Return the place of one item of a list with what separates it from the next, or from the one before."""
    listed = list(items)
    index = next(i for i, other in enumerate(listed) if other is item)
    if index + 1 < len(listed):
        return Span(source, item.span.start, listed[index + 1].span.start)
    return Span(source, listed[index - 1].span.end, item.span.end)


def _stands_alone(source: Source, span: Span) -> bool:
    """Return whether nothing but a comma and a comment is on the lines of a span besides it."""
    end_line, end_column = source.line_and_column(max(span.end - 1, 0))
    before = source.line_text(span.line)[: span.column - 1].strip()
    behind = source.line_text(end_line)[end_column:].strip().removeprefix(",").lstrip()
    return not before and (not behind or behind.startswith("#"))


def _remove_lines(source: Source, first: int, last: int) -> Edit:
    """Return the edit that removes whole lines; two empty lines that would meet become one."""
    starts = source.line_starts
    count = len(starts) - (starts[-1] == len(source.text))
    opened = first == 1 or not _line(source, first - 1)
    while opened and last < count and not _line(source, last + 1):
        last += 1
    if last >= count:
        while first > 1 and not _line(source, first - 1):
            first -= 1
    end = starts[last] if last < len(starts) else len(source.text)
    return Edit(Span(source, starts[first - 1], end), "")


def _line(source: Source, number: int) -> str:
    """Return a line without white space around it; an empty text behind the last one."""
    return source.line_text(number).strip() if number <= len(source.line_starts) else ""


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start < outer.end
