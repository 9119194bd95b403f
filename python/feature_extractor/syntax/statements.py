"""Cuts a file into statements, before any grammar is asked.

One pass finds strings, comments and brackets. It decides where statements begin, so that a mistake
spoils one statement only, and it bounds how deep brackets nest, so that no later stage can be made
to recurse too deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from feature_extractor.diagnostics import Diagnostic, Label, Source, Span
from feature_extractor.diagnostics.suggestions import closest
from feature_extractor.syntax.limits import (
    MAXIMUM_BRACKETS,
    MAXIMUM_ERRORS,
    MAXIMUM_LITERAL_CHARACTERS,
    MAXIMUM_STATEMENT_CHARACTERS,
    MAXIMUM_STATEMENTS,
)
from feature_extractor.syntax.tree import Comment

KEYWORDS: Final = ("input", "resource", "let", "feature", "use")
"""The words that begin a statement."""

# The pieces that matter here; everything between two of them is skipped by the regular expression
# itself.
_PIECE: Final = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<description>\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*\"\"\")
    | (?P<open_description>\"\"\")
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<open_string>"[^\n]*)
    | (?P<bracket>[()\[\]{}])
    | (?P<line>\n(?=[^\s\#]))
    """,
    re.VERBOSE,
)
_KEYWORD: Final = re.compile(r"(?:input|resource|let|feature|use)\b|@|\"")
_FIRST: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_CONTINUATION: Final = re.compile(r"[)\]}]")
_DECLARED: Final = re.compile(r"(?:resource|let|feature)\s+([A-Za-z_]\w*)")
_INPUT_NAMES: Final = re.compile(r"([A-Za-z_]\w*)\s*(?=[,:])")
_USE_ALIAS: Final = re.compile(r"\bas\s+([A-Za-z_]\w*)")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_BEGINNINGS: Final = (
    "begin with `input`, `resource`, `let`, `feature` or `use`, "
    "or indent this line if it continues the statement above"
)
_MAXIMUM_UNCLOSED_DESCRIPTIONS: Final = 4
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_OTHERS: Final = bytes(set(range(256)) - {*b"()[]{}"})
"""The bytes of texts beside brackets."""


@dataclass(slots=True)
class Piece:
    """The text of one statement, from its first character to the beginning of the next one."""

    start: int
    end: int
    damaged: bool = False


@dataclass(slots=True)
class Layout:
    """What the cut found."""

    pieces: list[Piece] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def cut(source: Source) -> Layout:
    """Return the statements of a file, its comments, and the mistakes that concern strings and
    brackets.
    """
    return cut_soundly(source) or _Cutter(source).run()


def declared_names(source: Source, piece: Piece) -> set[str]:
    """Return the names that a damaged statement seems to declare, so that their uses are not
    reported.
    """
    text = source.text[piece.start : piece.end]
    if text.startswith("input"):
        return set(_INPUT_NAMES.findall(text))
    if text.startswith("use"):
        return set(_USE_ALIAS.findall(text))
    return set(_DECLARED.findall(text))


# ---- texts without a mistake ---------------------------------------------------------------------

_STRING: Final = r'"(?!"")(?:[^"\\\n]|\\.)*"'
_DESCRIPTION: Final = r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""'
_INSIDE: Final = re.compile(rf'(?:[^"#\n]+|{_STRING}|\n(?![^\s#)\]}}]))*')
"""What belongs to a statement up to its end, a comment, a description, or a string that is not closed."""
_WHOLE_DESCRIPTION: Final = re.compile(_DESCRIPTION)
_BRACKETS: Final = re.compile(rf"{_DESCRIPTION}|{_STRING}|#[^\n]*|([()\[\]{{}}])")


