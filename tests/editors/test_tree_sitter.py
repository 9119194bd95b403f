"""The grammar for Tree-sitter, with Tree-sitter's own generator: it reads every program, and nothing that is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from feature_extractor.diagnostics import Source
from feature_extractor.syntax import parse_source
from feature_extractor.syntax.lexer import token_end
from feature_extractor.syntax.parser import statement_parser
from test_highlights import CORPUS, EVERYTHING

pytestmark = pytest.mark.skipif(
    shutil.which("tree-sitter") is None or shutil.which("cc") is None,
    reason="needs tree-sitter (the command, of cargo, npm or a distribution) and a C compiler",
)

GRAMMAR = Path(__file__).resolve().parents[2] / "editors" / "tree-sitter"
WRONG = [
    "let a =\n",
    "feature a dense = x\n",
    "let a = x +\n",
    "let a = (x\n",
    "let a = x y\n",
    "input request { a int }\n",
    "resource a = (1)\n",
    "use ctr\n",
    "@owner\nfeature a : dense = x\n",
    'let a = "open\n',
    "let a = if x then y\n",
]


class Generated:
    """The parser, generated and compiled in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "grammar"
        shutil.copytree(GRAMMAR, self.folder)
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "configuration"),
        }
        run = self.run("generate")
        assert run.returncode == 0, run.stderr

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["tree-sitter", *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def tree(self, text: str) -> str:
        """Return the tree of a program, as Tree-sitter prints it."""
        program = self.folder / "program.fx"
        program.write_text(text, encoding="utf-8")
        return self.run("parse", str(program)).stdout

    def captures(self, text: str) -> dict[tuple[int, int], str]:
        """Return which colour the queries give to the places of a text, by line and byte; the last one wins."""
        program = self.folder / "program.fx"
        program.write_text(text, encoding="utf-8")
        run = self.run("query", "--captures", "queries/highlights.scm", str(program))
        assert run.returncode == 0, run.stderr
        found = {}
        for line in run.stdout.splitlines():
            match = re.search(r"capture: \d+ - ([\w.]+), start: \((\d+), (\d+)\)", line)
            if match is not None:
                found[int(match[2]), int(match[3])] = match[1]
        return found


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return Generated(tmp_path_factory.mktemp("tree_sitter"))


@pytest.mark.parametrize("path", CORPUS, ids=[path.name for path in CORPUS])
def test_every_program_is_read(generated: Generated, path: Path) -> None:
    tree = generated.tree(path.read_text(encoding="utf-8"))
    assert tree.startswith("(source_file")
    assert "ERROR" not in tree and "MISSING" not in tree


def test_every_form_of_token_is_read_and_coloured(generated: Generated) -> None:
    tree = generated.tree(EVERYTHING)
    assert "ERROR" not in tree and "MISSING" not in tree
    colours = generated.captures(EVERYTHING)
    source = Source("x", EVERYTHING)
    assert not parse_source(source).diagnostics
    without = []
    for token in statement_parser().tokens(EVERYTHING, 0, len(EVERYTHING)):
        line, column = source.line_and_column(token.start())
        before = source.line_text(line)[: column - 1].encode()
        if (line - 1, len(before)) not in colours:
            without.append(EVERYTHING[token.start() : token_end(token)])
    assert without == []


@pytest.mark.parametrize(
    ("text", "word", "colour"),
    [
        ("feature ctr : dense = a\n", "ctr", "type.definition"),
        ("feature ctr : dense = a\n", "dense", "type.builtin"),
        ("let f(x) = x\n", "f(", "function"),
        ("let value = x\n", "value", "constant"),
        ("let f(x) = x.lower()\n", "lower", "function.method.call"),
        ("let f = x.field\n", "field", "variable.member"),
        ("let f = clip(low = 1)\n", "low", "variable.parameter"),
        ("let f = xs.map(e -> 1)\n", "e ->", "variable.parameter"),
        ("input request { a: list<int> }\n", "int>", "type.builtin"),
        ('@owner("x")\nfeature a : dense = b\n', "owner", "attribute"),
        ("let f = x and y\n", "and", "keyword.operator"),
        ("let f = 1d12h\n", "1d12h", "number"),
        ("let f = if x then y else z\n", "then", "keyword.conditional"),
        ("let f = 1.5\n", "1.5", "number.float"),
        ("let f = x ?? null\n", "null", "constant.builtin"),
    ],
)
def test_colours_of_words(generated: Generated, text: str, word: str, colour: str) -> None:
    line = text[: text.index(word)].count("\n")
    column = len(text[: text.index(word)].split("\n")[-1])
    assert generated.captures(text)[line, column] == colour


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_program_has_an_error(generated: Generated, text: str) -> None:
    assert parse_source(Source("x", text)).diagnostics
    tree = generated.tree(text)
    assert "ERROR" in tree or "MISSING" in tree
