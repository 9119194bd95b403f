"""Reads tables from files and from standard input as record batches, never as a whole."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from feature_extractor.arrow_buffers import check_buffers
from feature_extractor.cli.failures import CommandError, DataError, require_file
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import NESTED, Declarations
from feature_extractor.cli.tables.formats import STANDARD_STREAM
from feature_extractor.diagnostics.suggestions import closest

_ARROW_FILE = b"ARROW1"
_COPIED = 1 << 20


@dataclass(frozen=True)
class Request:
    """What to read: the declared inputs, further columns to keep, and the rows of a batch."""

    declarations: Declarations
    keep: tuple[str, ...]
    batch_rows: int

    @property
    def columns(self) -> set[str]:
        """The names of all columns that are wanted."""
        return self.declarations.columns | set(self.keep)


class Source(Protocol):
    """A table that is open for reading; ``schema`` has its columns, also where it has no rows."""

    schema: Any

    def batches(self) -> Iterator[Any]:
        """Yield record batches of at most the wanted number of rows."""

    def fraction(self) -> float | None:
        """Return which part of the table has been read, if that is known."""


def open_source(path: str, form: str, request: Request, stack: ExitStack) -> Source:
    """Open a table; ``stack`` closes it.

    Raises CommandError for a file that cannot be read and DataError for one that is not of its
    format.
    """
    arrow = pyarrow()
    name = "standard input" if path == STANDARD_STREAM else path
    if path != STANDARD_STREAM:
        require_file(path)
    try:
        if form == "parquet":
            return _Parquet(name, _seekable(path, stack), request)
        if form == "arrow":
            return _open_arrow(name, path, request, stack)
        stream = _Counted(_binary(path, stack))
        if form == "csv":
            from feature_extractor.cli.tables.read_csv import CsvSource

            return CsvSource(name, stream, request)
        from feature_extractor.cli.tables.read_json import JsonLinesSource

        return JsonLinesSource(name, stream, request)
    except arrow.ArrowException as error:
        raise DataError(f"{name}: {message(error)}") from None
    except UnicodeDecodeError:
        raise DataError(f"{name}: the name of a column is not text in UTF-8") from None
    except OSError as error:
        raise damaged(name, error) from None


def damaged(name: str, error: OSError) -> CommandError:
    """Return the error for a file that the system or pyarrow could not read."""
    if error.errno is not None and error.strerror:
        return CommandError(f"{name}: {error.strerror[:1].lower()}{error.strerror[1:]}")
    return DataError(f"{name}: the file is damaged: {message(error)}")


def message(error: BaseException) -> str:
    """Return the first sentence or line of a message of pyarrow."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def guarded(name: str, batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches; an error of pyarrow becomes one that names the table."""
    arrow = pyarrow()
    try:
        yield from batches
    except arrow.ArrowException as error:
        raise DataError(f"{name}: {message(error)}") from None
    except UnicodeDecodeError:
        raise DataError(f"{name}: the name of a column is not text in UTF-8") from None
    except OSError as error:
        raise damaged(name, error) from None


def sliced(batch: Any, rows: int) -> Iterator[Any]:
    """Yield a batch in parts of at most so many rows, without copying."""
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


class _Counted:
    """A stream that knows which part of it has been read; the file may be compressed."""

    def __init__(self, opened: tuple[BinaryIO, BinaryIO, int | None]) -> None:
        self.file, self._raw, self._size = opened

    def fraction(self) -> float | None:
        """Return the part of the raw file that has been read."""
        return min(1.0, self._raw.tell() / self._size) if self._size else None


def _binary(path: str, stack: ExitStack) -> tuple[BinaryIO, BinaryIO, int | None]:
    """Open a stream of bytes; returns the content, the raw file, and the raw file's size."""
    if path == STANDARD_STREAM:
        return sys.stdin.buffer, sys.stdin.buffer, None
    raw = _opened(path, stack)
    size = Path(path).stat().st_size if Path(path).is_file() else None
    suffix = Path(path).suffix.lower()
    codec = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}.get(suffix)
    if codec is None:
        return raw, raw, size
    arrow = pyarrow()
    stream = arrow.CompressedInputStream(arrow.PythonFile(raw, mode="r"), codec)
    return io.BufferedReader(stack.enter_context(stream), _COPIED), raw, size


def _seekable(path: str, stack: ExitStack) -> BinaryIO:
    """Open a file that can be read from anywhere; standard input goes through a temporary file."""
    if path != STANDARD_STREAM:
        return _opened(path, stack)
    return _spooled(sys.stdin.buffer, stack)


def _opened(path: str, stack: ExitStack) -> BinaryIO:
    file = open(path, "rb")  # noqa: SIM115 (the stack closes it)
    stack.callback(file.close)
    return file


