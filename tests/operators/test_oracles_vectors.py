"""Vectors, codes and sketches against NumPy, scikit-learn and xxHash."""

from __future__ import annotations

import random
import struct
from typing import Any

import numpy as np
import xxhash
from feature_extractor.testing.evaluation import evaluate
from sklearn.feature_extraction import FeatureHasher
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder, normalize

from .oracle_tables import Oracles, failures, identical

ROWS = 1200
_Array = np.ndarray[Any, Any]


def _single(values: Any) -> _Array:
    return np.asarray(values, np.float32)


def _listed(values: Any) -> list[float]:
    return [float(value) for value in np.asarray(values, np.float32)]


def _near(value: Any, wanted: Any) -> bool:
    if wanted is None or value is None:
        return value is wanted
    return len(value) == len(wanted) and bool(np.allclose(value, wanted, rtol=1e-6, atol=1e-7))


def _pooled(pool: Any) -> Any:
    return lambda vs: _listed(pool(np.asarray(vs, np.float64))) if vs else None


_VECTORS: Oracles = {
    "to_list(vector_add(v, w))": lambda v, w: _listed(_single(v) + _single(w)),
    "to_list(vector_subtract(v, w))": lambda v, w: _listed(_single(v) - _single(w)),
    "to_list(vector_multiply(v, w))": lambda v, w: _listed(_single(v) * _single(w)),
    "to_list(vector_scale(v, f))": lambda v, f: _listed(np.asarray(v, np.float64) * f),
    "to_list(to_vector(xs, 4))": lambda xs: _listed(xs) if len(xs) == 4 else None,
    "to_list(vector_sum(vs))": _pooled(lambda vs: np.sum(vs, axis=0)),
    "to_list(vector_max(vs))": _pooled(lambda vs: np.max(vs, axis=0)),
    "to_list(vector_mean(vs))": _pooled(lambda vs: np.mean(vs, axis=0)),
    "to_list(normalize_vector(v))": lambda v: _listed(normalize([v])[0]) if any(v) else None,
}


def test_vectors() -> None:
    source = random.Random("vectors")

    def vector() -> list[float]:
        return _listed([source.choice([source.gauss(0, 1), 0.0, 2.5]) for _ in range(4)])

    rows: dict[str, list[Any]] = {
        "v": [vector() for _ in range(ROWS)],
        "w": [vector() for _ in range(ROWS)],
        "vs": [[vector() for _ in range(source.randint(0, 6))] for _ in range(ROWS)],
        "xs": [
            [source.gauss(0, 1) for _ in range(source.choice([4, 4, 3, 0]))] for _ in range(ROWS)
        ],
        "f": [source.gauss(0, 3) for _ in range(ROWS)],
    }
    types = {
        "v": "vector<4>",
        "w": "vector<4>",
        "vs": "list<vector<4>>",
        "xs": "list<float>",
        "f": "float",
    }
    assert "\n".join(failures(_VECTORS, types, rows, _near)) == ""


def test_greatest_similarity() -> None:
    source = np.random.default_rng(7)
    targets = source.normal(size=(ROWS, 4)).astype(np.float32)
    lists = [
        source.normal(size=(int(source.integers(0, 6)), 4)).astype(np.float32) for _ in range(ROWS)
    ]
    (found,) = evaluate(
        ["max_similarity(v, vs)"],
        {"v": "vector<4>", "vs": "list<vector<4>>"},
        {"v": targets.tolist(), "vs": [vs.tolist() for vs in lists]},
    )
    for target, vs, value in zip(targets, lists, found, strict=True):
        if not len(vs):
            assert value is None
            continue
        cosines = vs @ target / np.linalg.norm(vs, axis=1) / np.linalg.norm(target)
        assert abs(value - float(cosines.max())) < 1e-5


