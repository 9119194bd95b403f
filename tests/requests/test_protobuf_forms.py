"""Groups, extensions and messages in messages of Protocol Buffers are what Google's library reads in them."""

from __future__ import annotations

from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.errors import EngineError
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from shown_inputs import shown

OLD = """
name: "old.proto" package: "shop" syntax: "proto2"
message_type { name: "Request"
  field { name: "user" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
  field { name: "home" number: 2 type: TYPE_GROUP label: LABEL_OPTIONAL type_name: ".shop.Request.Home" }
  field { name: "visit" number: 3 type: TYPE_GROUP label: LABEL_REPEATED type_name: ".shop.Request.Visit" }
  field { name: "movie" number: 4 type: TYPE_GROUP label: LABEL_REPEATED type_name: ".shop.Request.Movie" }
  field { name: "plain" number: 5 type: TYPE_INT32 label: LABEL_OPTIONAL oneof_index: 0 }
  field { name: "boxed" number: 6 type: TYPE_GROUP label: LABEL_OPTIONAL oneof_index: 0
          type_name: ".shop.Request.Boxed" }
  oneof_decl { name: "pick" }
  nested_type { name: "Home"
    field { name: "lat" number: 1 type: TYPE_DOUBLE label: LABEL_OPTIONAL }
    field { name: "inner" number: 2 type: TYPE_GROUP label: LABEL_OPTIONAL type_name: ".shop.Request.Home.Inner" }
    nested_type { name: "Inner" field { name: "x" number: 1 type: TYPE_SINT64 label: LABEL_REPEATED } } }
  nested_type { name: "Visit" field { name: "at" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL } }
  nested_type { name: "Movie" field { name: "id" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL } }
  nested_type { name: "Boxed" field { name: "x" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL } }
  extension_range { start: 100 end: 200 } }
extension { name: "score" extendee: ".shop.Request" number: 100 type: TYPE_DOUBLE label: LABEL_OPTIONAL }
extension { name: "tags" extendee: ".shop.Request" number: 101 type: TYPE_STRING label: LABEL_REPEATED }
extension { name: "user" extendee: ".shop.Request" number: 102 type: TYPE_INT32 label: LABEL_OPTIONAL }
message_type { name: "One"
  extension { name: "twice" extendee: ".shop.Request" number: 103 type: TYPE_INT32 label: LABEL_OPTIONAL }
  extension { name: "best" extendee: ".shop.Request" number: 105 type: TYPE_MESSAGE label: LABEL_OPTIONAL
              type_name: ".shop.One" }
  field { name: "y" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL } }
message_type { name: "Two"
  extension { name: "twice" extendee: ".shop.Request" number: 104 type: TYPE_INT32 label: LABEL_OPTIONAL } }
"""

DEEP = """
name: "deep.proto" package: "deep" syntax: "proto3"
message_type { name: "Request"
  field { name: "orders" number: 1 type: TYPE_MESSAGE label: LABEL_REPEATED type_name: ".deep.Order" } }
message_type { name: "Order"
  field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
  field { name: "lines" number: 2 type: TYPE_MESSAGE label: LABEL_REPEATED type_name: ".deep.Line" } }
message_type { name: "Line"
  field { name: "sku" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL }
  field { name: "parts" number: 2 type: TYPE_MESSAGE label: LABEL_REPEATED type_name: ".deep.Part" } }
message_type { name: "Part" field { name: "weights" number: 1 type: TYPE_DOUBLE label: LABEL_REPEATED } }
"""


def made(text: str, name: str) -> tuple[descriptor_pb2.FileDescriptorSet, Any, Any]:
    """Return the descriptors, the class of a message, and the pool."""
    file = text_format.Parse(text, descriptor_pb2.FileDescriptorProto())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    return descriptor_pb2.FileDescriptorSet(file=[file]), message, pool


def same(extractor: fx.Extractor, decoder: Any, raw: bytes, expected: dict[str, Any]) -> None:
    table = {name: [value] for name, value in expected.items()}
    assert decoder.extract(raw).to_arrow() == extractor.extract(table).to_arrow(), expected


def test_groups() -> None:
    descriptors, message_class, _ = made(OLD, "shop.Request")
    extractor = shown(
        "input request { user: string?, home: {lat: float?, inner: {x: list<int>}?}?, visit: list<{at: int?}>, "
        "plain: int?, boxed: {x: int?}? }",
        *("user", "home.lat", "home.inner.x", "visit.map(v -> v.at)", "visit.length()"),
        *("plain", "boxed.x", "boxed.x ?? -1"),
    )
    decoder = extractor.protobuf_decoder(descriptors, "shop.Request")
    empty: dict[str, Any] = dict.fromkeys(("user", "home", "plain", "boxed")) | {"visit": []}
    same(extractor, decoder, b"", empty)
    message = message_class(user="Ann")
    message.home.lat = 1.5
    message.home.inner.x.extend([1, -2])
    message.visit.add(at=7)
    message.visit.add()
    message.boxed.x = 3
    raw = message.SerializeToString()
    full = {
        "user": "Ann",
        "home": {"lat": 1.5, "inner": {"x": [1, -2]}},
        "visit": [{"at": 7}, {"at": None}],
        "plain": None,
        "boxed": {"x": 3},
    }
    same(extractor, decoder, raw, full)
    # A group may come in parts, and a later member of a oneof ends an earlier one.
    more = message_class(plain=5)
    more.home.inner.x.append(9)
    full |= {"home": {"lat": 1.5, "inner": {"x": [1, -2, 9]}}, "plain": 5, "boxed": None}
    same(extractor, decoder, raw + more.SerializeToString(), full)
    merged = message_class.FromString(raw + more.SerializeToString())
    assert list(merged.home.inner.x) == [1, -2, 9]
    assert not merged.HasField("boxed")
    for cut in (b"\x13", b"\x13\x09", b"\x13\x14\x13", b"\x13\x1c", b"\x14", b"\x13\x13\x14"):
        with pytest.raises(EngineError, match="the bytes are no message"):
            decoder.extract(raw + cut)


