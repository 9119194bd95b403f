"""What tests run inside of the process that holds PyFlink; arguments and results are JSON values."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from feature_extractor.flink import (
    ExtractionOptions,
    call,
    extract,
    extract_stream,
    register,
    tfrecord_writer,
)
from pyflink.common import Configuration, Row, Types
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.datastream.connectors.file_system import BucketAssigner, FileSink, OutputFileConfig
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment, Table

JAR = ""


def _tables(**settings: str) -> StreamTableEnvironment:
    configuration = Configuration()
    configuration.set_string("pipeline.jars", f"file://{JAR}")
    for name, value in settings.items():
        configuration.set_string(name, value)
    if "execution.target" in settings:
        # Outside of Flink's own command line the usual way makes a cluster inside this process.
        java = get_gateway().jvm.org.apache.flink.streaming.api.environment
        environment = StreamExecutionEnvironment(
            java.StreamExecutionEnvironment(configuration._j_configuration)
        )
    else:
        environment = StreamExecutionEnvironment.get_execution_environment(configuration)
    environment.set_parallelism(int(settings.get("parallelism.default", "1")))
    tables = StreamTableEnvironment.create(environment)
    tables.get_config().set_local_timezone("UTC")
    return tables


def _read(tables: StreamTableEnvironment, columns: str, source: str) -> None:
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE requests ({columns}) WITH ('connector' = 'filesystem',"
        f" 'path' = '{source}', 'format' = 'json')"
    )


def _write(
    tables: StreamTableEnvironment,
    table: Table,
    output: str,
    format_name: str = "json",
    **options: str,
) -> None:
    columns = str(table._j_table.getResolvedSchema()).strip()[1:-1].replace(" NOT NULL", "")
    more = "".join(f", '{format_name}.{name}' = '{value}'" for name, value in options.items())
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE results ({columns}) WITH ('connector' = 'filesystem',"
        f" 'path' = '{output}', 'format' = '{format_name}'{more})"
    )
    table.execute_insert("results").wait()


def extract_json(
    columns: str, source: str, package: str, output: str, query: str = "", parallelism: int = 1
) -> None:
    """Extract from a file of JSON to others, the rows as they are, or those of a query."""
    tables = _tables()
    tables.get_config().set("table.exec.resource.default-parallelism", str(parallelism))
    _read(tables, columns, source)
    table = tables.sql_query(query) if query else tables.from_path("requests")
    _write(tables, extract(tables, table, package, ExtractionOptions(keep=[])), output)


def tfrecord_table(
    columns: str, source: str, package: str, output: str, sequence: bool, compressed: bool
) -> None:
    """Extract from requests in JSON to TFRecord files, by the format of SQL."""
    tables = _tables()
    _read(tables, columns, source)
    features = extract(tables, tables.from_path("requests"), package, ExtractionOptions(keep=[]))
    options = {"compression": "gzip" if compressed else "none"}
    if sequence:
        options["message"] = "sequence"
    _write(tables, features, output, "tfrecord", **options)


def tfrecord_stream(
    columns: str, source: str, package: str, output: str, sequence: bool, compressed: bool
) -> None:
    """Extract from requests in JSON to TFRecord files, by a file sink of a stream."""
    tables = _tables()
    _read(tables, columns, source)
    rows = tables.to_data_stream(tables.from_path("requests"))
    features = extract_stream(rows, package, ExtractionOptions(keep=[]))
    factory = tfrecord_writer(
        features, sequence=sequence, compression="gzip" if compressed else None
    )
    names = OutputFileConfig.builder().with_part_suffix(".tfrecord").build()
    sink = FileSink.for_bulk_format(output, factory).with_output_file_config(names)
    # Without this the files lie in a folder for each hour.
    features.sink_to(sink.with_bucket_assigner(BucketAssigner.base_path_bucket_assigner()).build())
    features.get_execution_environment().execute("samples")


def tfrecord_values(columns: str, values: str, output: str, sequence: bool) -> None:
    """Write values of a query as TFRecord files."""
    tables = _tables()
    message = "sequence" if sequence else "example"
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE results ({columns}) WITH ('connector' = 'filesystem',"
        f" 'path' = '{output}', 'format' = 'tfrecord', 'tfrecord.message' = '{message}')"
    )
    tables.execute_sql(f"INSERT INTO results VALUES {values}").wait()


def sql_json(columns: str, source: str, package: str, output: str, samples: str) -> str:
    """Extract by ``fx_extract`` from the rows of a query; return the plan."""
    tables = _tables()
    _read(tables, columns, source)
    register(tables)
    tables.create_temporary_view("samples", tables.sql_query(samples))
    table = tables.sql_query(f"SELECT {call(package)} AS features FROM samples")
    _write(tables, table, output)
    return str(table.explain())


def sql_rows(package: str, query: str, values: str, columns: str, memory: str = "1gb") -> list[str]:
    """Return the rows of a query over inline values as text; the function is registered by SQL."""
    tables = _tables()
    parameters = f"feature-extractor.memory:{memory}"
    tables.get_config().set("pipeline.global-job-parameters", parameters)
    tables.execute_sql(
        "CREATE TEMPORARY SYSTEM FUNCTION fx_extract"
        f" AS 'org.featureextractor.flink.FxExtract' USING JAR '{JAR}'"
    )
    tables.execute_sql(f"CREATE TEMPORARY VIEW samples ({columns}) AS VALUES {values}")
    with tables.execute_sql(query.replace("PACKAGE", f"'{package}'")).collect() as rows:
        # The values of a query come in any order.
        return sorted(str(row) for row in rows)


def stream_rows(package: str, update: str | None, digests: bool) -> list[list[Any]]:
    """Return the features of a stream of rows, with a stream of packages beside it if ``update`` names one."""
    configuration = Configuration()
    configuration.set_string("pipeline.jars", f"file://{JAR}")
    execution = StreamExecutionEnvironment.get_execution_environment(configuration)
    execution.set_parallelism(1)
    kind = Types.ROW_NAMED(
        ["user", "base", "x"],
        [Types.STRING(), Types.LONG(), Types.LONG()],
    )
    rows = [Row("ann", 1, i) for i in range(40)] + [Row("bob", 2, None)]
    stream = execution.from_collection(rows, type_info=kind)
    packages = execution.from_collection([update], Types.STRING()) if update else None
    options = ExtractionOptions(
        keep=["x"],
        batch_rows=7,
        maximum_delay=timedelta(milliseconds=5),
        digest_column="package" if digests else None,
    )
    features = extract_stream(stream, package, options, packages=packages)
    with features.execute_and_collect() as answers:
        return [list(row) for row in answers]


def random_programs(folder: str, count: int) -> None:
    """Run the random programs of a folder in one job."""
    _tables()
    gateway = get_gateway()
    arguments = gateway.new_array(gateway.jvm.java.lang.String, 3)
    arguments[0], arguments[1], arguments[2] = folder, str(count), f"file://{JAR}"
    gateway.jvm.org.featureextractor.flink.parity.RandomPrograms.main(arguments)


def mistakes(package: str, columns: str) -> None:
    """Extract from a table with given columns, which a test expects to fail."""
    tables = _tables()
    tables.execute_sql(f"CREATE TEMPORARY TABLE wrong ({columns}) WITH ('connector' = 'datagen')")
    extract(tables, tables.from_path("wrong"), package)


def plan_of_extract(package: str, columns: str, source: str, keep: list[str], swaps: bool) -> str:
    """Return the plan of a job that extracts from a file of JSON."""
    tables = _tables()
    _read(tables, columns, source)
    options = ExtractionOptions(keep=keep, watch_interval=timedelta(seconds=1) if swaps else None)
    features = extract(tables, tables.from_path("requests"), package, options)
    rows = tables.to_data_stream(features)
    rows.print()
    return str(rows.get_execution_environment().get_execution_plan())


def submit(
    port: int, package: str, output: str, checkpoints: str, rows: int, per_second: int
) -> str:
    """Start a job with checkpoints and a watch on its package on a cluster; return its id."""
    tables = _tables(
        **{
            "execution.target": "remote",
            "rest.address": "127.0.0.1",
            "rest.port": str(port),
            "parallelism.default": "2",
            "execution.checkpointing.interval": "500ms",
            "execution.checkpointing.dir": f"file://{checkpoints}",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": "20",
            "restart-strategy.fixed-delay.delay": "1s",
        }
    )
    tables.get_config().set("table.exec.resource.default-parallelism", "2")
    tables.execute_sql(
        "CREATE TEMPORARY TABLE numbers (x BIGINT) WITH ('connector' = 'datagen',"
        f" 'rows-per-second' = '{per_second}', 'fields.x.kind' = 'sequence',"
        f" 'fields.x.start' = '1', 'fields.x.end' = '{rows}')"
    )
    columns = "x BIGINT, `sum` FLOAT, who STRING, package STRING"
    for name, form in (("results", "json"), ("samples", "tfrecord")):
        more = ", 'tfrecord.compression' = 'gzip'" if form == "tfrecord" else ""
        tables.execute_sql(
            f"CREATE TEMPORARY TABLE {name} ({columns})"
            f" WITH ('connector' = 'filesystem', 'path' = '{output}/{form}', 'format' = '{form}'{more})"
        )
    samples = tables.sql_query("SELECT 'ann' AS `user`, CAST(1 AS BIGINT) AS base, x FROM numbers")
    options = ExtractionOptions(
        keep=["x"], digest_column="package", watch_interval=timedelta(milliseconds=200)
    )
    features = extract(tables, samples, package, options)
    both = tables.create_statement_set()
    both.add_insert("results", features)
    both.add_insert("samples", features)
    result = both.execute()
    client = result.get_job_client()
    assert client is not None
    return str(client.get_job_id())
