"""Golden rows: sample inputs in a package with what they gave, which every face computes again when it loads it.

The tables are Arrow IPC files, so that any tool shows them. ``golden/rows.json`` says where the buffers of their
columns lie, so that the core needs no reader of that format; docs/design/0017 has the layout.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from feature_extractor.digest import numbered_digests
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import Extractor
from feature_extractor.input_tables import NESTED, InputTables, tables_of_table
from feature_extractor.plan.build import serialise
from feature_extractor.plan.package import FORMAT_WITH_GOLDEN_ROWS, Package, with_members

MOST_BYTES: Final = 16_000_000
"""Golden rows are read at each load of the package, so there may not be more of them."""

PREFIX: Final = "golden/"


class GoldenRowsError(FeatureExtractorError):
    """Rows cannot be golden rows; the text says why."""


def golden_tables(package: Package, extractor: Extractor, table: Any, requests: int) -> InputTables:
    """Return the first requests of a table, flat or nested, in the form in which they are kept.

    Raises InputTableError and GoldenRowsError.
    """
    collects = any(step["do"] == "collect" for step in package.plan["steps"])
    names = getattr(getattr(table, "schema", None), "names", None)
    columns = names if names is not None else table if isinstance(table, Mapping) else ()
    if collects and NESTED not in columns:
        raise GoldenRowsError(
            "the program looks at all candidates of a request, and a flat table does not say where a request ends: "
            "give one row per request, with its candidates as a list of structs in a column `candidates`"
        )
    tables = tables_of_table(extractor.inputs, table)
    if tables.request_count == 0:
        declared = {one.name for one in extractor.inputs} | {NESTED}
        if columns and declared.isdisjoint(columns):
            raise GoldenRowsError(
                f"the table has no input of the program; it has: {', '.join(map(str, columns))}"
            )
        raise GoldenRowsError("the table has no rows, so there is nothing to compute")
    return tables.slice(0, min(requests, tables.request_count))


def with_golden_rows(package: Package, extractor: Extractor, tables: InputTables) -> Package:
    """Return a package that holds requests, and what ``extractor``, loaded from it, computes of them.

    Raises EngineError where the requests do not fit, and GoldenRowsError where they are too large.
    """
    requests, candidates, offsets = tables.arguments()
    extraction = extractor.extract_request(requests, candidates, offsets=offsets or None)
    features = extraction.to_arrow()
    members: dict[str, bytes] = {}
    index: dict[str, Any] = {
        "format": 1,
        "requests": _entry("requests", tables.requests, tables.request_count, members),
    }
    if tables.candidates is not None and tables.offsets is not None:
        rows = tables.offsets[-1]
        index["candidates"] = _entry("candidates", tables.candidates, rows, members)
        index["offsets"] = list(tables.offsets)
    index["features"] = _entry("features", features, extraction.rows, members)
    index["digests"] = numbered_digests(features)
    members[f"{PREFIX}rows.json"] = serialise(index)
    size = sum(map(len, members.values()))
    if size > MOST_BYTES:
        raise GoldenRowsError(
            f"{tables.request_count:,} golden requests take {size / 1e6:,.1f} MB, and at most "
            f"{MOST_BYTES / 1e6:,.0f} MB may be computed at each load: take fewer requests"
        )
    counts = {"requests": tables.request_count, "rows": extraction.rows}
    manifest = {**package.manifest, "format": FORMAT_WITH_GOLDEN_ROWS, "golden": counts}
    own = {name: data for name, data in package.members.items() if not name.startswith(PREFIX)}
    return with_members(manifest, own | members)


def golden_rows(package: Package) -> dict[str, Any]:
    """Return the tables of golden rows by name: ``requests``, ``candidates`` and ``features``, those that there are."""
    from pyarrow import ipc

    found = {}
    for name in ("requests", "candidates", "features"):
        data = package.members.get(f"{PREFIX}{name}.arrow")
        if data is not None:
            found[name] = ipc.open_file(data).get_batch(0)
    return found


def golden_requests(package: Package) -> InputTables | None:
    """Return the requests of a package's golden rows; None where it has none."""
    import pyarrow

    text = package.members.get(f"{PREFIX}rows.json")
    if text is None:
        return None
    index = json.loads(text)
    found = golden_rows(package)
    without_columns = pyarrow.RecordBatch.from_arrays([], schema=pyarrow.schema([]))
    requests = found.get("requests", without_columns)
    if "offsets" not in index:
        return InputTables(requests, None, None)
    candidates = found.get("candidates", without_columns)
    return InputTables(requests, candidates, tuple(index["offsets"]))


def _entry(name: str, batch: Any, rows: int, members: dict[str, bytes]) -> dict[str, Any]:
    """Add a table to the members, and return what the index says of it; one without columns is its number of rows."""
    names = list(batch.schema.names)
    if not names:
        return {"rows": rows, "columns": [], "buffers": []}
    data, buffers = _written(batch)
    members[f"{PREFIX}{name}.arrow"] = data
    return {"rows": rows, "columns": names, "buffers": buffers}


def _written(batch: Any) -> tuple[bytes, list[list[int]]]:
    """Return an Arrow IPC file, and place and size of each buffer in it, column by column, depth first."""
    import pyarrow
    from pyarrow import ipc

    sink = pyarrow.BufferOutputStream()
    with ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
    whole = sink.getvalue()
    # Read back without copying, its buffers are parts of the file.
    read = ipc.open_file(whole).get_batch(0)
    places = []
    for column in read.columns:
        for buffer in column.buffers():
            there = buffer is not None and buffer.size > 0
            places.append([buffer.address - whole.address, buffer.size] if there else [0, 0])
    return whole.to_pybytes(), places
