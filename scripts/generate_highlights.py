"""Writes what editors colour text with: the TextMate grammar, and the grammar and queries for Tree-sitter.

All come from dsl_grammar/feature.lark, so that a new keyword or literal is coloured as soon as it is read. With
``--check`` nothing is written; the exit code is 1 where a file is stale.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from feature_extractor.check.kinds import KIND_PARAMETERS
from feature_extractor.syntax.parser import grammar_text
from feature_extractor.syntax.tables import lark_terminals
from feature_extractor.syntax.terminals import keywords
from feature_extractor.types import SCALARS
from lark import Token, Tree
from lark.load_grammar import load_grammar

ROOT: Final = Path(__file__).resolve().parents[1]
TEXTMATE: Final = ROOT / "editors" / "vscode" / "syntaxes" / "fx.tmLanguage.json"
GRAMMAR: Final = ROOT / "editors" / "tree-sitter" / "grammar.js"
QUERIES: Final = ROOT / "editors" / "tree-sitter" / "queries" / "highlights.scm"

TYPES: Final = (*SCALARS, "list", "map", "vector")
STATEMENTS: Final = ("input", "resource", "let", "feature", "use", "as")
CONTROL: Final = ("if", "then", "else")
LOGICAL: Final = ("and", "or", "not", "in")
CONSTANTS: Final = ("true", "false", "null")
NAME: Final = "[A-Za-z_][A-Za-z0-9_]*"


def terminals() -> dict[str, str]:
    """Return the regular expression of each terminal."""
    return {t.name: t.pattern.to_regexp() for t in lark_terminals(grammar_text())}


def signs() -> list[str]:
    """Return the operators that are written with signs, the longest first."""
    found = []
    for terminal in lark_terminals(grammar_text()):
        text = terminal.pattern.value
        if terminal.pattern.type == "str" and text not in tuple("()[]{},:.@"):
            found.append(text)
    return sorted(found, key=lambda sign: (-len(sign), sign))


# ---- TextMate ------------------------------------------------------------------------------------


def textmate() -> str:
    """Return the TextMate grammar, as JSON."""
    known = terminals()
    words = set(keywords().values())
    assert words == {*STATEMENTS, *CONTROL, *LOGICAL, *CONSTANTS}, "a keyword has no colour"
    string = {
        "name": "string.quoted.double.fx",
        "begin": '\\bb"|"',
        "end": '"|$',
        "patterns": [_escapes()],
    }
    patterns: list[dict[str, Any]] = [
        {"name": "comment.line.number-sign.fx", "match": known["COMMENT"]},
        {
            "name": "string.quoted.triple.fx",
            "begin": '"""',
            "end": '"""',
            "patterns": [_escapes()],
        },
        {"name": "constant.other.timestamp.fx", "match": rf"\b{known['TIMESTAMP']}"},
        string,
        _number("constant.numeric.duration.fx", known["DURATION"]),
        _number("constant.numeric.float.fx", known["FLOAT"]),
        _number("constant.numeric.integer.fx", known["INTEGER"]),
        {
            "match": rf"^(feature)\s+({NAME})\s*(:)\s*({NAME})",
            "captures": _captures(
                "keyword.declaration.feature.fx",
                "entity.name.class.feature.fx",
                "punctuation.separator.fx",
                "storage.type.kind.fx",
            ),
        },
        {
            "match": rf"^(let)\s+({NAME})(?=\s*\()",
            "captures": _captures("keyword.declaration.let.fx", "entity.name.function.fx"),
        },
        {
            "match": rf"^(let|resource)\s+({NAME})",
            "captures": _captures("keyword.declaration.fx", "variable.other.constant.fx"),
        },
        {
            "match": r"^(input)\s+(request|candidate)\b",
            "captures": _captures("keyword.declaration.input.fx", "storage.modifier.domain.fx"),
        },
        {
            "match": rf"(@)({NAME})",
            "captures": _captures(
                "punctuation.definition.decorator.fx", "entity.name.function.decorator.fx"
            ),
        },
        {"name": "keyword.declaration.fx", "match": _one_of(STATEMENTS)},
        {"name": "keyword.control.fx", "match": _one_of(CONTROL)},
        {"name": "keyword.operator.logical.fx", "match": _one_of(LOGICAL)},
        {"name": "constant.language.fx", "match": _one_of(CONSTANTS)},
        {
            "name": "support.type.fx",
            "match": rf"(?<!\.){_one_of(TYPES)}(?=\s*[,<>?}}\n]|\s*$|\s+#)",
        },
        {"name": "entity.name.function.call.fx", "match": rf"\b{NAME}(?=\s*\()"},
        {
            "match": rf"(\.)\s*({NAME})(?=\s*\()",
            "captures": _captures("punctuation.accessor.fx", "entity.name.function.call.fx"),
        },
        {
            "match": rf"(\.)\s*({NAME})",
            "captures": _captures("punctuation.accessor.fx", "variable.other.property.fx"),
        },
        {"name": "variable.parameter.fx", "match": rf"\b{NAME}(?=\s*(?:->|=(?!=)))"},
        {"name": "variable.other.fx", "match": rf"\b{NAME}\b"},
        {"name": "keyword.operator.fx", "match": "|".join(map(re.escape, signs()))},
        {"name": "punctuation.fx", "match": r"[()\[\]{},:.@]"},
    ]
    grammar = {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": [
            "Written by scripts/generate_highlights.py from dsl_grammar/feature.lark. Change those."
        ],
        "name": "Feature language",
        "scopeName": "source.fx",
        "fileTypes": ["fx"],
        "patterns": patterns,
    }
    return json.dumps(grammar, ensure_ascii=False, indent=2) + "\n"


