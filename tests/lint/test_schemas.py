"""Schemas of data: how files are read, and that they are compared as the core reads tables."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from feature_extractor.errors import EngineError
from feature_extractor.lint import all_rules
from feature_extractor.lint.columns import Column, SchemaError, compare, read_schema
from feature_extractor.lint.columns.arrow import arrow_column
from feature_extractor.program import compile_text
from google.protobuf import descriptor_pb2
from rule_pages import lint_text

AVRO = {
    "type": "record",
    "name": "Event",
    "namespace": "shop",
    "fields": [
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9}},
        {"name": "size", "type": {"type": "enum", "name": "Size", "symbols": ["S", "L"]}},
        {"name": "other_size", "type": "Size"},
        {"name": "number", "type": ["int", "double"]},
        {"name": "mixed", "type": ["int", "string"]},
        {"name": "shares", "type": {"type": "map", "values": ["null", "float"]}},
        {
            "name": "parent",
            "type": ["null", {"type": "record", "name": "Node", "fields": [
                {"name": "next", "type": ["null", "Node"]}, {"name": "id", "type": "long"}]}],
        },
    ],
}  # fmt: skip
SPARK = {
    "type": "struct",
    "fields": [
        {"name": "a", "type": "long", "nullable": False, "metadata": {}},
        {"name": "b", "type": "decimal(10,2)", "nullable": True, "metadata": {}},
        {"name": "c", "type": "timestamp_ntz", "nullable": True, "metadata": {}},
        {"name": "d", "type": "interval day to second", "nullable": True, "metadata": {}},
        {"name": "e", "type": "varchar(10)", "nullable": True, "metadata": {}},
        {
            "name": "f",
            "type": {"type": "array", "containsNull": True, "elementType": {"type": "struct", "fields": [
                {"name": "x", "type": "integer", "nullable": True, "metadata": {}}]}},
            "nullable": True,
        },
        {
            "name": "g",
            "type": {"type": "map", "keyType": "string", "valueType": "double", "valueContainsNull": False},
            "nullable": True,
        },
        {"name": "h", "type": {"type": "udt", "class": "V", "sqlType": "string"}, "nullable": True},
    ],
}  # fmt: skip


def shown(columns: tuple[Column, ...]) -> list[str]:
    return [
        f"{c.name}: {c.type.kind} {c.type.text()}{'?' * bool(c.nullable)} {c.type.note}".rstrip()
        for c in columns
    ]


def written(tmp_path: Path, name: str, content: Any) -> Path:
    path = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def test_avro(tmp_path: Path) -> None:
    found = read_schema(written(tmp_path, "events.avsc", AVRO))
    assert found.path == "events.avsc"
    assert shown(found.columns) == [
        "at: timestamp timestamp-millis",
        "day: timestamp date?",
        "price: other decimal",
        "size: string enum",
        "other_size: string enum",
        "number: float union of int, double",
        "mixed: other union of int, string",
        "shares: map map<string, float>",
        "parent: struct {next: recursive record Node, id: long}?",
    ]
    assert read_schema(written(tmp_path, "events.json", AVRO)).columns == found.columns


def test_spark(tmp_path: Path) -> None:
    assert shown(read_schema(written(tmp_path, "events.json", SPARK)).columns) == [
        "a: int long",
        "b: other decimal(10,2)?",
        "c: timestamp timestamp_ntz? a local time is read as if it were UTC",
        "d: duration interval day to second?",
        "e: string varchar(10)?",
        "f: list array<{x: integer}>?",
        "g: map map<string, double>?",
        "h: string string?",
    ]


ARROW = pa.schema(
    [
        pa.field("a", pa.uint64(), nullable=False),
        pa.field("b", pa.timestamp("ns", "UTC")),
        pa.field("c", pa.list_(pa.float32(), 3)),
        pa.field("d", pa.map_(pa.string(), pa.int64())),
        pa.field("e", pa.dictionary(pa.int32(), pa.string())),
        pa.field("f", pa.decimal128(9, 2)),
        pa.field("g", pa.struct([pa.field("x", pa.date32())])),
    ]
)


@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows"])
def test_parquet_and_arrow(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events.{ending}"
    table = ARROW.empty_table()
    if ending == "parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        new = pyarrow.ipc.new_file if ending == "arrow" else pyarrow.ipc.new_stream
        with new(path, ARROW) as writer:
            writer.write_table(table)
    assert shown(read_schema(path).columns) == [
        "a: int uint64 what is above 9,223,372,036,854,775,807 becomes null",
        "b: timestamp timestamp[ns, tz=UTC]? nanoseconds are cut to microseconds",
        "c: list fixed_size_list<float>?",
        "d: map map<string, int64>?",
        "e: string string?",
        "f: other decimal128(9, 2)?",
        "g: struct {x: date32[day]}?",
    ]


def descriptors() -> Any:
    """Return what protoc writes for a file with some messages."""
    found: Any = descriptor_pb2.FileDescriptorSet()
    file = found.file.add(name="shop.proto", package="shop", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto

    def add(described: Any, name: str, kind: int, type_name: str = "", **more: Any) -> None:
        number = len(described.field) + 1
        label = more.pop("label", kinds.LABEL_OPTIONAL)
        described.field.add(
            name=name, number=number, type=kind, type_name=type_name, label=label, **more
        )

    item = file.message_type.add(name="Item")
    add(item, "sku", kinds.TYPE_STRING)
    add(item, "hash", kinds.TYPE_FIXED64)
    add(item, "like", kinds.TYPE_MESSAGE, ".shop.Item", label=kinds.LABEL_REPEATED)
    event = file.message_type.add(name="Event")
    add(event, "at", kinds.TYPE_MESSAGE, ".google.protobuf.Timestamp")
    add(event, "age", kinds.TYPE_INT32, proto3_optional=True)
    add(event, "size", kinds.TYPE_ENUM, ".shop.Size")
    add(event, "items", kinds.TYPE_MESSAGE, ".shop.Item", label=kinds.LABEL_REPEATED)
    add(event, "scores", kinds.TYPE_FLOAT, label=kinds.LABEL_REPEATED)
    entry = event.nested_type.add(name="TasteEntry")
    entry.options.map_entry = True
    add(entry, "key", kinds.TYPE_STRING)
    add(entry, "value", kinds.TYPE_DOUBLE)
    add(event, "taste", kinds.TYPE_MESSAGE, ".shop.Event.TasteEntry", label=kinds.LABEL_REPEATED)
    add(event, "other", kinds.TYPE_MESSAGE, ".elsewhere.Thing")
    return found


def test_descriptor_sets(tmp_path: Path) -> None:
    path = tmp_path / "events.desc"
    found = descriptors()
    path.write_bytes(found.SerializeToString())
    assert shown(read_schema(path).columns) == [
        "at: timestamp Timestamp? nanoseconds are cut to microseconds",
        "age: int int32?",
        "size: string enum",
        "items: list repeated<{sku: string, hash: fixed64, like: repeated<recursive message shop.Item>}>",
        "scores: list repeated<float>",
        "taste: map map<string, double>",
        "other: other message elsewhere.Thing of a file that is not in the set?",
    ]
    assert [c.name for c in read_schema(tmp_path / "events.desc:shop.Item").columns] == [
        "sku",
        "hash",
        "like",
    ]
    with pytest.raises(SchemaError, match="has no message"):
        read_schema(tmp_path / "events.desc:shop.Thing")
    found.file[0].message_type.add(name="Another")
    path.write_bytes(found.SerializeToString())
    with pytest.raises(SchemaError, match="several messages") as caught:
        read_schema(path)
    assert "`events.desc:shop.Event`" in caught.value.hint
    path.write_bytes(b"\xff\xff")
    with pytest.raises(SchemaError, match="no descriptor set"):
        read_schema(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.avsc", "{", "a.avsc is not JSON"),
        ("a.avsc", '"string"', "not the schema of an Avro record"),
        ("a.avsc", {"type": "record", "name": "R"}, "the record `R` has no fields"),
        ("a.avsc", {"type": "record", "name": "R", "fields": [{"name": "a", "type": "B"}]}, "no type `B`"),
        ("a.avsc", {"type": "record", "name": "R", "fields": [3]}, "has no name"),
        ("a.avsc", {"type": "record", "name": "R", "fields": [{"name": "a"}]}, "null is no type"),
        ("a.avsc", "[" * 5000, "not JSON"),
        ("a.json", {"type": "struct"}, "a struct has no fields"),
        ("a.json", {"fields": []}, "not a schema of Spark"),
        ("a.json", {"type": "struct", "fields": [{"name": "a", "type": {}}]}, "is no type of Spark"),
        ("a.parquet", "PAR1", "a.parquet cannot be read"),
        ("a.arrow", "", "a.arrow cannot be read"),
        ("a.csv", "", "no schema is known by this ending"),
    ],
)  # fmt: skip
def test_what_is_no_schema(tmp_path: Path, name: str, content: Any, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        read_schema(written(tmp_path, name, content))


def test_a_missing_file_is_told_once(tmp_path: Path) -> None:
    rules = [rule for code, rule in all_rules().items() if code.startswith("FX80")]
    settings = {"FX801": {"schema": (str(tmp_path / "none.avsc"),)}}
    text = "input request { a: int }\nfeature a : dense = a\n"
    (finding,) = lint_text(text, *rules, settings=settings)
    assert finding.code == "FX801"
    assert "No such file" in finding.message


def test_candidates_may_be_a_list_of_structs(tmp_path: Path) -> None:
    nested = {"type": "array", "elementType": {"type": "struct", "fields": [
        {"name": "price", "type": "string", "nullable": True}]}}  # fmt: skip
    schema = {"type": "struct", "fields": [{"name": "candidates", "type": nested}]}
    settings = {"FX801": {"schema": (str(written(tmp_path, "a.json", schema)),)}}
    text = "input candidate { price: float, brand: string }\nfeature a : dense = price\n"
    (finding,) = lint_text(text, all_rules()["FX802"], settings=settings)
    assert finding.message == "`price` is `string` in the data"
    assert lint_text(text, all_rules()["FX801"], settings=settings) == []


DECLARED = [
    "bool", "int", "float", "string", "bytes", "timestamp", "duration", "vector<3>", "list<int>",
    "list<string>", "list<{a: int}>", "map<string, float>", "map<int, bool>", "{a: int, b: string}",
    "list<vector<3>>", "{a: {b: timestamp}}",
]  # fmt: skip


def arrow_types(source: random.Random, depth: int = 0) -> pa.DataType:
    """Return a type that Parquet and other writers give columns."""
    flat = [
        pa.null(), pa.bool_(), pa.int8(), pa.uint16(), pa.int64(), pa.uint64(), pa.float16(),
        pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.date32(),
        pa.date64(), pa.timestamp("ns"), pa.timestamp("us", "UTC"), pa.duration("ms"),
        pa.decimal128(9, 2), pa.time64("us"), pa.binary(4), pa.string_view(), pa.binary_view(),
    ]  # fmt: skip
    if depth == 3 or source.random() < 0.4:
        return source.choice(flat)
    inner = arrow_types(source, depth + 1)
    return source.choice(
        [
            pa.list_(inner),
            pa.large_list(inner),
            pa.list_(inner, source.choice([2, 3])),
            pa.map_(pa.string(), inner),
            pa.struct([("a", inner)]),
            pa.struct([("a", inner), ("b", pa.string())]),
            pa.list_(pa.struct([("key", pa.string()), ("value", inner)])),
            pa.dictionary(pa.int32(), source.choice(flat[7:11])),
        ]
    )


@pytest.mark.parametrize("declared", DECLARED)
def test_types_are_compared_as_the_core_compares_them(declared: str) -> None:
    read = {"map": "x.length()", "{a: int": "x.a", "{a: {b": "x.a.b"}
    part = next((value for start, value in read.items() if declared.startswith(start)), "x")
    program = compile_text(
        f"input request {{ x: {declared}? }}\nfeature a : dense = {part}.is_null().to_float()\n"
    )
    type_ = program.checked.inputs[0].type
    extractor = program.extractor()
    source = random.Random(declared)
    counts = {True: 0, False: 0}
    likely = [
        pa.bool_(), pa.int32(), pa.float32(), pa.string(), pa.timestamp("ms"), pa.duration("us"),
        pa.list_(pa.float32(), 3), pa.list_(pa.int8()), pa.list_(pa.string()),
        pa.list_(pa.struct([("a", pa.int32())])), pa.map_(pa.string(), pa.float64()),
        pa.map_(pa.int64(), pa.bool_()), pa.struct([("b", pa.string()), ("a", pa.int16())]),
        pa.list_(pa.list_(pa.float64())), pa.struct([("a", pa.struct([("b", pa.date32())]))]),
    ]  # fmt: skip
    for given in [*likely, *(arrow_types(source) for _ in range(150))]:
        field = pa.field("x", given)
        problems = {p.kind for p in compare(type_, arrow_column(field), "x")} - {"null", "lossy"}
        table = pa.table({"x": pa.array([None], given)}, schema=pa.schema([field]))
        try:
            extractor.extract(table)
            refused = False
        except EngineError:
            refused = True
        assert bool(problems) == refused, (declared, str(given), problems)
        counts[refused] += 1
    assert min(counts.values()) > 0
