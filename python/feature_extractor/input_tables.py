"""Inputs in one form: two tables of Arrow, the requests and all their candidates, in the types that programs declare.

What is kept of a request, in a package or in a log, is kept in this form, whatever it came as.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import InputDescription
from feature_extractor.registry import (
    ListPattern,
    MapPattern,
    Pattern,
    ScalarPattern,
    StructPattern,
    VectorPattern,
    parse_signature,
)

NESTED: Final = "candidates"
"""The column that holds the candidates of a request as a list of structs."""


class InputTableError(FeatureExtractorError):
    """Inputs cannot be brought into the declared types; the text names the column."""


@dataclass(frozen=True)
class InputTables:
    """Requests and their candidates: request r has the rows ``offsets[r]:offsets[r + 1]`` of ``candidates``.

    The tables are record batches with the declared inputs that were given. ``candidates`` and ``offsets`` are None for
    a program without candidate inputs. A table without columns has no rows in Arrow; ``offsets`` tells how many.
    """

    requests: Any
    candidates: Any | None
    offsets: tuple[int, ...] | None

    @property
    def request_count(self) -> int:
        """The number of requests."""
        return self.requests.num_rows if self.offsets is None else len(self.offsets) - 1

    def arguments(self) -> tuple[Any, Any, list[int]]:
        """Return what :meth:`Extractor.extract_request` takes: requests, candidates, offsets."""
        requests = self.requests if self.requests.num_columns else None
        if self.candidates is None or self.offsets is None:
            return requests, None, []
        rows = self.offsets[-1]
        return requests, _with_rows(self.candidates, rows), list(self.offsets)

    def slice(self, request: int, count: int = 1) -> InputTables:
        """Return some of the requests."""
        requests = self.requests.slice(request, count)
        if self.candidates is None or self.offsets is None:
            return InputTables(requests, None, None)
        bounds = self.offsets[request : request + count + 1]
        candidates = self.candidates.slice(bounds[0], bounds[-1] - bounds[0])
        return InputTables(requests, candidates, tuple(b - bounds[0] for b in bounds))

    def nested(self) -> Any:
        """Return a table with a row per request, its candidates in the column ``candidates``."""
        import pyarrow

        columns = dict(zip(self.requests.schema.names, self.requests.columns, strict=True))
        if self.candidates is not None and self.offsets is not None:
            if not self.candidates.num_columns:
                raise InputTableError("a table of requests needs a candidate input")
            structs = pyarrow.StructArray.from_arrays(
                self.candidates.columns, fields=list(self.candidates.schema)
            )
            bounds = pyarrow.array(self.offsets, pyarrow.int64())
            columns[NESTED] = pyarrow.LargeListArray.from_arrays(bounds, structs)
        return pyarrow.RecordBatch.from_pydict(columns)


def arrow_type(pattern: Pattern) -> Any:
    """Return the Arrow type of a declared type; strings and lists have 64-bit offsets."""
    import pyarrow as arrow

    match pattern:
        case ScalarPattern(name=name):
            return {
                "bool": arrow.bool_(),
                "int": arrow.int64(),
                "float": arrow.float64(),
                "string": arrow.large_string(),
                "bytes": arrow.large_binary(),
                "timestamp": arrow.timestamp("us", tz="UTC"),
                "duration": arrow.duration("us"),
            }[name]
        case VectorPattern():
            # Not of fixed size: the core counts vectors of another size as null.
            return arrow.large_list(arrow.float32())
        case ListPattern(element=element):
            return arrow.large_list(arrow_type(element))
        case MapPattern(key=key, value=value):
            return arrow.map_(arrow_type(key), arrow_type(value))
        case StructPattern(fields=fields):
            return arrow.struct([(name, arrow_type(field)) for name, field in fields])
    raise ValueError(f"no column has the type {pattern}")


def declared_patterns(inputs: Sequence[InputDescription], domain: str) -> dict[str, Pattern]:
    """Return the declared types of a domain's inputs by name."""
    return {
        one.name: parse_signature(f"() -> {one.type}").result
        for one in inputs
        if one.domain == domain
    }


