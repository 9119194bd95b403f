"""Measure features in Flink beside reading alone, Flink's own SQL functions and the core alone.

The data is made in the project's environment, and measured in one with PyFlink; the jar holds the core and
the classes for Flink, as the tests of Flink build it::

    .venv/bin/python benches/flink.py prepare demo_output/requests_2000x50.parquet build/flink-bench
    .venv-jvm/bin/python benches/flink.py measure build/flink/*.jar build/flink-bench

The sides of the whole program read the same lines of JSON; those of the features that SQL can express read other
lines, which hold only their columns. All end in Flink's ``blackhole``. They run in turns, at parallelism 1, and the
least of their runs counts. What is told is the processor time of the Java process, with its compiler and garbage
collector, less that of reading alone in the same form; and the same for the core alone from Arrow.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests"), str(ROOT)]

OBJECT_REUSE = "--no-object-reuse" not in sys.argv

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


# ---- data ------------------------------------------------------------------------------------------


def prepare(samples: Path, folder: Path) -> None:
    """Write the packages, and the samples as Arrow and as JSON."""
    import feature_extractor as fx
    import pyarrow as pa
    import pyarrow.parquet as parquet
    from flink.rows import json_value
    from pyarrow import feather

    folder.mkdir(parents=True, exist_ok=True)
    requests = parquet.read_table(samples)
    # Older versions of pyarrow, as PyFlink wants one, cannot read lists of fixed size with nulls from Parquet.
    feather.write_feather(requests, folder / "requests.arrow", "uncompressed")
    source = ROOT / "dsl_grammar/examples/grocery.fx"
    fx.compile(source).save(folder / "all.fxp")
    blocks = re.split(r"\n{2,}", source.read_text())
    names = [re.search(r"^feature (\w+)", block, re.MULTILINE) for block in blocks]
    chosen = [
        block
        for block, name in zip(blocks, names, strict=True)
        if name is None or name[1] in SQL_FEATURES
    ]
    fx.compile_text("\n\n".join(chosen), root=source.parent).save(folder / "some.fxp")
    read = set(re.findall(r"\w+", " ".join(SQL_FEATURES.values())))
    candidates = requests.schema.field("candidates").type.value_type
    fields = pa.struct([field for field in candidates if field.name in read])
    some = [field for field in requests.schema if field.name in read]
    some.append(pa.field("candidates", pa.list_(fields)))
    feather.write_feather(pa.schema(some).empty_table(), folder / "narrow.arrow", "uncompressed")
    for name, schema in (("requests", requests.schema), ("narrow", pa.schema(some))):
        with (folder / f"{name}.json").open("w") as lines:
            for row in requests.to_pylist():
                values = {f.name: json_value(row[f.name], f.type) for f in schema}
                lines.write(json.dumps(values) + "\n")


# ---- sides -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """A way, the side that only reads in the same form, and what core it is compared with."""

    name: str
    run: Callable[[], object]
    base: str
    core: str = ""


def _create(tables: Any, folder: Path, name: str, schema: Any, copies: int) -> None:
    """Create a table with a row per request, and a view with a row per candidate."""
    from flink.rows import sql_type

    source = folder / f"{name}_times_{copies}"
    source.mkdir(exist_ok=True)
    for i in range(copies):
        copy = source / f"{i}.json"
        if not copy.exists():
            os.link(folder / f"{name}.json", copy)
    columns = ", ".join(f"`{field.name}` {sql_type(field.type)}" for field in schema)
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE {name} ({columns}) WITH ('connector' = 'filesystem',"
        f" 'path' = '{source}', 'format' = 'json')"
    )
    kept = ", ".join(f"r.`{column}`" for column in schema.names if column != "candidates")
    names = [field.name for field in schema.field("candidates").type.value_type]
    inner = ", ".join(f"`{column}`" for column in names)
    tables.create_temporary_view(
        f"{name}_candidates",
        tables.sql_query(
            f"SELECT {kept}, {', '.join(f'c.`{column}`' for column in names)} FROM {name} AS r"
            f" CROSS JOIN UNNEST(r.candidates) AS c ({inner})"
        ),
    )


def _environments(folder: Path, schemas: dict[str, Any], copies: int) -> tuple[Any, Any]:
    """Return environments for streams and for tables, with the tables and views."""
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import StreamTableEnvironment

    configuration = Configuration()
    configuration.set_string("taskmanager.memory.managed.size", "512m")
    configuration.set_string("pipeline.object-reuse", str(OBJECT_REUSE).lower())
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    environment.set_parallelism(1)
    tables = StreamTableEnvironment.create(environment)
    for name, schema in schemas.items():
        _create(tables, folder, name, schema, copies)
    return environment, tables


def _sides(folder: Path, schemas: dict[str, Any], copies: int) -> list[Side]:
    from feature_extractor.flink import ExtractionOptions, call, extract, extract_stream, register
    from pyflink.java_gateway import get_gateway
    from pyflink.table import Table

    _, tables = _environments(folder, schemas, copies)
    register(tables)
    everything, some = str(folder / "all.fxp"), str(folder / "some.fxp")
    options = ExtractionOptions(keep=[])
    own = ", ".join(f"{text} AS `{name}`" for name, text in SQL_FEATURES.items())
    nested, flat = tables.from_path("requests"), tables.from_path("requests_candidates")
    narrow_nested, narrow_flat = tables.from_path("narrow"), tables.from_path("narrow_candidates")
    sinks = 0

    def into_table(query: Table) -> Callable[[], object]:
        nonlocal sinks
        sinks += 1
        name = f"sink{sinks}"
        columns = str(query._j_table.getResolvedSchema()).strip()[1:-1].replace(" NOT NULL", "")
        tables.execute_sql(
            f"CREATE TEMPORARY TABLE {name} ({columns}) WITH ('connector' = 'blackhole')"
        )
        return lambda: query.execute_insert(name).wait()

    java = get_gateway().jvm.org.apache.flink.streaming.api.functions.sink.v2

    def stream(features: bool) -> Callable[[], object]:
        def run() -> object:
            # A job takes all streams of its environment.
            environment, own_tables = _environments(folder, schemas, copies)
            rows = own_tables.to_data_stream(own_tables.from_path("requests"))
            if features:
                rows = extract_stream(rows, everything, options)
            rows._j_data_stream.sinkTo(java.DiscardingSink())
            return environment.execute("rows")

        return run

    requests, candidates, rows = "a row per request", "a row per candidate", "a stream of Row"
    count, view = len(SQL_FEATURES), "requests_candidates"
    some_requests, some_candidates = (
        f"{count} features: a row per request",
        f"{count} features: a row per candidate",
    )
    return [
        Side(requests, into_table(nested), requests),
        Side(candidates, into_table(flat), candidates),
        Side(rows, stream(False), rows),
        Side(
            "extract, a row per request",
            into_table(extract(tables, nested, everything, options)),
            requests,
            "all.fxp",
        ),
        Side(
            "extract, a row per candidate",
            into_table(extract(tables, flat, everything, options)),
            candidates,
            "all.fxp",
        ),
        Side("extract_stream, a Row per request", stream(True), rows, "all.fxp"),
        Side(
            "fx_extract, a row per candidate",
            into_table(tables.sql_query(f"SELECT {call(everything)} AS features FROM {view}")),
            candidates,
            "all.fxp",
        ),
        Side(some_requests, into_table(narrow_nested), some_requests),
        Side(some_candidates, into_table(narrow_flat), some_candidates),
        Side(
            f"{count} features: Flink's SQL functions",
            into_table(tables.sql_query(f"SELECT {own} FROM narrow_candidates")),
            some_candidates,
        ),
        Side(
            f"{count} features: extract, a row per candidate",
            into_table(extract(tables, narrow_flat, some, options)),
            some_candidates,
            "some.fxp",
        ),
        Side(
            f"{count} features: extract, a row per request",
            into_table(extract(tables, narrow_nested, some, options)),
            some_requests,
            "some.fxp",
        ),
    ]


def _java_seconds() -> Callable[[], float]:
    """Return the clock of the processor time of the Java process, which PyFlink has started as a child."""
    ticks = os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    java = next(pid for pid in children if "java" in Path(f"/proc/{pid}/comm").read_text())

    def clock() -> float:
        fields = Path(f"/proc/{java}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / ticks

    return clock


# ---- measuring -------------------------------------------------------------------------------------


def measure(jar: str, folder: Path, copies: int, repetitions: int, only: str) -> None:
    """Run all sides in turns and print a table."""
    from feature_extractor.extractor import load
    from pyarrow import feather

    from benches.side_by_side import table as markdown

    # As in the folder lib of Flink, where a jar is loaded once; jobs that bring it along compile it anew each time.
    os.environ["HADOOP_CLASSPATH"] = str(Path(jar).resolve())
    requests = feather.read_table(folder / "requests.arrow")
    schemas = {
        "requests": requests.schema,
        "narrow": feather.read_table(folder / "narrow.arrow").schema,
    }
    sides = [side for side in _sides(folder, schemas, copies) if re.search(only, side.name)]
    clock = _java_seconds()
    spent: dict[str, list[float]] = {side.name: [] for side in sides}
    cores: dict[str, list[float]] = {side.core: [] for side in sides if side.core}
    extractors = {name: load(folder / name) for name in cores}
    rows = 0
    for repetition in range(repetitions + 1):
        for side in sides:
            began = clock()
            side.run()
            if repetition:
                spent[side.name].append(clock() - began)
                print(f"{side.name}: {spent[side.name][-1]:.2f}", file=sys.stderr)
        for name, extractor in extractors.items():
            began = time.process_time()
            rows = extractor.extract(requests).rows * copies
            cores[name].append((time.process_time() - began) * copies)
    least = {name: min(times) for name, times in spent.items()}
    core = {name: min(times) for name, times in cores.items()}
    lines = []
    for side in sides:
        added = (least[side.name] - least.get(side.base, 0.0)) if side.base != side.name else None
        lines.append(
            [
                side.name,
                f"{least[side.name]:.1f}",
                "" if added is None else f"{added / rows * 1e6:.2f}",
                "" if added is None or not side.core else f"{added / core[side.core]:.2f}",
            ]
        )
    for name, seconds in core.items():
        count = len(extractors[name].features)
        line = (
            f"the core alone, {count} features",
            f"{seconds:.1f}",
            f"{seconds / rows * 1e6:.2f}",
            "1",
        )
        lines.append(list(line))
    print(f"{rows} rows of {len(requests) * copies} requests\n")
    header = ["way", "seconds", "added microseconds per row", "added/core"]
    print(markdown(header, lines))


def main() -> None:
    """Prepare or measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    preparing = commands.add_parser("prepare")
    preparing.add_argument("samples", type=Path)
    preparing.add_argument("folder", type=Path)
    measuring = commands.add_parser("measure")
    measuring.add_argument("jar")
    measuring.add_argument("folder", type=Path)
    measuring.add_argument("--copies", type=int, default=5, help="read the requests so many times")
    measuring.add_argument("--repetitions", type=int, default=3)
    measuring.add_argument("--only", default="", help="a pattern of names of sides")
    measuring.add_argument("--no-object-reuse", action="store_true")
    given = parser.parse_args()
    if given.command == "prepare":
        prepare(given.samples, given.folder)
    else:
        measure(given.jar, given.folder, given.copies, given.repetitions, given.only)


if __name__ == "__main__":
    main()
