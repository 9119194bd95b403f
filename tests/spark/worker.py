"""Runs in the Python environment of a Spark: one session, in which tests run the functions of jobs.py.

Jobs come as lines of JSON on standard input, answers go to the file descriptor that is the first argument.
Standard output belongs to Spark, which writes to it as it likes.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "python"))
sys.path.insert(0, str(Path(__file__).parent))

import jobs
from pyspark.sql import SparkSession


def main() -> None:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    settings = json.loads(sys.argv[2])
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"value": getattr(jobs, job["job"])(spark, **job["arguments"])}
        except Exception as error:
            answer = {
                "error": str(error),
                "kind": type(error).__name__,
                "trace": traceback.format_exc(),
            }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    spark.stop()


if __name__ == "__main__":
    main()
