"""The peers of the table of operators: how each computes the expression that the table has for it."""

from __future__ import annotations

import base64
import functools
import hashlib
import ipaddress
import json
import os
import re
import unicodedata
import urllib.parse
import zlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import duckdb
import mmh3
import numpy as np
import polars as pl
import pyarrow as pa
import xxhash
from rapidfuzz.distance import (
    DamerauLevenshtein,
    Hamming,
    Jaro,
    JaroWinkler,
    LCSseq,
    Levenshtein,
)
from scipy import special  # type: ignore[import-untyped]

PYTHON_ROWS = 1_000


class Peers:
    """The sides beside ours over one batch of columns."""

    def __init__(self, batch: pa.RecordBatch, vocabulary: list[str]) -> None:
        table = pa.Table.from_batches([batch])
        self._frame = pl.DataFrame(table)
        self._connection = duckdb.connect()
        self._connection.execute("set threads=1")
        self._connection.execute("set timezone='UTC'")
        self._connection.register("source", table)
        self._connection.execute("create table ranking as select * from source")
        self._arrays = SimpleNamespace(**_arrays(batch))
        self._batch = batch
        self._rows = batch.num_rows
        self._names = {
            "VOCABULARY": {word: i for i, word in enumerate(vocabulary, 1)},
            "SPLIT": re.compile("[ ,]+"),
            "WORD": re.compile(r"\w+"),
            "bearing": _bearing,
            "haversine": _haversine,
            "wilson": _wilson,
        } | {
            one.__name__.rsplit(".")[-1]: one
            for one in (
                base64, functools, hashlib, ipaddress, json, os, unicodedata, urllib, zlib, mmh3,
                special, xxhash, DamerauLevenshtein, Hamming, Jaro, JaroWinkler, LCSseq, Levenshtein,
            )
        }  # fmt: skip

    def run(self, side: str, text: str) -> tuple[Callable[[], Any], int]:
        """Return what computes the column, and for how many rows."""
        if side == "polars":
            expression = self._evaluate(text, c=pl.col, pl=pl)
            return lambda: self._frame.lazy().select(r=expression).collect(), self._rows
        if side == "duckdb":
            query = f'select {text} as "r" from ranking'
            return lambda: self._connection.sql(query).to_arrow_table(), self._rows
        if side == "numpy":
            compute = self._evaluate(f"lambda: {text}", np=np, t=self._arrays)
            return compute, self._rows
        if side == "python":
            code = compile(text, "<peer>", "eval")
            names = [name for name in self._batch.schema.names if name in code.co_names]
            names += [name for name in _inner_names(code) if name in self._batch.schema.names]
            names = list(dict.fromkeys(names))
            values = [self._batch.column(name)[:PYTHON_ROWS].to_pylist() for name in names]
            source = f"lambda cs: [{text} for {', '.join(names)}, in zip(*cs)]"
            compute = self._evaluate(source, np=np)
            return lambda: compute(values), min(PYTHON_ROWS, self._rows)
        raise ValueError(f"there is no side {side!r}")

    def idle(self, side: str) -> Callable[[], Any] | None:
        """Return what hands out a column as it is: the share of the peer's call that no operator has."""
        unchanged = {"polars": "c.score", "duckdb": "score"}
        return self.run(side, unchanged[side])[0] if side in unchanged else None

    def values(self, result: Any, rows: int) -> list[Any]:
        """Return the first rows of a result as Python values."""
        if isinstance(result, pl.DataFrame | pa.Table):
            column = result["r"]
            column = column.to_arrow() if isinstance(column, pl.Series) else column.combine_chunks()
            kind = column.type
            if pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
                column = column.cast(
                    (type(kind) is pa.DurationType and pa.duration("us")) or pa.timestamp("us")
                )
                column = column.cast(pa.int64())
            return list(column[:rows].to_pylist())
        return list(result[:rows].tolist() if isinstance(result, np.ndarray) else result[:rows])

    def _evaluate(self, text: str, **names: Any) -> Any:
        # The text is a line of our own table.
        return eval(text, {**self._names, **names})


def _inner_names(code: Any) -> list[str]:
    found: list[str] = []
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            found += [*constant.co_names, *_inner_names(constant)]
    return found


def _arrays(batch: pa.RecordBatch) -> dict[str, Any]:
    """Return the columns of numbers, times and vectors as arrays."""
    found: dict[str, Any] = {}
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_fixed_size_list(field.type):
            found[field.name] = column.values.to_numpy().reshape(len(column), -1)
        elif pa.types.is_timestamp(field.type):
            found[field.name] = column.cast(pa.int64()).to_numpy()
        elif pa.types.is_primitive(field.type):
            found[field.name] = column.to_numpy(zero_copy_only=False)
    return found


def _haversine(latitude: Any, longitude: Any, other_latitude: Any, other_longitude: Any) -> Any:
    a, b = np.radians(latitude), np.radians(other_latitude)
    chord = (
        np.sin((b - a) / 2.0) ** 2
        + np.cos(a) * np.cos(b) * np.sin(np.radians(other_longitude - longitude) / 2.0) ** 2
    )
    return 2.0 * 6371.0088 * np.arcsin(np.sqrt(chord))


def _bearing(latitude: Any, longitude: Any, other_latitude: Any, other_longitude: Any) -> Any:
    a, b = np.radians(latitude), np.radians(other_latitude)
    turn = np.radians(other_longitude - longitude)
    east = np.sin(turn) * np.cos(b)
    north = np.cos(a) * np.sin(b) - np.sin(a) * np.cos(b) * np.cos(turn)
    return np.degrees(np.arctan2(east, north)) % 360.0


def _wilson(hits: Any, trials: Any, z: float) -> Any:
    rate = hits / trials
    middle = rate + z * z / (2.0 * trials)
    spread = z * np.sqrt(rate * (1.0 - rate) / trials + z * z / (4.0 * trials * trials))
    return (middle + spread) / (1.0 + z * z / trials)
