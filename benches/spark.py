"""Measure features in Spark beside reading alone, Spark's own SQL functions, UDFs and the core alone.

Run it in an environment with pyspark, with the jar as its argument::

    .venv-jvm/bin/python benches/spark.py build/spark/4.0/*.jar --samples samples.parquet

``examples/grocery/prepare.py`` makes the samples: nested, a row per request. All sides of Spark read them,
make a row per candidate, and hand it to Spark's ``noop`` sink. They run in turns; before, the values of the sides are
compared with ours. What counts is processor time, of the Java process and of the Python workers below it, compilers
and garbage collectors included: the smallest of several runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "python"), str(ROOT)]

from benches.side_by_side import interleaved  # noqa: E402

SQL_FEATURES = {
    "hour": "CAST(hour(local) AS BIGINT)",
    "weekday": "CAST(weekday(local) + 1 AS BIGINT)",
    "weekend": "CAST(weekday(local) >= 5 AS FLOAT)",
    "store_traffic": "CAST(log1p(store_visits_28d) AS FLOAT)",
    "owns_home": "CAST(coalesce(contains(lower(home_ownership), 'homeowner'), false) AS FLOAT)",
    "popularity": "CAST(log1p(c.baskets_28d) AS FLOAT)",
    "trend": "CAST(greatest(least(ln((c.baskets_7d * 4 + 1.0D) / (c.baskets_28d + 1.0D)), 3.0D), -3.0D) AS FLOAT)",
    "store_rate": "CAST((c.store_baskets_28d + 0.008D * 200D) / (store_visits_28d + 200D) AS FLOAT)",
    "loyalty": "CAST(coalesce(try_divide(c.baskets_28d, c.households_28d), 1.0D) AS FLOAT)",
    "units_per_basket": "CAST(least(coalesce(try_divide(c.units_28d, c.baskets_28d), 1.0D), 12.0D) AS FLOAT)",
    "discount_depth": "CAST(greatest(least(1.0D - coalesce(try_divide(c.price, c.shelf_price), 1.0D), 1.0D), 0.0D)"
    " AS FLOAT)",
    "on_display": "CAST(coalesce(c.display != '0', false) AS FLOAT)",
    "is_private": "CAST(coalesce(c.brand = 'Private', false) AS FLOAT)",
    "description_cut_off": "CAST(length(coalesce(c.description, '')) >= 30 AS FLOAT)",
    "product_count": "CAST(log1p(size(filter(history, e -> e.product = c.product))) AS FLOAT)",
    "product_count_28d": "CAST(size(filter(history, e -> e.product = c.product AND e.at < now"
    " AND e.at >= now - INTERVAL '28' DAY)) AS FLOAT)",
    "category_count_28d": "CAST(size(filter(history, e -> e.category = c.category AND e.at < now"
    " AND e.at >= now - INTERVAL '28' DAY)) AS FLOAT)",
    "department_taste": "CAST(coalesce(taste[c.department], 0.0D) AS FLOAT)",
    "similarity": "CAST(coalesce(try_divide(aggregate(zip_with(profile, c.embedding, (x, y) -> CAST(x AS DOUBLE) * y),"
    " 0.0D, (s, x) -> s + x), sqrt(aggregate(profile, 0.0D, (s, x) -> s + CAST(x AS DOUBLE) * x)"
    " * aggregate(c.embedding, 0.0D, (s, x) -> s + CAST(x AS DOUBLE) * x))), 0.0D) AS FLOAT)",
    "has_coupon": "CAST(coalesce(arrays_overlap(transform(campaigns, x -> x.campaign), c.coupon_campaigns), false)"
    " AS FLOAT)",
}

PANDAS_FEATURES = (
    "popularity",
    "trend",
    "store_rate",
    "loyalty",
    "units_per_basket",
    "discount_depth",
    "on_display",
    "is_private",
    "description_cut_off",
    "product_count",
    "department_taste",
)


def packages(folder: Path) -> dict[str, Path]:
    """Compile the whole program, and its parts that the other sides can express."""
    import re

    import feature_extractor as fx

    source = ROOT / "dsl_grammar/examples/grocery.fx"
    made = {"all": folder / "all.fxp"}
    fx.compile(source).save(made["all"])
    for name, wanted in (("sql", set(SQL_FEATURES)), ("pandas", set(PANDAS_FEATURES))):
        kept = []
        for block in source.read_text(encoding="utf-8").split("\n\n"):
            feature = re.search(r"^feature (\w+) :", block, re.MULTILINE)
            if feature is None or feature[1] in wanted:
                kept.append(block)
        # Modules and resources are found beside the program.
        part = source.with_name(f"spark_bench_{os.getpid()}.fx")
        part.write_text("\n\n".join(kept) + "\n", encoding="utf-8")
        try:
            made[name] = folder / f"{name}.fxp"
            fx.compile(part).save(made[name])
        finally:
            part.unlink()
    return made


def sql_features(spark: Any, table: Any) -> Any:
    """Return the features that Spark's own functions can express."""
    table.createOrReplaceTempView("requests")
    columns = ", ".join(f"{expression} AS {name}" for name, expression in SQL_FEATURES.items())
    return spark.sql(
        f"SELECT {columns} FROM (SELECT *, from_utc_timestamp(now, 'America/New_York') AS local,"
        " explode(candidates) AS c FROM requests)"
    )