def _escapes() -> dict[str, str]:
    return {
        "name": "constant.character.escape.fx",
        "match": r"\\(?:u\{[0-9A-Fa-f]*\}|x[0-9A-Fa-f]{2}|.)",
    }


def _number(scope: str, expression: str) -> dict[str, str]:
    """Return the pattern of a number; one that follows a letter is the end of a name."""
    return {"name": scope, "match": rf"(?<![A-Za-z0-9_])(?:{expression})"}


def _one_of(words: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(words)})\b"


def _captures(*scopes: str) -> dict[str, dict[str, str]]:
    return {str(number): {"name": scope} for number, scope in enumerate(scopes, 1)}


# ---- Tree-sitter ---------------------------------------------------------------------------------

_LOOK_AHEAD: Final = re.compile(r"\(\?![^()]*(?:\([^()]*\)[^()]*)*\)$")
_REWRITTEN: Final = {
    "NAME": NAME,
    # Tree-sitter 0.22 does not read `[\s\S]` as every character.
    "DOCSTRING": r'"""(?:[^"\\]|\\(?:.|\n)|""?(?:[^"\\]|\\(?:.|\n)))*"""',
}
"""Terminals that look ahead inside of themselves, without it; the longest token wins in Tree-sitter too."""

_REPEATS: Final = {"*": "repeat", "+": "repeat1", "?": "optional"}


class TreeSitterWriter:
    """Writes the rules of the Lark grammar as those of Tree-sitter.

    An alternative with an alias becomes a rule of its own. Rules that Lark leaves out of its tree, and those that only
    hold such alternatives, are hidden: their names begin with an underscore.
    """

    def __init__(self) -> None:
        loaded, _ = load_grammar(  # type: ignore[no-untyped-call]
            grammar_text(), "feature.lark", [], False
        )
        self._rules = {str(name): (tree, options) for name, _, tree, options in loaded.rule_defs}
        self._terminals = {t.name: t for t in lark_terminals(grammar_text())}
        self._by_text = {
            t.pattern.value: t.name for t in self._terminals.values() if t.pattern.type == "str"
        }
        self._written: dict[str, str] = {}

    def grammar(self) -> str:
        """Return the text of grammar.js."""
        starts = self._alternatives("start")
        kinds = [name for name in starts if name != "annotated"]
        self._written["source_file"] = "repeat($.statement)"
        self._written["statement"] = (
            f"choice({', '.join(f'$.{k}' for k in [*kinds, 'annotation'])})"
        )
        for name in self._rules:
            if name not in ("start", "annotated"):
                self._rule(name)
        for name in (
            "NAME",
            "INTEGER",
            "FLOAT",
            "DURATION",
            "DOCSTRING",
            "STRING",
            "BYTES",
            "TIMESTAMP",
        ):
            self._written[_terminal(name)] = self._expression(name)
        self._written["comment"] = self._expression("COMMENT")
        rules = "\n\n".join(f"    {name}: ($) => {text}," for name, text in self._written.items())
        return (
            "// Written by scripts/generate_highlights.py from dsl_grammar/feature.lark. Change those.\n\n"
            "module.exports = grammar({\n"
            '  name: "fx",\n\n'
            "  extras: ($) => [/\\s/, $.comment],\n\n"
            f"  word: ($) => $.{_terminal('NAME')},\n\n"
            f"  rules: {{\n{rules}\n  }},\n"
            "});\n"
        )

    def _alternatives(self, name: str) -> list[str]:
        tree, _ = self._rules[name]
        symbols: list[Any] = [value.children[0] for value in tree.find_data("value")]
        return [str(symbol.name) for symbol in symbols]

    def _rule(self, name: str) -> None:
        tree, _ = self._rules[name]
        shown = self._shown(name)
        parts = []
        for alternative in tree.children:
            if isinstance(alternative, Tree) and alternative.data == "alias":
                expansion: Any = alternative.children[0]
                alias: Any = alternative.children[1]
                alias_name = (
                    f"{alias.name}_expression" if str(alias.name) == "name" else str(alias.name)
                )
                self._written.setdefault(alias_name, self._text(expansion))
                parts.append(f"$.{alias_name}")
            else:
                parts.append(self._text(alternative))
        self._written[shown] = parts[0] if len(parts) == 1 else f"choice({', '.join(parts)})"

    def _shown(self, name: str) -> str:
        tree, options = self._rules[name]
        aliased = all(isinstance(a, Tree) and a.data == "alias" for a in tree.children)
        hidden = name.startswith("_") or options.expand1 or aliased
        return f"_{name.lstrip('_')}" if hidden else name

    def _text(self, node: Any) -> str:
        """Return one part of a rule."""
        match node:
            case Tree(data="expansions", children=children):
                texts = [self._text(child) for child in children]
                return texts[0] if len(texts) == 1 else f"choice({', '.join(texts)})"
            case Tree(data="alias", children=[expansion, _]):
                return self._text(expansion)
            case Tree(data="expansion", children=children):
                texts = [self._text(child) for child in children]
                return texts[0] if len(texts) == 1 else f"seq({', '.join(texts)})"
            case Tree(data="maybe", children=[inner]):
                return f"optional({self._text(inner)})"
            case Tree(data="expr", children=[inner, Token() as sign]):
                return f"{_REPEATS[str(sign)]}({self._text(inner)})"
            case Tree(data="value", children=[Tree(data="literal", children=[text])]):
                return json.dumps(json.loads(str(text)))
            case Tree(data="value", children=[found]):
                symbol: Any = found
                name = str(symbol.name)
                return f"$.{self._shown(name)}" if name in self._rules else self._symbol(name)
            case _:
                raise AssertionError(
                    f"the grammar has a form that this script does not know: {node}"
                )

    def _symbol(self, name: str) -> str:
        """Return a terminal: a word or sign as it is written, or the name of a token."""
        if name in keywords():
            return json.dumps(keywords()[name])
        pattern = self._terminals[name].pattern
        if pattern.type == "str":
            return json.dumps(pattern.value)
        return f"$.{_terminal(name)}"

    def _expression(self, name: str) -> str:
        """Return the regular expression of a terminal, without what it looks ahead for."""
        expression = _REWRITTEN.get(name) or self._terminals[name].pattern.to_regexp()
        expression = _LOOK_AHEAD.sub("", expression)
        assert "(?!" not in expression and "(?<" not in expression, name
        return "/" + expression.replace("/", r"\/").replace("\n", r"\n") + "/"


