"""What is known about texts: the letters that `lower` leaves, and the length that `substring` cuts to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, LambdaVariable, Literal
from feature_extractor.lint.ranges import ELEMENTS, Ranges

_FOLDING: Final = {"lower": "lower", "fold_case": "lower", "upper": "upper"}
"""Operators after which a text has no letters of the other case."""
_KEEPING: Final = {
    "trim",
    "trim_start",
    "trim_end",
    "substring",
    "regex_extract",
    "split_part",
    "split",
    "regex_split",
    "tokenize",
    "tokenize_whitespace",
    "characters",
    "character_ngrams",
    "remove_stopwords",
    "null_if",
    "first",
    "last",
    "get",
    "min",
    "max",
    "mode",
    "reverse",
    "to_list",
} | ELEMENTS
"""Operators whose texts are parts of those of their first argument."""
_TRIMMING: Final = {"trim", "tokenize_whitespace"}
_DEEPEST: Final = 40


@dataclass(frozen=True)
class Form:
    """What a text cannot be: ``case`` says in which letters it is, ``longest`` how many characters it has at most.

    ``by`` are the operators that made it so.
    """

    case: str = ""
    longest: int | None = None
    is_trimmed: bool = False
    by: tuple[str, ...] = ()

    def misses(self, text: str) -> str:
        """Return which operator never gives this text, or an empty string where none is known."""
        by = dict.fromkeys(self.by)
        if (self.case == "lower" and text != text.lower()) or (
            self.case == "upper" and text != text.upper()
        ):
            # Some letters, such as U+0130, are more than one letter in the other case: those are left alone.
            folded = text.lower() if self.case == "lower" else text.upper()
            if len(folded) == len(text):
                return next((name for name in by if name in _FOLDING), "")
        if self.is_trimmed and text != text.strip(" \t\n\r"):
            return next((name for name in by if name in _TRIMMING), "")
        if self.longest is not None and len(text) > self.longest:
            return next((name for name in by if name not in _FOLDING and name not in _TRIMMING), "")
        return ""

    def part(self) -> Form:
        """Return what is known of a part of the text."""
        return Form(self.case, self.longest, False, self.by)


class Forms:
    """What is known about the texts of a program; each is looked at once."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges
        self._known: dict[int, Form] = {}

    def of(self, value: Expression, depth: int = 0) -> Form:
        """Return what is known about a text, or about the texts of a list."""
        if depth > _DEEPEST:
            return Form()
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self._found(value, depth + 1)
        return known

    def _found(self, value: Expression, depth: int) -> Form:
        if isinstance(value, LambdaVariable):
            around = self._ranges.around(value)
            return Form() if around is None else self.of(around, depth)
        if not isinstance(value, Call) or not value.arguments:
            return Form()
        name, arguments = value.operator, value.arguments
        if name in _FOLDING:
            inner = self.of(arguments[0], depth)
            return Form(_FOLDING[name], None, inner.is_trimmed, (name, *inner.by))
        if name == "map" and isinstance(arguments[1], Lambda):
            return self.of(arguments[1].body, depth)
        if name in ("coalesce", "if"):
            return self._either(arguments[-2], arguments[-1], depth)
        if name not in _KEEPING:
            return Form()
        inner = self.of(arguments[0], depth)
        longest = _longest(name, arguments)
        sizes = [size for size in (inner.longest, longest) if size is not None]
        shortest = min(sizes, default=None)
        if name in _TRIMMING and len(arguments) == 1:
            return Form(inner.case, shortest, True, (name, *inner.by))
        is_whole = name in ELEMENTS or name in ("null_if", "first", "last", "get", "min", "max")
        by = (name, *inner.by) if longest is not None else inner.by
        return Form(inner.case, shortest, inner.is_trimmed and is_whole, by)

    def _either(self, one: Expression, other: Expression, depth: int) -> Form:
        """Return what is known of a text that is one of two; a constant must not break what holds for the other."""
        for value, rest in ((one, other), (other, one)):
            if isinstance(value, Literal):
                known = self.of(rest, depth)
                text = value.value
                fits = text is None or (isinstance(text, str) and not known.misses(text))
                return known if fits else Form()
        left, right = self.of(one, depth), self.of(other, depth)
        return left if (left.case, left.longest) == (right.case, right.longest) else Form()


def _longest(name: str, arguments: tuple[Expression, ...]) -> int | None:
    """Return how many characters an operator leaves at most."""
    if name == "characters":
        return 1
    position = {"substring": 2, "character_ngrams": 1}.get(name)
    if position is None or position >= len(arguments):
        return None
    size = arguments[position]
    if not isinstance(size, Literal) or not isinstance(size.value, int):
        return None
    return max(size.value, 0)