def column_of(table: Any, name: str) -> Any | None:
    """Return a column of what a host gave: a dict of columns, a list of dicts, or anything Arrow. None without it."""
    batch = batch_of(table)
    if batch is not None:
        return batch.column(name) if batch.schema.names.count(name) == 1 else None
    if isinstance(table, Mapping):
        return table.get(name)
    if isinstance(table, Sequence) and not isinstance(table, str | bytes):
        rows = [row if isinstance(row, Mapping) else {} for row in table]
        # A row that is None has no values.
        return [row.get(name) for row in rows] if any(name in row for row in rows) else None
    return None


def declared_column(name: str, values: Any, pattern: Pattern) -> Any:
    """Return values as an Arrow array of a declared type.

    Raises InputTableError, also for texts that stand for numbers.
    """
    import numpy
    import pyarrow

    type_ = arrow_type(pattern)
    if isinstance(values, numpy.ndarray) and values.dtype != object:
        # What the core takes of NumPy, without an object for each value.
        if values.ndim == 2 and isinstance(pattern, VectorPattern):
            ends = numpy.arange(len(values) + 1, dtype=numpy.int64) * values.shape[1]
            numbers = pyarrow.array(values.reshape(-1).astype(numpy.float32))
            return pyarrow.LargeListArray.from_arrays(ends, numbers)
        if values.dtype.kind in "mM":
            values = values.astype(f"{values.dtype.kind}8[us]")
        values = pyarrow.array(values) if values.ndim == 1 else values.tolist()
    elif not hasattr(values, "__arrow_c_array__") and not hasattr(values, "__arrow_c_stream__"):
        if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
            raise InputTableError(
                f"the column `{name}` must be a list or an array, not {type(values).__name__}"
            )
    else:
        values = (
            pyarrow.array(values)
            if hasattr(values, "__arrow_c_array__")
            else pyarrow.chunked_array(values).combine_chunks()
        )
    if isinstance(values, pyarrow.Array) and not _is_same_kind(values.type, type_):
        raise InputTableError(f"the column `{name}` cannot be kept as {type_}: it is {values.type}")
    return _column(name, values, pattern, type_)


def _is_same_kind(given: Any, wanted: Any) -> bool:
    """Whether a cast means the same value: Arrow would also read numbers from texts, and instants from numbers."""
    from pyarrow import types

    if types.is_null(given):
        return True
    if types.is_dictionary(given):
        given = given.value_type
    texts = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    is_text = any(test(given) for test in texts)
    wants_text = any(test(wanted) for test in texts)
    if is_text or wants_text:
        return is_text and wants_text
    for test in (types.is_boolean, types.is_timestamp, types.is_duration, types.is_nested):
        if test(given) != test(wanted):
            return False
    return True


def tables_of_request(
    inputs: Sequence[InputDescription], request: Any, candidates: Any, offsets: Any = None
) -> InputTables:
    """Return what :meth:`Extractor.extract_request` is given; raises InputTableError."""
    if isinstance(request, Mapping) and offsets is None:
        request = [request]
    requests = _table(declared_patterns(inputs, "request"), request)
    wanted = declared_patterns(inputs, "candidate")
    if not wanted:
        return InputTables(requests, None, None)
    table = _table(wanted, candidates)
    rows = table.num_rows or (len(candidates) if isinstance(candidates, Sequence) else 0)
    bounds = (0, rows) if offsets is None else tuple(int(offset) for offset in offsets)
    return InputTables(requests, table, bounds)


def tables_of_table(inputs: Sequence[InputDescription], table: Any) -> InputTables:
    """Return what :meth:`Extractor.extract` is given, flat or nested; raises InputTableError.

    Of a flat table consecutive rows with equal request inputs are one request.
    """
    requests, candidates = (declared_patterns(inputs, one) for one in ("request", "candidate"))
    if not candidates:
        return InputTables(_table(requests, table), None, None)
    if NESTED not in requests | candidates:
        batch = batch_of(table)
        if batch is not None and NESTED in batch.schema.names:
            return _of_nested(requests, candidates, batch)
    flat = _table(requests | candidates, table)
    owners, own = (
        flat.select([name for name in flat.schema.names if name in patterns])
        for patterns in (requests, candidates)
    )
    # Without request columns nothing tells one request from the next: all rows are one.
    starts = list(_starts(owners)) if owners.num_columns else [0][: flat.num_rows]
    import pyarrow

    firsts = owners.take(pyarrow.array(starts, pyarrow.int64()))
    return InputTables(firsts, own, (*starts, flat.num_rows))


