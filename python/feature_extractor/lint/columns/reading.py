"""Reads a schema by the ending of its file."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from feature_extractor.lint.columns.arrow import read_arrow
from feature_extractor.lint.columns.avro import read_avro
from feature_extractor.lint.columns.model import Schema, SchemaError
from feature_extractor.lint.columns.protobuf import read_protobuf
from feature_extractor.lint.columns.spark import read_spark

ENDINGS = {
    "Parquet": (".parquet", ".pq"),
    "Arrow": (".arrow", ".arrows", ".feather", ".ipc"),
    "Avro": (".avsc",),
    "Spark": (".json",),
    "Protocol Buffers": (".desc", ".binpb", ".protoset"),
}
"""What files are read, by their endings."""


def read_schema(path: Path) -> Schema:
    """Return the columns that a file describes or has; `events.desc:shop.Event` names a message. Raises SchemaError."""
    name, _, message = path.name.partition(":")
    if message and name.lower().endswith(ENDINGS["Protocol Buffers"]):
        path = path.with_name(name)
    else:
        message = ""
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise SchemaError(f"{path}: {error.strerror or error}") from None
    return _read(path, message, changed)


@lru_cache(maxsize=64)
def _read(path: Path, message: str, changed: int) -> Schema:
    """Read a file; as long as it was not changed it is read once for all programs."""
    ending = path.suffix.lower()
    if ending in ENDINGS["Parquet"] or ending in ENDINGS["Arrow"]:
        return read_arrow(path, path.name, ending in ENDINGS["Parquet"])
    if ending in ENDINGS["Protocol Buffers"]:
        return read_protobuf(path, path.name, message)
    if ending not in ENDINGS["Avro"] + ENDINGS["Spark"]:
        known = ", ".join(e for endings in ENDINGS.values() for e in endings)
        raise SchemaError(f"{path.name}: no schema is known by this ending", f"Known are {known}.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(f"{path.name} cannot be read: {error}") from None
    if ending == ".json" and _is_avro(text):
        return read_avro(text, path.name)
    return read_avro(text, path.name) if ending == ".avsc" else read_spark(text, path.name)


def _is_avro(text: str) -> bool:
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(root, dict) and root.get("type") == "record"
