"""Words and small texts against str, unicodedata, packaging and scikit-learn."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from typing import Any

from packaging.version import InvalidVersion, Version
from sklearn.feature_extraction.text import CountVectorizer

from .oracle_tables import NOT_COMPARED, Oracles, failures, identical

ROWS = 1200
_WHITE = "".join(c for c in map(chr, range(0x10000)) if c.isspace() and c not in "\x1c\x1d\x1e\x1f")
"""The 25 code points of White_Space; Python adds the four information separators."""


def _texts(seed: str, letters: str, longest: int = 20) -> list[str]:
    source = random.Random(seed)
    return ["".join(source.choices(letters, k=source.randint(0, longest))) for _ in range(ROWS)]


def _simple(fold: str) -> Any:
    """Map each code point to one: full mappings to several are not for `lower` and `upper`.

    Two that Python maps to several have a mapping to one, as their pages say.
    """
    single = {"lower": {"İ": "i"}, "upper": {"ß": "ẞ"}}[fold]

    def one(c: str) -> str:
        mapped = getattr(c, fold)()
        return single.get(c, mapped if len(mapped) == 1 else c)

    return lambda s: "".join(map(one, s))


def _tokens(s: str) -> list[str]:
    marked = "".join(c if unicodedata.category(c)[0] in "LMN" else "\0" for c in s)
    return [token for token in marked.split("\0") if token]


def _filled(size: int, fill: str, length: int) -> str:
    missing = max(size - length, 0)
    return (fill * missing)[:missing] if fill else ""


def _integer(s: str) -> int | None:
    if not re.fullmatch(r"[+-]?[0-9]+", s):
        return None
    return int(s) if -(2**63) <= int(s) < 2**63 else None


def _truth(s: str) -> bool | None:
    words = {"true": True, "t": True, "yes": True, "y": True, "1": True}
    words |= {"false": False, "f": False, "no": False, "n": False, "0": False}
    return words.get(s.lower()) if s.isascii() else None


_ORACLES: Oracles = {
    "lower(s)": _simple("lower"),
    "upper(s)": _simple("upper"),
    "fold_case(s)": str.casefold,
    "capitalize(s)": lambda s: _simple("upper")(s[:1]) + _simple("lower")(s[1:]),
    "trim(s)": lambda s: s.strip(_WHITE),
    "trim_start(s)": lambda s: s.lstrip(_WHITE),
    "trim_end(s)": lambda s: s.rstrip(_WHITE),
    'trim(s, "aé ")': lambda s: s.strip("aé "),
    'trim_start(s, "aé ")': lambda s: s.lstrip("aé "),
    'trim_end(s, "aé ")': lambda s: s.rstrip("aé "),
    "tokenize(s)": _tokens,
    "tokenize_whitespace(s)": lambda s: [t for t in re.split(f"[{_WHITE}]+", s) if t],
    "repeat(s, n)": lambda s, n: s * n,
    'pad_start(s, n, "日x")': lambda s, n: _filled(n, "日x", len(s)) + s,
    'pad_end(s, n, "日x")': lambda s, n: s + _filled(n, "日x", len(s)),
    "substring(s, n, 3)": lambda s, n: (
        s[max(n + len(s) * (n < 0), 0) :][: 3 + min(n + len(s), 0) * (n < 0)]
        if n + len(s) * (n < 0) > -3
        else ""
    ),
    "substring(s, n)": lambda s, n: s[n:],
    'regex_match(s, "^[a-c]+$")': lambda s: bool(re.fullmatch("[a-c]+", s)),
    'regex_replace(s, "[ab]+", "<\\\\0>")': lambda s: re.sub("([ab]+)", r"<\1>", s),
    'regex_extract(s, "[bé]+a")': lambda s: (m := re.search("[bé]+a", s)) and m[0],
    "index_of(s, p)": lambda s, p: s.find(p) if p in s else None,
    "contains(s, p)": lambda s, p: p in s,
    "parse_int(i)": _integer,
    "parse_bool(b)": _truth,
}


def test_texts() -> None:
    source = random.Random("words")
    kinds = ["true", "TRUE", "t", "Yes", "y", "1", "false", "F", "nO", "n", "0", "", "2", "ja", "ŧ"]
    rows: dict[str, list[Any]] = {
        "s": _texts("s", "aabbcABÉéßİıΣςǆﬁ日e\u0301 \u00a0\u2003\u3000\t\n_-.1٣"),
        "p": _texts("p", "aabé", 2),
        "n": [source.randint(-9, 24) for _ in range(ROWS)],
        "i": [
            source.choice(["", "+", "-"])
            + str(source.choice([7, 2**63 - 1, 2**63, source.randint(0, 2**65)]))
            + source.choice(["", "", "", " ", ".0", "e1", "٣", "_1"])
            for _ in range(ROWS)
        ],
        "b": [source.choice(kinds) for _ in range(ROWS)],
    }
    types = {**dict.fromkeys("spib", "string"), "n": "int"}
    # Python 3.11 knows Unicode 14; what it has not assigned is not in these letters.
    assert "\n".join(failures(_ORACLES, types, rows, identical)) == ""


def test_runs_of_tokens_as_count_vectorizer_makes_them() -> None:
    source = random.Random("runs")
    tokens = [
        source.choices(["a", "b", "red", "shoe", ""], k=source.randint(0, 9)) for _ in range(ROWS)
    ]

    def counted(low: int, high: int) -> Any:
        vectorizer = CountVectorizer(ngram_range=(low, high), tokenizer=list, lowercase=False)
        analyse = vectorizer._word_ngrams
        return lambda ts: Counter(analyse(list(ts)))

    def same(value: Any, wanted: Any) -> bool:
        return Counter(value) == wanted

    oracles: Oracles = {f"ngrams(ts, {a}, {b})": counted(a, b) for a, b in ((1, 1), (1, 3), (2, 4))}
    assert failures(oracles, {"ts": "list<string>"}, {"ts": tokens}, same) == []


def test_order_of_versions() -> None:
    source = random.Random("versions")

    def version() -> str:
        parts = [str(source.choice([0, 1, 2, 9, 10, 100])) for _ in range(source.randint(1, 4))]
        return source.choice(["", "", "v"]) + ".".join(parts)

    def compared(a: str, b: str) -> Any:
        try:
            return Version(a) < Version(b)
        except InvalidVersion:
            return NOT_COMPARED

    rows = {name: [version() for _ in range(ROWS)] for name in "ab"}
    oracles: Oracles = {
        "version_key(a) < version_key(b)": compared,
        "version_key(a) == version_key(b)": lambda a, b: Version(a) == Version(b),
    }
    assert failures(oracles, dict.fromkeys("ab", "string"), rows, identical) == []
