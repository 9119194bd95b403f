"""Requests in Protocol Buffers whose messages have no field for what is fetched."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.cli import main
from feature_extractor.errors import EngineError
from feature_extractor.serving import Fetch, FetchError, RequestLog
from fetched import (
    CANDIDATES,
    PRICES,
    USER,
    expected,
    fetched_package,
    item_fetch,
    items_of,
    missing,
    outcomes,
    serving,
    user_fetch,
    user_of,
)

pytest.importorskip("google.protobuf")
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

KINDS = descriptor_pb2.FieldDescriptorProto
ITEMS = {"item": KINDS.TYPE_INT64}
ASKED = {"user": "Ann", "session": 5, "items": [{"item": item} for item in CANDIDATES["item"]]}


def descriptors(items: dict[str, int], **request: int) -> descriptor_pb2.FileDescriptorSet:
    """Return a message with a user, its session, items with these fields, and more fields."""
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="asked.proto", package="shop", syntax="proto3")
    item = file.message_type.add(name="Item")
    for number, (name, kind) in enumerate(items.items(), start=1):
        item.field.add(name=name, number=number, type=kind, label=1)
    message = file.message_type.add(name="Asked")
    fields = {"user": KINDS.TYPE_STRING, "session": KINDS.TYPE_INT32, **request}
    for number, (name, kind) in enumerate(fields.items(), start=1):
        message.field.add(name=name, number=number, type=kind, label=1)
    message.field.add(
        name="items", number=100, type=KINDS.TYPE_MESSAGE, type_name=".shop.Item", label=3
    )
    return files


def message(files: descriptor_pb2.FileDescriptorSet, **content: Any) -> bytes:
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    made = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Asked"))(**content)
    written: bytes = made.SerializeToString()
    return written


@pytest.fixture(scope="module")
def package() -> bytes:
    return fetched_package()


FILES = descriptors(ITEMS)


def decoder_of(
    service: Any, files: descriptor_pb2.FileDescriptorSet = FILES, **options: Any
) -> Any:
    return service.protobuf_decoder(files, "shop.Asked", candidates="items", **options)


def test_what_messages_have_no_field_for_is_fetched(package: bytes) -> None:
    with serving(package, user_fetch(), item_fetch()) as service:
        decoder = decoder_of(service)
        result = decoder.extract(message(FILES, **ASKED))
        assert result.to_arrow().equals(expected(package))
        assert outcomes(result) == {"user": "fetched", "items": "fetched"}
        computed = asyncio.run(decoder.begin(message(FILES, **ASKED)))()
        assert computed.to_arrow().equals(expected(package))


def test_a_batch_has_the_candidates_of_its_requests(package: bytes) -> None:
    asked: list[dict[str, list[Any]]] = []

    def seen(keys: dict[str, list[Any]]) -> Any:
        asked.append(keys)
        return items_of(keys)

    fetch = Fetch("items", seen, ["item", "user"], ["price", "tags", "seen"], timeout=30)
    messages = [
        message(FILES, user="Ann", items=ASKED["items"][:1]),
        message(FILES, user="Bob"),
        message(FILES, user="Cid", items=ASKED["items"][1:]),
    ]
    with serving(package, user_fetch(), fetch) as service:
        result = decoder_of(service).extract_batch(messages)
    assert result["user"] == ["Ann", "Cid", "Cid"]
    assert asked == [{"item": [7, 8, 9], "user": ["Ann", "Cid", "Cid"]}]
    assert result["item"].tolist() == [7.0, 8.0, 9.0]
    assert result["match"].tolist() == [14.5, -1.0, 16.5]


def test_fields_that_are_there_are_not_fetched(package: bytes) -> None:
    """A message says of its fields that they are absent: that is a value."""

    def never(keys: dict[str, list[Any]]) -> Any:
        raise AssertionError("it was asked")

    whole = descriptors({**ITEMS, "price": KINDS.TYPE_DOUBLE}, age=KINDS.TYPE_INT64)
    fetches = [
        Fetch("age", never, ["user"], ["age"]),
        Fetch("price", never, ["item"], ["price"]),
        user_fetch(lambda keys: {k: v for k, v in user_of(keys).items() if k != "age"}),
    ]
    rest = [name for name in USER if name != "age"]
    fetches[2] = Fetch("rest", fetches[2].function, ["user"], rest, timeout=30)
    tags = Fetch("tags", items_of, ["item"], ["tags", "seen"], timeout=30)
    asked = {**ASKED, "age": 31, "items": [{"item": 7, "price": 0.5}, {"item": 8}, {"item": 9}]}
    with serving(package, *fetches, tags) as service:
        result = decoder_of(service, whole).extract(message(whole, **asked))
    assert outcomes(result) == {"rest": "fetched", "tags": "fetched"}
    assert result["age"].tolist() == [31.0] * 3
    assert result["match"].tolist() == [14.5, 14.0, 14.0]


def test_keys_need_not_be_inputs(package: bytes) -> None:
    asked: list[dict[str, list[Any]]] = []

    def seen(keys: dict[str, list[Any]]) -> Any:
        asked.append(keys)
        return {name: [value] for name, value in USER.items()}

    fetch = Fetch("user", seen, ["session", "user"], list(USER), timeout=30)
    with serving(package, fetch, item_fetch()) as service:
        result = decoder_of(service).extract(message(FILES, **ASKED))
        # A text that is no UTF-8 is no key.
        broken = message(FILES, **ASKED).replace(b"Ann", b"A\xffn")
        assert decoder_of(service).extract(broken).statistics().defaulted["user"] == 3
    assert result.to_arrow().equals(expected(package))
    assert asked == [{"session": [5], "user": ["Ann"]}, {"session": [5], "user": [None]}]


def test_a_key_that_no_message_has_is_told_at_once(package: bytes) -> None:
    fetch = Fetch("user", user_of, ["user_id"], list(USER), timeout=30)
    with (
        serving(package, fetch, item_fetch()) as service,
        pytest.raises(
            fx.FeatureExtractorError, match=r"'user' needs the key `user_id`.*shop\.Asked"
        ),
    ):
        decoder_of(service)


def test_an_input_that_nobody_fetches_must_be_there(package: bytes) -> None:
    with (
        serving(package, user_fetch()) as service,
        pytest.raises(EngineError, match="no field `price`"),
    ):
        decoder_of(service)


def test_what_is_late_or_lost_is_null(package: bytes) -> None:
    def lost(keys: dict[str, list[Any]]) -> Any:
        raise LookupError("the store is gone")

    with serving(package, user_fetch(lost), item_fetch()) as service:
        result = decoder_of(service).extract(message(FILES, **ASKED))
        assert outcomes(result) == {"user": "failed", "items": "fetched"}
        missing(result)
    with (
        serving(package, user_fetch(lost, required=True), item_fetch()) as service,
        pytest.raises(FetchError, match="the store is gone"),
    ):
        decoder_of(service).extract(message(FILES, **ASKED))


def test_damaged_messages_are_refused_before_anything_is_fetched(package: bytes) -> None:
    def never(keys: dict[str, list[Any]]) -> Any:
        raise AssertionError("it was asked")

    whole = message(FILES, **ASKED)
    with serving(package, user_fetch(never), item_fetch(never)) as service:
        decoder = decoder_of(service, maximum_candidates=2)
        with pytest.raises(EngineError, match="byte"):
            decoder.extract(whole[:-1])
        with pytest.raises(EngineError, match="at most 2"):
            decoder.extract(whole)
        with pytest.raises(TypeError, match="must be bytes"):
            decoder.extract("text")


def test_a_package_takes_the_place_of_another_one(package: bytes) -> None:
    with serving(package, user_fetch(), item_fetch(), same_outputs=False) as service:
        decoder = decoder_of(service)
        less = fx.compile_text(
            "input request { user: string }\ninput candidate { item: int, price: float? }\n"
            "feature price : dense(default = -1.0) = price ?? -1.0",
            path="less.fx",
        )
        service.push(less.package.to_bytes())
        result = decoder.extract(message(FILES, **ASKED))
        assert outcomes(result) == {"items": "fetched"}
        assert result["price"].tolist() == [-1.0 if p is None else p for p in PRICES]
        more = fx.compile_text(
            "input request { brand: string }\nfeature b : text = brand", path="b.fx"
        )
        with pytest.raises(EngineError, match="no field `brand`"):
            service.push(more.package.to_bytes())


def test_the_log_and_the_shadow_get_what_was_fetched(package: bytes, tmp_path: Path) -> None:
    (tmp_path / "fetched.fxp").write_bytes(package)
    log = RequestLog(tmp_path / "log", share=1.0, values=True)
    broken = message(FILES, **ASKED).replace(b"Ann", b"A\xffn")
    with serving(package, user_fetch(), item_fetch(), log=log) as service:
        shadow = service.shadow(package, share=1.0)
        decoder = decoder_of(service)
        for one in (message(FILES, **ASKED), broken):
            decoder.extract(one)
        shadow.drain()
        assert (shadow.compared, shadow.failed[0]) == (2, 0)
        assert not [one for one in shadow.differences() if one.differing]
    assert log.counts.written == 2
    assert main(["verify", str(tmp_path / "log"), str(tmp_path / "fetched.fxp")]) == 0
