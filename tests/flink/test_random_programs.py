"""Random programs give the bits of Python in each way that Flink has."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from feature_extractor.types import SCALARS
from jvm.java import Table
from parity.random_packages import ROW, TRIALS, Trial, trial_in_milliseconds

from .session import FlinkProcess

WAYS = ("flat", "binary", "nested", "sql", "sql_nested")


def _write(tried: Trial, folder: Path, index: int) -> None:
    data = tried.data
    requests = Table({one.name: one.type for one in data.request_inputs}, data.requests)
    types = {ROW: SCALARS["int"], **{one.name: one.type for one in data.candidate_inputs}}
    candidates = Table(types, [[i, *row] for i, row in enumerate(data.candidates)])
    (folder / f"{index}.fxp").write_bytes(tried.package)
    (folder / f"{index}.requests").write_bytes(requests.to_bytes())
    (folder / f"{index}.candidates").write_bytes(candidates.to_bytes())
    bounds = struct.pack(f"<{len(data.offsets)}q", *data.offsets)
    (folder / f"{index}.offsets").write_bytes(bounds)


def _encoded(value: Any, type_: pa.DataType) -> bytes:
    """Return a value as RandomPrograms writes it."""
    if pa.types.is_float32(type_):
        return struct.pack("<f", value)
    if pa.types.is_int64(type_):
        return struct.pack("<q", value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return struct.pack("<qf", value["id"], value["weight"])
    return b"".join(_encoded(item, type_.value_type) for item in value)


def _found(data: bytes, features: int) -> dict[int, list[bytes]]:
    rows = {}
    at = 0
    while at < len(data):
        (row,) = struct.unpack_from("<q", data, at)
        at += 8
        values = []
        for _ in range(features):
            (size,) = struct.unpack_from("<I", data, at)
            values.append(data[at + 4 : at + 4 + size])
            at += 4 + size
        assert row not in rows
        rows[row] = values
    assert at == len(data)
    return rows


def check(flink: FlinkProcess, trials: Sequence[Trial], folder: Path) -> None:
    """Compare streams, tables and SQL, for flat and for nested samples, all in one job."""
    for index, tried in enumerate(trials):
        _write(tried, folder, index)
    flink.run("random_programs", folder=folder, count=len(trials))
    for index, tried in enumerate(trials):
        truth = tried.truth
        wanted = [
            [_encoded(value, column.type) for value in column.to_pylist()]
            for column in truth.columns
        ]
        for way in WAYS:
            rows = _found((folder / f"{index}.{way}").read_bytes(), truth.num_columns)
            assert sorted(rows) == list(range(truth.num_rows)), way
            for i, name in enumerate(truth.schema.names):
                for row, values in rows.items():
                    assert values[i] == wanted[i][row], f"{way}, row {row}: {tried.texts.get(name)}"


def test_random_programs(flink: FlinkProcess, tmp_path: Path) -> None:
    check(flink, [trial_in_milliseconds(number) for number in TRIALS], tmp_path)


@pytest.mark.slow
def test_many_random_programs(flink: FlinkProcess, tmp_path: Path) -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "4000"))
    for number in range(first, first + 60, 5):
        folder = tmp_path / str(number)
        folder.mkdir()
        check(flink, [trial_in_milliseconds(number + i) for i in range(5)], folder)