def test_codes_of_categories() -> None:
    source = random.Random("codes")
    words = ["a", "b", "é", "red", "x"]
    known = words[:4]
    one = OneHotEncoder(categories=[known], handle_unknown="ignore", sparse_output=False)
    one.fit(np.array(known, object).reshape(-1, 1))
    many = MultiLabelBinarizer(classes=known).fit([known])
    shown = "[" + ", ".join(f'"{word}"' for word in known) + "]"
    oracles: Oracles = {
        f"to_list(one_hot(s, {shown}))": lambda s: [float(x) for x in one.transform([[s]])[0]],
        f"to_list(multi_hot(ss, {shown}))": lambda ss: [
            float(x) for x in many.transform([[s for s in ss if s in known]])[0]
        ],
    }
    rows = {
        "s": [source.choice(words) for _ in range(ROWS)],
        "ss": [source.choices(words, k=source.randint(0, 7)) for _ in range(ROWS)],
    }
    assert failures(oracles, {"s": "string", "ss": "list<string>"}, rows, identical) == []


def test_hashed_names_as_scikit_learn_has_them() -> None:
    source = random.Random("names")
    names = [f"name {i}" for i in range(40)] + ["é", "", "日本"]
    tokens = [source.choices(names, k=source.randint(0, 8)) for _ in range(ROWS)]
    maps = [
        [
            (name, float(source.randint(-4, 4)))
            for name in source.sample(names, source.randint(0, 6))
        ]
        for _ in range(ROWS)
    ]
    found = evaluate(
        ["sklearn_hash(ts, 16)", "sklearn_hash(ts, 64, false)", "sklearn_hash(m, 16)"],
        {"ts": "list<string>", "m": "map<string, float>"},
        {"ts": tokens, "m": maps},
    )
    hashers = [
        FeatureHasher(16, input_type="string"),
        FeatureHasher(64, input_type="string", alternate_sign=False),
        FeatureHasher(16, input_type="pair"),
    ]
    for hasher, values, given in zip(hashers, found, [tokens, tokens, maps], strict=True):
        wanted = hasher.transform(given).toarray()
        for row, value in enumerate(values):
            dense = np.zeros(wanted.shape[1])
            for index, number in value:
                dense[index] = number
            assert dense.tolist() == wanted[row].tolist(), given[row]


def _hash(x: int, seed: int = 0) -> int:
    return xxhash.xxh3_64_intdigest(b"\2" + struct.pack("<q", x), seed=seed)


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _mixed(x: int) -> int:
    """Mix as SplitMix64 does: Steele, Lea and Flood, Fast splittable pseudorandom number generators."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return x ^ (x >> 31)


def _minhash(xs: list[Any]) -> list[int]:
    hashes = [_hash(x, 5) for x in xs if x is not None]
    steps = (k * 0x9E3779B97F4A7C15 for k in range(8))
    return [_signed(min(_mixed((h + s) % 2**64) for h in hashes)) for s in steps] if hashes else []


def _simhash(xs: list[Any]) -> int:
    hashes = [_hash(x) for x in xs if x is not None]
    bits = (sum(1 if h >> bit & 1 else -1 for h in hashes) for bit in range(64))
    return _signed(sum((total > 0) << bit for bit, total in enumerate(bits)))


_SKETCHES: Oracles = {
    "minhash(xs, 8, 5)": _minhash,
    "simhash(xs)": _simhash,
    "multi_hash(x, 4, 1000, 9)": lambda x: [_hash(x, 9 + k) * 1000 >> 64 for k in range(4)],
}


def test_sketches() -> None:
    source = random.Random("sketches")
    rows: dict[str, list[Any]] = {
        "xs": [
            [
                source.choice([None, source.randint(-9, 9), source.randint(-(2**63), 2**63 - 1)])
                for _ in range(source.randint(0, 9))
            ]
            for _ in range(ROWS)
        ],
        "x": [source.randint(-(2**63), 2**63 - 1) for _ in range(ROWS)],
    }
    assert failures(_SKETCHES, {"xs": "list<int?>", "x": "int"}, rows, identical) == []
