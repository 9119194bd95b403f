"""Features in PySpark: computed inside of Spark's own processes, or in Python workers where it cannot be.

With the jar of feature_extractor on Spark's class path no Python process sees the data::

    from feature_extractor.spark import extract, register
    samples = extract(log, "ranking.fxp")
    register(spark)
    spark.sql("SELECT day, fx_extract('ranking.fxp', struct(*)).* FROM log")

This module needs pyspark, which is not among the dependencies of feature_extractor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from feature_extractor.errors import EngineError, FeatureExtractorError
from feature_extractor.extraction import InputCounts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from feature_extractor.fitting import Fitted

_CLASS: Final = "org.featureextractor.spark.FeatureExtraction"


class SparkError(FeatureExtractorError):
    """Spark cannot run features; the text says what to do."""


@dataclass(frozen=True)
class Counts:
    """What all tasks of an application counted for one package.

    ``requests`` is the number of requests that were computed: consecutive rows with equal requests count
    once. ``defaulted`` gives for each feature how many values had no result and got the default;
    ``inputs`` is keyed by ``request.name`` or ``candidate.name``. A task that Spark runs again counts again.
    """

    rows: int
    requests: int
    batches: int
    defaulted: dict[str, int]
    inputs: dict[str, InputCounts]


def register(spark: SparkSession) -> None:
    """Add the SQL function ``fx_extract(package, struct)`` to a session.

    Not needed where the session was started with
    ``spark.sql.extensions=org.featureextractor.spark.FeatureExtractorExtensions``.
    Raises SparkError where the jar is not on the class path.
    """
    with _errors_of_the_core():
        _entry(spark).register(_java_session(spark))


def extract(
    table: DataFrame,
    package: str | PathLike[str],
    *,
    columns: Sequence[str] | None = None,
    method: Literal["jvm", "arrow"] = "jvm",
) -> DataFrame:
    """Compute the features of a package for the rows of a table.

    ``table`` has a row per candidate, with the columns of its request beside it (sorted by request, the
    request is computed once), or a row per request with a column ``candidates``: a list of structs. The
    result has a row per candidate: the columns that are kept (``columns``; all of them without it), then
    the features, named as in the program.

    ``package`` is any path that Hadoop reads, the name of a file of ``spark.files``, or ``local:`` and a
    path that each machine has. ``method="arrow"`` needs no jar: Python workers compute the features, and
    need feature_extractor and pyarrow; the package is then read by this process.

    Raises SparkError where the jar is missing, EngineError where the package is, or cannot be loaded, and
    pyspark's AnalysisException where columns do not fit the program.
    """
    path = fspath(package)
    if method == "arrow":
        from feature_extractor.spark_arrow import extract_by_arrow

        return extract_by_arrow(table, path, columns)
    if method != "jvm":
        raise ValueError(f"method must be 'jvm' or 'arrow', not {method!r}")
    spark = table.sparkSession
    with _errors_of_the_core():
        result = _entry(spark).extract(_java_table(table), path, _java_names(spark, columns))
    return _python_table(result, spark)


def fit(
    table: DataFrame,
    program: str | PathLike[str],
    *,
    output: str | PathLike[str] | None = None,
    select: Sequence[str] = (),
    time: str = "",
) -> Fitted:
    """Fit the resources of a program to a table; see :func:`feature_extractor.fit`.

    Python workers compute a part of the result per partition (by ``mapInArrow``), and this process puts the parts
    together in the order of the partitions. The workers need feature_extractor and pyarrow; no jar is needed.
    The result is that of ``fx.fit`` on the same rows, to the last bit, but for quantiles of very many different values,
    whose error the file tells. ``program`` and ``output`` are paths of this machine.
    """
    from feature_extractor.fitting.run import fit_with
    from feature_extractor.spark_arrow import fit_pass

    return fit_with(
        program, lambda job: fit_pass(table, job), output=output, select=select, time=time
    )


def counts(spark: SparkSession, package: str | PathLike[str]) -> Counts:
    """Return what the tasks of this application counted so far for a package."""
    with _errors_of_the_core():
        text = _entry(spark).counts(_java_session(spark), fspath(package)).toJson()
    values: dict[str, Any] = json.loads(text)
    inputs = {name: InputCounts(**reasons) for name, reasons in values.pop("inputs").items()}
    return Counts(inputs=inputs, **values)


def write_tfrecord(
    table: DataFrame,
    path: str | PathLike[str],
    *,
    sequence: bool = False,
    compression: Literal["gzip"] | None = None,
) -> None:
    """Write a table as TFRecord files, one per partition, for TensorFlow to train on.

    A row becomes a ``tf.train.Example``, or with ``sequence`` a ``SequenceExample`` whose lists of ids are
    feature lists. Types become what docs/samples.md says. ``path`` is a folder that does not exist yet, on
    any file system that Hadoop writes. Raises SparkError where the jar is missing.
    """
    spark = table.sparkSession
    compressed = compression == "gzip"
    with _errors_of_the_core():
        _entry(spark).writeTfrecord(_java_table(table), fspath(path), sequence, compressed)


def _entry(spark: SparkSession) -> Any:
    """Return the Java class that does the work."""
    machine = getattr(spark, "_jvm", None)
    if machine is None:
        raise SparkError(
            "this Spark session has no JVM of its own (Spark Connect): start the server with "
            "spark.sql.extensions=org.featureextractor.spark.FeatureExtractorExtensions and use the SQL "
            'function fx_extract, or use method="arrow"'
        )
    entry = machine
    for part in _CLASS.split("."):
        entry = getattr(entry, part)
    if type(entry).__name__ != "JavaClass":
        raise SparkError(
            "the jar of feature_extractor is not on Spark's class path: start Spark with "
            "--jars feature-extractor-spark.jar (or the setting spark.jars), or compute in Python "
            'workers with method="arrow"'
        )
    return entry


@contextmanager
def _errors_of_the_core() -> Iterator[None]:
    """Raise what the core refuses as EngineError, without the frames of Java, which tell a caller nothing."""
    from py4j.protocol import Py4JJavaError

    try:
        yield
    except Py4JJavaError as error:
        found = error.java_exception
        if found.getClass().getName() != "org.featureextractor.FeatureExtractorException":
            raise
        code, message = str(found.code().name()).lower(), str(found.getMessage())
        raise EngineError(code, message) from None


# Pyspark has no public way from its objects to those of Java, nor back.
def _java_session(spark: SparkSession) -> Any:
    return spark._jsparkSession  # type: ignore[attr-defined,unused-ignore]


def _java_table(table: DataFrame) -> Any:
    return table._jdf  # type: ignore[attr-defined,unused-ignore]


def _java_names(spark: SparkSession, names: Sequence[str] | None) -> Any:
    if names is None:
        return None
    gateway: Any = spark.sparkContext._gateway
    array = gateway.new_array(gateway.jvm.java.lang.String, len(names))
    for i, name in enumerate(names):
        array[i] = name
    return array


def _python_table(result: Any, spark: SparkSession) -> DataFrame:
    from pyspark.sql import DataFrame

    make: Any = DataFrame
    return cast("DataFrame", make(result, spark))
