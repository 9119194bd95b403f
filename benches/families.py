"""Measure the families of features: ours beside a hand-written limit, Polars, DuckDB and NumPy.

Run ``python benches/families.py``; ``--help`` names the options. Before anything is timed the
results of all sides are compared with ours on the first rows.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benches.family_definitions import Arrays, Family
    from benches.ranking_table import RankingTable

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--only", default="", help="run families whose names contain this text")
    parser.add_argument(
        "--sides", default="limit,limit v2,ours,Polars,DuckDB,NumPy", help="which sides to measure"
    )
    arguments = parser.parse_args()
    # Polars reads the number of threads once, when it is imported.
    os.environ["POLARS_MAX_THREADS"] = str(arguments.threads)
    print(
        report(
            arguments.rows,
            arguments.threads,
            arguments.repetitions,
            arguments.only,
            [side.strip() for side in arguments.sides.split(",")],
        )
    )


def report(rows: int, threads: int, repetitions: int, only: str, sides: list[str]) -> str:
    """Measure and return the report as Markdown."""
    from benches.family_definitions import families, together
    from benches.ranking_table import ranking_table
    from benches.side_by_side import interleaved, medians, table

    data = ranking_table(rows)
    parts = families(data.words)
    chosen = [family for family in [*parts, together(parts)] if only in family.name]
    header = ["family", *sides, "ours/limit", "Polars/ours", "DuckDB/ours", "NumPy/ours"]
    lines = []
    # The processor time of one thread is not disturbed by what else runs on the machine.
    clock = time.process_time if threads == 1 else time.perf_counter
    with Sides(data, threads) as made:
        for family in chosen:
            runs = made.runs(family, sides)
            made.check(family, sides)
            seconds = medians(interleaved(runs, repetitions, clock=clock))
            cost = {side: s * 1e9 / rows / len(family.ours) for side, s in seconds.items()}
            ratios = [
                _ratio(cost, "ours", "limit"),
                *(_ratio(cost, side, "ours") for side in ("Polars", "DuckDB", "NumPy")),
            ]
            costs = [f"{cost[side]:.1f}" if side in cost else "" for side in sides]
            lines.append([family.name, *costs, *ratios])
            print(f"measured {family.name}", file=sys.stderr)
    title = f"{rows:,} rows, {threads} thread(s); median ns per row per feature\n\n"
    return title + table(header, lines)


def _ratio(cost: dict[str, float], upper: str, lower: str) -> str:
    if upper not in cost or lower not in cost:
        return ""
    return f"{cost[upper] / cost[lower]:.2f}"


class Sides:
    """The sides over one generated table: what each one runs, and whether all agree."""

    def __init__(self, data: RankingTable, threads: int) -> None:
        import duckdb
        import polars as pl
        import pyarrow as pa

        self._data = data
        self._threads = threads
        self._root = tempfile.TemporaryDirectory(prefix="feature-extractor-benches-")
        (Path(self._root.name) / "words.txt").write_text("\n".join(data.words) + "\n")
        whole = pa.Table.from_batches([data.batch])
        self._frame = pl.from_arrow(whole)
        self._connection = duckdb.connect()
        self._connection.execute(f"set threads={threads}")
        self._connection.execute("set timezone='UTC'")
        self._connection.register("source", whole)
        self._connection.execute("create table ranking as select * from source")
        words = pa.table({"text": data.words, "id": range(1, len(data.words) + 1)})
        self._connection.register("word_source", words)
        self._connection.execute("create table words as select * from word_source")
        self._arrays = numpy_columns(data)
        self._limits: dict[str, Any] = {}

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._root.cleanup()

    def runs(self, family: Family, sides: list[str]) -> dict[str, Callable[[], Any]]:
        """Return what to call for each side that can compute the family."""
        made = {side: self._run(family, side) for side in sides}
        return {side: run for side, run in made.items() if run is not None}

    def _run(self, family: Family, side: str) -> Callable[[], Any] | None:
        if side.startswith("limit"):
            return self._limit(side).run(family.name) if self._threads == 1 else None
        if side == "ours":
            return self._ours(family)
        if side == "Polars":
            return lambda: self._frame.lazy().select(**family.polars).collect()
        if side == "DuckDB":
            query = self._query(family)
            return lambda: self._connection.sql(query).to_arrow_table()
        if side == "NumPy":
            with_numpy = family.numpy
            if with_numpy is None:
                return None
            return lambda: with_numpy(self._arrays)
        raise ValueError(f"there is no side {side!r}")

    def _limit(self, side: str) -> Any:
        from benches.limit import Limit

        if side not in self._limits:
            self._limits[side] = Limit(self._data, "x86-64-v2" if "v2" in side else "native")
        return self._limits[side]

    def _ours(self, family: Family) -> Callable[[], Any]:
        import feature_extractor as fx

        from benches.family_definitions import program

        extractor = fx.compile_text(program(family), root=self._root.name).extractor()
        return lambda: extractor.extract(self._data.batch, threads=self._threads)

    def _query(self, family: Family) -> str:
        columns = ", ".join(f'{text} as "{name}"' for name, text in family.duckdb.items())
        return f"select {columns} from ranking{family.sql_joins}"

    def check(self, family: Family, sides: list[str], rows: int = 2_000) -> None:
        """Compare the sides with ours on the first rows. Raises AssertionError where they differ."""
        import numpy as np

        runs = self.runs(family, sides)
        if "ours" not in runs:
            return
        expected = {
            name: _comparable(value[:rows] if isinstance(value, np.ndarray) else value, rows)
            for name, value in runs["ours"]().items()
        }
        for side, run in runs.items():
            if side == "ours":
                continue
            result = run()
            for name, ours in expected.items():
                if name in family.hashed:
                    _check_hashed(family, side, name, _values(result, name), ours, rows)
                    continue
                theirs = _comparable(_values(result, name), rows)
                if isinstance(ours, list):
                    assert theirs == ours, f"{side}: {name} differs from ours"
                else:
                    np.testing.assert_allclose(
                        np.asarray(theirs, np.float64), ours, 1e-5, 1e-6, err_msg=f"{side}: {name}"
                    )


def _values(result: Any, name: str) -> Any:
    """Return one column of any side's result as something that Python can slice."""
    column = result[name]
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _comparable(values: Any, rows: int) -> Any:
    """Return the first rows as an array of floats, or as lists of ids or texts."""
    import numpy as np

    if hasattr(values, "offsets") and hasattr(values, "to_list"):  # Ids
        return [values[row].tolist() for row in range(rows)]
    if isinstance(values, np.ndarray):
        return values[:rows].astype(np.float64)
    listed = values[:rows]
    for method in ("to_pylist", "to_list"):
        if hasattr(listed, method):
            listed = getattr(listed, method)()
    if listed and isinstance(listed[0], (list, str)):
        return listed
    return np.asarray(listed, np.float64)


