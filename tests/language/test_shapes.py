"""Statements that are written like others are cut and parsed as any other."""

from __future__ import annotations

import random
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.diagnostics import Source, Span
from feature_extractor.syntax import parser, statements, wordings
from feature_extractor.syntax.shapes import Shape
from feature_extractor.syntax.tree import Node

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(
    path
    for folder in ("dsl_grammar", "examples", "python")
    for path in (ROOT / folder).rglob("*.fx")
)
STATEMENTS = r'''
use "std/ctr.fx"
use "a.fx" as ctr
resource words = vocabulary("words.txt", oov_buckets = 2)
resource spread = fit.moments(price, by = shop)
resource rows = table<string, {a: int, b: list<float?>?}>("rows.csv")
input request {
    "How old."
    age, other: int?
    v: vector<32>
}
let f(a, b = 2, c = -1.5e3) = a + b * c ** 2 ?? 0
let g = [1, 2, 0x1F, 1_000]
let empty = []
let long = (not a and b or c) in [b"x\x00", b""]
let times = t"2026-01-31" - 1w2d3h4m5s6ms7us
let text = "line\n\u{1F600}\"" ?? ""
let other = if a not in xs then xs[0] else -xs.map(e -> {id: e.id, weight: 1.0}).first()
"""A long
   description."""
let described = true == false != null
"A short one."
@owner("team")
@owner(name = "team") feature x : ids(2 ** 20, max = 16) = f(a, b = b)
feature y : dense = -(-9223372036854775808) // 2 % 3
'''


def shown(value: Any) -> Any:
    """Return all that a tree says, as values that can be compared."""
    if isinstance(value, Span):
        return (value.start, value.end)
    if isinstance(value, Node):
        parts = [(field.name, shown(getattr(value, field.name))) for field in fields(value)]
        return (type(value).__name__, parts)
    if isinstance(value, list | tuple):
        return (type(value).__name__, [shown(part) for part in value])
    return (type(value).__name__, repr(value))


def parsed(source: Source) -> Any:
    """Return the statements and the mistakes of a text."""
    result = parser.parse_source(source)
    assert all(statement.span.source is source for statement in result.file.statements)
    return shown(result.file.statements), [str(found) for found in result.diagnostics]


@pytest.fixture(params=[False, True], ids=["steps", "functions"])
def shapes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """Make shapes at once, beginning without any; trees by their steps, or by functions that are written for them."""
    made: dict[Any, Any] = {}
    monkeypatch.setattr(parser, "_SHAPES", made)
    monkeypatch.setattr(parser, "_WORDINGS", {})
    monkeypatch.setattr(parser, "_MEETINGS", 1)
    monkeypatch.setattr(wordings, "_MANY", 1 if request.param else 1_000_000)
    return made


@pytest.mark.parametrize("text", [STATEMENTS, *(path.read_text() for path in PROGRAMS)])
def test_the_tree_of_a_shape_is_that_of_a_parse(text: str, shapes: dict[Any, Any]) -> None:
    source = Source("program.fx", text)
    first = parsed(source)
    assert sum(isinstance(shape, Shape) for shape in shapes.values()) == len(shapes) > 0
    assert parsed(source) == first
    # The second time the wordings of the statements were learnt.
    assert parser._WORDINGS
    shapes.clear()
    assert parsed(source) == first


def test_a_shape_has_the_names_literals_and_places_of_each_statement(
    shapes: dict[Any, Any],
) -> None:
    parsed(Source("first.fx", 'let a(b) = b.f(x = "one", 2, 1.5)'))
    (shape,) = shapes.values()
    text = '\nlet\tlonger(bb) =   bb.gg(xx="\\n" ,22,0.25)  # said'
    found = parsed(Source("second.fx", text))
    shapes.clear()
    assert isinstance(shape, Shape)
    assert found == parsed(Source("second.fx", text))
    assert len(shapes) == 1


