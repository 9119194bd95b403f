"""Messages with nothing odd are read in one pass, all others from a list of their values: with the same result."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.errors import EngineError
from shown_inputs import shown

INPUTS = """
input request {
  text: string, at: timestamp, lasted: duration, raw: bytes, flag: bool,
  ints: list<int?>, texts: list<list<string>>, taste: map<string, float?>, names: map<int, string>,
  home: {lat: float, city: string?}?, seen: list<{item: int, tags: map<string, list<int>>, at: timestamp?}>,
  point: vector<2>
}
input candidate { item: int?, price: float, title: string?, place: vector<3>?, liked: list<int>? }
"""
VALUES = (
    "text", "at", "lasted", "raw", "flag", "ints", "texts", "taste.keys()", "taste.values()", "names.keys()",
    "names.values()", "home.lat", "home.city", "seen.map(e -> e.item)", "seen.map(e -> e.tags.keys())",
    "seen.map(e -> e.at)", "point", "item", "price", "title", "place", "liked",
)  # fmt: skip

# A member that comes twice is odd; this one says nothing, unless it is an object.
ODD = '"request": 0, "request": 0'


@pytest.fixture(scope="module")
def decoder() -> fx.MessageDecoder:
    return shown(INPUTS, *VALUES).json_decoder()


def outcome(decoder: fx.MessageDecoder, messages: list[bytes]) -> Any:
    """Return what is read, or the error without its place. The memory of a message ends where the message ends."""
    try:
        blocks = [np.frombuffer(message, np.uint8).copy() for message in messages]
        return decoder.extract_batch(blocks).to_arrow()
    except EngineError as error:
        return re.sub(r"byte \d+ \(line \d+, column \d+\)", "there", str(error))


def is_text(found: Any) -> bool:
    return isinstance(found, str)


class Messages:
    """Random requests that fit, as servers write them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        pick = self.random
        size = pick.choice([0, 3, 7, 15, 16, 17, 40])
        return "".join(pick.choices('abc "\\/\n\u00e9\u20ac\U0001f600z', k=size))

    def integer(self) -> int | float:
        pick = self.random
        number = pick.choice([0, 7, -1, pick.randrange(10**6), -pick.randrange(2**62), 2**63 - 1])
        return float(number) if abs(number) < 2**50 and pick.random() < 0.1 else number

    def real(self) -> float | int:
        pick = self.random
        return pick.choice([0.0, -0.0, 2, pick.random(), -1.5e300, pick.uniform(-1e9, 1e9), 1e-7])

    def unread(self) -> Any:
        """A value that nobody reads."""
        nested = [[1, {"a": [False]}], "b"]
        return self.random.choice([None, True, -1.5e-3, "x\u00e9", [], {}, nested, {"a": {"b": 1}}])

    def members(self, wanted: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
        """Mostly in one order and all of them."""
        pick = self.random
        found = dict(wanted)
        for name, value in optional.items():
            if pick.random() < 0.8:
                found[name] = pick.choice([value, None])
        for _ in range(pick.choice([0, 0, 1, 2])):
            found[pick.choice(["other", "o" * 70, 'quo"te', "", "\u00e9\u00e9"])] = self.unread()
        names = list(found)
        if pick.random() < 0.2:
            pick.shuffle(names)
        return {name: found[name] for name in names}

    def candidate(self) -> dict[str, Any] | None:
        pick = self.random
        if pick.random() < 0.05:
            return None
        return self.members(
            {"price": self.real()},
            {
                "item": self.integer(),
                "title": self.text(),
                "place": [self.real() for _ in range(pick.choice([3, 3, 3, 2]))],
                "liked": [self.integer() for _ in range(pick.randrange(5))],
            },
        )

    def seen(self) -> dict[str, Any]:
        tags = {self.text(): [1, 2], "b": [], self.text(): [self.integer()]}
        return self.members({"item": self.integer(), "tags": tags}, {"at": self.integer()})

    def request(self) -> dict[str, Any]:
        pick = self.random
        wanted = {
            "text": self.text(),
            "at": pick.choice(["2024-03-01T12:00:00Z", 1709251200000000, "2024-W09-5"]),
            "lasted": pick.choice(["1d12h", -5]),
            "raw": pick.choice(["", "QUJD", "QQ=="]),
            "flag": pick.random() < 0.5,
            "ints": [pick.choice([None, self.integer()]) for _ in range(pick.randrange(5))],
            "texts": [[self.text()], [], [self.text(), self.text()]],
            "taste": pick.choice([
                {self.text(): self.real(), "k": None},
                [{"key": "k", "value": 1.5}, {"key": "l"}],
                {str(i): i for i in range(30)},
            ]),
            "names": {str(int(self.integer())): self.text()},
            "seen": [self.seen() for _ in range(pick.randrange(4))],
            "point": [self.real(), self.real()],
        }  # fmt: skip
        inner = self.members(wanted, {"home": self.members({"lat": 1.5}, {"city": self.text()})})
        rows = [self.candidate() for _ in range(pick.randrange(6))]
        shape = pick.randrange(8)
        if shape == 0:
            return {"candidates": None, **inner}
        if shape == 1:
            return {"text": 1, "request": inner, "candidates": rows}
        if shape == 2:
            return {"candidates": rows, "request": inner, "z": self.unread()}
        if shape == 3:
            columns = {"price": [self.real() for _ in rows], "title": [self.text() for _ in rows], "z": 1}  # fmt: skip
            return {**inner, "candidates": columns}
        return {**inner, "candidates": rows}

    def message(self) -> str:
        pick = self.random
        return json.dumps(
            self.request(),
            ensure_ascii=pick.random() < 0.5,
            indent=pick.choice([None, None, 1]),
            separators=pick.choice([None, (",", ":"), (" , ", " : ")]),
        )


def odd_at_the_beginning(message: str) -> str:
    return "{" + ODD + "," + message[1:]


def odd_at_the_end(message: str) -> str:
    return message[:-1] + "," + ODD + "}"


def test_both_ways_read_the_same(decoder: fx.MessageDecoder) -> None:
    messages = Messages(1)
    read = 0
    for _ in range(400):
        message = messages.message()
        found = outcome(decoder, [message.encode()])
        # Where `request` is an object, the odd one must stand in front of it: the last one counts.
        assert found == outcome(decoder, [odd_at_the_beginning(message).encode()]), message
        if '"request"' not in message:
            assert found == outcome(decoder, [odd_at_the_end(message).encode()]), message
        read += not is_text(found)
    assert read > 350


def test_what_was_given_up_leaves_nothing(decoder: fx.MessageDecoder) -> None:
    """Between messages with nothing odd, one that is odd at its end, when all of it has been written."""
    messages = Messages(2)
    for _ in range(60):
        texts = [messages.message() for _ in range(4)]
        plain = [text.encode() for text in texts]
        expected = outcome(decoder, plain)
        odd = plain.copy()
        for at in (1, 3):
            if '"request"' not in texts[at]:
                odd[at] = odd_at_the_end(texts[at]).encode()
        assert outcome(decoder, odd) == expected


def test_a_message_that_ends_too_soon(decoder: fx.MessageDecoder) -> None:
    messages = Messages(3)
    for _ in range(6):
        whole = messages.message().encode()
        for size in range(1, len(whole)):
            found = outcome(decoder, [whole[:size]])
            assert is_text(found), whole[:size]
            assert "not JSON" in found


def test_damaged_messages(decoder: fx.MessageDecoder) -> None:
    messages = Messages(4)
    pick = messages.random
    accepted = refused = 0
    for _ in range(250):
        whole = messages.message().encode()
        for _ in range(12):
            raw = bytearray(whole)
            for _ in range(pick.choice([1, 1, 2])):
                at = pick.randrange(1, len(raw))
                kind = pick.randrange(4)
                if kind == 0:
                    raw[at] = pick.choice(b'{}[]",:\\0159e+-.tfn \n\t\x01\xff')
                elif kind == 1:
                    del raw[at : at + pick.choice([1, 1, 9])]
                elif kind == 2:
                    raw[at:at] = raw[pick.randrange(len(raw)) :][: pick.randrange(12)]
                else:
                    raw[at:at] = pick.choice([b"]" * 1100, b"[" * 1100, b"0", b"-", b"e1", b"null"])
            message = bytes(raw)
            found = outcome(decoder, [message])
            try:
                json.loads(message)
                is_json = True
            except UnicodeDecodeError:
                is_json = None  # Text that is not UTF-8 is null here.
            except (ValueError, RecursionError):
                is_json = False
            if is_text(found):
                refused += 1
                assert is_json is not True or "not JSON" not in found, message
            else:
                accepted += 1
                assert is_json is not False or b"\n" in message, message
            if message[:2] == b'{"':
                odd = odd_at_the_beginning(message.decode("latin-1")).encode("latin-1")
                again = outcome(decoder, [odd])
                assert without_quotes(found) == without_quotes(again), message
    assert min(accepted, refused) > 200


def without_quotes(found: Any) -> Any:
    """An error quotes the beginning of a value, which the odd members make another one."""
    return re.sub(r", found .*", "", found, flags=re.DOTALL) if is_text(found) else found


def test_numbers_as_floats_have_them() -> None:
    """Digits of every length, and those in the middle between two floats or next to it."""
    extractor = shown("input request { f: list<float> }", "f")
    decoder = extractor.json_decoder()
    pick = random.Random(6)
    digits = []
    for _ in range(4000):
        size = pick.randrange(1, 22)
        whole = str(pick.randrange(10**size))
        places = pick.randrange(30)
        end = whole[-places:].rjust(places, "0")
        digits.append(f"{whole[:-places] or '0'}.{end}" if places else whole)
        digits.append(repr(pick.uniform(-1, 1)))
        digits.append(repr(pick.random() * 10.0 ** pick.randrange(-40, 40)))
        # Between two floats lies a number of 54 bits; divided by a power of two it ends soon.
        middle, power = pick.randrange(2**53, 2**54) | 1, pick.randrange(1, 4)
        exact = str(middle * 5**power).rjust(power + 1, "0")
        digits += [f"{exact[:-power]}.{exact[-power:]}", f"-{exact[:-power]}.{exact[-power:]}0"]
    message = '{"f": [' + ", ".join(digits) + "]}"
    expected = extractor.extract_request({"f": [float(one) for one in digits]})
    assert decoder.extract(message).to_arrow() == expected.to_arrow()
