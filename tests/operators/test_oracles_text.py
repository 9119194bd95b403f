"""Operators on texts and tokens against Python's str, re and unicodedata, on random texts."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import FLOAT, STRING, ListType

ROWS = 1500
_WORDS = ListType(element=STRING.with_nullable(True))


def _compare(
    oracles: dict[str, Callable[..., Any]],
    types: dict[str, str],
    rows: dict[str, list[Any]],
    **more: Any,
) -> None:
    results = evaluate(list(oracles), types, rows, **more)
    failures = []
    for (expression, oracle), found in zip(oracles.items(), results, strict=True):
        for arguments, got in zip(zip(*rows.values(), strict=True), found, strict=True):
            wanted = oracle(*arguments)
            if got != wanted or type(got) is not type(wanted):
                failures.append(f"{expression} of {arguments!r}: {got!r}, not {wanted!r}")
    assert not failures, f"{len(failures)} differ:\n" + "\n".join(failures[:10])


def _text(source: random.Random) -> str:
    if source.random() < 0.3:
        return str(random_value(source, STRING))
    letters = "aaabbAB ,.-_%1٣½é日本カ\U0001f600$+!\n"
    return "".join(source.choices(letters, k=source.choice([0, 1, 3, 8, 20, 40])))


def _part(texts: list[str], index: int) -> str | None:
    return texts[index] if -len(texts) <= index < len(texts) else None


def _counted(*categories: str) -> Callable[[str], int]:
    return lambda s: sum(unicodedata.category(c).startswith(categories) for c in s)


def _all(*categories: str) -> Callable[[str], bool]:
    count = _counted(*categories)
    return lambda s: bool(s) and count(s) == len(s)


def _matches(pattern: str, group: int = 0) -> Callable[[str], list[str | None]]:
    """Return what each match holds; an empty match right behind a match is none."""

    def find(s: str) -> list[str | None]:
        found, end = [], -1
        for match in re.finditer(pattern, s):
            if match.end() > match.start() or match.start() != end:
                found.append(match.group(group))
            end = match.end()
        return found

    return find


def _common(s: str, t: str) -> int:
    return sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(s, t, strict=False))
    )


_LIKE = {
    "%a%": ".*a.*",
    "a_": "a.",
    "_": ".",
    "%": ".*",
    "%a%b%": ".*a.*b.*",
    "\\\\%%": "%.*",
    "%.": r".*\.",
    "日%": "日.*",
}


def test_texts() -> None:
    source = random.Random("texts")
    s = [_text(source) for _ in range(ROWS)]
    t = [source.choice([_text(source), s[i][: source.randint(0, 9)] + "x"]) for i in range(ROWS)]
    i = [source.choice([-3, -2, -1, 0, 1, 2, 9]) for _ in range(ROWS)]
    oracles: dict[str, Callable[..., Any]] = {
        'split_part(s, ",", i)': lambda s, t, i: _part(s.split(","), i),
        'split_part(s, "ab", i)': lambda s, t, i: _part(s.split("ab"), i),
        "split_part(s, t, i)": lambda s, t, i: _part(s.split(t) if t else list(s), i),
        "count_substring(s, t)": lambda s, t, i: s.count(t),
        'count_substring(s, "aa")': lambda s, t, i: s.count("aa"),
        "common_prefix_length(s, t)": lambda s, t, i: _common(s, t),
        'replace_many(s, ["ab", "a", "日"], ["", "é", "ab"])': lambda s, t, i: re.sub(
            "ab|a|日", lambda m: {"ab": "", "a": "é", "日": "ab"}[m[0]], s
        ),
        'regex_count(s, "[ab]+")': lambda s, t, i: len(_matches("[ab]+")(s)),
        'regex_count(s, "a*")': lambda s, t, i: len(_matches("a*")(s)),
        'regex_extract_all(s, "[a-b]+|,")': lambda s, t, i: _matches("[a-b]+|,")(s),
        'regex_extract_all(s, "b*")': lambda s, t, i: _matches("b*")(s),
        'regex_extract_all(s, "(a)|b", 1)': lambda s, t, i: _matches("(a)|b", 1)(s),
        'regex_split(s, "[ ,]+")': lambda s, t, i: re.split("[ ,]+", s),
        'count_characters(s, "letter")': lambda s, t, i: _counted("L")(s),
        'count_characters(s, "digit")': lambda s, t, i: _counted("Nd")(s),
        'count_characters(s, "alphanumeric")': lambda s, t, i: _counted("L", "N")(s),
        'count_characters(s, "upper")': lambda s, t, i: _counted("Lu")(s),
        'count_characters(s, "lower")': lambda s, t, i: _counted("Ll")(s),
        'count_characters(s, "punctuation")': lambda s, t, i: _counted("P")(s),
        'count_characters(s, "symbol")': lambda s, t, i: _counted("S")(s),
        'count_characters(s, "white_space")': lambda s, t, i: sum(c.isspace() for c in s),
        'consists_of(s, "letter")': lambda s, t, i: _all("L")(s),
        'consists_of(s, "alphanumeric")': lambda s, t, i: _all("L", "N")(s),
        'consists_of(s, "ascii")': lambda s, t, i: bool(s) and s.isascii(),
    }
    for pattern, regex in _LIKE.items():
        oracles[f'like(s, "{pattern}")'] = lambda s, t, i, regex=regex: bool(
            re.fullmatch(regex, s, re.DOTALL)
        )
        oracles[f'like(s, "{pattern}", true)'] = lambda s, t, i, regex=regex: bool(
            re.fullmatch(regex, s, re.DOTALL | re.IGNORECASE)
        )
    _compare(oracles, {"s": "string", "t": "string", "i": "int"}, {"s": s, "t": t, "i": i})


def test_formatted_numbers() -> None:
    source = random.Random("numbers")
    numbers = [random_value(source, FLOAT) for _ in range(ROWS)]
    numbers += [source.randint(-4000, 4000) / 8 for _ in range(ROWS)]

    def written(decimals: int) -> Callable[[float], str]:
        def text(x: float) -> str:
            exact = Decimal(x) if x else Decimal(0)
            unit = Decimal(1).scaleb(-decimals)
            with_sign = (
                f"{exact.quantize(unit, ROUND_HALF_EVEN) if abs(x) < 1e9 else exact:.{decimals}f}"
            )
            return with_sign.removeprefix("-") if not with_sign.strip("-0.") else with_sign

        return text

    _compare(
        {f"format_number(x, {decimals})": written(decimals) for decimals in (0, 1, 2, 5, 17)},
        {"x": "float"},
        {"x": numbers},
    )


# ---- Tokens ------------------------------------------------------------------------------------


def _pairs(words: list[str | None], skip: int) -> list[str]:
    kept = [word for word in words if word is not None]
    return [
        f"{a} {b}"
        for (i, a), (k, b) in itertools.combinations(enumerate(kept), 2)
        if k - i <= skip + 1
    ]


def _is_cjk(c: str) -> bool:
    """Tell the scripts by the names of characters, where ours goes by blocks."""
    name = unicodedata.name(c, "")
    scripts = ("CJK UNIFIED", "CJK COMPATIBILITY", "HIRAGANA", "KATAKANA", "HANGUL", "HALFWIDTH K")
    return name.startswith(scripts)


def _bigrams(s: str) -> list[str]:
    tokens: list[str] = []
    runs = itertools.groupby(s, lambda c: unicodedata.category(c)[0] in "LMN")
    for run in ("".join(run) for inside, run in runs if inside):
        for is_cjk, letters in itertools.groupby(run, _is_cjk):
            part = "".join(letters)
            whole = not is_cjk or len(part) == 1
            tokens += [part] if whole else [part[k : k + 2] for k in range(len(part) - 1)]
    return tokens


def test_tokens() -> None:
    source = random.Random("tokens")
    letters = "ab é日本語东カナひら한국ー1. ,"
    s = ["".join(source.choices(letters, k=source.randint(0, 20))) for _ in range(ROWS)]
    xs = [random_value(source, _WORDS) for _ in range(ROWS)]
    _compare(
        {
            "skip_grams(xs, 0)": lambda xs, s: _pairs(xs, 0),
            "skip_grams(xs, 2)": lambda xs, s: _pairs(xs, 2),
            "tokenize_cjk_bigrams(s)": lambda xs, s: _bigrams(s),
        },
        {"xs": "list<string?>", "s": "string"},
        {"xs": xs, "s": s},
    )


def test_word_pieces(tmp_path: Path) -> None:
    """The algorithm of BERT's published code, written down again."""
    source = random.Random("pieces")
    pieces = {"[UNK]": None}
    for _ in range(120):
        piece = "".join(source.choices("abcé日", k=source.randint(1, 4)))
        pieces[source.choice(["", "##"]) + piece] = None
    (tmp_path / "pieces.txt").write_text("".join(f"{piece}\n" for piece in pieces))
    words = ["".join(source.choices("abcé日", k=source.randint(0, 14))) for _ in range(ROWS)]

    def cut(word: str) -> list[str]:
        found, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in pieces:
                    break
            else:
                return ["[UNK]"]
            found.append(piece)
            start = end
        return found

    _compare(
        {
            "tokenize_wordpiece(s, pieces)": cut,
            "tokenize_wordpiece([s, s], pieces)": lambda s: cut(s) + cut(s),
        },
        {"s": "string"},
        {"s": words},
        declarations='resource pieces = vocabulary("pieces.txt")\n',
        root=tmp_path,
    )
