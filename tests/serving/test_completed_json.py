"""A message in JSON that is read and written again, to put in what was fetched, means the same to the core."""

from __future__ import annotations

import json
from typing import Any

import feature_extractor as fx
import pytest
from feature_extractor.serving import Fetch, Service
from feature_extractor.serving.fetch_json import JsonMessages
from hypothesis import given, settings
from hypothesis import strategies as st

PROGRAM = """
input request {
  b: bool?, i: int?, f: float?, s: string?, y: bytes?, t: timestamp?, d: duration?,
  l: list<int>?, m: map<string, float>?, v: vector<2>?, r: list<{k: string, n: int?}>?
}
input candidate { ci: int?, cs: string? }
feature b : dense = if b ?? false then 1.0 else 0.0
feature i : text = i.to_string() ?? "null"
feature f : text = f.to_string() ?? "null"
feature s : text = s ?? "null"
feature y : id(1000) = y.hash_bucket(1000) ?? 0
feature t : dense = (t - t"2026-01-01T00:00:00Z") / 1h ?? -1.0
feature d : dense = d / 1h ?? -1.0
feature l : text = (l ?? []).map(x -> x.to_string()).join(",")
feature m : dense = m["a"] ?? -1.0
feature v : dense = dot(v, v) ?? -1.0
feature r : text = r.map(x -> x.k).join(",") ?? "null"
feature n : dense = (r.sum(x -> x.n ?? 1) ?? -1) * 1.0
feature ci : text = ci.to_string() ?? "null"
feature cs : text = cs ?? "null"
"""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63), 2**70, 0.1, -0.0, 3.0, 1e300, float("nan"), float("inf")])
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(
        ["\ud800", "\x00", "AAE=", "2026-01-31T10:00:00Z", "1d12h", "é", "\U0001f600"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "k", "n", "key", "value"]), inner, max_size=3)
    ),
    max_leaves=5,
)
fitting = {
    "b": st.booleans(),
    "i": st.integers(-(2**64), 2**64),
    "f": st.floats() | st.integers(),
    "s": st.text(max_size=4),
    "y": st.sampled_from(["", "AAE=", "AAEC"]),
    "t": st.integers(-(10**15), 10**15) | st.sampled_from(["2026-01-31T10:00:00Z", "2026-01-31"]),
    "d": st.integers(-(10**12), 10**12) | st.sampled_from(["1d12h", "90m"]),
    "l": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    "m": st.dictionaries(st.sampled_from(["a", "b"]), st.floats() | st.none()),
    "v": st.lists(st.floats(width=32), min_size=1, max_size=3),
    "r": st.lists(st.fixed_dictionaries({"k": st.text(max_size=2)}, optional={"n": st.integers(0, 9)})),
}  # fmt: skip
members = st.fixed_dictionaries({}, optional={n: v | st.none() for n, v in fitting.items()})
strange = st.dictionaries(st.sampled_from([*fitting, "more"]), anything, max_size=3)
rows = st.lists(
    st.none()
    | st.fixed_dictionaries({}, optional={"ci": st.integers(), "cs": st.text(max_size=3)}),
    max_size=3,
)
columns = st.integers(0, 3).flatmap(
    lambda n: st.fixed_dictionaries(
        {"ci": st.lists(st.integers(-9, 9) | st.none(), min_size=n, max_size=n)}
    )
)
requests = st.builds(
    lambda own, odd, candidates, nested: (
        {"request": {**own, **odd}, "candidates": candidates}
        if nested
        else {**own, **odd, "candidates": candidates}
    ),
    members,
    st.just({}) | strange,
    rows | columns | st.none() | anything,
    st.booleans(),
)
texts = (
    requests.map(json.dumps)
    | st.lists(requests, max_size=3).map(json.dumps)
    | st.lists(requests, min_size=1, max_size=3).map(lambda many: "\n".join(map(json.dumps, many)))
    | requests.map(lambda one: json.dumps(one, indent=1, ensure_ascii=False))
    | requests.map(lambda one: "\ufeff" + json.dumps(one))
    | st.lists(requests | st.lists(requests, max_size=2), min_size=1, max_size=3).flatmap(
        lambda many: st.sampled_from(["\n", " \r\n ", " "]).map(
            lambda between: between.join(map(json.dumps, many))
        )
    )
)


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="json.fx").extractor()


def outcome(decoder: Any, message: bytes) -> Any:
    try:
        result = decoder.extract(message)
    except fx.EngineError as error:
        return error.code
    statistics = result.statistics()
    return result.to_arrow().to_pydict(), statistics.inputs, statistics.defaulted


@settings(max_examples=400, deadline=None)
@given(text=texts, damage=st.none() | st.integers(0, 2000))
def test_a_message_that_was_written_again_means_the_same(
    extractor: fx.Extractor, text: str, damage: int | None
) -> None:
    message = text.encode("utf-8", "surrogatepass")
    if damage is not None:
        place = damage % len(message)
        message = message[:place] + b"\xff" + message[place + 1 :]
    decoder = extractor.json_decoder()
    wanted = outcome(decoder, message)
    read = JsonMessages.read([message], extractor.inputs)
    if read is None:
        # Whatever is left as it is must be the core's to refuse, or have no requests in it.
        assert isinstance(wanted, str)
    else:
        assert outcome(decoder, read.written()[0]) == wanted