WORDS = (
    "a",
    "b",
    "t",
    "longer_name",
    "feature",
    "as",
    "in",
    "not",
    "true",
    "null",
    "0",
    "17",
    "1_000",
    "0xFF",
    "2.5",
    "1e-3",
    "0x1e-3",
    "1.5.2",
    "3d",
    "1d2h",
    "1h2d",
    "12abc",
    '"text"',
    '""',
    '"# no comment"',
    r'"a\"b"',
    r'"\q"',
    '"""c"""',
    'b"x"',
    't"2026-01-01"',
    "é",
    "# said",
    "#",
)
BETWEEN = (" ", "", "\n    ", ".", " -> ", "(", ")", " + ", ", ", "-", "[", "]", " # ", "#", '"')


def test_other_words_are_read_as_by_a_parse(
    shapes: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [
        source.text[piece.start : piece.end]
        for source in [
            Source("a.fx", STATEMENTS),
            *(Source("a.fx", p.read_text()) for p in PROGRAMS),
        ]
        for piece in statements.cut(source).pieces
    ]
    chance = random.Random(3)
    known = 0
    for piece in chance.sample(pieces, 300):
        shapes.clear()
        parser._WORDINGS.clear()
        for _ in range(2):
            parsed(Source("first.fx", piece))
        learnt = dict(parser._WORDINGS)
        parts, _ = parser._parser()[2].split(piece)
        for _ in range(12):
            changed = [*parts]
            for _ in range(chance.choice((1, 1, 2, 4))):
                place = chance.randrange(len(changed))
                changed[place] = chance.choice(WORDS if place % 2 else BETWEEN)
            source = Source("second.fx", "".join(changed))
            parser._WORDINGS.update(learnt)
            found = parsed(source)
            known += bool(found[0]) and found[1] == []
            shapes.clear()
            parser._WORDINGS.clear()
            assert found == parsed(source), source.text
    assert known > 300


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("let a = 12", f"let a = {2**64}", "FX004"),
        ('let a = "b"', r'let a = "\q"', "FX004"),
        ("let a = 1d2h", "let a = 1h2d", "FX004"),
        ("let a = b", f"let a = {'b' * 201}", "FX006"),
    ],
)
def test_what_no_statement_may_have_is_told_of_a_known_shape_too(
    right: str, wrong: str, code: str, shapes: dict[Any, Any]
) -> None:
    assert parsed(Source("right.fx", right))[1] == []
    assert len(shapes) == 1
    result = parser.parse_source(Source("wrong.fx", wrong))
    assert [found.code for found in result.diagnostics] == [code]
    assert result.file.statements == []
    assert result.file.damaged == {"a"}


def test_texts_without_mistakes_are_cut_as_all_texts_are() -> None:
    def layout(found: statements.Layout) -> Any:
        return shown(found.comments), [(p.start, p.end, p.damaged) for p in found.pieces]

    chance = random.Random(11)
    parts = [
        '"',
        "#",
        "\n",
        "\nlet x",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        " ",
        '"""',
        "\\",
        "a",
        '\n"d"',
    ]
    parts += ["\n@o", "\n ", "\r\n", "\x0b", "\u2028", "input", "# c\n", "\nfeature y: id = (\n)"]
    texts = ["".join(chance.choices(parts, k=chance.randrange(14))) for _ in range(5_000)]
    for text in [path.read_text() for path in PROGRAMS] * 10:
        place, length = chance.randrange(len(text)), chance.randrange(4)
        texts.append(text[:place] + "".join(chance.choices(parts, k=2)) + text[place + length :])
    sound = 0
    for text in texts:
        source = Source("program.fx", text)
        quick = statements.cut_soundly(source)
        if quick is not None:
            sound += 1
            every = statements._Cutter(source).run()
            assert every.diagnostics == []
            assert layout(quick) == layout(every), text
    assert sound > 500
