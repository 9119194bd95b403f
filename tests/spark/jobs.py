"""What tests run inside of the process that holds a Spark session; arguments and results are JSON values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from feature_extractor.spark import counts, extract, fit, register, write_tfrecord
from pyspark.sql import DataFrame, SparkSession, functions


def read_arrow(spark: SparkSession, path: str) -> DataFrame:
    """Return the table of an Arrow file, with all the types that Arrow and Spark share."""
    with pa.ipc.open_file(path) as reader:
        return spark.createDataFrame(reader.read_all())


def _written(table: DataFrame, output: str) -> None:
    table.write.mode("overwrite").parquet(output)


def extract_parquet(
    spark: SparkSession,
    source: str,
    package: str,
    output: str,
    columns: list[str] | None = None,
    method: str = "jvm",
    partitions: int = 0,
    settings: dict[str, str] | None = None,
) -> list[str]:
    """Extract from a Parquet file to another; return the names of the columns."""
    table = spark.read.parquet(source)
    if partitions:
        table = table.repartition(partitions)
    for name, value in (settings or {}).items():
        spark.conf.set(name, value)
    try:
        result = extract(table, package, columns=columns, method=method)  # type: ignore[arg-type]
        _written(result, output)
    finally:
        for name in settings or {}:
            spark.conf.unset(name)
    return list(result.columns)


def extract_json(
    spark: SparkSession, source: str, columns: str, package: str
) -> list[dict[str, Any]]:
    """Return the features of lines of JSON."""
    table = spark.read.schema(columns).json(source)
    return [row.asDict() for row in extract(table, package, columns=[]).collect()]


def sql_parquet(spark: SparkSession, query: str, output: str, **tables: str) -> dict[str, Any]:
    """Write the result of a query over views of Parquet files; return the plan and the schema."""
    register(spark)
    for name, path in tables.items():
        spark.read.parquet(path).createOrReplaceTempView(name)
    result = spark.sql(query)
    _written(result, output)
    return {"plan": plan_of(result), "schema": result.schema.simpleString()}


def sql_rows(spark: SparkSession, query: str, **tables: str) -> list[Any]:
    """Return the rows of a query as lists."""
    register(spark)
    for name, path in tables.items():
        table = spark.read.parquet(path) if path.endswith(".parquet") else read_arrow(spark, path)
        table.createOrReplaceTempView(name)
    return [list(row) for row in spark.sql(query).collect()]


def fit_parquet(
    spark: SparkSession, source: str, program: str, output: str, partitions: int
) -> list[str]:
    """Fit a program to a Parquet file in some partitions; return what was fitted."""
    table = spark.read.parquet(source)
    # The rows stay in order: a range of them becomes a partition.
    numbered = table.coalesce(1).withColumn("place", functions.monotonically_increasing_id())
    ranged = numbered.repartitionByRange(partitions, "place").sortWithinPartitions("place")
    fitted = fit(ranged.drop("place"), program, output=output, time="now")
    return list(fitted.files)


def plan_of(table: DataFrame) -> str:
    """Return the physical plan."""
    execution: Any = table._jdf.queryExecution()  # type: ignore[operator]
    return str(execution.executedPlan().toString())


def plan(spark: SparkSession, query: str, **tables: str) -> str:
    """Return the physical plan of a query."""
    register(spark)
    for name, path in tables.items():
        spark.read.parquet(path).createOrReplaceTempView(name)
    return plan_of(spark.sql(query))


def extract_arrow_files(
    spark: SparkSession, cases: list[dict[str, str]], method: str = "jvm"
) -> list[str]:
    """Extract from Arrow files, keeping the column ``row``; return what failed."""
    failures = []
    for case in cases:
        try:
            table = read_arrow(spark, case["source"])
            result = extract(table, case["package"], columns=["row"], method=method)  # type: ignore[arg-type]
            _written(result, case["output"])
        except Exception as error:
            failures.append(f"{case['source']}: {error}"[:3000])
    return failures


def all_ways(spark: SparkSession, flat: str, nested: str, package: str, folder: str) -> list[str]:
    """Extract in each way from two Arrow files with the same samples; return the Arrow files of the results.

    Each result holds the column ``row`` of the samples and the features.
    """
    register(spark)
    tables = {"flat": read_arrow(spark, flat), "nested": read_arrow(spark, nested)}
    call = f"fx_extract('{package}', struct(*)) AS fx"
    zipped = f"SELECT explode(arrays_zip(candidates, fx)) AS z FROM (SELECT *, {call} FROM nested)"
    queries = {
        "flat": f"SELECT row, fx.* FROM (SELECT row, {call} FROM flat)",
        "nested": f"SELECT z.candidates.row, z.fx.* FROM ({zipped})",
    }
    results = []
    for name, table in tables.items():
        table.createOrReplaceTempView(name)
        ways = {"sql": spark.sql(queries[name])}
        ways["table"] = extract(table, package, columns=["row"])
        ways["workers"] = extract(table, package, columns=["row"], method="arrow")
        for way, result in ways.items():
            output = f"{folder}/{name}_{way}.arrow"
            found = result.toArrow()
            with pa.ipc.new_file(output, found.schema) as writer:
                writer.write_table(found)
            results.append(output)
    return results


def count(spark: SparkSession, package: str) -> dict[str, Any]:
    """Return what was counted for a package."""
    found = counts(spark, package)
    return {
        "rows": found.rows,
        "requests": found.requests,
        "batches": found.batches,
        "defaulted": found.defaulted,
        "inputs": {name: vars(reasons) for name, reasons in found.inputs.items()},
    }


def tfrecord(
    spark: SparkSession,
    source: str,
    package: str,
    output: str,
    sequence: bool = False,
    compression: Any = None,
) -> None:
    """Extract from a Parquet file, and write the features as TFRecord files."""
    features = extract(spark.read.parquet(source), package, columns=[])
    write_tfrecord(features, output, sequence=sequence, compression=compression)


def execution_memory(spark: SparkSession) -> int:
    """Return the bytes that tasks hold."""
    environment = spark._jvm.org.apache.spark.SparkEnv.get()  # type: ignore[union-attr]
    return int(environment.memoryManager().executionMemoryUsed())


def write_columns(spark: SparkSession, source: str, names: list[str], output: str) -> None:
    """Write columns as they are as TFRecord files."""
    write_tfrecord(spark.read.parquet(source).select(*names), output)


def configure(spark: SparkSession, settings: dict[str, str]) -> None:
    """Change settings of the session."""
    for name, value in settings.items():
        spark.conf.set(name, value)


def sql_without_registering(spark: SparkSession, query: str, output: str, **tables: str) -> None:
    """Write the result of a query, in a session whose extensions bring the function."""
    for name, path in tables.items():
        spark.read.parquet(path).createOrReplaceTempView(name)
    _written(spark.sql(query), output)


def operator_metrics(spark: SparkSession, source: str, package: str, rows: int) -> dict[str, int]:
    """Extract in batches of some rows; return what the operator shows on Spark's page of the query."""
    spark.conf.set("spark.featureExtractor.batch.rows", str(rows))
    try:
        table = extract(spark.read.parquet(source).coalesce(1), package, columns=[])
        plan: Any = table._jdf.queryExecution().executedPlan()  # type: ignore[operator]
        plan.execute().count()
    finally:
        spark.conf.unset("spark.featureExtractor.batch.rows")
    while plan.nodeName() != "ExtractFeatures":
        plan = plan.children().apply(0)
    names = ["numOutputRows", "batches", "requests", "nativeMemory", "time", "defaulted", "missing"]
    return {name: int(plan.metrics().apply(name).value()) for name in names}


def executors(spark: SparkSession) -> int:
    """Return how many executors there are, the driver apart."""
    tracker = spark._jsc.sc().statusTracker()  # type: ignore[union-attr]
    return len(tracker.getExecutorInfos()) - 1


def example(spark: SparkSession, log: str, package: str, output: str) -> dict[str, int]:
    """Run the example of a job that makes samples."""
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[2] / "examples/spark"))
    import samples

    found = samples.make_samples(spark, log, package, output, 3)
    return {"rows": found.rows, "requests": found.requests}
