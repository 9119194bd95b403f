"""Lookups in vocabularies and tables: the operators whose cases need files."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.testing.evaluation import evaluate

WORDS = ["lord", "of", "the", "rings", "日本", "42", "-7"]
DECLARATIONS = """\
resource words = vocabulary("words.txt")
resource hashed = vocabulary("words.txt", oov = 8)
resource margins = table<int, {margin: float?, brand: string?, stock: int?, sold: bool?}>("margins.csv")
resource names = table<string, {rank: int}>("names.csv")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "words.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    (tmp_path / "margins.csv").write_text(
        'key,margin,brand,stock,sold\n1,0.5,Acme,10,true\n-3,,"a, b",0,false\n7,1e300,日本,,\n'
    )
    (tmp_path / "names.csv").write_text("key,rank\nann,1\nbob,2\n")
    return tmp_path


def test_vocabulary(root: Path) -> None:
    texts = ["lord", "rings", "日本", "Lord", "", None, "42"]
    found = evaluate(
        ["words.lookup(s)", "hashed.lookup(s)", 'words.lookup([s, "of", s])'],
        {"s": "string?"},
        {"s": texts},
        declarations=DECLARATIONS,
        root=root,
    )
    assert found[0] == [1, 4, 5, 0, 0, None, 6]
    for text, number in zip(texts, found[1], strict=True):
        if text in WORDS:
            assert number == 8 + WORDS.index(text)
        else:
            assert number is None if text is None else 0 <= number < 8
    assert found[2][0] == [1, 2, 1]
    assert found[2][5] == [None, 2, None]


def test_vocabulary_of_numbers(root: Path) -> None:
    found = evaluate(
        ["words.lookup(x)", "words.lookup([x, 42])"],
        {"x": "int?"},
        {"x": [42, -7, 7, None]},
        declarations=DECLARATIONS,
        root=root,
    )
    assert found == [[6, 7, 0, None], [[6, 6], [7, 6], [0, 6], [None, 6]]]


def test_unknown_words_spread_by_hash(root: Path) -> None:
    texts = [f"unknown {i}" for i in range(400)]
    (found,) = evaluate(
        ["hashed.lookup(s)"], {"s": "string"}, {"s": texts}, declarations=DECLARATIONS, root=root
    )
    assert set(found) == set(range(8))


def test_table(root: Path) -> None:
    fields = ("margin", "brand", "stock", "sold")
    found = evaluate(
        [f"margins.lookup(x).{field}" for field in fields] + ["names.lookup(s).rank ?? -1"],
        {"x": "int?", "s": "string"},
        {"x": [1, -3, 7, 2, None], "s": ["ann", "bob", "Ann", "", "ann"]},
        declarations=DECLARATIONS,
        root=root,
    )
    assert found[0] == [0.5, None, 1e300, None, None]
    assert found[1] == ["Acme", "a, b", "日本", None, None]
    assert found[2] == [10, 0, None, None, None]
    assert found[3] == [True, False, None, None, None]
    assert found[4] == [1, 2, -1, -1, 1]


def test_table_within_a_lambda(root: Path) -> None:
    (found,) = evaluate(
        ["xs.map(x -> margins.lookup(x).margin ?? -1.0)"],
        {"xs": "list<int?>"},
        {"xs": [[1, 2, None], [], [7, 1]]},
        declarations=DECLARATIONS,
        root=root,
    )
    assert found == [[0.5, -1.0, -1.0], [], [1e300, 0.5]]
