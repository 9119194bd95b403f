"""Reads CSV: pyarrow cuts it into cells, and the declared types make values of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from feature_extractor.cli.failures import DataError
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import NESTED, BadCellError, Declared
from feature_extractor.cli.tables.read import Request, guarded, message, sliced
from feature_extractor.registry import ScalarPattern

_BLOCK = 4 << 20
"""Bytes that are parsed at a time; a row must fit into it."""


class Stream(Protocol):
    """A stream of bytes that knows how far it has been read."""

    file: BinaryIO

    def fraction(self) -> float | None:
        """Return the part that has been read, if the size is known."""


class CsvSource:
    """A CSV file with a header line. An empty cell is null; ``""`` is the empty string."""

    def __init__(self, name: str, stream: Stream, request: Request) -> None:
        from pyarrow import csv as arrow_csv

        arrow = pyarrow()
        self._name = name
        self._stream = stream
        self._rows = request.batch_rows
        header, content = _header(name, stream.file)
        # Without any column a batch would not know its rows, and pyarrow would read all.
        wanted = [column for column in header if column in request.columns] or header[:1]
        twice = next((column for column in wanted if wanted.count(column) > 1), None)
        if twice is not None:
            raise DataError(f"{name}: the column `{twice}` comes twice in the header")
        try:
            self._reader = arrow_csv.open_csv(
                arrow.PythonFile(content, mode="r"),
                read_options=arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=True),
                parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types={column: arrow.large_string() for column in header},
                    include_columns=wanted,
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
        except arrow.ArrowInvalid as error:
            raise DataError(f"{name}: {_explained(error)}") from None
        declared = dict(request.declarations.by_name)
        if request.declarations.nested is not None:
            declared[NESTED] = request.declarations.nested
        self._columns = [(column, declared.get(column)) for column in wanted]
        self.schema = arrow.schema(
            [
                (column, arrow.large_string() if known is None else known.arrow_type)
                for column, known in self._columns
            ]
        )

    def batches(self) -> Iterator[Any]:
        return guarded(self._name, self._batches())

    def _batches(self) -> Iterator[Any]:
        arrow = pyarrow()
        before = 0
        while True:
            try:
                block = self._reader.read_next_batch()
            except StopIteration:
                return
            except arrow.ArrowInvalid as error:
                raise DataError(f"{self._name}: {_explained(error)}") from None
            for batch in sliced(block, self._rows):
                columns = [
                    self._column(cells, known, column, before)
                    for cells, (column, known) in zip(batch.columns, self._columns, strict=True)
                ]
                before += batch.num_rows
                yield arrow.record_batch(columns, schema=self.schema)

    def _column(self, cells: Any, declared: Declared | None, name: str, before: int) -> Any:
        if declared is None:
            return cells
        fast = _cast(cells, declared)
        if fast is not None:
            return fast
        values = []
        for row, cell in enumerate(_texts(cells), before + 1):
            try:
                values.append(declared.from_text(cell))
            except BadCellError as error:
                raise DataError(
                    f"{self._name}: row {row}, column `{name}{error.place}`: {error.text()}"
                ) from None
        return declared.column(values)

    def fraction(self) -> float | None:
        return self._stream.fraction()


def _cast(cells: Any, declared: Declared) -> Any:
    """Return the column where Arrow's own conversion means the same and finds no bad cell."""
    arrow = pyarrow()
    pattern = declared.pattern
    if not isinstance(pattern, ScalarPattern):
        return None
    if pattern.name == "string":
        return cells
    if pattern.name not in ("int", "float", "bool", "timestamp"):
        return None
    kinds = [declared.arrow_type]
    if pattern.name == "timestamp":
        kinds.insert(0, arrow.timestamp("us"))
    for kind in kinds:
        try:
            return cells.cast(kind).cast(declared.arrow_type)
        except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError):
            continue
    return None


def _texts(cells: Any) -> list[str | None]:
    try:
        texts: list[str | None] = cells.to_pylist()
        return texts
    except UnicodeDecodeError:
        arrow = pyarrow()
        raw = cells.view(arrow.large_binary()).to_pylist()
        return [None if cell is None else cell.decode("utf-8", "backslashreplace") for cell in raw]


def _header(name: str, file: BinaryIO) -> tuple[list[str], BinaryIO]:
    """Return the names of the columns, and the whole stream again.

    A name with a line break in it would need more than the first line; it is refused.
    """
    line = file.readline(_BLOCK)
    if not line.strip():
        raise DataError(
            f"{name}: the file is empty; a CSV file starts with the names of its columns"
        )
    try:
        text = line.decode("utf-8-sig")
        header = next(csv.reader([text.rstrip("\r\n")], strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{name}: the header line cannot be read: {error}") from None
    return header, _Joined(line, file)  # type: ignore[return-value]


class _Joined(io.RawIOBase):
    """A first part that was read already, followed by the rest of a stream."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            part = self._first if size < 0 else self._first[:size]
            self._first = self._first[len(part) :]
            return part + self.read(-1) if size < 0 else part
        return self._rest.read(size)


def _explained(error: BaseException) -> str:
    text = message(error)
    if "straddling object" in text:
        return f"a row is longer than {_BLOCK >> 20} MiB, or a quote is not closed"
    return text.removeprefix("CSV parse error: ").removeprefix("In ")
