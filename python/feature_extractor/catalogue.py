"""What an extractor says about its catalogue, and the tables that catalogues are made of."""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from feature_extractor.arrow_buffers import check_buffers
from feature_extractor.errors import FeatureExtractorError

if TYPE_CHECKING:
    from feature_extractor import _native


@dataclass(frozen=True)
class Catalogue:
    """Candidates whose values were computed beforehand, named by a key.

    ``key`` is the column that requests give in place of the candidate's inputs, ``key_type`` ``int`` or ``string``, and
    ``inputs`` names the inputs that requests need not give. ``bytes`` is what the computed values take of memory.
    ``origin`` is the path of the file, ``bytes`` or ``a table``, and ``since`` when it was imported.
    ``source`` is the table that was imported, from which another package computes its own catalogue: what it is made of
    must not change.
    """

    key: str
    key_type: str
    inputs: tuple[str, ...]
    rows: int
    bytes: int
    origin: str
    since: datetime.datetime
    source: Any = field(repr=False, compare=False)
    native: _native.Catalogue = field(repr=False, compare=False)
    threads: int = field(default=1, repr=False, compare=False)

    def rows_of(self, keys: Sequence[Any]) -> list[int]:
        """Return for each key its row in ``source``; -1 where it has none, and for None."""
        return self.native.rows_of(list(keys))


def opened(source: Any, columns: Collection[str], key: str) -> Any:
    """Return a table as it was given; of a path or of bytes, these columns of the Parquet or Arrow file.

    Raises FeatureExtractorError for a file that cannot be read, or has no column ``key``.
    """
    if not isinstance(source, str | os.PathLike | bytes):
        return source
    try:
        import pyarrow
    except ImportError:
        raise FeatureExtractorError(
            "Reading a file needs pyarrow. Install it with `pip install pyarrow`, or give a table."
        ) from None
    name = origin_of(source)
    try:
        # Never mapped: a file that somebody writes over would take its pages away while they are read.
        with (
            pyarrow.BufferReader(source)
            if isinstance(source, bytes)
            else pyarrow.OSFile(_regular(source)) as file
        ):
            names, read = _file(file)
            if key not in names:
                raise FeatureExtractorError(
                    f"{name} has no column '{key}', which is to be the key. It has: {', '.join(names)}."
                )
            return read([one for one in dict.fromkeys(names) if one in columns])
    except UnicodeDecodeError:
        raise FeatureExtractorError(
            f"{name} cannot be read: the name of a column is no text."
        ) from None
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise FeatureExtractorError(f"{name} cannot be read: {_reason(error)}.") from None


def origin_of(source: Any) -> str:
    """Return what messages call a table: the path of a file, else what it is."""
    if isinstance(source, bytes):
        return "bytes"
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "a table"


def _regular(path: str | os.PathLike[str]) -> str:
    """Return the path of a regular file; another kind, such as a named pipe, could be waited for without end."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("it is not a regular file")
    return os.fspath(path)


def _reason(error: Exception) -> str:
    """Return what the system or pyarrow says, in one line."""
    if isinstance(error, OSError) and error.errno is not None:
        said = os.strerror(error.errno)
        return said[:1].lower() + said[1:]
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _file(file: Any) -> tuple[list[str], Callable[[list[str]], Any]]:
    """Return the columns of an open file and what reads some of them; its first bytes tell what it is."""
    import pyarrow
    from pyarrow import ipc, parquet

    begin = file.read(6)
    file.seek(0)
    if begin.startswith(b"PAR1"):
        whole = parquet.ParquetFile(file)
        return list(whole.schema_arrow.names), lambda names: whole.read(columns=names)
    if begin == b"ARROW1":
        table = ipc.open_file(file).read_all()
    elif begin.startswith(b"\xff\xff\xff\xff"):
        table = ipc.open_stream(file).read_all()
    else:
        raise pyarrow.ArrowInvalid("it is neither Parquet nor Arrow")

    def checked(names: list[str]) -> Any:
        # By number: a name that comes twice is told by the core.
        chosen = table.select([n for n, name in enumerate(table.schema.names) if name in names])
        check_buffers(chosen)
        return chosen

    return list(table.schema.names), checked


def names_of_columns(table: Any) -> list[str]:
    """Return the names of the columns of Python objects; a table of Arrow tells its own."""
    if isinstance(table, Mapping):
        return [str(name) for name in table]
    if isinstance(table, Sequence):
        return list(
            dict.fromkeys(name for row in table if isinstance(row, Mapping) for name in row)
        )
    return []


def has_text_keys(table: Any, key: str) -> bool:
    """Return whether the keys among Python objects are text; a table of Arrow tells its own types."""
    values: Any = ()
    if isinstance(table, Mapping):
        values = table.get(key, ())
    elif isinstance(table, Sequence):
        values = (row.get(key) for row in table if isinstance(row, Mapping))
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.dtype.kind not in "iu"
    if hasattr(values, "__arrow_c_array__") or hasattr(values, "__arrow_c_stream__"):
        return False
    return isinstance(next((value for value in values if value is not None), None), str)