def _spooled(stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    """Copy a stream to a temporary file."""
    spooled = tempfile.TemporaryFile()  # noqa: SIM115 (the stack closes it)
    stack.callback(spooled.close)
    shutil.copyfileobj(stream, spooled, _COPIED)
    spooled.seek(0)
    return spooled


class _Parquet:
    """A Parquet file, read row group by row group; only the wanted columns are read."""

    def __init__(self, name: str, file: BinaryIO, request: Request) -> None:
        from pyarrow import parquet

        self._name = name
        self._rows = request.batch_rows
        self._file = parquet.ParquetFile(file)
        self._total = self._file.metadata.num_rows
        self._read = 0
        whole = self._file.schema_arrow
        _require_columns(name, whole.names, request.declarations)
        wanted = [column for column in whole.names if column in request.columns]
        # A dot in a column's name would be taken for a path into a struct.
        projected = wanted and not any("." in column for column in whole.names)
        self._columns = wanted if projected else None
        self.schema = pyarrow().schema([whole.field(n) for n in wanted]) if projected else whole

    def batches(self) -> Iterator[Any]:
        return guarded(self._name, self._batches())

    def _batches(self) -> Iterator[Any]:
        for batch in self._file.iter_batches(self._rows, columns=self._columns):
            self._read += batch.num_rows
            yield batch

    def fraction(self) -> float | None:
        return self._read / self._total if self._total else None


def _open_arrow(name: str, path: str, request: Request, stack: ExitStack) -> Source:
    """Open an Arrow IPC file or stream; its first bytes tell which it is."""
    if path == STANDARD_STREAM:
        stream = io.BufferedReader(sys.stdin.buffer, _COPIED)  # type: ignore[type-var]
        stack.callback(stream.detach)
        if stream.peek(len(_ARROW_FILE)).startswith(_ARROW_FILE):
            return _ArrowFile(name, _spooled(stream, stack), request)
        return _ArrowStream(name, stream, request)
    file = _opened(path, stack)
    magic = file.read(len(_ARROW_FILE))
    file.seek(0)
    if magic == _ARROW_FILE:
        # Mapped, so that only the wanted columns are read from the disk.
        mapped = stack.enter_context(pyarrow().memory_map(path))
        return _ArrowFile(name, mapped, request)
    return _ArrowStream(name, file, request)


def _require_columns(name: str, names: Sequence[str], declarations: Declarations) -> None:
    """Raise DataError for an input that is read and not there; the core would see none of the columns left out."""
    nested = declarations.nested is not None and NESTED in names
    for column in declarations.used:
        if column in names or (nested and column not in declarations.request):
            continue
        meant = closest(column, names)
        raise DataError(
            f"{name}: the column `{column}` of type {declarations.by_name[column].text} is missing",
            f"Did you mean `{meant}`?" if meant else f"The table has {', '.join(names)}.",
        )


def _chosen(batch: Any, request: Request) -> Any:
    wanted = [i for i, name in enumerate(batch.schema.names) if name in request.columns]
    return batch.select(wanted) if wanted else batch


def _checked(batch: Any, request: Request) -> Any:
    """Return the wanted columns of a batch; raises pyarrow.ArrowInvalid where the file is damaged."""
    chosen = _chosen(batch, request)
    try:
        check_buffers(chosen)
    except pyarrow().ArrowInvalid as error:
        raise pyarrow().ArrowInvalid(f"the file is damaged: {error}") from None
    return chosen


class _ArrowFile:
    def __init__(self, name: str, file: Any, request: Request) -> None:
        from pyarrow import ipc

        self._name = name
        self._request = request
        self._reader = ipc.open_file(file)
        _require_columns(name, self._reader.schema.names, request.declarations)
        self._read = 0
        self.schema = _chosen(self._reader.schema.empty_table(), request).schema

    def batches(self) -> Iterator[Any]:
        return guarded(self._name, self._batches())

    def _batches(self) -> Iterator[Any]:
        for index in range(self._reader.num_record_batches):
            batch = _checked(self._reader.get_batch(index), self._request)
            yield from sliced(batch, self._request.batch_rows)
            self._read += 1

    def fraction(self) -> float | None:
        total = self._reader.num_record_batches
        return self._read / total if total else None


class _ArrowStream:
    def __init__(self, name: str, file: BinaryIO, request: Request) -> None:
        from pyarrow import ipc

        self._name = name
        self._request = request
        self._reader = ipc.open_stream(file)
        _require_columns(name, self._reader.schema.names, request.declarations)
        self.schema = _chosen(self._reader.schema.empty_table(), request).schema

    def batches(self) -> Iterator[Any]:
        return guarded(self._name, self._batches())

    def _batches(self) -> Iterator[Any]:
        for batch in self._reader:
            yield from sliced(_checked(batch, self._request), self._request.batch_rows)

    def fraction(self) -> float | None:
        return None


def is_nested(schema: Any, declarations: Declarations) -> bool:
    """Return whether a table has a row per request, with the candidates in a list of structs."""
    arrow = pyarrow()
    if declarations.nested is None or schema.get_field_index(NESTED) < 0:
        return False
    kind = schema.field(NESTED).type
    is_list = arrow.types.is_list(kind) or arrow.types.is_large_list(kind)
    return bool(is_list and arrow.types.is_struct(kind.value_type))