def _terminal(name: str) -> str:
    """Return what a token is called in the tree."""
    return {"NAME": "identifier"}.get(name, name.lower())


def tree_sitter_queries() -> str:
    """Return the highlight queries; those further down win where two are about one node."""

    def row(words: tuple[str, ...] | list[str], capture: str) -> str:
        return f"[{' '.join(json.dumps(word) for word in words)}] @{capture}"

    kinds = " ".join(json.dumps(kind) for kind in KIND_PARAMETERS)
    types = " ".join(json.dumps(type_) for type_ in TYPES)
    lines = [
        "; Written by scripts/generate_highlights.py from dsl_grammar/feature.lark. Change those.",
        "(identifier) @variable",
        "(comment) @comment",
        "[(string) (bytes)] @string",
        "(docstring) @string.documentation",
        "(timestamp) @string.special",
        "[(integer) (duration)] @number",
        "(float) @number.float",
        # A rule that is one word is a node of its own, without the word in it.
        f"[{' '.join(f'({word}_literal)' for word in CONSTANTS)}] @constant.builtin",
        row(STATEMENTS, "keyword"),
        row(CONTROL, "keyword.conditional"),
        row(LOGICAL, "keyword.operator"),
        row(signs(), "operator"),
        row(list("()[]{}"), "punctuation.bracket"),
        row(list(",:."), "punctuation.delimiter"),
        "(field_access (identifier) @variable.member)",
        "(struct_field (identifier) @variable.member)",
        "(member (identifier) @variable.member)",
        "(call . (identifier) @function.call)",
        "(method_call (identifier) @function.method.call)",
        "(named . (identifier) @variable.parameter)",
        "(parameter . (identifier) @variable.parameter)",
        "(lambda_expression . (identifier) @variable.parameter)",
        "(let (identifier) @constant)",
        "(let (identifier) @function (parameters))",
        "(resource (identifier) @constant)",
        "(constructor (identifier) @function.builtin)",
        "(feature (identifier) @type.definition)",
        f"((kind . (identifier) @type.builtin) (#any-of? @type.builtin {kinds}))",
        f"((named_type (identifier) @type.builtin) (#any-of? @type.builtin {types}))",
        f"((generic_type . (identifier) @type.builtin) (#any-of? @type.builtin {types}))",
        "(input (identifier) @type.qualifier)",
        '(annotation "@" @attribute (identifier) @attribute)',
    ]
    return "\n".join(lines) + "\n"


FILES: Final[dict[Path, Callable[[], str]]] = {
    TEXTMATE: textmate,
    GRAMMAR: lambda: TreeSitterWriter().grammar(),
    QUERIES: tree_sitter_queries,
}


def stale() -> Iterator[tuple[Path, str]]:
    """Yield each file whose text is another one than it should be, with that."""
    for path, write in FILES.items():
        text = write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path, text


def main() -> int:
    """Write or check the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether a file is stale")
    check = parser.parse_args().check
    found = list(stale())
    for path, text in found:
        if check:
            print(f"{path.relative_to(ROOT)} is stale; run `make docs`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
