"""Features in PySpark without the jar: Arrow batches go to Python workers and come back."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feature_extractor as fx
from feature_extractor.extraction import FeatureDescription

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from feature_extractor.fitting.job import FitJob, Progress

_CANDIDATES = "candidates"


def extract_by_arrow(table: DataFrame, package: str, columns: Sequence[str] | None) -> DataFrame:
    """Compute features by ``mapInArrow``; see :func:`feature_extractor.spark.extract`.

    The package is read here and travels with the tasks as a broadcast variable.
    """
    from pyspark.sql import types

    content = Path(package).read_bytes()
    extractor = fx.load(content)
    kept, nested = _kept_columns(table.schema, extractor, columns)
    names = [field.name for field in kept] + [feature.name for feature in extractor.features]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"the result would have the columns {', '.join(twice)} twice: as columns that are kept and as "
            "features; say which columns to keep"
        )
    fields = [types.StructField(field.name, field.dataType, True) for field in kept]
    fields += [
        types.StructField(feature.name, _spark_type(feature), False)
        for feature in extractor.features
    ]
    broadcast = table.sparkSession.sparkContext.broadcast(content)
    wanted = [field.name for field in kept]

    def compute(batches: Iterator[Any]) -> Iterator[Any]:
        loaded = _loaded(broadcast.value)
        for batch in batches:
            if batch.num_rows > 0:
                yield _with_features(loaded, batch, wanted, nested)

    return table.mapInArrow(compute, types.StructType(fields))


_LOADED: dict[bytes, fx.Extractor] = {}


def _loaded(content: bytes) -> fx.Extractor:
    """Load a package once per worker, which runs many tasks."""
    extractor = _LOADED.get(content)
    if extractor is None:
        _LOADED.clear()
        extractor = _LOADED[content] = fx.load(content)
    return extractor


def _kept_columns(
    schema: Any, extractor: fx.Extractor, columns: Sequence[str] | None
) -> tuple[list[Any], bool]:
    """Return the fields to keep, and whether candidates are nested."""
    from pyspark.sql.types import ArrayType, StructType

    has_candidates = any(given.domain == "candidate" for given in extractor.inputs)
    is_input = any(given.name == _CANDIDATES for given in extractor.inputs)
    nested = next(
        (
            field.dataType.elementType
            for field in schema.fields
            if has_candidates
            and not is_input
            and field.name == _CANDIDATES
            and isinstance(field.dataType, ArrayType)
            and isinstance(field.dataType.elementType, StructType)
        ),
        None,
    )
    fields = list(schema.fields)
    if nested is not None:
        fields = [field for field in fields if field.name != _CANDIDATES] + list(nested.fields)
    if columns is None:
        return fields, nested is not None
    by_name = {field.name: field for field in reversed(fields)}
    unknown = [name for name in columns if name not in by_name]
    if unknown:
        raise ValueError(f"there is no column {', '.join(map(repr, unknown))} to keep")
    return [by_name[name] for name in columns], nested is not None


def _with_features(extractor: fx.Extractor, batch: Any, wanted: Sequence[str], nested: bool) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    features = extractor.extract(batch).to_arrow()
    columns = {}
    if nested:
        table = pa.Table.from_batches([batch])
        lists = table.column(_CANDIDATES).combine_chunks()
        parents = pc.list_parent_indices(lists)
        elements = lists.flatten()
        inside = {field.name for field in elements.type}
        for name in wanted:
            if name in table.column_names and name != _CANDIDATES:
                columns[name] = table.column(name).combine_chunks().take(parents)
            elif name in inside:
                columns[name] = pc.struct_field(elements, name)
    else:
        columns = {name: batch.column(name) for name in wanted}
    arrays = list(columns.values())
    arrays += [_spark_array(column) for column in features.columns]
    return pa.RecordBatch.from_arrays(arrays, [*columns, *features.schema.names])


def _spark_array(column: Any) -> Any:
    """Return a column in the layout that Spark reads: it knows neither fixed nor large lists."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_fixed_size_list(kind) or pa.types.is_large_list(kind):
        return column.cast(pa.list_(kind.value_type))
    if pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_large_binary(kind):
        return column.cast(pa.binary())
    return column


def _spark_type(feature: FeatureDescription) -> Any:
    from pyspark.sql import types

    match feature.kind:
        case "dense" | "label":
            flat = types.FloatType()
            return flat if feature.width == 1 else types.ArrayType(flat, False)
        case "id":
            return types.LongType()
        case "ids":
            return types.ArrayType(types.LongType(), False)
        case "weighted":
            entry = types.StructType(
                [
                    types.StructField("id", types.LongType(), False),
                    types.StructField("weight", types.FloatType(), False),
                ]
            )
            return types.ArrayType(entry, False)
        case "text":
            return types.StringType()
        case "value":
            return types.BinaryType()
    raise ValueError(f"features of kind {feature.kind!r} have no type in Spark")


# ---- fitting -------------------------------------------------------------------------------------


def fit_pass(table: DataFrame, job: FitJob) -> Progress:
    """Run one pass of a fit: a part per partition, put together in the order of the partitions."""
    from pyspark.sql import types

    from feature_extractor.fitting.job import Pass

    content = pickle.dumps(job)
    broadcast = table.sparkSession.sparkContext.broadcast(content)

    def compute(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa
        from pyspark import TaskContext

        one_pass = Pass(pickle.loads(broadcast.value))
        for _ in one_pass.run(batches):
            pass
        context = TaskContext.get()
        number = context.partitionId() if context is not None else 0
        # What a partition without rows has found is that there is nothing.
        if one_pass.found.rows:
            found = pickle.dumps(one_pass.found)
            yield pa.RecordBatch.from_pydict({"partition": [number], "found": [found]})

    schema = types.StructType(
        [
            types.StructField("partition", types.LongType(), False),
            types.StructField("found", types.BinaryType(), False),
        ]
    )
    wanted = {given.name for given in job.extractor().inputs} | {_CANDIDATES}
    columns = [name for name in table.columns if name in wanted]
    parts = table.select(*columns).mapInArrow(compute, schema).collect()
    whole = Pass(job).found
    for part in sorted(parts, key=lambda row: int(row["partition"])):
        whole.merge(pickle.loads(bytes(part["found"])))
    return whole