def pandas_features(table: Any) -> Any:
    """Return features by a pandas UDF, a struct of them per row."""
    import numpy as np
    import pandas as pd
    from pyspark.sql import functions as f
    from pyspark.sql import types as t

    kinds = t.StructType([t.StructField(name, t.FloatType()) for name in PANDAS_FEATURES])

    def ratio(part: Any, whole: Any) -> Any:
        return (part / whole.where(whole != 0)).fillna(1.0)

    def features(request: Any, candidate: Any) -> Any:
        c = candidate
        counts = [
            sum(1 for e in history if e["product"] == product)
            for history, product in zip(request["history"], c["product"], strict=True)
        ]
        tastes = [
            (dict(taste).get(department) or 0.0) if taste is not None else 0.0
            for taste, department in zip(request["taste"], c["department"], strict=True)
        ]
        trend = np.log((c["baskets_7d"] * 4 + 1.0) / (c["baskets_28d"] + 1.0)).clip(-3.0, 3.0)
        visits = request["store_visits_28d"]
        made = {
            "popularity": np.log1p(c["baskets_28d"]),
            "trend": trend,
            "store_rate": (c["store_baskets_28d"] + 0.008 * 200.0) / (visits + 200.0),
            "loyalty": ratio(c["baskets_28d"], c["households_28d"]),
            "units_per_basket": ratio(c["units_28d"], c["baskets_28d"]).clip(0.0, 12.0),
            "discount_depth": (1.0 - ratio(c["price"], c["shelf_price"])).clip(0.0, 1.0),
            "on_display": (c["display"].notna() & (c["display"] != "0")).astype("float32"),
            "is_private": (c["brand"] == "Private").astype("float32"),
            "description_cut_off": (c["description"].fillna("").str.len() >= 30).astype("float32"),
            "product_count": np.log1p(np.array(counts, dtype=np.float64)),
            "department_taste": np.array(tastes),
        }
        return pd.DataFrame(made).astype("float32")

    # Spark looks at the types at run time; pandas is only there where this runs.
    frame = pd.DataFrame
    features.__annotations__ = {"request": frame, "candidate": frame, "return": frame}
    function: Any = f.pandas_udf(kinds)
    computed = function(features)
    request = f.struct("history", "taste", "store_visits_28d")
    rows = table.select(request.alias("r"), f.explode("candidates").alias("c"))
    return rows.select(computed("r", "c").alias("x")).select("x.*")


def java_udf_jar(folder: Path) -> Path:
    """Compile the plain Java UDF against the jars of pyspark."""
    import pyspark

    jars = Path(pyspark.__file__).parent / "jars"
    home = os.environ.get("JAVA_HOME")
    compiler = str(Path(home) / "bin/javac") if home else shutil.which("javac")
    assert compiler, "no javac: set JAVA_HOME"
    source = ROOT / "benches/spark_udf/PlainJavaFeatures.java"
    command = [
        compiler,
        "--release",
        "17",
        "-proc:none",
        "-cp",
        f"{jars}/*",
        "-d",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True)
    jar = folder / "plain_java_features.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        for compiled in folder.glob("*.class"):
            archive.write(compiled, compiled.name)
    return jar


