"""Writes programs and data into a folder, and fits them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa

INPUTS = """
input request {
    user: string?
    age: int?
    history: list<string>
}
input candidate {
    price: float?
    count: int
    title: string?
    tags: list<string>
    scores: list<float>
    category: string
    clicked: bool
    rating: float?
    at: timestamp
}
"""
TYPES = {
    "user": pa.string(),
    "age": pa.int64(),
    "history": pa.list_(pa.string()),
    "price": pa.float64(),
    "count": pa.int64(),
    "title": pa.string(),
    "tags": pa.list_(pa.string()),
    "scores": pa.list_(pa.float64()),
    "category": pa.string(),
    "clicked": pa.bool_(),
    "rating": pa.float64(),
    "at": pa.timestamp("us", "UTC"),
}
REQUEST = ("user", "age", "history")


def write_program(folder: Path, declarations: str) -> Path:
    """Write a program with the inputs above, and a feature, so that it can be compiled."""
    path = folder / "shop.fx"
    text = f"{declarations}\nfeature one : dense = 1.0\n{INPUTS}"
    path.write_text(text, encoding="utf-8")
    return path


def table(columns: dict[str, list[Any]]) -> pa.Table:
    """Return a table with the given columns; the others are null, empty or zero."""
    rows = len(next(iter(columns.values())))
    zero: dict[str, Any] = {"count": 0, "category": "", "clicked": False, "at": 0}
    arrays = {}
    for name, type_ in TYPES.items():
        empty: Any = [] if pa.types.is_list(type_) else zero.get(name)
        arrays[name] = pa.array(columns.get(name, [empty] * rows), type_)
    return pa.table(arrays)


def nested(flat: pa.Table, sizes: list[int]) -> pa.Table:
    """Return rows with equal requests as one row per request, so many candidates in each."""
    assert sum(sizes) == flat.num_rows
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    columns = {name: flat.column(name).take(starts) for name in REQUEST}
    inner = flat.drop_columns(list(REQUEST)).combine_chunks()
    structs = pa.StructArray.from_arrays(
        [column.combine_chunks() for column in inner.columns], names=inner.column_names
    )
    offsets = pa.array([*starts, flat.num_rows], pa.int32())
    columns["candidates"] = pa.chunked_array([pa.ListArray.from_arrays(offsets, structs)])
    return pa.table(columns)


def fit(folder: Path, declarations: str, data: Any, **options: Any) -> fx.Fitted:
    """Fit a program to data."""
    return fx.fit(write_program(folder, declarations), data, **options)
