"""Reads a statement that somebody is still writing, up to the cursor.

A statement such as ``feature x : dense = price.`` has no tree. So the word at the cursor is replaced by a name that
nobody else uses, and what the grammar still asks for is added; the tree of that tells what stands around the cursor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from feature_extractor.check.inspection import Inspection, Meaning, walk
from feature_extractor.check.scopes import Environment
from feature_extractor.diagnostics import Source
from feature_extractor.language_server.places import path_to_node
from feature_extractor.language_server.project import Project, Text
from feature_extractor.syntax import parse_source, tree
from feature_extractor.syntax.continuation import Continuation, continue_statement
from feature_extractor.syntax.lexer import token_end
from feature_extractor.syntax.parser import statement_parser

CURSOR: Final = "cursor__"
"""The name that stands at the cursor. A user who calls something so gets worse proposals for it."""

_WORD_BEFORE: Final = re.compile(r"[A-Za-z0-9_]+$")
_WORD_BEHIND: Final = re.compile(r"[A-Za-z0-9_]*")
_STRING_BEFORE: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)$')
_WORD_CHARACTERS: Final = "@_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_MOST_RECEIVER_TOKENS: Final = 2_000


@dataclass
class Unfinished:
    """The statement around a cursor, as far as it could be made whole.

    ``word`` is the part of the word before the cursor, which begins at ``word_start`` and ends, with the part behind
    the cursor, at ``word_end``. ``string`` is the text of the string that the cursor is in, or None. ``path`` leads
    from the statement to the node at the cursor; it is empty where nothing helped.

    """

    inspection: Inspection
    word: str
    word_start: int
    word_end: int
    string: str | None
    path: list[tree.Node]
    continuation: Continuation | None
    before: str

    @property
    def statement(self) -> tree.Statement | None:
        """The statement that was made whole."""
        first = self.path[0] if self.path else None
        return first if isinstance(first, tree.Statement) else None

    @property
    def node(self) -> tree.Node | None:
        """The node at the cursor: a name, an identifier or a string."""
        return self.path[-1] if self.path else None

    @property
    def parent(self) -> tree.Node | None:
        """The node around that at the cursor."""
        return self.path[-2] if len(self.path) > 1 else None

    @cached_property
    def environment(self) -> Environment:
        """The names that can be used at the cursor."""
        for node in reversed(self.path):
            if isinstance(node, tree.Expression):
                for meaning in self.inspection.meanings(node):
                    return meaning.environment
        return Environment(self.inspection.scope, {})

    def meanings(self, node: tree.Expression) -> list[Meaning]:
        """Return what an expression of the statement is."""
        return self.inspection.meanings(node)


def read_unfinished(project: Project, text: Text, offset: int) -> Unfinished | None:
    """Return what stands around a cursor; None inside of a comment or a description of several lines."""
    if any(c.span.start < offset <= c.span.end for c in text.layout.comments):
        return None
    start, end = text.piece_at(offset)
    if start > offset:
        start = end = offset
    before, behind = text.text[start:offset], text.text[offset:end]
    if before.startswith('"""') and '"""' not in before[3:]:
        return None
    line = before.rpartition("\n")
    if line[1] and not line[2].strip(_WORD_CHARACTERS) and _are_closed(line[0]):
        # A word at the beginning of a line begins a statement, and ends the one above.
        start, before = offset - len(line[2]), line[2]
        behind = behind.partition("\n")[0]
        end = offset + len(behind)
    string = _open_string(before)
    if string is not None:
        quote = len(before) - len(string) - 1
        close = re.match(r'(?:[^"\\\n]|\\.)*"?', behind)
        rest = behind[close.end() :] if close else behind
        head, placeholder = before[:quote], f'"{CURSOR}"'
        word, word_start = string, offset - len(string)
        word_end = offset
    else:
        found = _WORD_BEFORE.search(before)
        word = found.group() if found else ""
        word_start = offset - len(word)
        tail = _WORD_BEHIND.match(behind)
        rest = behind[tail.end() :] if tail else behind
        word_end = offset + (tail.end() if tail else 0)
        head, placeholder = before[: len(before) - len(word)], CURSOR
    continuation = continue_statement(head)
    inspection = project.inspection_around(text, start, end)
    path: list[tree.Node] = []
    for candidate in _candidates(head, placeholder, rest, in_string=string is not None):
        path = _read(candidate, text.path)
        if path:
            break
    result = Unfinished(inspection, word, word_start, word_end, string, path, continuation, head)
    if result.statement is not None:
        inspection.examine(result.statement)
        _examine_lambdas(result)
    return result


def _are_closed(text: str) -> bool:
    """Return whether all brackets of a text are closed."""
    depth = 0
    for token in statement_parser().tokens(text, 0, len(text)):
        depth += (token.group()[:1] in "([{") - (token.group()[:1] in ")]}")
    return depth <= 0


def _open_string(before: str) -> str | None:
    """Return the text of the string that is open at the end of a text."""
    line = before.rpartition("\n")[2]
    if line.count('"') - line.count('\\"') - line.count('"""') * 3 == 0:
        return None
    at = 0
    for match in re.finditer(r'"(?:[^"\\\n]|\\.)*"|#', line):
        if match.group() == "#":
            return None
        at = match.end()
    found = _STRING_BEFORE.search(line, at)
    return found.group(1) if found else None


