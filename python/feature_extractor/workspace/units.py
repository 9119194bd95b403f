"""A text in parts that keep their trees and their mistakes while other parts are edited.

A unit is a statement with the descriptions and annotations above it. It is parsed as a text of its own, so that its
places do not change when it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from feature_extractor.diagnostics import Diagnostic, Edit, Label, Source, Span
from feature_extractor.syntax import ParseResult, tree
from feature_extractor.syntax.parser import parse_pieces
from feature_extractor.syntax.statements import Layout, Piece


@dataclass(eq=False)
class Unit:
    """A part of a text. ``key`` is its text, and how it was cut; ``found`` are the mistakes of its values."""

    key: tuple[object, ...]
    result: ParseResult
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The text of the unit alone."""
        return self.result.file.source

    @property
    def statements(self) -> list[tree.Statement]:
        """The statements; those with syntax errors are missing."""
        return self.result.file.statements

    @cached_property
    def declared(self) -> frozenset[str]:
        """The lets and features that it declares, also where that has a mistake."""
        names = {
            statement.name.text
            for statement in self.statements
            if isinstance(statement, tree.LetDeclaration | tree.FeatureDeclaration)
        }
        return frozenset(names | self.result.file.damaged)

    @cached_property
    def form(self) -> tuple[object, ...]:
        """What others see of it without asking for a value: its names, and how they are called."""
        lets = [
            (let.name.text, None if let.parameters is None else len(let.parameters))
            for let in self.statements
            if isinstance(let, tree.LetDeclaration)
        ]
        inputs = tuple(name for name, _ in self.inputs)
        return (*lets, inputs, self.declared, self.result.file.damaged)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it has only lets and features, which concern nobody who does not name them."""
        plain = (tree.LetDeclaration, tree.FeatureDeclaration, tree.Description, tree.Annotation)
        return not self.result.file.damaged - _written_names(self) and all(
            isinstance(statement, plain) for statement in self.statements
        )

    @cached_property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """The fields of its inputs, each with all that others see of it: domain and type, or nothing where damaged."""
        fields = [
            (name.text, f"{declaration.domain.text} {field.type.span.text}")
            for declaration in self.statements
            if isinstance(declaration, tree.InputDeclaration)
            for field in declaration.fields
            for name in field.names
        ]
        damaged = sorted(self.result.file.damaged) if self._is_damaged_input else []
        return (*fields, *((name, "") for name in damaged))

    @cached_property
    def is_input(self) -> bool:
        """Whether it has only inputs, which concern nobody who does not name a field that has changed."""
        only = (tree.InputDeclaration, tree.Description)
        is_known = not self.result.file.damaged or self._is_damaged_input
        return is_known and all(isinstance(statement, only) for statement in self.statements)

    @cached_property
    def _is_damaged_input(self) -> bool:
        lines = self.source.text.split("\n")
        return any(line.startswith("input") for line in lines) and not any(
            line.startswith(("let", "feature", "use", "resource")) for line in lines
        )

    @cached_property
    def lets(self) -> frozenset[str]:
        """The names of its lets, also of damaged ones."""
        features = {s.name.text for s in self.statements if isinstance(s, tree.FeatureDeclaration)}
        return self.declared - features

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Every name that it may read."""
        found: set[str] = set()
        waiting: list[tree.Node] = list(self.statements)
        while waiting:
            node = waiting.pop()
            if isinstance(node, tree.Name | tree.Identifier):
                found.add(node.text)
            waiting.extend(tree.children(node))
        return frozenset(found)


def _written_names(unit: Unit) -> set[str]:
    """Return the damaged names of a unit that is a let or a feature, and not an input or a module."""
    text = unit.source.text
    begins = any(line.startswith(("let ", "feature ")) for line in text.split("\n"))
    others = any(line.startswith(("input", "use", "resource")) for line in text.split("\n"))
    return unit.result.file.damaged if begins and not others else set()


