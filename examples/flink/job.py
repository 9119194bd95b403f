"""Adds features to a stream of orders: job.py JARS PACKAGE ORDERS.json SAMPLES."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from feature_extractor.flink import ExtractionOptions, extract
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment


def main(jars: str, package: str, orders: str, samples: str) -> None:
    """Run the job until the file of orders ends."""
    configuration = Configuration()
    files = [Path(jar).resolve().as_uri() for jar in jars.split(",")]
    configuration.set_string("pipeline.jars", ";".join(files))
    configuration.set_string("execution.checkpointing.interval", "5s")
    environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    environment.set_parallelism(1)
    tables = StreamTableEnvironment.create(environment)
    tables.execute_sql(f"""
        CREATE TEMPORARY TABLE orders (
            customer STRING, product STRING, price DOUBLE,
            bought ARRAY<ROW<product STRING, price DOUBLE>>
        ) WITH ('connector' = 'filesystem', 'path' = '{Path(orders).resolve()}', 'format' = 'json')
    """)
    tables.execute_sql(f"""
        CREATE TEMPORARY TABLE samples (
            customer STRING, product STRING,
            customer_id BIGINT, words ARRAY<BIGINT>, price_log FLOAT, bought_same FLOAT,
            price_change FLOAT, package STRING
        ) WITH ('connector' = 'filesystem', 'path' = '{Path(samples).resolve()}', 'format' = 'json')
    """)
    options = ExtractionOptions(
        keep=["customer", "product"],
        digest_column="package",
        watch_interval=timedelta(seconds=1),
    )
    features = extract(tables, tables.from_path("orders"), package, options)
    features.execute_insert("samples").wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