def test_candidates_in_groups() -> None:
    descriptors, message_class, _ = made(OLD, "shop.Request")
    extractor = shown("input request { user: string }\ninput candidate { id: int }", "user", "id")
    decoder = extractor.protobuf_decoder(descriptors, "shop.Request", candidates="movie")
    message = message_class(user="Ann")
    for number in (5, 6):
        message.movie.add(id=number)
    found = decoder.extract(message.SerializeToString())
    expected = extractor.extract_request({"user": "Ann"}, {"id": [5, 6]})
    assert found.to_arrow() == expected.to_arrow()


def test_extensions_are_fields_of_their_names() -> None:
    descriptors, message_class, pool = made(OLD, "shop.Request")
    extractor = shown(
        "input request { user: string?, score: float?, tags: list<string>, best: {y: int?}? }",
        *("user", "score", "tags", "best.y"),
    )
    decoder = extractor.protobuf_decoder(descriptors, "shop.Request")
    empty: dict[str, Any] = {"user": None, "score": None, "tags": [], "best": None}
    same(extractor, decoder, b"", empty)
    message = message_class(user="Ann")
    message.Extensions[pool.FindExtensionByName("shop.score")] = 0.5
    message.Extensions[pool.FindExtensionByName("shop.tags")].extend(["a", "b"])
    message.Extensions[pool.FindExtensionByName("shop.One.best")].y = 4
    # The field of the message has this name, so the extension is none of our inputs.
    message.Extensions[pool.FindExtensionByName("shop.user")] = 7
    full = {"user": "Ann", "score": 0.5, "tags": ["a", "b"], "best": {"y": 4}}
    same(extractor, decoder, message.SerializeToString(), full)


def test_extensions_of_one_name_are_not_told_apart() -> None:
    descriptors = made(OLD, "shop.Request")[0]
    extractor = shown("input request { twice: int? }", "twice")
    with pytest.raises(
        EngineError, match=r"has no field `twice`.* It has: .*, best, score, tags\."
    ):
        extractor.protobuf_decoder(descriptors, "shop.Request")


def test_messages_in_repeated_messages() -> None:
    descriptors, message_class, _ = made(DEEP, "deep.Request")
    extractor = shown(
        "input request { orders: list<{name: string, lines: list<{sku: int, parts: list<{weights: list<float>}>}>}> }",
        *("orders.map(o -> o.name)", "orders.map(o -> o.lines.map(l -> l.sku).sum())"),
        "orders.map(o -> o.lines.map(l -> l.parts.map(p -> p.weights.sum()).sum()).sum())",
        "orders.map(o -> o.lines.map(l -> l.parts.length()).sum())",
    )
    decoder = extractor.protobuf_decoder(descriptors, "deep.Request")
    orders: list[dict[str, Any]] = [
        {"name": "a", "lines": []},
        {
            "name": "b",
            "lines": [
                {"sku": 1, "parts": [{"weights": [0.5, 1.0]}, {"weights": []}]},
                {"sku": 2, "parts": []},
            ],
        },
        {"name": "", "lines": [{"sku": -3, "parts": [{"weights": [2.0]}]}]},
    ]
    message = message_class(orders=orders)
    same(extractor, decoder, message.SerializeToString(), {"orders": orders})
    same(extractor, decoder, b"", {"orders": []})


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (
            "lines: list<list<int>>",
            "no lists in lists: declare the inner one as a field of a struct",
        ),
        ("lines: list<vector<2>>", "Protocol Buffers have no lists in lists"),
        ("name: list<string>", "is of type string, but the program declares it as list<string>"),
    ],
)
def test_what_has_no_form_is_named(declared: str, told: str) -> None:
    descriptors = made(DEEP, "deep.Request")[0]
    name = declared.partition(":")[0]
    extractor = shown(f"input request {{ {declared} }}", f"{name}.length()")
    with pytest.raises(EngineError) as refused:
        extractor.protobuf_decoder(descriptors, "deep.Order")
    assert told in str(refused.value)
    assert f"Field `{name}` of message deep.Order" in str(refused.value)


@pytest.mark.parametrize("given", ["shop.desc", None, 7])
def test_descriptors_are_no_path(given: Any) -> None:
    extractor = fx.compile_text("input request { x: int }\nfeature y : dense = x\n").extractor()
    with pytest.raises(TypeError, match="must be a FileDescriptorSet or its bytes"):
        extractor.protobuf_decoder(given, "shop.Request")
