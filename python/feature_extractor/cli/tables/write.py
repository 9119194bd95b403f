"""Writes record batches to files or to standard output; a file appears when it is whole."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from feature_extractor.cli.failures import CommandError
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.formats import STANDARD_STREAM
from feature_extractor.cli.tables.json_text import RAW_JSON, lines, texts
from feature_extractor.whole_files import WholeFile

if TYPE_CHECKING:
    from feature_extractor.samples import Form


class Writer(Protocol):
    """Writes the batches of one table."""

    def write(self, batch: Any) -> None:
        """Append a batch."""

    def close(self) -> None:
        """Write what the format has at its end."""


class Output:
    """The place that a table is written to: a file that takes its place in ``commit``, or standard output."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: WholeFile | None = None
        if path == STANDARD_STREAM:
            self.stream = _Sink(sys.stdout.buffer)
            return
        if os.path.isdir(path):
            raise CommandError(f"{path}: this is a directory, not a file")
        folder = os.path.dirname(path) or "."
        if not os.path.isdir(folder):
            raise CommandError(f"{path}: there is no directory {folder}")
        self._file = WholeFile(path)
        self.stream = _Sink(self._file.stream)

    def commit(self) -> None:
        """Finish: all that was written is there under its name."""
        if self._file is not None:
            self._file.commit()
        else:
            sys.stdout.buffer.flush()

    def abandon(self) -> None:
        """Leave no half of a file behind; after ``commit`` this does nothing."""
        # Writers close themselves when they are collected, and then write what is left.
        self.stream.discard()
        if self._file is not None:
            self._file.abandon()


class _Sink(io.RawIOBase):
    """Counts what is written, because pipes cannot tell; Parquet and Arrow files need to know."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._position = 0
        self._discarding = False

    def discard(self) -> None:
        """Take no more: what is written from here on is lost."""
        self._discarding = True

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any, /) -> int:
        size = memoryview(data).nbytes
        if not self._discarding:
            self._file.write(data)
        self._position += size
        return size

    def flush(self) -> None:
        if not self._discarding:
            self._file.flush()


class Table:
    """The table that a run writes: one file, or several that take turns row by row.

    Row r goes to file r modulo their number, so that files differ by one row at most and neither batches nor
    threads decide where a row is. All files appear when ``commit`` is called.
    """

    def __init__(
        self, paths: Sequence[str], form: str, sample_form: Form, schema: Any, stack: ExitStack
    ) -> None:
        self._row = 0
        self._outputs: list[Output] = []
        for path in paths:
            self._outputs.append(Output(path))
            stack.callback(self._outputs[-1].abandon)
        self._writers = [open_writer(form, o, schema, sample_form) for o in self._outputs]

    def write(self, batch: Any) -> None:
        """Append a batch."""
        count = len(self._writers)
        if count == 1:
            self._writers[0].write(batch)
            return
        for number, writer in enumerate(self._writers):
            rows = range((number - self._row) % count, batch.num_rows, count)
            if rows:
                writer.write(batch.take(pyarrow().array(rows, pyarrow().int64())))
        self._row += batch.num_rows

    def commit(self) -> None:
        """Finish the files, then let them appear."""
        for writer in self._writers:
            writer.close()
        for output in self._outputs:
            output.commit()


def open_writer(form: str, output: Output, schema: Any, sample_form: Form = "example") -> Writer:
    """Start a table of a format with the columns of a schema."""
    if form == "tfrecord":
        from feature_extractor.cli.tables.write_samples import SampleFile

        plain = _without_raw_json(schema)
        return SampleFile(output.stream, plain, sample_form, output.path.endswith(".gz"))
    if form == "jsonl":
        return _JsonLines(output.stream)
    if form == "csv":
        return _Csv(output.stream, schema)
    if form == "parquet":
        return _Parquet(output.stream, _without_raw_json(schema))
    return _Arrow(output.stream, _without_raw_json(schema), form)


class _JsonLines:
    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def write(self, batch: Any) -> None:
        self._stream.write(lines(batch).encode("utf-8", "replace"))

    def close(self) -> None:
        pass


class _Csv:
    """CSV with a header; lists, vectors, maps, structs, durations and bytes as in JSON."""

    def __init__(self, stream: io.RawIOBase, schema: Any) -> None:
        from pyarrow import csv

        arrow = pyarrow()
        schema = _without_raw_json(schema)
        self._schema = arrow.schema(
            [
                field if _is_plain(field.type) else arrow.field(field.name, arrow.large_string())
                for field in schema
            ]
        )
        self._writer = csv.CSVWriter(stream, self._schema)

    def write(self, batch: Any) -> None:
        arrow = pyarrow()
        batch = plain_strings(batch)
        columns = [
            column if _is_plain(column.type) else _json_cells(column) for column in batch.columns
        ]
        self._writer.write_batch(arrow.record_batch(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _is_plain(kind: Any) -> bool:
    types = pyarrow().types
    return bool(
        types.is_integer(kind)
        or types.is_float32(kind)
        or types.is_float64(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
    )


def _json_cells(column: Any) -> Any:
    arrow = pyarrow()
    cells = [
        None if text == "null" else text[1:-1] if _bare(text) else text for text in texts(column)
    ]
    return arrow.array(cells, arrow.large_string())


def _bare(text: str) -> bool:
    """Return whether a text is a JSON string that needs no quotes in a cell."""
    return text.startswith('"') and "\\" not in text


class _Parquet:
    def __init__(self, stream: io.RawIOBase, schema: Any) -> None:
        from pyarrow import parquet

        self._writer = parquet.ParquetWriter(stream, schema)

    def write(self, batch: Any) -> None:
        self._writer.write_batch(plain_strings(batch))

    def close(self) -> None:
        self._writer.close()


class _Arrow:
    def __init__(self, stream: io.RawIOBase, schema: Any, form: str) -> None:
        from pyarrow import ipc

        start = ipc.new_stream if form == "arrow-stream" else ipc.new_file
        self._writer = start(stream, schema)

    def write(self, batch: Any) -> None:
        self._writer.write_batch(plain_strings(batch))

    def close(self) -> None:
        self._writer.close()


def _is_raw(field: Any) -> bool:
    return field.metadata is not None and RAW_JSON in field.metadata


def _without_raw_json(schema: Any) -> Any:
    fields = [field.remove_metadata() if _is_raw(field) else field for field in schema]
    return pyarrow().schema(fields)


def plain_strings(batch: Any) -> Any:
    """Return a batch whose columns of raw JSON are strings: a JSON string is what it stands for."""
    arrow = pyarrow()
    if not any(_is_raw(field) for field in batch.schema):
        return batch
    columns = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if _is_raw(field):
            cells = [
                _unquoted(text) if text is not None and text.startswith('"') else text
                for text in column.to_pylist()
            ]
            column = arrow.array(cells, arrow.large_string())
        columns.append(column)
    return arrow.record_batch(columns, schema=_without_raw_json(batch.schema))


def _unquoted(text: str) -> str:
    """Return the string that a JSON string stands for; a lone surrogate becomes a question mark."""
    return str(json.loads(text)).encode("utf-8", "replace").decode()
