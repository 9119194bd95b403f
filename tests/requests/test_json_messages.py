"""The shapes of JSON messages: what is a request, what is a batch, what is refused and where."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.errors import EngineError

PROGRAM = """
input request { user: string, seen: list<int>, home: {lat: float, city: string?}?, spare: int }
input candidate { movie: int, title: string?, price: float? }
feature again : dense = seen.count(s -> s == movie)
feature price : dense = price ?? -1.0
feature user_title : id(1000) = cross(user, title ?? "").hash_bucket(1000)
feature lat : dense = home.lat ?? -1.0
feature city : text = home.city ?? "?"
"""
USER: dict[str, Any] = {"user": "Ann", "seen": [1, 2, 1], "home": {"lat": 1.5, "city": None}}
CANDIDATES: list[dict[str, Any]] = [
    {"movie": 1, "title": "a", "price": 2.5},
    {"movie": 2, "title": None},
    {"movie": 3, "title": "é", "price": None, "other": {"x": [1]}},
]


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="shop.fx").extractor()


@pytest.fixture(scope="module")
def decoder(extractor: fx.Extractor) -> Any:
    return extractor.json_decoder()


def digest(extractor: fx.Extractor, request: dict[str, Any], candidates: Any) -> Any:
    return extractor.extract_request(request | {"spare": 0}, candidates).digest()


def outcome(decoder: Any, message: bytes) -> tuple[fx.Extraction | None, str]:
    """Return the result, or what the error says."""
    try:
        return decoder.extract(message), ""
    except EngineError as error:
        return None, str(error)


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row.get(name) for row in rows] for name in ("movie", "title", "price")}


def test_shapes_of_one_request(extractor: fx.Extractor, decoder: Any) -> None:
    expected = digest(extractor, USER, CANDIDATES)
    both = {"title": "x", **USER, "candidates": CANDIDATES}
    for message in [
        json.dumps(both),
        json.dumps(both).encode(),
        bytearray(json.dumps(both, ensure_ascii=False).encode()),
        memoryview(b"\xef\xbb\xbf \n" + json.dumps(both, indent=3).encode() + b"\r\n"),
        json.dumps({"candidates": columns(CANDIDATES), **USER}),
        json.dumps({"candidates": CANDIDATES, "request": USER}),
        json.dumps({"request": USER, "candidates": columns(CANDIDATES), "user": 7}),
        json.dumps(both)[:-1] + ', "user": "Ann"}',
        '{"user": 5, ' + json.dumps(both)[1:],
        json.dumps([both]),
    ]:
        result = decoder.extract(message)
        assert (result.rows, result.requests) == (3, 1)
        assert result.digest() == expected, message


def test_batches(extractor: fx.Extractor, decoder: Any) -> None:
    """Requests with no, one and many candidates, in one message or in several."""
    sizes = [3, 0, 1, 3, 2]
    requests = [USER | {"user": f"u{i}"} for i in range(len(sizes))]
    expected = sum(
        (digest(extractor, r, CANDIDATES[:n]) for r, n in zip(requests, sizes, strict=True)),
        start=digest(extractor, USER, []),
    )
    objects = [r | {"candidates": CANDIDATES[:n]} for r, n in zip(requests, sizes, strict=True)]
    objects[1]["candidates"] = None
    lines = "\n".join(json.dumps(one) for one in objects)
    for messages in [
        [json.dumps(one) for one in objects],
        [json.dumps(objects)],
        [lines],
        [lines + "\n\n"],
        [json.dumps(objects[:2], indent=1) + "\n" + json.dumps(objects[2]), json.dumps(objects[3:]).encode()],
    ]:  # fmt: skip
        for threads in (1, 3):
            result = decoder.extract_batch(messages, threads=threads, chunk_rows=2)
            assert (result.rows, result.requests) == (9, 5)
            assert result.digest() == expected
    assert decoder.extract_batch([]).rows == 0
    assert decoder.extract("[]").requests == 0


def test_a_null_candidate_has_no_values(extractor: fx.Extractor, decoder: Any) -> None:
    result = decoder.extract(json.dumps(USER | {"candidates": [None, CANDIDATES[0]]}))
    nothing = {"movie": None, "title": None, "price": None}
    assert result.digest() == digest(extractor, USER, [nothing, CANDIDATES[0]])


def test_inputs_that_nothing_reads_need_not_be_there(decoder: Any) -> None:
    assert decoder.extract(json.dumps(USER | {"candidates": [], "spare": "what"})).rows == 0


def test_an_error_is_one_line_whatever_the_message_holds(decoder: Any) -> None:
    for message, told in [
        (b"\0", r"expected a value, found \x00."),
        (b"\x1b[2J", r"expected a value, found \x1b[2J."),
        (
            b'{"seen": [],\n "user": [1,\n2], "candidates": []}',
            r"expected string, found [1,\x0a2].",
        ),
    ]:
        assert outcome(decoder, message)[1].endswith(told)


def test_a_program_without_candidates() -> None:
    extractor = fx.compile_text(
        "input request { candidates: int, request: int? }\n"
        "feature f : dense = candidates + (request ?? 0)",
        path="alone.fx",
    ).extractor()
    decoder = extractor.json_decoder()
    assert decoder.extract('{"candidates": 5}')["f"].tolist() == [5.0]
    both = decoder.extract('[{"candidates": 5, "request": 2}, {"candidates": 1}]')
    assert both["f"].tolist() == [7.0, 1.0]


def test_an_input_named_candidates_leaves_the_wrapped_shape() -> None:
    extractor = fx.compile_text(
        "input request { candidates: int }\ninput candidate { n: int }\n"
        "feature f : dense = candidates + n",
        path="named.fx",
    ).extractor()
    decoder = extractor.json_decoder()
    message = '{"request": {"candidates": 5}, "candidates": [{"n": 1}]}'
    assert decoder.extract(message)["f"].tolist() == [6.0]
    with pytest.raises(EngineError, match="expected a member `candidates`"):
        decoder.extract('{"candidates": 5}')


WRONG = [
    json.loads(line) for line in Path(__file__).with_name("wrong.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong["message"]))
def test_errors_say_where_and_what(decoder: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(EngineError) as refused:
        decoder.extract(wrong["message"])
    assert wrong["error"] in str(refused.value)
    assert refused.value.code == "invalid_argument"


def test_errors_name_the_message_and_the_request(decoder: Any) -> None:
    good = json.dumps(USER | {"candidates": []})
    with pytest.raises(EngineError, match=r"^Message 1: Request 2, `user`, byte 9 "):
        decoder.extract_batch([f"{good}\n{good}", '{"user": 1}', good])
    assert decoder.extract(good).requests == 1, "the decoder works on after an error"


def test_what_is_no_message_is_a_type_error(decoder: Any) -> None:
    with pytest.raises(TypeError, match="A message must be bytes or str, not dict"):
        decoder.extract({})
    with pytest.raises(ValueError, match="must not be negative"):
        fx.compile_text(PROGRAM).extractor().json_decoder(maximum_bytes=-1)


def test_limits(extractor: fx.Extractor) -> None:
    message = json.dumps(USER | {"candidates": CANDIDATES})
    small = extractor.json_decoder(maximum_bytes=len(message))
    assert small.extract(message).rows == 3
    with pytest.raises(EngineError, match="bytes; at most") as refused:
        small.extract(message + " ")
    assert refused.value.code == "limit"
    few = extractor.json_decoder(maximum_candidates=5)
    assert few.extract(message).rows == 3
    with pytest.raises(EngineError, match="there are 6 in one call; at most 5"):
        few.extract_batch([message, message])
    with pytest.raises(EngineError, match="there are 6 in one call"):
        few.extract(json.dumps(USER | {"candidates": columns(CANDIDATES * 2)}))
    assert few.extract(message).rows == 3


def test_deep_nesting_in_what_nobody_reads_is_no_trouble(decoder: Any) -> None:
    depth = 200_000
    deep = "[" * depth + "]" * depth
    assert decoder.extract('{"user": "A", "seen": [], "candidates": [], "deep": ' + deep + "}").rows == 0  # fmt: skip
    with pytest.raises(EngineError, match=r"`seen\[0\]`.*expected int"):
        decoder.extract('{"user": "A", "seen": ' + deep + ', "candidates": []}')


def test_damaged_bytes_are_refused_or_read_as_python_reads_them(
    extractor: fx.Extractor, decoder: Any
) -> None:
    source = random.Random(5)
    whole = json.dumps(USER | {"candidates": CANDIDATES}, ensure_ascii=False).encode()
    read = 0
    for _ in range(4000):
        raw = bytearray(whole)
        for _ in range(source.choice([1, 1, 2, 5])):
            at = source.randrange(len(raw))
            kind = source.randrange(4)
            if kind == 0:
                raw[at] = source.choice(b'{}[]",:\\0e-.tn \n\xff')
            elif kind == 1:
                del raw[at : at + source.choice([1, 1, 10])]
            elif kind == 2:
                raw[at:at] = raw[source.randrange(len(raw)) :][: source.randrange(12)]
            else:
                del raw[at:]
            if not raw:
                raw += b" "
        try:
            value: Any = json.loads(bytes(raw).decode())
            is_json = True
        except UnicodeDecodeError:
            is_json = None  # Text that is not UTF-8 is null here.
        except ValueError:
            is_json = False
        result, refused = outcome(decoder, bytes(raw))
        if result is None:
            assert is_json is not True or "not JSON" not in refused, raw
            continue
        assert is_json is not False or b"\n" in raw, raw
        if is_json and isinstance(value, dict):
            read += 1
            rows = value["candidates"]
            rows = columns(rows) if isinstance(rows, dict) else rows
            if rows is None or any(row is None for row in rows):
                continue
            assert result.digest() == digest(extractor, value, rows), raw
    assert read > 100


def test_threads_share_a_decoder(extractor: fx.Extractor, decoder: Any) -> None:
    messages = [json.dumps(USER | {"user": f"u{i}", "candidates": CANDIDATES[: i % 4]}) for i in range(8)]  # fmt: skip
    expected = [decoder.extract(message).digest() for message in messages]
    wrong: list[int] = []

    def work(first: int) -> None:
        for i in range(200):
            at = (first + i) % len(messages)
            if decoder.extract(messages[at]).digest() != expected[at]:
                wrong.append(at)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
