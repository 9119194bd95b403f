"""Similarity of texts and lists against rapidfuzz and plain Python, on random values."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import STRING
from rapidfuzz.distance import (
    DamerauLevenshtein,
    Hamming,
    Jaro,
    JaroWinkler,
    LCSseq,
    Levenshtein,
    Prefix,
)

ROWS = 1500
_LONG = 200


def _text(source: random.Random) -> str:
    kind = source.random()
    if kind < 0.3:
        return str(random_value(source, STRING))
    letters = source.choice(["ab", "abcdefgh", "aé日😀", "abcdefghijklmnopqrstuvwxyzéèüß"])
    size = source.randint(0, 12) if kind < 0.8 else source.choice([63, 64, 65, 127, 128, _LONG])
    return "".join(source.choices(letters, k=size))


def _edited(source: random.Random, text: str) -> str:
    """A text with some typing errors, so that pairs are often alike."""
    letters = list(text)
    for _ in range(source.randint(0, 5)):
        place = source.randint(0, len(letters))
        match source.randrange(4):
            case 0:
                letters.insert(place, source.choice("abé日"))
            case 1:
                del letters[place : place + 1]
            case 2:
                letters[place : place + 1] = source.choice("abé日")
            case _:
                letters[place : place + 2] = letters[place : place + 2][::-1]
    return "".join(letters)


def _pairs(seed: str) -> tuple[list[str], list[str]]:
    source = random.Random(seed)
    first = [_text(source) for _ in range(ROWS)]
    second = [_edited(source, s) if source.random() < 0.6 else _text(source) for s in first]
    return first, second


def _substring(s: str, t: str) -> str:
    for size in range(min(len(s), len(t)), 0, -1):
        for begin in range(len(s) - size + 1):
            if s[begin : begin + size] in t:
                return s[begin : begin + size]
    return ""


@pytest.fixture(scope="module")
def pairs() -> tuple[list[str], list[str]]:
    return _pairs("similarity")


def test_distances_of_texts(pairs: tuple[list[str], list[str]]) -> None:
    oracles: dict[str, Callable[..., Any]] = {
        "levenshtein(s, t)": Levenshtein.distance,
        "damerau_levenshtein(s, t)": DamerauLevenshtein.distance,
        "hamming_distance(s, t)": Hamming.distance,
        "longest_common_subsequence(s, t)": LCSseq.similarity,
        "length(longest_common_prefix(s, t))": Prefix.similarity,
        "longest_common_substring(s, t)": _substring,
        "longest_common_prefix(s, t)": lambda s, t: s[: Prefix.similarity(s, t)],
    }
    first, second = pairs
    found = evaluate(list(oracles), {"s": "string", "t": "string"}, {"s": first, "t": second})
    for (expression, oracle), values in zip(oracles.items(), found, strict=True):
        wanted = [oracle(s, t) for s, t in zip(first, second, strict=True)]
        wrong = [row for row in zip(first, second, values, wanted, strict=True) if row[2] != row[3]]
        assert not wrong, f"{expression}: {len(wrong)} differ, first {wrong[0]!r}"


def test_jaro(pairs: tuple[list[str], list[str]]) -> None:
    first, second = pairs
    expressions = ["jaro(s, t)", "jaro_winkler(s, t)", "jaro_winkler(s, t, 0.2)"]
    jaro, winkler, heavy = evaluate(
        expressions, {"s": "string", "t": "string"}, {"s": first, "t": second}
    )
    for s, t, a, b, c in zip(first, second, jaro, winkler, heavy, strict=True):
        assert math.isclose(a, Jaro.similarity(s, t), abs_tol=1e-12), (s, t)
        assert math.isclose(b, JaroWinkler.similarity(s, t), abs_tol=1e-12), (s, t)
        wanted = JaroWinkler.similarity(s, t, prefix_weight=0.2)
        assert math.isclose(c, wanted, abs_tol=1e-12), (s, t)


def _cover(tokens: list[Any], terms: list[Any]) -> int | None:
    wanted = {term for term in terms if term is not None}
    sizes = [
        end - begin
        for begin in range(len(tokens))
        for end in range(begin + 1, len(tokens) + 1)
        if wanted <= set(tokens[begin:end])
    ]
    return min(sizes) if wanted and sizes else None


def _distances(tokens: list[Any], terms: list[Any]) -> list[int]:
    distinct = [term for term in dict.fromkeys(terms) if term is not None]
    places = {term: [i for i, token in enumerate(tokens) if token == term] for term in distinct}
    return [
        min(abs(i - j) for i in places[a] for j in places[b])
        for a, b in itertools.combinations(distinct, 2)
        if places[a] and places[b]
    ]


def _phrase(tokens: list[Any], phrase: list[Any]) -> int | None:
    if None in phrase:
        return None
    size = len(phrase)
    return next((i for i in range(len(tokens) + 1) if tokens[i : i + size] == phrase), None)


def _bm25(query: list[Any], weights: list[Any], document: list[Any]) -> float:
    kept = [token for token in document if token is not None]
    score = 0.0
    for term, weight in zip(query, weights, strict=False):
        frequency = kept.count(term)
        if term is not None and weight is not None and frequency:
            norm = 1.2 * (1 - 0.75 + 0.75 * len(kept) / 4.5)
            score += weight * (frequency * 2.2 / (frequency + norm))
    return score


@pytest.mark.parametrize("element", ["int", "string"])
def test_tokens(element: str) -> None:
    source = random.Random(f"tokens of {element}")
    some = [1, 2, 3, 4] if element == "int" else ["red", "hat", "日本", "a word of some length"]

    def tokens(most: int) -> list[Any]:
        return [
            source.choice([*some, None] if source.random() < 0.3 else some) for _ in range(most)
        ]

    xs = [tokens(source.randint(0, 14)) for _ in range(ROWS)]
    ys = [tokens(source.randint(0, 4)) for _ in range(ROWS)]
    ws = [[source.choice([None, 0.5, 2.0, 3.25]) for _ in range(source.randint(0, 5))] for _ in ys]

    def edits(x: list[Any], y: list[Any]) -> int:
        return Levenshtein.distance(*([e for e in list_ if e is not None] for list_ in (x, y)))

    oracles: dict[str, Callable[..., Any]] = {
        "phrase_index(xs, ys)": lambda x, y, w: _phrase(x, y),
        "contains_phrase(xs, ys)": lambda x, y, w: _phrase(x, y) is not None,
        "minimum_cover(xs, ys)": lambda x, y, w: _cover(x, y),
        "term_distances(xs, ys)": lambda x, y, w: _distances(x, y),
        "levenshtein(xs, ys)": lambda x, y, w: edits(x, y),
        "bm25(ys, ws, xs, 4.5)": lambda x, y, w: _bm25(y, w, x),
    }
    types = {"xs": f"list<{element}?>", "ys": f"list<{element}?>", "ws": "list<float?>"}
    found = evaluate(list(oracles), types, {"xs": xs, "ys": ys, "ws": ws})
    for (expression, oracle), values in zip(oracles.items(), found, strict=True):
        for x, y, w, value in zip(xs, ys, ws, values, strict=True):
            wanted = oracle(x, y, w)
            same = math.isclose(value, wanted) if isinstance(wanted, float) else value == wanted
            assert same, f"{expression} of {x}, {y}, {w}: {value!r}, not {wanted!r}"


def test_idf() -> None:
    source = random.Random("idf")
    documents = [float(source.choice([0, 1, 10, 1000, 10**9])) for _ in range(ROWS)]
    having = [float(source.randint(-1, int(n) + 1)) for n in documents]
    (found,) = evaluate(["idf(n, m)"], {"n": "float", "m": "float"}, {"n": having, "m": documents})
    for n, m, value in zip(having, documents, found, strict=True):
        if not 0 <= n <= m:
            assert value is None
        else:
            assert math.isclose(value, math.log(1 + (m - n + 0.5) / (n + 0.5)), rel_tol=1e-9)
