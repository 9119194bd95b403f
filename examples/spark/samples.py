"""Turn a log of requests into training samples with Spark: Parquet for a look, TFRecord for training.

Run ``spark-submit --jars feature-extractor-spark.jar examples/spark/samples.py --help``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from feature_extractor.spark import Counts, counts, extract, write_tfrecord
from pyspark.sql import SparkSession


def make_samples(spark: SparkSession, log: str, package: str, output: str, parts: int) -> Counts:
    """Write ``output/parquet`` and ``output/tfrecord``; return what was counted on the way.

    ``log`` is a Parquet file or folder with a row per request and its candidates as a list, or with a row
    per candidate. ``parts`` is the number of files of each kind.
    """
    before = counts(spark, package)
    samples = extract(spark.read.parquet(log), package, columns=[])
    # The features are computed once: the second format is written from the first.
    samples.repartition(parts).write.mode("overwrite").parquet(f"{output}/parquet")
    written = spark.read.parquet(f"{output}/parquet")
    write_tfrecord(written, f"{output}/tfrecord", compression="gzip")
    after = counts(spark, package)
    return Counts(
        after.rows - before.rows,
        after.requests - before.requests,
        after.batches - before.batches,
        {name: count - before.defaulted[name] for name, count in after.defaulted.items()},
        after.inputs,
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("log", help="Parquet that Spark can read")
    parser.add_argument("package", help="the package, a .fxp")
    parser.add_argument("output", help="a folder, on any file system that Hadoop knows")
    parser.add_argument("--parts", type=int, default=4, help="files of each kind")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName(f"samples of {Path(arguments.package).name}").getOrCreate()
    found = make_samples(spark, arguments.log, arguments.package, arguments.output, arguments.parts)
    print(f"{found.rows} samples of {found.requests} requests, in {found.batches} batches")
    most = sorted(found.defaulted.items(), key=lambda pair: -pair[1])[:5]
    print("most often the default: " + ", ".join(f"{name} {count}" for name, count in most))
    spark.stop()


if __name__ == "__main__":
    main()