def _check_hashed(family: Family, side: str, name: str, values: Any, ours: Any, rows: int) -> None:
    """Compare what does not depend on the hash: how many ids there are, and that they repeat alike."""
    theirs = _comparable(values, rows)
    if isinstance(ours, list):
        assert [len(ids) for ids in theirs] == [len(ids) for ids in ours], f"{side}: {name}"
        return
    first, second = len(set(theirs.tolist())), len(set(ours.tolist()))
    assert abs(first - second) <= 0.1 * second + 2, f"{side}: {name} of {family.name}"


def numpy_columns(data: RankingTable) -> Arrays:
    """Return the columns as NumPy arrays: lists as values and ``name.offsets``, nulls as ``name.null``."""
    import numpy as np
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for field, column in zip(data.batch.schema, data.batch.columns, strict=True):
        name, kind = field.name, field.type
        if pa.types.is_list(kind):
            if pa.types.is_struct(kind.value_type):
                continue
            columns[f"{name}.offsets"] = column.offsets.to_numpy()
            column = column.values
            kind = kind.value_type
        if pa.types.is_fixed_size_list(kind):
            columns[name] = column.values.to_numpy().reshape(len(column), -1)
        elif pa.types.is_timestamp(kind):
            columns[name] = column.cast(pa.int64()).to_numpy()
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
            columns[f"{name}.null"] = column.is_null().to_numpy(zero_copy_only=False)
            columns[name] = np.frombuffer(column.buffers()[1], kind.to_pandas_dtype())
    return columns


if __name__ == "__main__":
    main()