def _candidates(head: str, placeholder: str, rest: str, *, in_string: bool) -> list[str]:
    """Return texts that may be a statement with the placeholder in the right place, the best first."""
    result = [f"{head}{placeholder}{rest}"]
    following = continue_statement(head + placeholder)
    if following is not None:
        result.append(f"{head}{placeholder}{following.ending}")
    if not in_string:
        receiver = _receiver(head)
        if receiver:
            result.append(f"let {CURSOR}_value = {receiver}{placeholder}")
        result.append(f"let {CURSOR}_value = {placeholder}")
    return result


def _receiver(head: str) -> str:
    """Return the expression before a point at the end of a text, with the point; else an empty text.

    It is found from the right: names, points, and brackets with what is between them.
    """
    tokens = list(statement_parser().tokens(head, 0, len(head)))[-_MOST_RECEIVER_TOKENS:]
    if not tokens or tokens[-1].lastgroup != "DOT":
        return ""
    position = len(tokens) - 2
    wants_operand = True
    while position >= 0:
        text = tokens[position].group().rstrip()
        kind = tokens[position].lastgroup
        if kind in ("RIGHT_PARENTHESIS", "RIGHT_BRACKET", "RIGHT_BRACE"):
            opening = _matching(head, tokens, position)
            if opening is None:
                return ""
            position = opening
            before = tokens[position - 1] if position else None
            is_call = before is not None and before.lastgroup in (
                "NAME",
                "RIGHT_PARENTHESIS",
                "RIGHT_BRACKET",
            )
            wants_operand = is_call and text.startswith((")", "]"))
        elif kind == "DOT":
            wants_operand = True
        elif wants_operand:
            wants_operand = False
        else:
            break
        if not wants_operand and (position == 0 or tokens[position - 1].lastgroup != "DOT"):
            return head[tokens[position].start() : token_end(tokens[-1])]
        position -= 1
    return ""


def _matching(head: str, tokens: list[re.Match[str]], position: int) -> int | None:
    """Return the position of the bracket that one closes."""
    open_brackets: list[str] = []
    while position >= 0:
        sign = head[tokens[position].start()]
        if sign in _OPENING:
            open_brackets.append(_OPENING[sign])
        elif sign in "([{" and open_brackets:
            if open_brackets.pop() != sign:
                return None
            if not open_brackets:
                return position
        position -= 1
    return None


def _read(candidate: str, path: str) -> list[tree.Node]:
    """Return the way to the placeholder in the tree of a text; an empty list where it has none."""
    parsed = parse_source(Source(path, candidate))
    for statement in parsed.file.statements:
        for node in walk(statement):
            match node:
                case tree.Name(text=text) | tree.Identifier(text=text):
                    found = CURSOR in text.split(".")
                case tree.Literal(value=value):
                    found = value == CURSOR
                case tree.UseDeclaration(path=written):
                    found = written == CURSOR
                case _:
                    found = False
            if found:
                return path_to_node(statement, node)
    return []


def _examine_lambdas(unfinished: Unfinished) -> None:
    """Check the lambdas around the cursor that no operator has asked about: of calls that are not complete.

    Such a lambda is taken to run over the first list among the arguments.
    """
    inspection = unfinished.inspection
    for depth, node in enumerate(unfinished.path):
        if not isinstance(node, tree.LambdaExpression) or inspection.meanings(node.body):
            continue
        call = next(
            (outer for outer in reversed(unfinished.path[:depth]) if isinstance(outer, tree.Call)),
            None,
        )
        if call is None:
            continue
        given = [call.receiver, *(argument.value for argument in call.arguments)]
        for argument in given:
            if argument is None or argument is node:
                continue
            around = Environment(inspection.scope, {})
            for outer in reversed(unfinished.path[:depth]):
                known = inspection.meanings(outer) if isinstance(outer, tree.Expression) else []
                if known:
                    around = known[0].environment
                    break
            if not inspection.meanings(argument):
                inspection.check_in(argument, around)
            type_ = inspection.type_of(argument)
            if type_ is not None and inspection.check_lambda(node, type_, around):
                break
