"""Says in words what the parser did not understand."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from feature_extractor.diagnostics import Diagnostic, Span
from feature_extractor.diagnostics.suggestions import enumerate_words

_WORDS: Final = {
    "NAME": "a name",
    "RIGHT_PARENTHESIS": "`)`",
    "LEFT_PARENTHESIS": "`(`",
    "RIGHT_BRACKET": "`]`",
    "RIGHT_BRACE": "`}`",
    "LEFT_BRACE": "`{`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "ASSIGN": "`=`",
    "ARROW": "`->`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "AS": "`as`",
    "LESS": "`<`",
    "GREATER": "`>`",
    "STRING": "a string",
    "INTEGER": "a number",
    "QUESTION": "`?`",
    "FEATURE": "`feature`",
    "AT": "`@`",
    "DOT": "`.`",
    "$END": "the end of the statement",
}
_KEYWORDS: Final = {
    "INPUT": "input",
    "RESOURCE": "resource",
    "LET": "let",
    "FEATURE": "feature",
    "USE": "use",
    "AS": "as",
    "IF": "if",
    "THEN": "then",
    "ELSE": "else",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
}
_EXPRESSION_START: Final = frozenset({"NAME", "INTEGER", "FLOAT", "LEFT_PARENTHESIS"})
_OPERATORS: Final = frozenset({"PLUS", "MINUS"})
_FOREIGN: Final = {
    "&&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    "'": 'strings are written with double quotes: `"text"`',
    "?": "write `if condition then a else b`, or `??` for a default",
    ";": "statements end at the end of their line; remove it",
    "^": "a power is written `x ** y`",
    "&": "write `and`",
    "|": "write `or`; for a pipeline write `x.f(y)`",
    "$": "a name is written without `$`",
    "`": 'strings are written with double quotes: `"text"`',
}
_CURLY_QUOTES: Final = "\u201c\u201d\u2018\u2019"


def unexpected_character(span: Span) -> Diagnostic:
    """Return the finding for a character that begins no token here."""
    text = span.text
    two = span.source.text[span.start : span.start + 2]
    if two in _FOREIGN:
        span = Span(span.source, span.start, span.start + 2)
        return Diagnostic("FX001", f"`{two}` is not part of the language", span, help=_FOREIGN[two])
    if text in _FOREIGN:
        return Diagnostic("FX001", f"`{text}` is not expected here", span, help=_FOREIGN[text])
    if text.isdigit() and text.isascii():
        end = span.start
        source = span.source.text
        while end < len(source) and (source[end].isalnum() or source[end] in "._"):
            end += 1
        return Diagnostic(
            "FX004",
            "this number is malformed",
            Span(span.source, span.start, end),
            help="write `12`, `1_000`, `0x1F`, `1.5`, `1e-3`, or a duration such as `30d` or `1h30m`",
        )
    if text in _CURLY_QUOTES:
        return Diagnostic("FX001", f"`{text}` is not a straight quote", span, help=_FOREIGN["'"])
    if not text.isascii():
        name = f"U+{ord(text):04X}"
        return Diagnostic(
            "FX001",
            f"the character {name} is not expected here",
            span,
            help="names consist of ASCII letters, digits and `_`; other characters belong into strings",
        )
    if text == '"':
        return Diagnostic("FX001", "a string is not expected here", span)
    return Diagnostic("FX001", f"`{text}` is not expected here", span)


def unexpected_token(span: Span, terminal: str, expected: Set[str], context: str) -> Diagnostic:
    """Return the finding for a token that cannot stand where it is.

    ``expected`` are the terminals that could stand there, ``context`` is the keyword that began the
    statement.
    """
    text = span.text
    wanted = _expectation(expected)
    if terminal == "$END":
        return Diagnostic(
            "FX001",
            f"the statement ends too early: expected {wanted}",
            span,
            caption=f"expected {wanted}",
        )
    if terminal in ("INPUT", "RESOURCE", "LET", "FEATURE", "USE"):
        if "NAME" in expected:
            return Diagnostic(
                "FX001",
                f"`{text}` is a keyword and cannot be a name",
                span,
                caption=f"expected {wanted}",
            )
        return Diagnostic(
            "FX001",
            f"`{text}` begins a statement, but this line continues the statement above",
            span,
            help="begin each statement at the start of a line",
        )
    if terminal in _KEYWORDS and "NAME" in expected and not expected >= _EXPRESSION_START:
        return Diagnostic(
            "FX001",
            f"`{text}` is a keyword and cannot be a name",
            span,
            caption=f"expected {wanted}",
        )
    advice = ""
    if terminal == "IF" and "NAME" in expected:
        advice = "put the `if` into parentheses when it is part of a larger expression"
    elif terminal == "EQUAL" and "ASSIGN" in expected:
        advice = "a definition has one `=`"
    elif text == "=" and "EQUAL" in expected:
        advice = "equality is written `==`"
    elif text == "->":
        advice = "a lambda has one parameter, a name: `x -> x + 1`; put it into parentheses inside an operator"
    elif text == ">" and _word_before(span).endswith("="):
        advice = "a lambda is written `x -> x + 1`"
    elif re.search(r"\blambda$", _word_before(span)):
        advice = "a lambda is written `x -> x + 1`, without the word `lambda`"
    elif text == "?" and expected >= _OPERATORS:
        advice = _FOREIGN["?"]
    elif terminal == "IF" and expected >= _OPERATORS:
        advice = "a choice is written `if condition then a else b`"
    elif text == "[" and "LESS" in expected and context == "input":
        advice = (
            "types are written `list<int>`, `map<string, float>`, `vector<16>`; `int?` may be null"
        )
    elif text == ":" and "RIGHT_BRACKET" in expected:
        advice = "a part of a list is `xs.slice(start, count)`; see also `take_first`, `take_last`"
    elif terminal == "DOCSTRING":
        advice = 'a description stands on lines of its own; a string value is written `"text"`'
    elif context == "feature" and text == "=" and "COLON" in expected:
        advice = "a feature names its kind: `feature name : dense = ...`"
    shown = text if len(text) <= 40 else text[:37] + "..."
    return Diagnostic(
        "FX001",
        f"`{shown}` is not expected here",
        span,
        caption=f"expected {wanted}",
        help=advice,
    )


def _word_before(span: Span) -> str:
    """Return what stands in front of a span, back to white space."""
    words = span.source.text[max(0, span.start - 40) : span.start].split()
    return words[-1] if words else ""


def _expectation(expected: Set[str]) -> str:
    """Return the terminals as words, with groups such as "an expression" folded."""
    rest = set(expected)
    words: list[str] = []
    if rest >= _EXPRESSION_START:
        words.append("an expression")
        rest -= {
            *("NAME", "INTEGER", "FLOAT", "STRING", "BYTES", "DURATION", "TIMESTAMP", "TRUE"),
            *("FALSE", "NULL", "NOT", "MINUS", "IF", "LEFT_PARENTHESIS", "LEFT_BRACKET"),
            "LEFT_BRACE",
        }
    if rest >= _OPERATORS:
        words.append("an operator")
        rest -= {
            *("PLUS", "MINUS", "STAR", "SLASH", "DOUBLE_SLASH", "PERCENT", "POWER", "COALESCE"),
            *("AND", "OR", "NOT", "IN", "EQUAL", "UNEQUAL", "LESS", "LESS_EQUAL", "GREATER"),
            *("GREATER_EQUAL", "DOT", "LEFT_BRACKET", "LEFT_PARENTHESIS", "ARROW"),
        }
    elif len(rest) > 1 and "NAME" in rest and "LEFT_BRACE" in rest:
        words.append("a type")
        rest -= {"NAME", "LEFT_BRACE"}
    for name in sorted(rest):
        word = _WORDS.get(name)
        if word and word not in words:
            words.append(word)
    if not words:
        return "something else"
    return enumerate_words(words)
