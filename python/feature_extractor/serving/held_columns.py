"""What a log keeps of candidates that a request names by keys of a catalogue: their inputs, as the catalogue has them.

With the keys alone nobody could compute the request again, least of all once the catalogue is another one.
"""

from __future__ import annotations

from typing import Any

from feature_extractor.extractor import Extractor
from feature_extractor.input_tables import (
    InputTables,
    column_of,
    declared_column,
    declared_patterns,
)


class HeldColumns:
    """The table of an extractor's catalogue, in the types that the program declares.

    ``extractor`` has a catalogue. Raises InputTableError where a column of it cannot be brought into its type.
    """

    def __init__(self, extractor: Extractor) -> None:
        assert extractor.catalogue is not None
        self.extractor = extractor
        self._catalogue = extractor.catalogue
        self._declared = declared_patterns(extractor.whole.inputs, "candidate")
        self._columns: dict[str, Any] = {}
        for name in self._catalogue.inputs:
            values = column_of(self._catalogue.source, name)
            if values is not None:
                self._columns[name] = declared_column(name, values, self._declared[name])

    def completed(self, tables: InputTables) -> InputTables:
        """Return requests with the inputs of their candidates in place of the keys; an unknown key has none."""
        import pyarrow

        if tables.candidates is None:
            return tables
        given = dict(zip(tables.candidates.schema.names, tables.candidates.columns, strict=True))
        keys = given[self._catalogue.key].to_pylist()
        rows = pyarrow.array(
            [None if row < 0 else row for row in self._catalogue.rows_of(keys)], pyarrow.int64()
        )
        held = {name: column.take(rows) for name, column in self._columns.items()}
        columns = {name: (given | held)[name] for name in self._declared if name in given | held}
        return InputTables(
            tables.requests, pyarrow.RecordBatch.from_pydict(columns), tables.offsets
        )