def java_features(spark: Any, table: Any) -> Any:
    """Return features by a plain Java UDF, a struct of them per row."""
    from pyspark.sql import types as t

    kinds = t.StructType([t.StructField(name, t.FloatType()) for name in PANDAS_FEATURES])
    spark.udf.registerJavaFunction("plain_java_features", "PlainJavaFeatures", kinds)
    table.createOrReplaceTempView("requests")
    request = "struct(history, taste, store_visits_28d)"
    return spark.sql(
        f"SELECT x.* FROM (SELECT plain_java_features({request}, c) AS x FROM"
        " (SELECT *, explode(candidates) AS c FROM requests))"
    )


def processor_seconds(process: int, with_workers: bool) -> float:
    """Return the processor time of a process, and of all that are or were below it."""
    ticks, pending = 0, [process]
    while pending:
        one = pending.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            for task in Path(f"/proc/{one}/task").iterdir() if with_workers else ():
                pending += map(int, (task / "children").read_text().split())
        except FileNotFoundError:
            continue  # It ended while we looked; its parent counts it from now on.
        # Its own time in user and system mode, then that of children that ended.
        ticks += sum(map(int, fields[11:15] if with_workers else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def core_microseconds(package: Path, table: Any, threads: int, repetitions: int) -> float:
    """Return the processor time of the core alone per candidate, on Arrow batches in memory."""
    import feature_extractor as fx

    extractor = fx.load(package)
    step = 40  # About the 4,096 rows that a batch in Spark has.
    batches = [table.slice(i, step).combine_chunks() for i in range(0, len(table), step)]
    best, rows = float("inf"), 0
    for _ in range(repetitions + 1):
        started = time.process_time()
        rows = sum(extractor.extract(batch, threads=threads).rows for batch in batches)
        best = min(best, time.process_time() - started)
    return best / rows * 1e6


READING = "reading alone"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("jar", type=Path)
    parser.add_argument("--samples", type=Path, required=True, help="nested samples as Parquet")
    parser.add_argument("--rows", type=int, default=2_000_000, help="candidates, at least")
    parser.add_argument("--some", type=int, default=200, help="requests for SQL and the Java UDF")
    parser.add_argument("--few", type=int, default=20, help="requests for the pandas UDF")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = str(ROOT / "python")
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = packages(folder)
        settings = {
            "spark.master": "local[2]",
            "spark.jars": f"{arguments.jar},{java_udf_jar(folder)}",
            "spark.ui.enabled": "false",
            "spark.driver.memory": "3g",
            "spark.sql.session.timeZone": "UTC",
            "spark.log.level": "ERROR",
        }
        builder = SparkSession.builder
        for key, value in settings.items():
            builder = builder.config(key, value)
        measure(builder.getOrCreate(), made, folder, arguments)


def measure(spark: Any, made: dict[str, Path], folder: Path, arguments: Any) -> None:
    """Measure all sides, and print a table for each comparison."""
    from feature_extractor.spark import extract

    machine = int(spark._jvm.java.lang.ProcessHandle.current().pid())
    source = str(arguments.samples)
    one = spark.read.parquet(source)

    def part_of(requests: int) -> Any:
        path = str(folder / f"samples_{requests}.parquet")
        one.limit(requests).coalesce(1).write.parquet(path)
        return spark.read.parquet(path)

    some, few = part_of(arguments.some), part_of(arguments.few)

    def candidates(table: Any) -> int:
        return int(table.selectExpr("sum(size(candidates))").collect()[0][0])

    copies = -(-arguments.rows // candidates(one))
    many = spark.read.parquet(*[source] * copies)

    def noop(table: Any) -> Callable[[], None]:
        return lambda: table.write.format("noop").mode("overwrite").save()

    def reading(table: Any, part: str) -> Callable[[], None]:
        """Read the columns that a package reads."""
        java = spark._jvm.org.featureextractor
        package = java.spark.LoadedPackage.read(spark._jsc.sc(), str(made[part]))
        used = [given.name() for given in package.usedInputs(java.Domain.REQUEST)]
        return noop(table.select(*used, "candidates"))

    def ours(table: Any, part: str, method: str = "jvm") -> Any:
        return extract(table, str(made[part]), columns=[], method=method)

    def ours_in_sql(table: Any, part: str) -> Any:
        table.createOrReplaceTempView("log")
        return spark.sql(f"SELECT inline(fx_extract('{made[part]}', struct(*))) FROM log")

    compare(sql_features(spark, few), ours(few, "sql"), 1e-5)
    compare(pandas_features(few), ours(few, "pandas"), 1e-5)
    compare(java_features(spark, few), ours(few, "pandas"), 1e-5)

    def report(
        title: str, table: Any, count: int, part: str, sides: dict[str, Callable[[], None]]
    ) -> None:
        print(f"\n{title}: {count:,} candidates, microseconds of processor time per candidate\n")
        in_memory = table.toArrow()
        core = core_microseconds(made[part], in_memory, 1, arguments.repetitions)
        both = core_microseconds(made[part], in_memory, 2, arguments.repetitions)
        # Workers of earlier sides end when they like, and their time then counts elsewhere.
        with_workers = any("Python" in side or "pandas" in side for side in sides)
        clock = lambda: processor_seconds(machine, with_workers)  # noqa: E731
        taken = interleaved(sides, arguments.repetitions, 600.0, clock)
        costs = {side: min(seconds) / count * 1e6 for side, seconds in taken.items()}
        reading, base = costs[READING], costs["ours: tables"]
        print("| side | all | less reading | less reading, over the core | all, over ours |")
        print("| --- | ---: | ---: | ---: | ---: |")
        print(f"| the core alone, one thread | {core:.1f} | | 1.00 | |")
        print(f"| the core alone, two threads | {both:.1f} | | {both / core:.2f} | |")
        for side, cost in costs.items():
            less = cost - reading
            cells = f"{less:.1f} | {less / core:.2f}" if side != READING else "| "
            print(f"| {side} | {cost:.1f} | {cells} | {cost / base:.2f} |", flush=True)

    report(
        "The whole program of 97 features",
        one,
        candidates(one) * copies,
        "all",
        {
            READING: reading(many, "all"),
            "ours: tables": noop(ours(many, "all")),
            "ours: SQL": noop(ours_in_sql(many, "all")),
        },
    )
    small = {
        READING: reading(one, "all"),
        "ours: tables": noop(ours(one, "all")),
        "ours: Python workers": noop(ours(one, "all", "arrow")),
    }
    report("Python workers", one, candidates(one), "all", small)
    report(
        f"{len(SQL_FEATURES)} features",
        some,
        candidates(some),
        "sql",
        {
            READING: reading(some, "sql"),
            "ours: tables": noop(ours(some, "sql")),
            "ours: SQL": noop(ours_in_sql(some, "sql")),
            "Spark's own functions": noop(sql_features(spark, some)),
        },
    )
    report(
        f"{len(PANDAS_FEATURES)} features",
        some,
        candidates(some),
        "pandas",
        {
            READING: reading(some, "pandas"),
            "ours: tables": noop(ours(some, "pandas")),
            "plain Java UDF": noop(java_features(spark, some)),
        },
    )
    report(
        f"{len(PANDAS_FEATURES)} features, few requests",
        few,
        candidates(few),
        "pandas",
        {
            READING: reading(few, "pandas"),
            "ours: tables": noop(ours(few, "pandas")),
            "pandas UDF": noop(pandas_features(few)),
        },
    )
    spark.stop()


def compare(theirs: Any, ours: Any, tolerance: float) -> None:
    """Stop where a side computes something else."""
    from pyspark.sql import functions as f

    names = theirs.columns
    sums = [f.sum(f.col(f"`{name}`").cast("double")).alias(name) for name in names]
    left, right = theirs.select(*sums).collect()[0], ours.select(*sums).collect()[0]
    for name in names:
        difference = abs(left[name] - right[name]) / max(1.0, abs(right[name]))
        if difference > tolerance:
            raise SystemExit(f"{name}: {left[name]} there, {right[name]} here")


if __name__ == "__main__":
    main()