def _of_nested(
    requests: Mapping[str, Pattern], candidates: Mapping[str, Pattern], batch: Any
) -> InputTables:
    import pyarrow

    column = batch.column(NESTED)
    kind = column.type
    if not (
        (pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind))
        and pyarrow.types.is_struct(kind.value_type)
    ):
        raise InputTableError("the column `candidates` must be a list of structs")
    sizes = column.value_lengths().to_pylist()
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + (size or 0))
    structs = column.flatten()
    parts = dict(zip((field.name for field in structs.type), structs.flatten(), strict=True))
    return InputTables(_table(requests, batch), _table(candidates, parts), tuple(offsets))


def _starts(table: Any) -> Iterator[int]:
    """Yield the rows that differ from the one before; equal values are those that are written alike."""
    before = None
    for row, values in enumerate(table.to_pylist()):
        text = repr(values)
        if row == 0 or text != before:
            yield row
        before = text


def batch_of(table: Any) -> Any:
    """Return anything Arrow as one record batch; None for dicts and lists."""
    import pyarrow

    if isinstance(table, pyarrow.RecordBatch):
        return table
    if hasattr(table, "__arrow_c_array__"):
        return pyarrow.record_batch(table)
    if hasattr(table, "__arrow_c_stream__"):
        whole = pyarrow.table(table).combine_chunks()
        parts = whole.to_batches()
        return parts[0] if parts else pyarrow.RecordBatch.from_pylist([], whole.schema)
    return None


def _table(wanted: Mapping[str, Pattern], given: Any) -> Any:
    """Return a record batch with the wanted columns that were given, in their declared types."""
    import pyarrow

    batch = None if given is None else batch_of(given)
    columns: dict[str, Any]
    if batch is not None:
        columns = {n: batch.column(n) for n in wanted if batch.schema.names.count(n) == 1}
    elif given is None:
        columns = {}
    elif isinstance(given, Mapping):
        columns = {name: given[name] for name in wanted if name in given}
    else:
        if isinstance(given, str | bytes) or not isinstance(given, Iterable):
            raise InputTableError(
                f"a table must be an Arrow object, a dict of columns or a list of dicts, not {type(given).__name__}"
            )
        rows = list(given)
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise InputTableError(f"row {number} must be a dict, not {type(row).__name__}")
        # A row without a value is like one whose value is null.
        columns = {
            name: [row.get(name) for row in rows]
            for name in wanted
            if any(name in row for row in rows)
        }
    arrays, fields = [], []
    for name, values in columns.items():
        type_ = arrow_type(wanted[name])
        arrays.append(_column(name, values, wanted[name], type_))
        fields.append(pyarrow.field(name, type_))
    return pyarrow.RecordBatch.from_arrays(arrays, schema=pyarrow.schema(fields))


