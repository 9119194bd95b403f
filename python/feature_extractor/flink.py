"""Features in PyFlink, computed inside of Flink's own processes: no Python process sees the data.

The jars of feature_extractor must be known to the job, by ``pipeline.jars``, ``add_jars`` or in Flink's ``lib``::

    from feature_extractor.flink import extract, register
    samples = extract(table_environment, log, "ranking.fxp", keep=["user", "movie"])
    register(table_environment)
    table_environment.sql_query("SELECT fx_extract('ranking.fxp', ROW(user, age, clicks)) FROM log")

This module needs apache-flink, which is not among the dependencies of feature_extractor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Final, Literal

from feature_extractor.errors import FeatureExtractorError

if TYPE_CHECKING:
    from pyflink.common.serialization import BulkWriterFactory
    from pyflink.datastream import DataStream
    from pyflink.table import StreamTableEnvironment, Table, TableEnvironment

_PACKAGE: Final = "org.featureextractor.flink"


class FlinkError(FeatureExtractorError):
    """Flink cannot run features; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class ExtractionOptions:
    """How features are extracted from a stream. No value of a feature depends on it.

    A batch is computed when it has ``batch_rows`` rows or ``batch_bytes`` of inputs, or when its first row has
    waited for ``maximum_delay``. ``keep`` names the columns that stay in front of the features; None keeps all.
    A column named ``candidates_column`` that holds an array of rows makes each row a whole request: the output
    has a row per candidate. ``digest_column`` names a last column with the digest of the package that computed
    the row. With a ``watch_interval`` the file of the package is looked at so often, and a new one swapped in.
    ``managed_memory`` is the operator's weight in Flink's managed memory, in MiB. A package of at most
    ``shipped_bytes`` travels with the job and its checkpoints; a larger one is read from its path by each task.
    """

    batch_rows: int = 1024
    batch_bytes: int = 16 << 20
    maximum_delay: timedelta = timedelta(milliseconds=20)
    keep: Sequence[str] | None = None
    candidates_column: str = "candidates"
    digest_column: str | None = None
    watch_interval: timedelta | None = None
    managed_memory: int = 64
    shipped_bytes: int = 16 << 20


def extract(
    environment: StreamTableEnvironment,
    table: Table,
    package: str | PathLike[str],
    options: ExtractionOptions | None = None,
    *,
    packages: DataStream | None = None,
) -> Table:
    """Return the kept columns of a table and behind them a column per feature.

    Args:
        environment: that of the table.
        table: rows that are only added, never changed. Columns are found by the names of the inputs.
        package: path of the ``.fxp`` file, in any file system that Flink knows.
        options: how.
        packages: a stream of paths of further packages, with the same features, that are swapped in while
            the job runs. One that cannot be used is refused and logged.

    Raises:
        FlinkError: if the package cannot be loaded, a column is missing or of another type, or the jar is
            not known.
    """
    from pyflink.table import Table

    jvm = _jvm()
    arguments = [environment._j_tenv, table._j_table, fspath(package), _java_options(jvm, options)]
    if packages is not None:
        arguments.append(packages._j_data_stream)
    return Table(_call(jvm, "extract", *arguments), environment)


def extract_stream(
    stream: DataStream,
    package: str | PathLike[str],
    options: ExtractionOptions | None = None,
    *,
    packages: DataStream | None = None,
) -> DataStream:
    """Return a stream of rows with the features; the rows of ``stream`` have named fields.

    The arguments and errors are those of :func:`extract`.
    """
    from pyflink.datastream import DataStream

    jvm = _jvm()
    arguments = [stream._j_data_stream, fspath(package), _java_options(jvm, options)]
    if packages is not None:
        arguments.append(packages._j_data_stream)
    return DataStream(_call(jvm, "extractRows", *arguments))


def register(environment: TableEnvironment) -> None:
    """Add the function ``fx_extract(package, ROW(column...))`` to SQL. Raises FlinkError if the jar is not known."""
    _call(_jvm(), "register", environment._j_tenv)


def call(package: str | PathLike[str]) -> str:
    """Return the call of ``fx_extract`` with the columns that a package reads, in their order, for a query."""
    return str(_call(_jvm(), "call", fspath(package)))


def tfrecord_writer(
    stream: DataStream,
    *,
    sequence: bool = False,
    compression: Literal["gzip"] | None = None,
) -> BulkWriterFactory:
    """Return what a ``FileSink.for_bulk_format`` needs to write a stream of rows as TFRecord files.

    A row becomes a ``tf.train.Example``, or with ``sequence`` a ``SequenceExample`` whose lists of ids are
    feature lists. Types become what docs/samples.md says. For tables there is the format ``tfrecord`` of the
    filesystem connector, which needs no Python.

    Raises:
        FlinkError: if a column has a type that samples cannot hold, or the jar is not known.
    """
    from pyflink.common.serialization import BulkWriterFactory

    kind = stream._j_data_stream.getType()
    arguments = (kind, sequence, compression == "gzip")
    return BulkWriterFactory(_call(_jvm(), "of", *arguments, entry="TfRecordWriterFactory"))


def _jvm() -> Any:
    try:
        from pyflink.java_gateway import get_gateway
    except ImportError as error:
        raise FlinkError("PyFlink is not installed: run `pip install apache-flink`.") from error
    return get_gateway().jvm


def _call(jvm: Any, method: str, *arguments: Any, entry: str = "FeatureExtraction") -> Any:
    from py4j.java_gateway import JavaPackage
    from py4j.protocol import Py4JJavaError

    java_class = getattr(getattr(jvm, _PACKAGE), entry)
    if isinstance(java_class, JavaPackage):
        raise FlinkError(
            f"The class {_PACKAGE}.{entry} is not there. Name the jars of feature_extractor in the"
            " setting `pipeline.jars`, by `add_jars`, or put them into Flink's `lib`."
        )
    try:
        return getattr(java_class, method)(*arguments)
    except Py4JJavaError as error:
        raise FlinkError(_message(error.java_exception)) from error


def _message(exception: Any) -> str:
    kind = exception.getClass().getName().rpartition(".")[2]
    text = str(exception.getMessage())
    expected = ("ValidationException", "FeatureExtractorException", "TypeMismatchException")
    return text if kind in expected else f"{kind}: {text}"


def _java_options(jvm: Any, options: ExtractionOptions | None) -> Any:
    given = options or ExtractionOptions()
    keep = None
    if given.keep is not None:
        keep = jvm.java.util.ArrayList()
        for name in given.keep:
            keep.add(name)
    return getattr(jvm, _PACKAGE).ExtractionOptions(
        given.batch_rows,
        given.batch_bytes,
        _duration(jvm, given.maximum_delay),
        keep,
        given.candidates_column,
        given.digest_column,
        None if given.watch_interval is None else _duration(jvm, given.watch_interval),
        given.managed_memory,
        given.shipped_bytes,
    )


def _duration(jvm: Any, delta: timedelta) -> Any:
    return jvm.java.time.Duration.ofMillis(delta // timedelta(milliseconds=1))
