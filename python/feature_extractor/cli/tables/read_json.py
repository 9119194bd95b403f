"""Reads JSON lines: one object per line, its members typed by the program's inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from feature_extractor.cli.failures import DataError
from feature_extractor.cli.tables.arrow import pyarrow
from feature_extractor.cli.tables.declared import NESTED, BadCellError, Declared
from feature_extractor.cli.tables.json_text import RAW_JSON
from feature_extractor.cli.tables.read import Request, guarded
from feature_extractor.cli.tables.read_csv import Stream

_LONGEST_LINE = 256 << 20


class JsonLinesSource:
    """A file of JSON lines. A member that may be null may be left out; unknown ones are ignored."""

    def __init__(self, name: str, stream: Stream, request: Request) -> None:
        arrow = pyarrow()
        self._name = name
        self._stream = stream
        self._rows = request.batch_rows
        self._started = False
        self._lines = self._objects()
        first = next(self._lines, None)
        declarations = request.declarations
        nested = first is not None and declarations.nested is not None and NESTED in first[1]
        # With nested candidates the candidate inputs are in the structs.
        self._columns: list[tuple[str, Declared | None]] = [
            (column, declared)
            for column, declared in declarations.by_name.items()
            if not nested or column in declarations.request
        ]
        if nested:
            self._columns.append((NESTED, declarations.nested))
        known = {column for column, _ in self._columns}
        self._columns += [
            (column, None)
            for column in request.keep
            if column not in known and not (nested and column in declarations.by_name)
        ]
        self.schema = arrow.schema(
            [
                arrow.field(column, arrow.large_string(), metadata={RAW_JSON: b"1"})
                if declared is None
                else arrow.field(column, declared.arrow_type)
                for column, declared in self._columns
            ]
        )
        self._pending = self._lines if first is None else chain([first], self._lines)

    def batches(self) -> Iterator[Any]:
        return guarded(self._name, self._batches())

    def _batches(self) -> Iterator[Any]:
        rows: list[tuple[int, dict[str, Any]]] = []
        for row in self._pending:
            rows.append(row)
            if len(rows) == self._rows:
                yield self._batch(rows)
                rows = []
        if rows:
            yield self._batch(rows)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the number and the object of each line that is not blank."""
        decode = json.JSONDecoder().raw_decode
        number = 0
        while line := self._stream.file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise DataError(f"{self._name}: line {number} is longer than 256 MiB")
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.isspace() or not line:
                continue
            try:
                # Faster than json.loads, which looks for other encodings first.
                text = line.decode().strip()
                value, end = decode(text)
                if end != len(text):
                    raise json.JSONDecodeError("more than one value", text, end)
            except UnicodeDecodeError:
                raise DataError(f"{self._name}: line {number} is not UTF-8") from None
            except RecursionError:
                raise DataError(f"{self._name}: line {number} is nested too deeply") from None
            except ValueError as error:
                reason = str(error).partition(": line")[0]
                column = getattr(error, "colno", 1)
                raise DataError(
                    f"{self._name}: line {number}, character {column}: not JSON: {reason}",
                    "Each line must hold one whole object; a JSON array is not read.",
                ) from None
            if type(value) is not dict:
                raise DataError(
                    f"{self._name}: line {number}: expected an object, found {_kind(value)}",
                    "Each line must hold one whole object; a JSON array is not read.",
                )
            yield number, value

    def _batch(self, rows: list[tuple[int, dict[str, Any]]]) -> Any:
        columns = [self._column(rows, column, declared) for column, declared in self._columns]
        self._started = True
        arrow = pyarrow()
        if not columns:
            # The program reads nothing of its table; without any column a batch would not know its rows.
            return arrow.record_batch([arrow.nulls(len(rows))], names=[""])
        return arrow.record_batch(columns, schema=self.schema)

    def _column(
        self, rows: list[tuple[int, dict[str, Any]]], name: str, declared: Declared | None
    ) -> Any:
        if declared is None:
            if not self._started and not any(name in row for _, row in rows):
                raise DataError(f"{self._name}: there is no column `{name}` to keep")
            texts = [
                json.dumps(row[name], ensure_ascii=True) if row.get(name) is not None else None
                for _, row in rows
            ]
            return pyarrow().array(texts, pyarrow().large_string())
        convert = declared.from_json
        values = []
        number = 0
        try:
            for number, row in rows:
                value = row.get(name)
                if value is None and declared.required and name not in row:
                    raise DataError(
                        f"{self._name}: line {number}: the column `{name}` of type "
                        f"{declared.text} is missing",
                        "Write null where there is no value, or declare the input with `?`.",
                    )
                values.append(convert(value))
        except BadCellError as error:
            raise DataError(
                f"{self._name}: line {number}, column `{name}{error.place}`: {error.text()}"
            ) from None
        return declared.column(values)

    def fraction(self) -> float | None:
        return self._stream.fraction()


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "an array", str: "a string", bool: "a boolean"}
    return names.get(type(value), "a number")
