"""Runs in the Python environment of a Spark: one session, in which tests run the functions of jobs.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "python"))
sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1]))

import jobs
from jvm.job_answers import answer
from pyspark.sql import SparkSession


def main() -> None:
    """Start a session with the settings in the second argument, and answer jobs."""
    builder = SparkSession.builder
    for name, value in json.loads(sys.argv[2]).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    answer(int(sys.argv[1]), jobs, spark)
    spark.stop()


if __name__ == "__main__":
    main()