def cut_soundly(source: Source) -> Layout | None:
    """Return the same as :func:`cut` for a text without a mistake, and None for any other.

    It goes from statement to statement, where the full search stops at each bracket and each string, which takes four
    times as long. What it does not know for sure it leaves to the full search, which says what is wrong.
    """
    text = source.text
    inside, keyword = _INSIDE.match, _KEYWORD.match
    first = _FIRST.match(text)
    begin = first.end() if first else 0
    if begin < len(text) and (
        text[begin - 1 : begin] not in ("", "\n") or not keyword(text, begin)
    ):
        return None
    layout = Layout()
    comments = layout.comments
    starts = [0] if begin == 0 and text else []
    position = 0
    while True:
        found = inside(text, position)
        position = found.end() if found else position
        stop = text[position : position + 1]
        if stop == "\n":
            position += 1
            if keyword(text, position) is None:
                return None
            starts.append(position)
        elif stop == "#":
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            comment = text[position:end].rstrip()
            span = Span(source, position, position + len(comment))
            comments.append(Comment(span, comment))
            position = end
        elif stop == '"':
            description = _WHOLE_DESCRIPTION.match(text, position)
            if description is None:
                return None
            position = description.end()
        else:
            break
    if len(starts) >= MAXIMUM_STATEMENTS:
        return None
    for start, end in pairwise([*starts, len(text)]):
        if end - start > MAXIMUM_LITERAL_CHARACTERS:
            return None
        statement = text[start:end]
        if not (_closes if end - start <= _SHORT else _closes_now)(statement):
            return None
        layout.pieces.append(Piece(start, end))
    return layout


def _closes_now(statement: str) -> bool:
    """Return whether each bracket of a statement is closed by one of its kind, and not too many are open at a time."""
    if '"' in statement or "#" in statement:
        return _are_pairs("".join(_BRACKETS.findall(statement)).encode())
    return _are_pairs(statement.encode("utf-8", "surrogatepass").translate(None, _OTHERS))


_closes: Final = lru_cache(maxsize=8192)(_closes_now)
"""The same for a short statement: nearly all of a text that is being edited are as they were a moment ago."""
_SHORT: Final = 500


@lru_cache(maxsize=4096)
def _are_pairs(brackets: bytes) -> bool:
    opened: list[str] = []
    for bracket in brackets.decode():
        if bracket in _CLOSING:
            opened.append(_CLOSING[bracket])
            if len(opened) > MAXIMUM_BRACKETS:
                return False
        elif not opened or opened.pop() != bracket:
            return False
    return not opened


# ---- all texts -----------------------------------------------------------------------------------


