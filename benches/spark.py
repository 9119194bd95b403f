"""Measure features in Spark beside reading alone, Spark's own SQL functions, a pandas UDF and the core alone.

Run it in an environment with pyspark, with the jar as its argument::

    .venv-jvm/bin/python benches/spark.py build/spark/4.0/*.jar

All sides read the same nested grocery samples, make a row per candidate, and hand it to Spark's ``noop``
sink. They run in turns; before, the values of the sides are compared with ours.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
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


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("jar", type=Path)
    parser.add_argument(
        "--samples", type=Path, help="nested samples as Parquet; prepared without it"
    )
    parser.add_argument("--copies", type=int, default=20, help="how often they are read")
    parser.add_argument("--few", type=int, default=40, help="requests for the pandas UDF")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = str(ROOT / "python")
    from pyspark.sql import SparkSession

    settings = {
        "spark.master": "local[2]",
        "spark.jars": str(arguments.jar),
        "spark.ui.enabled": "false",
        "spark.driver.memory": "3g",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    from feature_extractor.spark import counts, extract

    with tempfile.TemporaryDirectory() as folder:
        made = packages(Path(folder))
        source = str(arguments.samples)
        one = spark.read.parquet(source)
        many = spark.read.parquet(*[source] * arguments.copies)
        # Histories are slow to bring to pandas: this side gets few requests.
        few_source = str(Path(folder) / "few.parquet")
        one.limit(arguments.few).write.parquet(few_source)
        few = spark.read.parquet(few_source)

        def candidates(table: Any) -> int:
            return int(table.selectExpr("sum(size(candidates))").collect()[0][0])

        rows = candidates(one)

        def noop(table: Any) -> Callable[[], None]:
            return lambda: table.write.format("noop").mode("overwrite").save()

        def ours(table: Any, name: str) -> Any:
            return extract(table, str(made[name]), columns=[])

        compare(sql_features(spark, one), ours(one, "sql"), 1e-5)
        compare(pandas_features(few), ours(few, "pandas"), 1e-5)

        def report(title: str, count: int, sides: dict[str, Callable[[], None]]) -> None:
            print(f"\n{title}: {count:,} candidates\n")
            print("| side | seconds | microseconds per candidate |\n| --- | ---: | ---: |")
            taken = interleaved(sides, arguments.repetitions, 1.0)
            for name, seconds in taken.items():
                middle = median(seconds)
                print(f"| {name} | {middle:.2f} | {middle / count * 1e6:.2f} |", flush=True)

        read = "reading, and a row per candidate"
        exploded = many.selectExpr("*", "explode(candidates) AS c").drop("candidates", "history")
        report(
            "The whole program",
            rows * arguments.copies,
            {
                "reading alone": noop(many),
                read: noop(exploded.select("c.*")),
                "ours: all features": noop(ours(many, "all")),
            },
        )
        before = counts(spark, made["all"])
        print(f"\nrows that were computed: {before.rows:,}; batches: {before.batches:,}")
        report(
            f"{len(SQL_FEATURES)} features",
            rows,
            {
                "reading alone": noop(one),
                "ours": noop(ours(one, "sql")),
                "Spark's own functions": noop(sql_features(spark, one)),
            },
        )
        report(
            f"{len(PANDAS_FEATURES)} features",
            candidates(few),
            {
                "reading alone": noop(few),
                "ours": noop(ours(few, "pandas")),
                "ours, in Python workers": noop(
                    extract(few, str(made["pandas"]), columns=[], method="arrow")
                ),
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
