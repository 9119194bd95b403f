"""Writes record batches as samples: TFRecord files."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from feature_extractor.cli.failures import DataError
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.errors import EngineError
from feature_extractor.samples import Form, TFRecordWriter


class SampleFile:
    """A TFRecord file with a record per row.

    Features are written as they are; columns that were kept become the types that samples know: integers of 64
    bits, floats of 32, texts and bytes, and lists of those. Instants and durations are microseconds.
    """

    def __init__(self, stream: io.RawIOBase, schema: Any, form: Form, compressed: bool) -> None:
        self._schema = pyarrow().schema(
            [field.with_type(_sample_type(field.name, field.type)) for field in schema]
        )
        # The core refuses what a sample cannot hold: here, before anything is computed.
        self._writer = TFRecordWriter(cast(BinaryIO, stream), form, compressed)
        self._write(pyarrow().RecordBatch.from_pylist([], schema=self._schema))

    def write(self, batch: Any) -> None:
        from feature_extractor.cli.tables.write import plain_strings

        columns = [
            column if column.type == field.type else _cast(field, column)
            for field, column in zip(self._schema, plain_strings(batch).columns, strict=True)
        ]
        self._write(pyarrow().record_batch(columns, schema=self._schema))

    def _write(self, batch: Any) -> None:
        try:
            self._writer.write(batch)
        except EngineError as error:
            raise DataError(error.message) from None

    def close(self) -> None:
        self._writer.close()


def _sample_type(name: str, kind: Any) -> Any:
    arrow = pyarrow()
    types = arrow.types
    if types.is_dictionary(kind):
        return _sample_type(name, kind.value_type)
    if types.is_integer(kind) or types.is_boolean(kind) or types.is_null(kind):
        return arrow.int64()
    if types.is_floating(kind):
        return arrow.float32()
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return arrow.large_string()
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return arrow.large_binary()
    if types.is_temporal(kind) and not types.is_interval(kind):
        return arrow.int64()
    if types.is_fixed_size_list(kind) and types.is_float32(kind.value_type):
        return kind
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        if _is_weighted(kind.value_type):
            return arrow.large_list(kind.value_type)
        inner = _sample_type(name, kind.value_type)
        if not types.is_nested(inner):
            return arrow.large_list(inner)
    raise DataError(
        f"the column `{name}` is {kind}, which a sample cannot hold",
        "Leave it out, or write Parquet.",
    )


def _is_weighted(kind: Any) -> bool:
    """Return whether lists of a type are ids with weights."""
    arrow = pyarrow()
    return bool(arrow.types.is_struct(kind)) and [field.type for field in kind] == [
        arrow.int64(),
        arrow.float32(),
    ]


def _cast(field: Any, column: Any) -> Any:
    arrow = pyarrow()
    kind = column.type
    try:
        if arrow.types.is_temporal(kind):
            unit = arrow.duration("us") if arrow.types.is_duration(kind) else arrow.timestamp("us")
            column = column.cast(
                arrow.time64("us") if arrow.types.is_time(kind) else unit, safe=False
            )
        return column.cast(field.type)
    except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError):
        raise DataError(
            f"the column `{field.name}` has values that do not fit the {field.type} of a sample"
        ) from None