class _Cutter:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._layout = Layout()
        self._open: list[tuple[str, int]] = []
        self._piece: Piece | None = None
        self._unclosed_descriptions = 0

    def run(self) -> Layout:
        text = self._text
        position = 0
        first = _FIRST.match(text)
        begin = first.end() if first else 0
        if begin == 0:
            if text:
                self._at_line(0)
        elif begin < len(text) and text[begin - 1] != "\n":
            self._begin(begin)
            self._report(
                "FX001",
                "a statement begins at the start of its line",
                begin,
                begin + 1,
                help="remove the white space before it",
            )
        search = _PIECE.search
        while True:
            match = search(text, position)
            if match is None or len(self._layout.diagnostics) >= MAXIMUM_ERRORS:
                break
            position = match.end()
            kind = match.lastgroup
            if kind == "line":
                if not self._at_line(position):
                    break
            elif kind == "bracket":
                self._bracket(match.group(), match.start())
            elif kind == "comment":
                span = Span(
                    self._source, match.start(), len(match.group().rstrip()) + match.start()
                )
                self._layout.comments.append(Comment(span, span.text))
            elif kind in ("string", "description"):
                self._string(match.start(), match.end())
            else:
                position = self._unclosed(match, kind == "open_description")
        self._finish(len(text))
        return self._layout

    def _begin(self, start: int) -> None:
        self._finish(start)
        self._piece = Piece(start, start)

    def _finish(self, end: int) -> None:
        piece = self._piece
        if piece is None:
            return
        piece.end = end
        if self._open and not piece.damaged:
            bracket, place = self._open[-1]
            self._report(
                "FX002",
                f"this `{bracket}` is never closed",
                place,
                place + 1,
                caption=f"expected a `{_CLOSING[bracket]}` before the next statement",
            )
        self._open.clear()
        if end - piece.start > MAXIMUM_STATEMENT_CHARACTERS and not piece.damaged:
            self._report(
                "FX006",
                f"this statement has more than {MAXIMUM_STATEMENT_CHARACTERS:,} characters",
                piece.start,
                piece.start + 1,
                help="move long lists into a vocabulary or a table, and long expressions into lets",
            )
        self._layout.pieces.append(piece)
        self._piece = None

    def _at_line(self, start: int) -> bool:
        """Handle the first character of a line that is not indented; False stops the scan."""
        text = self._text
        word = _KEYWORD.match(text, start)
        if word is None:
            if self._open:
                return True
            if _CONTINUATION.match(text, start):
                return True
        elif self._open and word.group() == '"':
            return True
        if len(self._layout.pieces) + 1 >= MAXIMUM_STATEMENTS:
            self._report(
                "FX006",
                f"this file has more than {MAXIMUM_STATEMENTS:,} statements",
                start,
                start + 1,
                help="split it into modules, and load them with `use`",
            )
            self._finish(start)
            return False
        self._begin(start)
        if word is None:
            self._unknown_statement(start)
        return True

    def _unknown_statement(self, start: int) -> None:
        word = _WORD.match(self._text, start)
        if word is None:
            self._report(
                "FX001",
                f"a statement cannot begin with `{self._text[start]}`",
                start,
                start + 1,
                help="a comment begins with `#`"
                if self._text.startswith(("//", "/*", "--"), start)
                else _BEGINNINGS,
            )
            return
        meant = closest(word.group(), KEYWORDS)
        self._report(
            "FX001",
            f"a statement cannot begin with `{word.group()[:40]}`",
            word.start(),
            word.end(),
            caption=f"did you mean `{meant}`?" if meant else "",
            help="" if meant else _BEGINNINGS,
        )

    def _bracket(self, bracket: str, place: int) -> None:
        piece = self._piece
        if bracket in _CLOSING:
            if len(self._open) >= MAXIMUM_BRACKETS and not (piece and piece.damaged):
                self._report(
                    "FX006",
                    f"more than {MAXIMUM_BRACKETS} brackets are open here",
                    place,
                    place + 1,
                    help="name the inner parts with `let`",
                )
            if len(self._open) <= MAXIMUM_BRACKETS:
                self._open.append((bracket, place))
            return
        if not self._open:
            if not (piece and piece.damaged):
                self._report("FX002", f"this `{bracket}` closes nothing", place, place + 1)
            return
        opening, where = self._open.pop()
        if _CLOSING[opening] != bracket and not (piece and piece.damaged):
            self._report(
                "FX002",
                f"this `{bracket}` does not fit the `{opening}` before it",
                place,
                place + 1,
                caption=f"expected `{_CLOSING[opening]}`",
                labels=(Label(Span(self._source, where, where + 1), "opened here"),),
            )

    def _string(self, start: int, end: int) -> None:
        if end - start > MAXIMUM_LITERAL_CHARACTERS:
            self._report(
                "FX006",
                f"this string has more than {MAXIMUM_LITERAL_CHARACTERS:,} characters",
                start,
                start + 1,
            )

    def _unclosed(self, match: re.Match[str], description: bool) -> int:
        """Report a string without an end; returns where the scan goes on."""
        start = match.start()
        if not (self._piece and self._piece.damaged):
            self._report(
                "FX003",
                'this `"""` is never closed' if description else "this string is not closed",
                start,
                start + (3 if description else 1),
                help=""
                if description
                else r"a string ends on its line; write a line break as `\n` and a quote as `\"`",
            )
        self._open.clear()
        if not description:
            return match.end()
        # The rest up to the next statement is most likely the text that was not closed. Each try to
        # find its end reads the whole rest of the file, so the number of tries is bounded.
        self._unclosed_descriptions += 1
        if self._unclosed_descriptions >= _MAXIMUM_UNCLOSED_DESCRIPTIONS:
            return len(self._text)
        following = re.compile(r"\n(?=(?:input|resource|let|feature|use)\b|@)").search(
            self._text, match.end()
        )
        return following.start() if following else len(self._text)

    def _report(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        *,
        caption: str = "",
        labels: tuple[Label, ...] = (),
        help: str = "",
    ) -> None:
        if self._piece is not None:
            self._piece.damaged = True
        self._layout.diagnostics.append(
            Diagnostic(
                code,
                message,
                Span(self._source, start, end),
                caption=caption,
                labels=labels,
                help=help,
            )
        )
