"""Packages with golden rows, and the same with a result that no build can give."""

from __future__ import annotations

import json
from typing import Any

import feature_extractor as fx
import pyarrow as pa
from feature_extractor.digest import numbered_digests
from feature_extractor.golden import _entry, golden_rows, golden_tables, with_golden_rows
from feature_extractor.plan.package import read_package, with_members

WRONG = 1000.0
"""What the first row of a changed feature is said to have been."""


def with_golden(package: bytes, table: Any, requests: int = 64) -> bytes:
    """Return a package with the first requests of a table as golden rows."""
    opened = read_package(package)
    extractor = fx.load(package)
    tables = golden_tables(opened, extractor, table, requests)
    return with_golden_rows(opened, extractor, tables).to_bytes()


def with_wrong_value(package: bytes, feature: str, rows: int | None = None) -> bytes:
    """Return a package whose golden rows say that a dense feature was WRONG, in the first rows or in all."""
    opened = read_package(package)
    features = golden_rows(opened)["features"]
    position = features.schema.get_field_index(feature)
    values = features.column(position).to_pylist()
    count = len(values) if rows is None else rows
    values[:count] = [WRONG] * count
    changed = features.set_column(position, feature, pa.array(values, pa.float32()))
    return with_features(package, changed)


def with_features(package: bytes, features: pa.RecordBatch) -> bytes:
    """Return a package whose golden rows say that these were the results; its digests fit them."""
    opened = read_package(package)
    index = json.loads(opened.members["golden/rows.json"])
    members = dict(opened.members)
    index["features"] = _entry("features", features, features.num_rows, members)
    index["digests"] = numbered_digests(features)
    members["golden/rows.json"] = json.dumps(index).encode()
    return with_members(opened.manifest, members).to_bytes()


def with_index(package: bytes, change: Any) -> bytes:
    """Return a package whose index of golden rows was changed by a function."""
    opened = read_package(package)
    index = json.loads(opened.members["golden/rows.json"])
    change(index)
    data = json.dumps(index).encode()
    return with_members(opened.manifest, {**opened.members, "golden/rows.json": data}).to_bytes()
