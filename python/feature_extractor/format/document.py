"""Documents: text with places where a line may break, and the printer that decides which of them do.

The idea is that of P. Wadler, "A prettier printer" (2003): a group is printed on one line where that fits,
and otherwise broken at all of its own breaks, from the outside in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

WIDTH: Final = 100
"""Characters of a line that is not broken any more; comments behind the code do not count."""
INDENTATION: Final = 4


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may break; ``flat`` stands there where it does not."""

    flat: str


LINE: Final = Break(" ")
SOFT: Final = Break("")


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line ends here, always."""


HARD: Final = NewLine()


@dataclass(frozen=True, slots=True)
class Group:
    """Breaks at all of its own breaks, or at none; a comment inside forces it to break."""

    body: Document
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Indented:
    """Lines that begin inside are indented once more."""

    body: Document


@dataclass(frozen=True, slots=True)
class IfBroken:
    """Text that is only there where the group around it is broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """As many items on each line as fit; the commas are part of the items.

    Those before ``start`` are printed already.
    """

    items: tuple[Document, ...]
    start: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """A value behind ``=`` or ``->``: on the same line, or else indented on the next.

    ``hugs`` is True for a value that may begin on this line and go over several, such as a list. ``below`` forces
    it to the next line.
    """

    value: Document
    hugs: bool
    below: bool


@dataclass(frozen=True, slots=True)
class CommentAbove:
    """A comment on a line of its own, above the line on which it is met."""

    text: str


@dataclass(frozen=True, slots=True)
class CommentBehind:
    """A comment at the end of the line on which it is met."""

    text: str


Document: TypeAlias = (
    "str | list[Document] | Break | NewLine | Group | Indented | IfBroken | Filled | Beside"
    " | CommentAbove | CommentBehind"
)

_Command: TypeAlias = tuple[int, bool, Document]
"""What is still to be printed: indentation, whether it is on one line, and the document."""


def print_document(document: Document) -> list[str]:
    """Return the lines of a document."""
    return _Printer().run(document)


class _Printer:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indentation = 0
        self._parts: list[str] = []
        self._column = 0
        self._above: list[str] = []
        self._behind: list[str] = []

    def run(self, document: Document) -> list[str]:
        stack: list[_Command] = [(0, False, document)]
        while stack:
            indentation, flat, part = stack.pop()
            match part:
                case str():
                    self._write(part)
                case list():
                    stack.extend((indentation, flat, inner) for inner in reversed(part))
                case Break():
                    if flat:
                        self._write(part.flat)
                    else:
                        self._end_line(indentation)
                case NewLine():
                    self._end_line(indentation)
                case Group():
                    inside = (indentation, True, part.body)
                    if not flat and (part.forced or not self._fits(self._column, inside, stack)):
                        inside = (indentation, False, part.body)
                    stack.append(inside)
                case Indented():
                    stack.append((indentation + INDENTATION, flat, part.body))
                case IfBroken():
                    self._write("" if flat else part.text)
                case Filled():
                    self._fill(part, indentation, flat, stack)
                case Beside():
                    self._beside(part, indentation, flat, stack)
                case CommentAbove():
                    self._above.append(part.text)
                case CommentBehind():
                    self._behind.append(part.text)
        self._end_line(0)
        return self._lines

    def _fill(self, filled: Filled, indentation: int, flat: bool, stack: list[_Command]) -> None:
        first = filled.items[filled.start]
        rest = filled.start + 1
        if rest < len(filled.items):
            stack.append((indentation, flat, Filled(filled.items, rest)))
            following: Document = [" ", filled.items[rest]]
            # The space is decided on when the first item is written, so both are measured together.
            measured: _Command = (indentation, True, [first, following])
            alone: list[_Command] = [(indentation, False, SOFT)]
            together = flat or self._fits(self._column, measured, alone)
            stack.append((indentation, flat, LINE if not together else " "))
        stack.append((indentation, flat, first))

    def _beside(self, part: Beside, indentation: int, flat: bool, stack: list[_Command]) -> None:
        value: _Command = (indentation, True, [" ", part.value])
        if flat or (not part.below and self._fits(self._column, value, stack)):
            stack.append(value)
            return
        lower = indentation + INDENTATION
        if part.below or not part.hugs or self._fits(lower, (lower, True, part.value), stack):
            stack.append((lower, False, [HARD, part.value]))
        else:
            stack.append((indentation, False, [" ", part.value]))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._column += len(text)

    def _end_line(self, indentation: int) -> None:
        margin = " " * self._indentation
        line = "".join(self._parts).rstrip()
        *others, last = self._behind or [""]
        self._lines.extend(margin + comment for comment in (*self._above, *others))
        if line and last:
            line += f"  {last}"
        line = line or last
        self._lines.append(margin + line if line else "")
        self._indentation = self._column = indentation
        self._parts, self._above, self._behind = [], [], []

    def _fits(self, column: int, first: _Command, rest: list[_Command]) -> bool:
        """Return whether a document on one line, with what follows it up to a break, fits."""
        room = WIDTH - column
        following = len(rest)
        stack = [first]
        while room >= 0:
            if not stack:
                if following == 0:
                    return True
                following -= 1
                stack.append(rest[following])
            indentation, flat, part = stack.pop()
            match part:
                case str():
                    room -= len(part)
                case list():
                    stack.extend((indentation, flat, inner) for inner in reversed(part))
                case Break():
                    if not flat:
                        return True
                    room -= len(part.flat)
                case NewLine():
                    return True
                case Group():
                    if flat and part.forced:
                        return False
                    stack.append((indentation, flat, part.body))
                case Indented():
                    stack.append((indentation, flat, part.body))
                case IfBroken():
                    room -= 0 if flat else len(part.text)
                case Filled():
                    for item in reversed(part.items[part.start :]):
                        stack.extend(((indentation, flat, LINE), (indentation, flat, item)))
                    room += 1 if flat else 0
                case Beside():
                    if not flat:
                        return True
                    stack.append((indentation, flat, [" ", part.value]))
                case _:
                    pass
        return False
