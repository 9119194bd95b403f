"""Tells when an entry is whole, and what it is: a command, statements or an expression."""

from __future__ import annotations

import re
from typing import Final

from feature_extractor.diagnostics import Source
from feature_extractor.syntax import parse_source, tree
from feature_extractor.syntax.statements import KEYWORDS

_PIECE: Final = re.compile(
    r'#[^\n]*|"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""|(?P<open>""")|"(?:[^"\\\n]|\\.)*"|(?P<bracket>[()\[\]{}])'
)
_UNFINISHED: Final = re.compile(
    r"(?:(?<!\w)(?:=|->|\?\?|==|!=|<=|>=|<|\+|-|\*\*?|//?|%|:|,|\.)|\b(?:and|or|not|in|if|then|else|as|let|feature"
    r"|input|resource|use))\s*$"
)
_ASSIGNED: Final = re.compile(r"(?:=|->|\?\?|\+|\*|/|%|,|:|\.)\s*$")
_STATEMENT: Final = re.compile(rf"(?:{'|'.join(KEYWORDS)})\b(?!\s*[(.\[])|@")
_LONG_TEXT: Final = re.compile(r'\s*"""')


def is_command(entry: str) -> bool:
    """Return whether an entry is a command of the session, such as `:help`."""
    return entry.lstrip().startswith(":")


def is_statement(entry: str) -> bool:
    """Return whether an entry declares something; anything else is an expression."""
    text = _without_comments(entry).lstrip()
    return bool(_STATEMENT.match(text)) or bool(_LONG_TEXT.match(text))


def _without_comments(text: str) -> str:
    return _PIECE.sub(lambda found: "" if found[0].startswith("#") else found[0], text)


def is_complete(entry: str) -> bool:
    """Return whether an entry can be read as it is, or clearly goes on with the next line.

    It goes on inside of brackets and of a long text, behind an operator, and behind a description or an annotation
    that has no statement yet.
    """
    if is_command(entry):
        return True
    depth = 0
    code = []
    end = 0
    for found in _PIECE.finditer(entry):
        code.append(entry[end : found.start()])
        end = found.end()
        if found["open"]:
            return False
        if found["bracket"]:
            depth += 1 if found["bracket"] in "([{" else -1
            code.append(found["bracket"])
        elif not found[0].startswith("#"):
            code.append('""')
    code.append(entry[end:])
    if depth > 0:
        return False
    rest = "".join(code).rstrip()
    if _UNFINISHED.search(rest) or _ASSIGNED.search(rest):
        return False
    if not is_statement(entry):
        return True
    last = parse_source(Source("", entry)).file.statements[-1:]
    return not (last and isinstance(last[0], tree.Annotation | tree.Description))
