"""Measure features in Flink beside reading alone, Flink's own SQL functions and the core alone.

Run it in an environment with PyFlink, with a jar that has the core and the classes for Flink, and the samples
of the grocery example as an Arrow file, since older pyarrow cannot read lists of fixed size with nulls
from Parquet::

    .venv/bin/python -c "import pyarrow.feather as f, pyarrow.parquet as p
    f.write_feather(p.read_table('demo_output/requests_2000x50.parquet'), 'requests.arrow', 'uncompressed')"
    .venv-jvm/bin/python benches/flink.py build/flink/*.jar demo_output/grocery.fxp requests.arrow

All sides read the same lines of JSON, make a row per candidate, and end in Flink's ``blackhole``. They run
in turns, at parallelism 1. What is told is the time of a job less that of reading alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests"), str(ROOT)]

import json  # noqa: E402

from feature_extractor.extractor import load  # noqa: E402
from feature_extractor.flink import ExtractionOptions, call, extract, register  # noqa: E402
from flink.rows import json_value, sql_type  # noqa: E402
from pyarrow import feather  # noqa: E402
from pyflink.common import Configuration  # noqa: E402
from pyflink.datastream import StreamExecutionEnvironment  # noqa: E402
from pyflink.table import StreamTableEnvironment, Table  # noqa: E402

from benches.side_by_side import table as markdown  # noqa: E402

# Those of the program's 97 features that need no lambda, which Flink's SQL does not have.
SQL_FEATURES = {
    "store_traffic": "CAST(LN(1 + store_visits_28d) AS FLOAT)",
    "owns_home": "CAST(POSITION('homeowner' IN LOWER(COALESCE(home_ownership, ''))) > 0 AS INT)",
    "popularity": "CAST(LN(1 + baskets_28d) AS FLOAT)",
    "trend": "CAST(GREATEST(LEAST(LN((baskets_7d * 4 + 1e0) / (baskets_28d + 1e0)), 3e0), -3e0) AS FLOAT)",
    "store_rate": "CAST((store_baskets_28d + 8e-3 * 2e2) / (store_visits_28d + 2e2) AS FLOAT)",
    "loyalty": "CAST(COALESCE(baskets_28d * 1e0 / NULLIF(households_28d, 0), 1e0) AS FLOAT)",
    "units_per_basket": "CAST(LEAST(COALESCE(units_28d * 1e0 / NULLIF(baskets_28d, 0), 1e0), 12e0) AS FLOAT)",
    "discount_depth": "CAST(GREATEST(LEAST(1e0 - COALESCE(price / NULLIF(shelf_price, 0e0), 1e0), 1e0), 0e0) AS FLOAT)",
    "on_display": "CAST(COALESCE(display <> '0', FALSE) AS INT)",
    "is_private": "CAST(COALESCE(brand = 'Private', FALSE) AS INT)",
    "description_cut_off": "CAST(CHAR_LENGTH(COALESCE(description, '')) >= 30 AS INT)",
    "department_taste": "CAST(COALESCE(taste[department], 0e0) AS FLOAT)",
}


def main() -> None:
    """Run all sides and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("jar")
    parser.add_argument("package")
    parser.add_argument("samples")
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    requests = feather.read_table(arguments.samples).slice(0, arguments.requests)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "requests.json"
        with source.open("w") as lines:
            for row in requests.to_pylist():
                values = {f.name: json_value(row[f.name], f.type) for f in requests.schema}
                lines.write(json.dumps(values) + "\n")
        sides = _sides(arguments.jar, arguments.package, requests.schema, str(source))
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for repetition in range(arguments.repetitions + 1):
            for name, run in sides.items():
                began = time.perf_counter()
                run()
                if repetition:
                    taken[name].append(time.perf_counter() - began)
    extractor = load(arguments.package)
    core = []
    for _ in range(arguments.repetitions + 1):
        began = time.perf_counter()
        rows = extractor.extract(requests).rows
        core.append(time.perf_counter() - began)
    seconds = {name: median(times) for name, times in taken.items()}
    base = seconds["reading alone"]
    lines = [[name, f"{s:.2f}", f"{(s - base) / rows * 1e6:.1f}"] for name, s in seconds.items()]
    lines.append(
        ["the core alone, from Arrow", f"{min(core):.2f}", f"{min(core) / rows * 1e6:.1f}"]
    )
    print(f"{rows} rows, {len(extractor.features)} features, {len(SQL_FEATURES)} in SQL\n")
    print(markdown(["way", "seconds of the job", "added microseconds per row"], lines))


def _sides(jar: str, package: str, schema: Any, source: str) -> dict[str, Callable[[], object]]:
    configuration = Configuration()
    configuration.set_string("pipeline.jars", Path(jar).resolve().as_uri())
    configuration.set_string("taskmanager.memory.managed.size", "512m")
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    environment.set_parallelism(1)
    tables = StreamTableEnvironment.create(environment)
    columns = ", ".join(f"`{field.name}` {sql_type(field.type)}" for field in schema)
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE requests ({columns}) WITH ('connector' = 'filesystem',"
        f" 'path' = '{source}', 'format' = 'json')"
    )
    kept = ", ".join(f"r.`{name}`" for name in schema.names if name != "candidates")
    names = [field.name for field in schema.field("candidates").type.value_type]
    inner = ", ".join(f"`{name}`" for name in names)
    tables.create_temporary_view(
        "samples",
        tables.sql_query(
            f"SELECT {kept}, {', '.join(f'c.`{name}`' for name in names)} FROM requests AS r"
            f" CROSS JOIN UNNEST(r.candidates) AS c ({inner})"
        ),
    )
    register(tables)
    options = ExtractionOptions(keep=[])
    own = ", ".join(f"{text} AS `{name}`" for name, text in SQL_FEATURES.items())
    queries: dict[str, Table] = {
        "reading alone": tables.from_path("samples"),
        "extract, a row per candidate": extract(
            tables, tables.from_path("samples"), package, options
        ),
        "extract, a row per request": extract(
            tables, tables.from_path("requests"), package, options
        ),
        "fx_extract": tables.sql_query(f"SELECT {call(package)} AS features FROM samples"),
        f"{len(SQL_FEATURES)} features by SQL's functions": tables.sql_query(
            f"SELECT {own} FROM samples"
        ),
    }
    sides: dict[str, Callable[[], object]] = {}
    for i, (name, query) in enumerate(queries.items()):
        sink = str(query._j_table.getResolvedSchema()).strip()[1:-1].replace(" NOT NULL", "")
        tables.execute_sql(
            f"CREATE TEMPORARY TABLE sink{i} ({sink}) WITH ('connector' = 'blackhole')"
        )
        sides[name] = lambda query=query, i=i: query.execute_insert(f"sink{i}").wait()  # type: ignore[misc]
    return sides


if __name__ == "__main__":
    main()