def _column(name: str, values: Any, pattern: Pattern, type_: Any) -> Any:
    import pyarrow

    try:
        if hasattr(values, "__arrow_c_array__"):
            values = pyarrow.array(values)
        elif hasattr(values, "__arrow_c_stream__"):
            values = pyarrow.chunked_array(values).combine_chunks()
        if isinstance(values, pyarrow.Array):
            if pyarrow.types.is_dictionary(values.type):
                values = values.dictionary_decode()
            if values.type == type_:
                return values
            try:
                return values.cast(type_)
            except pyarrow.ArrowNotImplementedError:
                values = values.to_pylist()  # For example a list of pairs for a map.
        convert = _plain if _has_map(pattern) else lambda value, _: value
        plain = [convert(value, pattern) for value in values]
        _check_kinds(plain, pattern)
        return pyarrow.array(plain, type_)
    except (
        pyarrow.ArrowException,
        AttributeError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:
        said = str(error).strip().splitlines()
        reason = said[0].rstrip(".") if said else type(error).__name__
        raise InputTableError(f"the column `{name}` cannot be kept as {type_}: {reason}") from None


_FLOAT: Final = ScalarPattern(name="float")


def _check_kinds(values: Sequence[Any], pattern: Pattern) -> None:
    """Raise TypeError for Python values of another kind, which Arrow would make fit: 1.5 would become the int 1."""
    import numpy

    there = [value for value in values if value is not None]
    # Of an array its type says all, unless it holds objects.
    plain = [one for one in there if not isinstance(one, numpy.ndarray) or one.dtype == object]
    found = set(map(type, plain))
    match pattern:
        case ScalarPattern(name="int" | "timestamp" | "duration" as kind):
            _refuse(found, (float, Decimal, numpy.floating, numpy.bool_), kind)
        case ScalarPattern(name="float"):
            _refuse(found, (bool, numpy.bool_), "float")
        case ScalarPattern(name="string"):
            _refuse(found, (bytes, bytearray, memoryview), "string")
        case ScalarPattern(name="bytes"):
            _refuse(found, (str,), "bytes")
        case ListPattern() | VectorPattern():
            _refuse(found, (str, bytes, set, frozenset, int, float), "list")
            element = pattern.element if isinstance(pattern, ListPattern) else _FLOAT
            if len(plain) < len(there):
                kinds = {one.dtype for one in there if isinstance(one, numpy.ndarray)} - {
                    numpy.dtype(object)
                }
                _check_kinds([kind.type() for kind in kinds], element)
            _check_kinds(list(chain.from_iterable(plain)), element)
        case MapPattern(key=key, value=value):
            pairs = list(chain.from_iterable(plain))
            _check_kinds([pair[0] for pair in pairs], key)
            _check_kinds([pair[1] for pair in pairs], value)
        case StructPattern(fields=fields):
            _refuse(found, (tuple, list), "struct")
            for name, field in fields:
                _check_kinds([one.get(name) for one in plain], field)


def _refuse(found: set[type], refused: tuple[type, ...], expected: str) -> None:
    wrong = sorted(one.__name__ for one in found if issubclass(one, refused))
    if wrong:
        raise TypeError(f"expected {expected}, found {wrong[0]}")


def _has_map(pattern: Pattern) -> bool:
    match pattern:
        case MapPattern():
            return True
        case ListPattern(element=element):
            return _has_map(element)
        case StructPattern(fields=fields):
            return any(_has_map(field) for _, field in fields)
    return False


def _plain(value: Any, pattern: Pattern) -> Any:
    """Return a Python value with its maps as lists of pairs, which is how Arrow takes them."""
    if value is None:
        return None
    match pattern:
        case MapPattern(value=inner):
            pairs = value.items() if isinstance(value, Mapping) else map(_pair, value)
            return [(key, _plain(held, inner)) for key, held in pairs]
        case ListPattern(element=element):
            return [_plain(item, element) for item in value]
        case StructPattern(fields=fields):
            return {name: _plain(value.get(name), field) for name, field in fields}
    return value


def with_valid_texts(batch: Any) -> Any:
    """Return a batch whose texts are UTF-8: null is what they are to the core, and what other tools can read."""
    import pyarrow

    try:
        batch.validate(full=True)
    except pyarrow.ArrowInvalid:
        columns = [_valid(column) for column in batch.columns]
        return pyarrow.RecordBatch.from_arrays(columns, names=batch.schema.names)
    return batch


def _valid(array: Any) -> Any:
    import pyarrow
    from pyarrow import types

    if types.is_large_string(array.type):
        return pyarrow.array(map(_text, array.cast(pyarrow.large_binary())), array.type)
    if types.is_large_list(array.type):
        return pyarrow.LargeListArray.from_arrays(
            array.offsets, _valid(array.values), mask=array.is_null()
        )
    if types.is_struct(array.type):
        parts = [_valid(array.field(number)) for number in range(array.type.num_fields)]
        names = [array.type.field(number).name for number in range(array.type.num_fields)]
        return pyarrow.StructArray.from_arrays(parts, names=names, mask=array.is_null())
    return array


def _text(value: Any) -> str | None:
    content = value.as_py()
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError:
        return None


def _pair(entry: Any) -> tuple[Any, Any]:
    """Return an entry of a map: a pair, or a struct of key and value."""
    if isinstance(entry, Mapping):
        return entry["key"], entry["value"]
    key, value = entry
    return key, value


def _with_rows(batch: Any, rows: int) -> Any:
    """Return a batch as it is; one without columns as so many empty rows."""
    return batch if batch.num_columns else [{}] * rows
