"""Digests of values: whether two tables hold the same rows, in whatever order, batches and files.

The definition is in docs/digest.md. Digests of parts of a table are added, so that each task of a job
can make its own and nobody has to sort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from feature_extractor import _native
from feature_extractor.errors import FeatureExtractorError

_MODULUS: Final = 1 << 128
_HEX: Final = re.compile(r"[0-9a-f]{32}")


class DigestError(FeatureExtractorError):
    """A digest cannot be made, read or added; the text says why."""


@dataclass(frozen=True)
class TableDigest:
    """The digest of a table.

    ``columns`` has the digest of each column by name, in the order of the table, ``rows`` that of the whole
    rows, each as 32 hexadecimal digits; ``count`` is the number of rows. The order of the rows does not
    matter. The digest of the rows takes the columns in their order and does not look at their names.
    """

    columns: Mapping[str, str]
    rows: str
    count: int

    def __add__(self, other: TableDigest) -> TableDigest:
        """Return the digest of both tables' rows together.

        Raises DigestError where the columns have other names or another order.
        """
        if not isinstance(other, TableDigest):
            return NotImplemented
        if list(self.columns) != list(other.columns):
            raise DigestError(
                "digests of tables with other columns cannot be added: "
                f"{_listed(self.columns)} and {_listed(other.columns)}"
            )
        return TableDigest(
            {name: _sum(value, other.columns[name]) for name, value in self.columns.items()},
            _sum(self.rows, other.rows),
            self.count + other.count,
        )

    def differences(self, other: TableDigest) -> list[str]:
        """Return the names of the columns that differ, or that only one of the two has."""
        names = dict.fromkeys([*self.columns, *other.columns])
        return [name for name in names if self.columns.get(name) != other.columns.get(name)]

    def to_json(self) -> dict[str, Any]:
        """Return the digest as JSON values: ``{"count": n, "rows": hex, "columns": {name: hex}}``."""
        return {"count": self.count, "rows": self.rows, "columns": dict(self.columns)}

    @classmethod
    def from_json(cls, value: Any) -> TableDigest:
        """Return the digest that ``to_json`` wrote; raises DigestError for anything else."""
        match value:
            case {"count": int() as count, "rows": str() as rows, "columns": dict() as columns}:
                digests = [rows, *columns.values()]
                if count >= 0 and all(isinstance(d, str) and _HEX.fullmatch(d) for d in digests):
                    return cls(columns, rows, count)
        raise DigestError('a digest is an object {"count": n, "rows": hex, "columns": {name: hex}}')


def digest_table(table: Any) -> TableDigest:
    """Return the digest of anything with the Arrow PyCapsule interface, an Extraction among them.

    Raises EngineError for a column whose type has no digest (decimals, unions, intervals), DigestError
    where two columns have one name, and TypeError for what is no Arrow table.
    """
    names, columns, rows, count = _native.digest_table(table)
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DigestError(f"two columns are called {twice!r}")
    return TableDigest(dict(zip(names, columns, strict=True)), rows, count)


def numbered_digests(table: Any) -> dict[str, str]:
    """Return a digest of each column that also sees the order: that of structs of the row's number and the value.

    ``table`` is a record batch of pyarrow. The digest of values alone is the same where two rows change places.
    """
    import pyarrow

    rows = pyarrow.array(range(table.num_rows), pyarrow.int64())
    pairs = [
        pyarrow.StructArray.from_arrays([rows, column], ["row", "value"])
        for column in table.columns
    ]
    names = list(table.schema.names)
    if not names:
        return {}
    return dict(digest_table(pyarrow.RecordBatch.from_arrays(pairs, names)).columns)


def total(digests: Iterable[TableDigest]) -> TableDigest:
    """Return the sum of one or more digests; raises DigestError for none."""
    result: TableDigest | None = None
    for digest in digests:
        result = digest if result is None else result + digest
    if result is None:
        raise DigestError("there is no digest to add")
    return result


def _sum(left: str, right: str) -> str:
    return f"{(int(left, 16) + int(right, 16)) % _MODULUS:032x}"


def _listed(names: Iterable[str]) -> str:
    shown: Sequence[str] = list(names)
    text = ", ".join(shown[:6])
    return text + ", ..." if len(shown) > 6 else text or "none"
