"""Gives the tokens of a file one after the other, each with its comments."""

from __future__ import annotations

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.format.document import CommentAbove, CommentBehind, Document
from feature_extractor.syntax import tokens
from feature_extractor.syntax.lexer import token_end, token_text
from feature_extractor.syntax.tree import Comment, File


class FormatError(FeatureExtractorError):
    """A text cannot be formatted: the result would exceed a limit of the language, or not mean the same."""


class TokenReader:
    """The tokens of a file. Gap ``n`` is what stands before token ``n``: white space and comments."""

    def __init__(self, file: File) -> None:
        self.position = 0
        text = file.source.text
        found = list(tokens(file.source))
        self._texts = [token_text(token) for token in found]
        starts = [token.start() for token in found]
        ends = [token_end(token) for token in found]
        count = len(found)
        self._behind: list[str] = [""] * count
        self._above: list[list[tuple[str, bool]]] = [[] for _ in range(count + 1)]
        self._blank = [False] * (count + 1)
        self._commented = [0] * (count + 2)
        comments = iter(file.comments)
        comment = next(comments, None)
        for gap in range(count + 1):
            place = ends[gap - 1] if gap else 0
            limit = starts[gap] if gap < count else len(text)
            seen = False
            while comment is not None and comment.span.start < limit:
                breaks = text.count("\n", place, comment.span.start)
                if gap and not breaks and not seen:
                    self._behind[gap - 1] = _comment_text(comment)
                else:
                    self._above[gap].append((_comment_text(comment), breaks > 1))
                seen = True
                place = comment.span.end
                comment = next(comments, None)
            self._blank[gap] = text.count("\n", place, limit) > 1
            self._commented[gap + 1] = self._commented[gap] + seen

    @property
    def next(self) -> str:
        """The text of the next token, or nothing behind the last one."""
        return self._texts[self.position] if self.position < len(self._texts) else ""

    @property
    def blank(self) -> bool:
        """Whether a blank line stands right before the next token."""
        return self._blank[self.position]

    def take(self, expected: str = "") -> Document:
        """Return the next token with its comments, and go on."""
        text = self.next
        if not text or (expected and text != expected):
            raise FormatError(f"`{text}` instead of `{expected}`")
        return self._with_comments(text)

    def take_comma(self) -> Document:
        """Skip a comma if there is one; what is left of it are its comments."""
        return self._with_comments("") if self.next == "," else ""

    def take_comments(self) -> list[tuple[str, bool]]:
        """Return the comments above the next token, each with whether a blank line is before it."""
        found = self._above[self.position]
        self._above[self.position] = []
        return found

    def has_comment_above(self) -> bool:
        """Return whether a comment stands on a line of its own before the next token."""
        return bool(self._above[self.position])

    def is_commented(self, start: int) -> bool:
        """Return whether a comment stands between the token ``start`` and the last one taken."""
        return self._commented[self.position] > self._commented[min(start + 1, self.position)]

    def _with_comments(self, text: str) -> Document:
        place = self.position
        self.position += 1
        above, behind = self._above[place], self._behind[place]
        if not above and not behind:
            return text
        result: list[Document] = [CommentAbove(comment) for comment, _ in above]
        result.append(text)
        if behind:
            result.append(CommentBehind(behind))
        return result


def _comment_text(comment: Comment) -> str:
    """Return a comment with a space behind its ``#``; ``#!`` and the like are left as they are."""
    text = comment.text
    return f"# {text[1:]}" if text[1:2].isalnum() else text