def test_a_damaged_byte_makes_no_pair_of_halves(extractor: fx.Extractor) -> None:
    for text in (
        b"\\ud800\xff",
        b"\xff\\udc00",
        b"\\ud800\xff\\udc00",
        b"a\xffb",
        b"\\ud800\xff\xff",
    ):
        message = b'{"s": "' + text + b'", "candidates": [{}]}'
        assert outcome(extractor.json_decoder(), message)[1]["request.s"].not_utf8 == 1
        read = JsonMessages.read([message], extractor.inputs)
        assert read is not None
        again = outcome(extractor.json_decoder(), read.written()[0])
        assert again[1]["request.s"].not_utf8 == 1


def test_the_core_refuses_what_is_not_read(extractor: fx.Extractor) -> None:
    for message in ("", "[1]", "3", "[[]]", '{"candidates": 3}', '{"candidates": [3]}', "{", "{}{"):
        if JsonMessages.read([message], extractor.inputs) is None:
            with pytest.raises(fx.EngineError):
                extractor.json_decoder().extract(message)


# ---- what a service does with them -----------------------------------------------------------------


class Stores:
    """A service whose messages lack lists and numbers, and how often its stores were asked for how much."""

    def __init__(self, **limits: int) -> None:
        program = fx.compile_text(
            "input request { user: string, seen: list<int>, f: float? }\n"
            "input candidate { movie: int, views: int }\n"
            "feature seen  : dense = seen.count(m -> m == movie)\n"
            "feature views : dense = views * 1.0\n"
            "feature f     : dense = f ?? 9.0\n",
            path="stores.fx",
        )
        self.asked: list[int] = []
        self.service = Service(
            program.extractor(),
            fetches=[
                Fetch("seen", self.seen, ["user"], ["seen"], timeout=None),
                Fetch("views", self.views, ["movie"], ["views"], timeout=None),
            ],
        )
        self.decoder = self.service.json_decoder(**limits)

    def seen(self, keys: dict[str, list[Any]]) -> Any:
        self.asked.append(len(keys["user"]))
        return {"seen": [[7, 7] for _ in keys["user"]]}

    def views(self, keys: dict[str, list[Any]]) -> Any:
        self.asked.append(len(keys["movie"]))
        return {"views": [100 for _ in keys["movie"]]}


ANN = '{"user": "Ann", "candidates": [{"movie": 7}]}'


@pytest.mark.parametrize(
    "text", ["\ufeff" + ANN, f"[{ANN}]\n[{ANN}, {ANN}]", f"{ANN}\n[{ANN}]", f"[]\n{ANN}"]
)
def test_every_form_of_a_message_is_completed(text: str) -> None:
    result = Stores().decoder.extract(text.encode())
    assert result["seen"].tolist() == [2.0] * text.count("Ann")
    assert result["views"].tolist() == [100.0] * text.count("Ann")


def test_nothing_is_fetched_for_a_candidate_that_is_null() -> None:
    result = Stores().decoder.extract('{"user": "Ann", "candidates": [null, {"movie": 7}]}')
    assert result["seen"].tolist() == [0.0, 2.0]
    assert result["views"].tolist() == [0.0, 100.0]


def test_a_negative_zero_stays_one() -> None:
    for zero in ("-0", "-0.0"):
        message = ANN.replace("{", f'{{"f": {zero}, "at": "2024-03-05", "other": -0.5, ', 1)
        assert Stores().decoder.extract(message)["f"].tobytes() == b"\x00\x00\x00\x80"


@pytest.mark.parametrize(
    ("candidates", "told"),
    [
        ("3", "`candidates`, byte .*: expected an array of objects, or an object of arrays, found 3"),
        ('"x"', 'expected an array of objects, or an object of arrays, found "x"'),
        ('[{"movie": 7}, 3]', r"`candidates\[1\]`, byte .*: expected a candidate, which is an object, found 3"),
        (f"[{', '.join(6 * ['{}'])}]", "with its candidates there are 6 in one call; at most 5 are read"),
        ('{"movie": [1, 2, 3, 4, 5, 6]}', "with its candidates there are 6 in one call; at most 5 are read"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_candidates_is_told_before_stores_are_asked(
    candidates: str, told: str
) -> None:
    stores = Stores(maximum_candidates=5)
    for message in (
        f'{{"user": "Ann", "candidates": {candidates}}}',
        f'{{"request": {{"user": "Ann"}}, "candidates": {candidates}}}',
    ):
        with pytest.raises(fx.EngineError, match=told):
            stores.decoder.extract(message)
    with pytest.raises(fx.EngineError, match="expected a member `candidates`"):
        stores.decoder.extract('{"user": "Ann"}')
    assert not stores.asked


def test_the_limit_of_bytes_is_that_of_what_was_sent() -> None:
    stores = Stores(maximum_bytes=100)
    message = ANN.replace("{", '{"\u00e9": "' + 20 * "\u00e9" + '", ', 1)
    assert len(message.encode()) < 100
    assert stores.decoder.extract(message)["seen"].tolist() == [2.0]
    with pytest.raises(
        fx.EngineError, match=r"The message has 1[0-9]* bytes; at most 100 are read"
    ):
        stores.decoder.extract(message.replace("Ann", "Ann" + 10 * " "))
    assert stores.asked == [1, 1]
