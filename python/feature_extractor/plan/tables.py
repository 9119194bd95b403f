"""The cells of a table's file, row by row, and how a cell becomes a value of its declared type."""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from feature_extractor.types import ScalarType, Type

Cell: TypeAlias = "bool | int | float | str | None"
"""A value of a table; timestamps and durations are int microseconds."""

_INTEGER = re.compile(r"[+-]?[0-9]+")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_FORMS = "Mend the cell, or declare the type that the column has."
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class CellError(Exception):
    """A cell is not of its declared type; the text is the end of a sentence, ``help`` is one."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Rows:
    """A table's file: the names in its header, and its rows with their numbers in the file."""

    header: list[str]
    rows: Iterator[tuple[int, list[Any]]]


def csv_rows(text: str) -> Rows:
    """Read CSV as RFC 4180 has it; row numbers are line numbers, blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)

    def rows() -> Iterator[tuple[int, list[Any]]]:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise ValueError(f"line {line}: {error}") from None
            if cells:
                yield line, cells

    found = rows()
    _, header = next(found, (0, []))
    return Rows([name.strip() for name in header], found)


def parquet_rows(path: str) -> Rows:
    """Read a Parquet file by way of pyarrow; row numbers count from 1."""
    import pyarrow.parquet

    return arrow_rows(pyarrow.parquet.read_table(path))


def arrow_rows(table: Any) -> Rows:
    """Return the rows of a pyarrow table; row numbers count from 1."""

    def rows() -> Iterator[tuple[int, list[Any]]]:
        number = 0
        for batch in table.to_batches(max_chunksize=65_536):
            columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, list(cells)

    return Rows(list(table.column_names), rows())


def read_cell(cell: Any, type_: Type) -> Cell:
    """Return a cell's value: text from CSV, any Python value from Parquet.

    An empty cell is null where the type allows that, and the empty string where it is a string.
    """
    assert isinstance(type_, ScalarType)
    name = type_.name
    if cell is None or (cell == "" and (type_.nullable or name != "string")):
        if type_.nullable:
            return None
        raise CellError(
            f"the cell is empty; declare the type {type_}? if that is meant.",
            "Fill the cell in, or declare a type that may be null.",
        )
    value = _from_text(cell, name) if isinstance(cell, str) else _from_value(cell, name)
    if value is None:
        raise CellError(f"{cell!r} is not {_article(name)}.", _FORMS)
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        raise CellError(f"{cell!r} does not fit into 64 bits.", _FORMS)
    return value


def _from_text(cell: str, name: str) -> Cell:
    if name == "string":
        return cell
    text = cell.strip()
    if name == "bool":
        return {"true": True, "false": False, "1": True, "0": False}.get(text.lower())
    if name == "float":
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) and "_" not in text else None
    if _INTEGER.fullmatch(text):
        return int(text)
    if name == "timestamp":
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            return None
        return _microseconds(moment)
    return None


def _from_value(cell: Any, name: str) -> Cell:
    if name == "bool":
        return cell if isinstance(cell, bool) else None
    if isinstance(cell, bool):
        return None
    if name == "float" and isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    if name in ("int", "timestamp", "duration") and isinstance(cell, int):
        return cell
    if name == "timestamp" and isinstance(cell, datetime.datetime):
        return _microseconds(cell)
    if name == "duration" and isinstance(cell, datetime.timedelta):
        return cell // _MICROSECOND
    return None


def _microseconds(moment: datetime.datetime) -> int:
    """Return microseconds since the epoch; a time without a zone is UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return (moment - _EPOCH) // _MICROSECOND


def _article(name: str) -> str:
    known = {
        "bool": "true or false",
        "int": "an integer",
        "float": "a finite number",
        "timestamp": "a timestamp such as 2026-01-31T12:00:00Z, or a number of microseconds",
        "duration": "a number of microseconds",
    }
    return known.get(name, f"a {name}")
