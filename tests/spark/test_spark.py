"""Spark computes the bits of Python: by its DataFrame functions, in SQL, and in Python workers."""

from __future__ import annotations

from pathlib import Path

import feature_extractor as fx
import pyarrow.parquet as pq
from feature_extractor.digest import TableDigest, digest_table

from .conftest import Samples, read_digest
from .session import SparkProcess


def test_nested_candidates(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    output = tmp_path / "features.parquet"
    spark.run(
        "extract_parquet",
        source=grocery.nested,
        package=grocery.package,
        output=output,
        columns=[],
        partitions=3,
    )
    assert read_digest(output) == grocery.digest


def test_flat_rows_and_kept_columns(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    output = tmp_path / "features.parquet"
    names = spark.run(
        "extract_parquet",
        source=grocery.flat,
        package=grocery.package,
        output=output,
        columns=["now", "history", "product"],
        settings={"spark.featureExtractor.batch.rows": "177"},
    )
    features = list(grocery.digest.columns)
    assert names == ["now", "history", "product", *features]
    table = pq.read_table(output)
    assert digest_table(table.select(features)) == grocery.digest
    # The features stand beside the columns of their own row.
    source = pq.read_table(grocery.flat)
    extracted = fx.load(grocery.package).extract(source).to_arrow()
    both = source.select(["now", "history", "product"])
    for name, column in zip(extracted.schema.names, extracted.columns, strict=True):
        both = both.append_column(name, column)
    assert digest_table(table) == digest_table(both)


def test_sql(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    output = tmp_path / "features.parquet"
    answer = spark.run(
        "sql_parquet",
        query=f"SELECT fx.* FROM (SELECT fx_extract('{grocery.package}', struct(*)) AS fx FROM log)",
        output=output,
        log=grocery.flat,
    )
    assert read_digest(output) == grocery.digest
    assert answer["plan"].count("ExtractFeatures") == 1


def test_columns_beside_nested_candidates(
    spark: SparkProcess, grocery: Samples, tmp_path: Path
) -> None:
    output = tmp_path / "features.parquet"
    columns = ["household", "product", "embedding"]
    names = spark.run(
        "extract_parquet",
        source=grocery.nested,
        package=grocery.package,
        output=output,
        columns=columns,
        settings={"spark.featureExtractor.batch.rows": "77"},
    )
    assert names == [*columns, *grocery.digest.columns]
    source = pq.read_table(grocery.flat)
    extracted = fx.load(grocery.package).extract(source).to_arrow()
    both = source.select(columns)
    for name, column in zip(extracted.schema.names, extracted.columns, strict=True):
        both = both.append_column(name, column)
    assert digest_table(pq.read_table(output)) == digest_table(both)


def test_rows_of_candidates_in_sql(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    call = f"inline(fx_extract('{grocery.package}', struct(*)))"
    output = tmp_path / "features.parquet"
    answer = spark.run(
        "sql_parquet",
        query=f"SELECT household, {call} FROM log WHERE household > 0",
        output=output,
        log=grocery.nested,
    )
    table = pq.read_table(output).drop_columns(["household"])
    assert digest_table(table) == grocery.digest
    # Neither a list of all candidates is made, nor are features computed to see whether there are any.
    assert answer["plan"].count("ExtractFeatures") == 1
    assert "Generate" not in answer["plan"]
    assert "size(" not in answer["plan"]
    counted = spark.run(
        "sql_rows", query=f"SELECT count(*) FROM (SELECT {call} FROM log)", log=grocery.nested
    )
    assert counted == [[grocery.digest.count]]


def test_python_workers(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    for name, source in (("nested", grocery.nested), ("flat", grocery.flat)):
        output = tmp_path / name
        spark.run(
            "extract_parquet",
            source=source,
            package=grocery.package,
            output=output,
            columns=["product"],
            method="arrow",
        )
        table = pq.read_table(output)
        assert table.column_names[0] == "product"
        assert digest_table(table.drop_columns(["product"])) == grocery.digest


def test_requests_are_computed_once(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    before = spark.run("count", package=grocery.package)
    spark.run(
        "extract_parquet",
        source=grocery.flat,
        package=grocery.package,
        output=tmp_path / "features",
        columns=[],
    )
    after = spark.run("count", package=grocery.package)
    extraction = fx.load(grocery.package).extract(pq.read_table(grocery.flat))
    assert after["rows"] - before["rows"] == extraction.rows
    # A request that lies on the border of two batches or files is computed in both.
    assert 0 <= after["requests"] - before["requests"] - extraction.requests <= 3
    wanted = extraction.statistics()
    defaulted = {k: after["defaulted"][k] - before["defaulted"][k] for k in after["defaulted"]}
    assert defaulted == wanted.defaulted
    for name, counts in after["inputs"].items():
        if name.startswith("candidate."):
            nulls = counts["nulls"] - before["inputs"][name]["nulls"]
            assert nulls == wanted.inputs[name].nulls, name


def test_the_page_of_the_query(spark: SparkProcess, grocery: Samples) -> None:
    extraction = fx.load(grocery.package).extract(pq.read_table(grocery.nested))
    wanted = extraction.statistics()
    held = {}
    for rows in (100, 4096):
        shown = spark.run(
            "operator_metrics", source=grocery.nested, package=grocery.package, rows=rows
        )
        assert shown["numOutputRows"] == extraction.rows
        assert shown["requests"] == extraction.requests
        assert shown["batches"] == -(-extraction.rows // rows)
        assert shown["defaulted"] == sum(wanted.defaulted.values())
        assert shown["missing"] == sum(counts.nulls for counts in wanted.inputs.values())
        assert shown["time"] > 0
        held[rows] = shown["nativeMemory"]
    # A batch holds its inputs and its features: 97 of at least four bytes for each row.
    assert held[100] >= 100 * 97 * 4
    assert 4 * held[100] < held[4096] < 256 << 20


def test_empty_table(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    source = tmp_path / "empty.parquet"
    pq.write_table(pq.read_table(grocery.flat).slice(0, 0), source)
    for method in ("jvm", "arrow"):
        spark.run(
            "extract_parquet",
            source=source,
            package=grocery.package,
            output=tmp_path / method,
            columns=[],
            method=method,
        )
        digest = read_digest(tmp_path / method)
        assert isinstance(digest, TableDigest)
        assert digest.count == 0
        assert list(digest.columns) == list(grocery.digest.columns)