def units_of(
    source: Source, layout: Layout, before: Sequence[Unit]
) -> tuple[list[Unit], list[int]]:
    """Return the units of a text that was cut, and where they begin.

    Those at its beginning and end that did not change are the same objects as before.
    """
    parts = list(_parts(source, layout))
    first = 0
    while first < min(len(parts), len(before)) and before[first].key == parts[first][0]:
        first += 1
    last = 0
    while (
        last < min(len(parts), len(before)) - first and before[-1 - last].key == parts[-1 - last][0]
    ):
        last += 1
    middle = [
        Unit(key, _parsed(source, key, start, pieces, layout))
        for key, start, pieces in parts[first : len(parts) - last]
    ]
    units = [*before[:first], *middle, *before[len(before) - last :]]
    return units, [start for _, start, _ in parts]


def _parts(source: Source, layout: Layout) -> Iterator[tuple[tuple[object, ...], int, list[Piece]]]:
    """Yield the key, the beginning and the pieces of each unit."""
    text = source.text
    pieces: list[Piece] = []
    number = 0
    for position, piece in enumerate(layout.pieces):
        pieces.append(piece)
        if text[piece.start] in '@"' and position + 1 < len(layout.pieces):
            continue
        start = pieces[0].start
        cuts = tuple((p.end - start, p.damaged) for p in pieces)
        yield (text[start : piece.end], cuts, number == 0), start, pieces
        pieces = []
        number += 1


def _parsed(
    source: Source, key: tuple[object, ...], start: int, pieces: list[Piece], layout: Layout
) -> ParseResult:
    text, _, is_beginning = key
    own = Source(source.path, str(text))
    end = pieces[-1].end
    comments = [
        tree.Comment(Span(own, c.span.start - start, c.span.end - start), c.text)
        for c in layout.comments
        if start <= c.span.start < end
    ]
    moved = [Piece(p.start - start, p.end - start, p.damaged) for p in pieces]
    return parse_pieces(own, Layout(moved, comments), is_beginning=bool(is_beginning))


class Places:
    """Where the units of a text are, to tell their mistakes at places of the whole text."""

    def __init__(self, source: Source, units: Sequence[Unit], starts: Sequence[int]) -> None:
        self._source = source
        self._units = {id(unit.source): unit for unit in units}
        self._starts = dict(zip(self._units, starts, strict=True))

    def unit_of(self, span: Span | None) -> Unit | None:
        """Return the unit that a place is in, or None for another file."""
        return None if span is None else self._units.get(id(span.source))

    def span(self, span: Span) -> Span:
        """Return a place of a unit as one of the whole text."""
        start = self._starts.get(id(span.source))
        if start is None:
            return span
        return Span(self._source, start + span.start, start + span.end)

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """Return a mistake with all its places as those of the whole text."""
        return _placed(found, self.span)


def moved(findings: Sequence[Diagnostic], text: str, source: Source) -> Iterator[Diagnostic]:
    """Yield findings in a text at their places in a later one, without those that an edit goes through."""
    new = source.text
    first = _alike(text, new)
    last = _alike(text[first:][::-1], new[first:][::-1])
    end, shift = len(text) - last, len(new) - len(text)

    def at(span: Span) -> Span:
        if span.path != source.path:
            return span
        if span.end < first or len(text) == first == len(new):
            return Span(source, span.start, span.end)
        if span.start >= end:
            return Span(source, span.start + shift, span.end + shift)
        raise _Edited

    for finding in findings:
        with suppress(_Edited):
            yield _placed(finding, at)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    alike, different = 0, min(len(one), len(other)) + 1
    while different - alike > 1:
        middle = (alike + different) // 2
        if one.startswith(other[alike:middle], alike):
            alike = middle
        else:
            different = middle
    return alike


class _Edited(Exception):
    """A place was edited."""


def _placed(found: Diagnostic, at: Callable[[Span], Span]) -> Diagnostic:
    fix = found.fix
    if fix is not None:
        edits = tuple(Edit(at(edit.span), edit.replacement) for edit in fix.edits)
        fix = replace(fix, edits=edits)
    return replace(
        found,
        span=at(found.span) if found.span is not None else None,
        labels=tuple(Label(at(label.span), label.text) for label in found.labels),
        fix=fix,
    )
