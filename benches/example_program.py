"""Measure the grocery example: rows per second of the whole program, and beside Polars and DuckDB.

The whole program is measured with one and two threads. Then the features that Polars and DuckDB can
express well (grocery_subset.py) are measured side by side, in turns.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--candidates", type=int, default=100, help="per request")
    parser.add_argument("--threads", type=int, default=1, help="of the comparison")
    parser.add_argument("--repetitions", type=int, default=9)
    arguments = parser.parse_args()
    # Polars reads the number of threads once, when it is imported.
    os.environ["POLARS_MAX_THREADS"] = str(arguments.threads)
    print(
        report(arguments.requests, arguments.candidates, arguments.threads, arguments.repetitions)
    )


def report(requests: int, candidates: int, threads: int, repetitions: int) -> str:
    """Measure and return the report as Markdown."""
    import duckdb
    import feature_extractor as fx
    import polars as pl
    import pyarrow as pa

    from benches import grocery_subset as subset
    from benches.side_by_side import interleaved, medians, table

    nested = subset.samples(requests, candidates)
    whole = fx.compile(subset.EXAMPLES / "grocery.fx").extractor()
    rows = whole.extract(nested).rows
    seconds = medians(
        interleaved(
            {
                "1 thread": lambda: whole.extract(nested, threads=1),
                "2 threads": lambda: whole.extract(nested, threads=2),
            },
            repetitions,
        )
    )
    count = len(whole.features)
    text = f"grocery.fx: {count} features, {requests} requests x {candidates} candidates\n\n"
    text += table(
        ["", "rows/s", "us per row", "speed-up"],
        [
            [name, f"{rows / s:,.0f}", f"{s * 1e6 / rows:.2f}", f"{seconds['1 thread'] / s:.2f}"]
            for name, s in seconds.items()
        ],
    )

    part = fx.compile_text(subset.subset_program(), root=subset.EXAMPLES).extractor()
    users, flat = subset.polars_frames(nested)
    prices = subset.category_medians()
    price_frame = pl.DataFrame({"category": list(prices), "median_price": list(prices.values())})
    connection = duckdb.connect()
    connection.execute(f"set threads={threads}")
    connection.execute("set timezone='UTC'")
    for name, frame in (("requests", users), ("candidates", flat), ("medians", price_frame)):
        connection.register("source", frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
        connection.execute(f"create table {name} as select * from source")

    def with_polars() -> pl.DataFrame:
        return subset.polars_features(users.lazy(), flat.lazy(), price_frame.lazy()).collect()

    def with_duckdb() -> pa.Table:
        return connection.sql(subset.DUCKDB_QUERY).to_arrow_table()

    expected = part.extract(nested)
    subset.check(expected, with_polars(), "Polars")
    subset.check(expected, with_duckdb(), "DuckDB", ordered=False)
    seconds = medians(
        interleaved(
            {
                "ours": lambda: part.extract(nested, threads=threads),
                "Polars": with_polars,
                "DuckDB": with_duckdb,
            },
            repetitions,
        )
    )
    lines = [
        [name, f"{rows / s:,.0f}", f"{s / seconds['ours']:.2f}"] for name, s in seconds.items()
    ]
    text += f"\n\n{len(subset.FEATURES)} of these features, {threads} thread(s):\n\n"
    return text + table(["side", "rows/s", "time/ours"], lines)


if __name__ == "__main__":
    main()
