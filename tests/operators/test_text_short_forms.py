"""Short forms of text operators against other libraries: hashes of every length, everyday patterns.

The core hashes short texts in registers, replaces classes of characters without an expression, and
does not run an expression on a text that lacks a part of every match. None of it may show.
"""

from __future__ import annotations

import json
import random
import re
import struct

import pytest
import xxhash
from feature_extractor.testing.evaluation import evaluate

# A pattern in the syntax of RE2, and for Python's `re` where that differs.
PATTERNS = [
    "ab",
    "a|bc",
    "a+b",
    "a*b",
    "ab?c",
    "ab*",
    "a\\.b",
    "a.b",
    "^ab",
    "ab$",
    "(ab)+c",
    "(ab)?c",
    "(ab)*",
    "(?:ab|bc)c",
    "(?:ab|bc)?c",
    "(?:ab|)c",
    "(?:ab|b+)c",
    "(a(b|c)b)c",
    "(?i)aB",
    "a(?i:B)c",
    "a{0}b",
    "a{2}b",
    "ba{1,2}c",
    "a+?b",
    "[ab]c",
    "[^a]b",
    "[]a]b",
    "a[^]b]c",
    "[a\\]]b",
    "\\Ba",
    "\\bab",
    "é",
    "aéb",
    "éa*b",
    "([0-9]+\\.?[0-9]*) *ab",
    "([0-9]+) *(?:ab|bc)",
    "[a-b]+",
    "[^a-b]+",
    "[a-b]",
    "[^a]",
    "[ ._]+",
    "[^ ._0-9]+",
    "[a-bé]+",
    "[-a]+",
    "[a-]+",
    "",
]
ONLY_RE2 = {
    "\\Qa.b\\E": "a\\.b",
    "x\\Q(\\Ea|b": "x\\(a|b",
    "[[:digit:]]+a": "[0-9]+a",
    "[^[:digit:]]a": "[^0-9]a",
    "a\\x{62}c": "abc",
    "a\\pLb": "a[a-zA-Zé]b",
    "(?P<name>ab)c": "(?P<name>ab)c",
}


def _texts() -> list[str]:
    generator = random.Random(7)
    alphabet = ["a", "b", "c", "A", "B", "é", ".", "0", "7", " ", "_", "]", "-", "(", "x"]
    texts = ["", "ab", "ABc", "a.b", "abc", "bcc", "12.5 ab", "7bc", "x(a", "x(b", "aéb"]
    texts += ["".join(generator.choices(alphabet[:4], k=k)) for k in range(1, 24) for _ in range(8)]
    texts += ["".join(generator.choices(alphabet, k=k)) for k in range(1, 40) for _ in range(8)]
    return texts


def _extracted(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.ASCII)
    return found[0] if found else None


@pytest.mark.parametrize("operator", ["regex_match", "regex_extract", "regex_replace"])
def test_patterns(operator: str) -> None:
    patterns = {pattern: pattern for pattern in PATTERNS} | ONLY_RE2
    texts = _texts()
    calls = {
        pattern: f"{operator}(s, {json.dumps(pattern, ensure_ascii=False)}" for pattern in patterns
    }
    if operator == "regex_replace":
        # Python's `re` counts an empty match behind a match, RE2 does not.
        patterns = {p: q for p, q in patterns.items() if not re.search(q, "", re.ASCII)}
        replacements = ["", "_", "<>", "\\\\0\\\\0"]
    else:
        replacements = [""]
    failures = []
    for replacement in replacements:
        end = f', "{replacement}")' if operator == "regex_replace" else ")"
        found = evaluate([calls[p] + end for p in patterns], {"s": "string"}, {"s": texts})
        for (pattern, of_python), values in zip(patterns.items(), found, strict=True):
            put = "\\g<0>\\g<0>" if "0" in replacement else replacement
            for text, value in zip(texts, values, strict=True):
                if operator == "regex_match":
                    wanted: object = re.search(of_python, text, re.ASCII) is not None
                elif operator == "regex_extract":
                    wanted = _extracted(of_python, text)
                else:
                    wanted = re.sub(of_python, put, text, flags=re.ASCII)
                if value != wanted:
                    failures.append(f"{pattern!r} of {text!r}: {value!r}, expected {wanted!r}")
                    break
    assert not failures, "\n".join(failures)


def test_hash_of_every_length() -> None:
    generator = random.Random(11)
    texts = ["".join(generator.choices("abcdé€😀", k=k)) for k in range(300) for _ in range(2)]
    texts += ["x" * k for k in range(300)]
    found = evaluate(["hash(s)", "hash(s, seed = -7)"], {"s": "string"}, {"s": texts})
    for seed, values in zip([0, 2**64 - 7], found, strict=True):
        for text, value in zip(texts, values, strict=True):
            data = text.encode()
            encoded = b"\1" + struct.pack("<Q", len(data)) + data
            wanted = xxhash.xxh3_64_intdigest(encoded, seed=seed)
            assert value % 2**64 == wanted, f"{text!r} with seed {seed}"
