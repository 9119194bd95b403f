"""The grammar for colours is current, and agrees with our lexer on every program of the project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.diagnostics import Source
from feature_extractor.syntax import parse_source
from feature_extractor.syntax.lexer import UNKNOWN, token_end
from feature_extractor.syntax.parser import statement_parser
from feature_extractor.syntax.terminals import NUMBERS, STRINGS, is_keyword
from textmate import Tokeniser

ROOT = Path(__file__).resolve().parents[2]
GRAMMAR: dict[str, Any] = json.loads(
    (ROOT / "editors" / "vscode" / "syntaxes" / "fx.tmLanguage.json").read_text(encoding="utf-8")
)
CORPUS = sorted((ROOT / "dsl_grammar").rglob("*.fx"))

EVERYTHING = r'''
"""Text with \"quotes\"
and a # that begins no comment."""
use "std/ctr.fx" as ctr
input request { map: map<string, int>, list: list<{a: int?, b: vector<3>}>, b: bytes, in_list: bool }
input candidate { "A text." t: timestamp?, int: int # an int
}
resource words = vocabulary("words.txt", oov = 8)
resource prices = fit.moments(price, ddof = 1)
let f(x, y = 1.5e-3) = if x > y and not (x in [1, 0x1F, 1_000]) then -x ** 2 else y // 3 % 4 ?? 5
let g = map.keys().map(k -> k == "a\u{1F600}\\" or k != b"\x00").count(e -> e >= true)
let k = a / 2 == b or false
let h = t - 1d12h + 30us <= t"2026-01-31T12:00:00Z" and null.is_null()
"😀 # no comment"
@owner("team")
feature ids : ids(2 ** 20, max = 16) = xs.take_last(3).map(e -> words.lookup(e.let_me)) # 中文
feature int2 : dense(default = -1.0) = {id: 1, weight: 0.5}.weight * ctr.smoothed(a.b.c, b[1])
'''

WANTED = {
    "comment": ("comment.",),
    "keyword": ("keyword.", "constant.language."),
    "string": ("string.", "constant.character.escape."),
    "number": ("constant.numeric.", "constant.other.timestamp."),
    "name": ("variable.", "entity.", "support.", "storage.", "keyword.declaration.feature"),
    "sign": ("keyword.operator.", "punctuation."),
}


def kind_of(terminal: str) -> str:
    if terminal in STRINGS:
        return "string"
    if terminal in NUMBERS:
        return "number"
    if is_keyword(terminal):
        return "keyword"
    return "name" if terminal == "NAME" else "sign"


def disagreements(text: str) -> list[str]:
    """Return the tokens of our lexer that have another scope than they should."""
    scopes = Tokeniser(GRAMMAR).scopes(text)
    assert len(scopes) == len(text)
    spans = [
        ("comment", comment.span.start, comment.span.end)
        for comment in parse_source(Source("x", text)).file.comments
    ]
    for token in statement_parser().tokens(text, 0, len(text)):
        assert token.lastgroup not in (None, UNKNOWN)
        spans.append((kind_of(token.lastgroup or ""), token.start(), token_end(token)))
    return [
        f"{text[start:end]!r} is {kind}, not {sorted(set(scopes[start:end]))}"
        for kind, start, end in spans
        if not all(scope.startswith(WANTED[kind]) for scope in scopes[start:end] if scope)
        or not all(scopes[start:end])
    ]


@pytest.mark.parametrize("path", CORPUS, ids=[path.name for path in CORPUS])
def test_colours_agree_with_the_lexer(path: Path) -> None:
    assert disagreements(path.read_text(encoding="utf-8")) == []


def test_every_form_of_token_has_its_colour() -> None:
    assert not parse_source(Source("x", EVERYTHING)).diagnostics
    assert disagreements(EVERYTHING) == []
    seen = {token.lastgroup for token in statement_parser().tokens(EVERYTHING, 0, len(EVERYTHING))}
    missing = set(statement_parser().expressions) - seen
    assert missing == {"COMMENT", "WHITE_SPACE"}


@pytest.mark.parametrize(
    ("text", "word", "scope"),
    [
        ("feature ctr : dense = a", "ctr", "entity.name.class.feature.fx"),
        ("feature ctr : dense = a", "dense", "storage.type.kind.fx"),
        ("let f(x) = x", "f", "entity.name.function.fx"),
        ("let value = x", "value", "variable.other.constant.fx"),
        ("let f(x) = x.lower()", "lower", "entity.name.function.call.fx"),
        ("let f = x.field", "field", "variable.other.property.fx"),
        ("let f = clip(low = 1)", "low", "variable.parameter.fx"),
        ("let f = xs.map(e -> 1)", "e", "variable.parameter.fx"),
        ("    a: list<int>", "int", "support.type.fx"),
        ('@owner("x")', "owner", "entity.name.function.decorator.fx"),
        (r'let f = "a\n"', r"\n", "constant.character.escape.fx"),
        ("let f = x and y", "and", "keyword.operator.logical.fx"),
        ("let f = 1d12h", "1d12h", "constant.numeric.duration.fx"),
    ],
)
def test_scopes_of_words(text: str, word: str, scope: str) -> None:
    scopes = Tokeniser(GRAMMAR).scopes(text)
    start = text.rindex(word)
    assert set(scopes[start : start + len(word)]) == {scope}


def test_a_string_without_an_end_ends_with_its_line() -> None:
    scopes = Tokeniser(GRAMMAR).scopes('let a = "open\nlet b = 1\n')
    assert scopes[-2] == "constant.numeric.integer.fx"


def test_the_committed_files_are_current() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate_highlights.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_the_queries_name_rules_of_the_grammar() -> None:
    """Each node of a query is a rule, so that an editor can load it."""
    folder = ROOT / "editors" / "tree-sitter"
    grammar = (folder / "grammar.js").read_text(encoding="utf-8")
    rules = set(re.findall(r"^    ([a-z_]+): \(\$\)", grammar, re.MULTILINE))
    queries = (folder / "queries" / "highlights.scm").read_text(encoding="utf-8")
    used = set(re.findall(r"\(([a-z_]+)", re.sub(r'"[^"]*"|#[a-z-]+\?', "", queries)))
    assert used - rules == set()
    assert set(re.findall(r"\$\.([a-z_]+)", grammar)) <= rules
    literals = set(re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r"\(#.*?\)", "", queries)))
    assert literals <= set(re.findall(r'"((?:[^"\\]|\\.)*)"', grammar))


TREE_SITTER_LANGUAGE = """
const part = (kind) => (...parts) => ({ kind, parts });
for (const kind of ["seq", "choice", "repeat", "repeat1", "optional", "token"]) {
  globalThis[kind] = part(kind);
}
globalThis.grammar = (described) => described;
const described = require(process.argv[2]);
const names = Object.keys(described.rules);
const asked = new Set();
const $ = new Proxy({}, { get: (_, name) => { asked.add(name); return { name }; } });
const rules = Object.fromEntries(names.map((name) => [name, described.rules[name]($)]));
described.extras($);
console.log(JSON.stringify({
  names, asked: [...asked], word: described.word($).name,
  tokens: names.filter((name) => rules[name] instanceof RegExp),
}));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js reads the grammar")
def test_the_tree_sitter_grammar_can_be_read(tmp_path: Path) -> None:
    script = tmp_path / "language.js"
    script.write_text(TREE_SITTER_LANGUAGE, encoding="utf-8")
    grammar = ROOT / "editors" / "tree-sitter" / "grammar.js"
    run = subprocess.run(
        ["node", str(script), str(grammar)], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert set(found["asked"]) <= set(found["names"])
    assert set(found["names"]) - set(found["asked"]) == {"source_file"}
    assert found["word"] == "identifier"
    assert {"string", "integer", "duration", "docstring"} <= set(found["tokens"])
