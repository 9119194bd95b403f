"""Features of a behaviour sequence as programs write them, against plain Python on random histories.

Each expression is composed of general operators. It is computed for requests with many candidates,
and again for flat rows that repeat the request; both must give what the plain loop gives.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import feature_extractor as fx
import pytest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GENRES = ["drama", "comedy", "crime", "\u00e9tude", ""]

PAGE = Path(__file__).parents[2] / "docs" / "sequences.md"
_BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
_DECLARATIONS = _BLOCKS[0]

Row = dict[str, Any]
Oracle = Callable[[Row, Row], float]


def _window(r: Row, days: int) -> list[Row]:
    return [e for e in r["history"] if NOW - days * DAY <= e["at"] < NOW]


def _recent(r: Row) -> list[Row]:
    return _window(r, 30)


def _matched(r: Row, c: Row) -> list[Row]:
    return [e for e in _recent(r) if e["genre"] == c["genre"]]


def _ratio(a: float, b: float) -> float:
    return a / b if b else 0.0


def _decay(e: Row) -> float:
    return float(0.5 ** ((NOW - e["at"]) / (7 * DAY)))


def _sessions(r: Row) -> list[int]:
    result: list[int] = []
    for i, e in enumerate(r["history"]):
        if i == 0:
            result.append(0)
        else:
            gap = e["at"] - r["history"][i - 1]["at"]
            result.append(result[-1] + (gap > timedelta(minutes=30)))
    return result


def _runs(values: list[Any]) -> list[tuple[Any, int]]:
    runs: list[tuple[Any, int]] = []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
    return runs


def _after(values: list[Any], x: Any) -> list[Any]:
    return [b for a, b in pairwise(values) if a == x]


def _genres(r: Row) -> list[str]:
    return [e["genre"] for e in r["history"]]


def _markov(r: Row, c: Row) -> float:
    if not r["history"]:
        return 0.0
    after = _after(_genres(r), _genres(r)[-1])
    return _ratio(after.count(c["genre"]), len(after))


def _first_position(r: Row, c: Row) -> float:
    newest_first = _genres(r)[::-1]
    return newest_first.index(c["genre"]) if c["genre"] in newest_first else -1


def _hours_since(events: list[Row]) -> float:
    return (NOW - events[-1]["at"]) / timedelta(hours=1) if events else -1.0


def _merged(r: Row) -> list[int]:
    events = [(e["at"], e["movie"]) for e in [*r["history"], *r["clicked"]]]
    return [movie for _, movie in sorted(events, key=lambda e: e[0])]


def _ruzicka(x: dict[str, float], y: dict[str, float]) -> float:
    keys = x.keys() | y.keys()
    most = sum(max(x.get(k, 0.0), y.get(k, 0.0)) for k in keys)
    return _ratio(sum(min(x.get(k, 0.0), y.get(k, 0.0)) for k in keys), most)


def _means(r: Row) -> dict[str, float]:
    by_genre: dict[str, list[float]] = {}
    for e in _recent(r):
        by_genre.setdefault(e["genre"], []).append(e["rating"])
    return {genre: fmean(ratings) for genre, ratings in by_genre.items()}


# The number in front is that of the row in the survey of other systems' operators.
EXPRESSIONS: dict[str, Oracle] = {
    # Windows: the first instant belongs to the window, now does not.
    "recent.length()": lambda r, c: len(_recent(r)),
    "history.count(e -> e.at < now)": lambda r, c: sum(e["at"] < NOW for e in r["history"]),
    "history.count(e -> e.at >= now - 7d and e.at < now and e.rating >= 3.0)": lambda r, c: sum(
        e["rating"] >= 3 for e in _window(r, 7)
    ),
    "history.take_last(3).sum(e -> e.movie)": lambda r, c: sum(
        e["movie"] for e in r["history"][-3:]
    ),
    "recent.mean(e -> e.rating) ?? -1.0": lambda r, c: (
        fmean(e["rating"] for e in _recent(r)) if _recent(r) else -1
    ),
    "recent.max(e -> e.rating) ?? -1.0": lambda r, c: max(
        (e["rating"] for e in _recent(r)), default=-1
    ),
    "recent.last().rating ?? -1.0": lambda r, c: _recent(r)[-1]["rating"] if _recent(r) else -1,
    "recent.map(e -> e.movie).distinct_count()": lambda r, c: len({e["movie"] for e in _recent(r)}),
    "history.filter(e -> e.rating > 3.0)[1].movie ?? -1": lambda r, c: (
        [e["movie"] for e in r["history"] if e["rating"] > 3] + [-1, -1]
    )[1],
    "history.map(e -> total_days(now - e.at)).histogram([0.0, 1.0, 7.0, 30.0])[2] ?? -1": (
        lambda r, c: sum(DAY <= NOW - e["at"] < 7 * DAY for e in r["history"])
    ),
    # Events that match the candidate, by one field or several.
    "recent.count(e -> e.genre == genre)": lambda r, c: len(_matched(r, c)),
    "recent.count(e -> e.genre in genres)": lambda r, c: sum(
        e["genre"] in c["genres"] for e in _recent(r)
    ),
    "recent.count(e -> e.genre == genre and e.movie == movie)": lambda r, c: sum(
        e["movie"] == c["movie"] for e in _matched(r, c)
    ),
    "recent.filter(e -> e.genre == genre).take_last(2).sum(e -> e.movie)": lambda r, c: sum(
        e["movie"] for e in _matched(r, c)[-2:]
    ),
    "recent.filter(e -> e.genre == genre).sum(e -> e.rating)": lambda r, c: sum(
        e["rating"] for e in _matched(r, c)
    ),
    "recent.filter(e -> e.genre in genres).mean(e -> e.rating) ?? 0.0": lambda r, c: (
        fmean(some)
        if (some := [e["rating"] for e in _recent(r) if e["genre"] in c["genres"]])
        else 0
    ),
    "ratio(recent.count(e -> e.genre == genre), recent.length()) ?? 0.0": lambda r, c: _ratio(
        len(_matched(r, c)), len(_recent(r))
    ),
    "if history.any(e -> e.movie == movie) then 0.0 else 1.0": lambda r, c: float(
        all(e["movie"] != c["movie"] for e in r["history"])
    ),
    "(now - history.find_last(e -> e.genre == genre).at) / 1h ?? -1.0": lambda r, c: _hours_since(
        [e for e in r["history"] if e["genre"] == c["genre"]]
    ),
    "(now - history.find_last(e -> e.rating > 2.0 and e.genre in genres).at) / 1h ?? -1.0": (
        lambda r, c: _hours_since(
            [e for e in r["history"] if e["rating"] > 2 and e["genre"] in c["genres"]]
        )
    ),
    "history.find_first(e -> e.movie == movie).rating ?? -1.0": lambda r, c: next(
        (e["rating"] for e in r["history"] if e["movie"] == c["movie"]), -1
    ),
    "history.reverse().map(e -> e.genre).index_of(genre) ?? -1": _first_position,
    "history.map(e -> e.genre).longest_run(genre)": lambda r, c: max(
        (n for genre, n in _runs(_genres(r)) if genre == c["genre"]), default=0
    ),
    # The same by one table per request, which each candidate asks.
    "recent.group_sum(e -> e.genre, e -> e.rating)[genre] ?? 0.0": lambda r, c: sum(
        e["rating"] for e in _matched(r, c)
    ),
    "recent.group_sum(e -> e.genre, e -> decay(now - e.at, 7d))[genre] ?? 0.0": lambda r, c: sum(
        map(_decay, _matched(r, c))
    ),
    "recent.group_mean(e -> e.genre, e -> e.rating)[genre] ?? -1.0": lambda r, c: _means(r).get(
        c["genre"], -1
    ),
    "(now - history.group_max(e -> e.genre, e -> e.at)[genre]) / 1h ?? -1.0": (
        lambda r, c: _hours_since([e for e in r["history"] if e["genre"] == c["genre"]])
    ),
    "(now - history.group_min(e -> e.movie, e -> e.at)[movie]) / 1h ?? -1.0": (
        lambda r, c: _hours_since([e for e in r["history"] if e["movie"] == c["movie"]][:1])
    ),
    "genres.sum(g -> recent.group_sum(e -> e.genre, e -> 1)[g] ?? 0)": lambda r, c: sum(
        Counter(e["genre"] for e in _recent(r))[g] for g in c["genres"]
    ),
    # Weights that fall with age, and trends.
    "recent.sum(e -> e.rating * decay(now - e.at, 7d))": lambda r, c: sum(
        e["rating"] * _decay(e) for e in _recent(r)
    ),
    "recent.filter(e -> e.genre == genre).sum(e -> decay(now - e.at, 7d))": lambda r, c: sum(
        map(_decay, _matched(r, c))
    ),
    "smooth(to_float(week.count(e -> e.genre == genre)), "
    "to_float(recent.count(e -> e.genre == genre)), 0.25, 4.0)": lambda r, c: (
        (sum(e["genre"] == c["genre"] for e in _window(r, 7)) + 1) / (len(_matched(r, c)) + 4)
    ),
    "history.map(e -> e.at).differences().map(g -> total_seconds(g)).mean() ?? 0.0": lambda r, c: (
        (r["history"][-1]["at"] - r["history"][0]["at"]).total_seconds() / (len(r["history"]) - 1)
        if len(r["history"]) > 1
        else 0
    ),
    # Groups.
    "recent.map(e -> e.genre).count_values().top_n(1).values().sum()": lambda r, c: max(
        Counter(e["genre"] for e in _recent(r)).values(), default=0
    ),
    "recent.map(e -> e.genre).count_values().normalize_map()[genre] ?? 0.0": lambda r, c: _ratio(
        len(_matched(r, c)), len(_recent(r))
    ),
    "recent.group_mean(e -> e.genre, e -> e.rating).values().max() ?? -1.0": lambda r, c: max(
        _means(r).values(), default=-1
    ),
    "map_jaccard(taste, rates) ?? 0.0": lambda r, c: _ruzicka(r["taste"], c["rates"]),
    # Sessions, runs, transitions and repetitions.
    "(sessions.last() ?? -1) + 1": lambda r, c: _sessions(r)[-1] + 1 if r["history"] else 0,
    "history.take_last(sessions.run_lengths().last() ?? 0).count(e -> e.genre == genre)": (
        lambda r, c: sum(
            e["genre"] == c["genre"]
            for e, s in zip(r["history"], _sessions(r), strict=True)
            if s == _sessions(r)[-1]
        )
    ),
    "sessions.run_lengths().mean() ?? 0.0": lambda r, c: _ratio(
        len(r["history"]), len(set(_sessions(r)))
    ),
    "sessions.occurrence_numbers().last() ?? -1": lambda r, c: (
        _sessions(r).count(_sessions(r)[-1]) - 1 if r["history"] else -1
    ),
    "history.map(e -> e.genre).run_lengths().max() ?? 0": lambda r, c: max(
        (n for _, n in _runs(_genres(r))), default=0
    ),
    "history.reverse().take_while(e -> e.genre == genre).length()": lambda r, c: next(
        (i for i, g in enumerate(reversed(_genres(r))) if g != c["genre"]), len(r["history"])
    ),
    "ratio(history.successors(e -> e.genre, history.last().genre).count(e -> e.genre == genre), "
    "history.successors(e -> e.genre, history.last().genre).length()) ?? 0.0": _markov,
    "history.successors(e -> e.genre, genre).sum(e -> e.movie)": lambda r, c: sum(
        b["movie"] for a, b in pairwise(r["history"]) if a["genre"] == c["genre"]
    ),
    "history.map(e -> e.genre).occurrence_numbers().count(n -> n == 0)": lambda r, c: len(
        set(_genres(r))
    ),
    "history.reverse().distinct_by(e -> e.movie).sum(e -> e.rating)": lambda r, c: sum(
        {e["movie"]: e["rating"] for e in r["history"]}.values()
    ),
    # Other shapes of sequences.
    "tags.flatten().count_value(genre)": lambda r, c: sum(
        one.count(c["genre"]) for one in r["tags"]
    ),
    "history.take_sample(4, 11).length()": lambda r, c: min(4, len(r["history"])),
    "history.gather(history.positions().filter(i -> i % 2 == 0)).sum(e -> e.movie)": (
        lambda r, c: sum(e["movie"] for e in r["history"][::2])
    ),
    "concat(history.map(e -> e.movie), clicked.map(e -> e.movie)).gather("
    "concat(history.map(e -> e.at), clicked.map(e -> e.at)).positions().sort_by("
    "i -> concat(history.map(e -> e.at), clicked.map(e -> e.at))[i])).last() ?? -1": (
        lambda r, c: _merged(r)[-1] if _merged(r) else -1
    ),
    "history.map(e -> e.movie).shift(1, -1).last() ?? -2": lambda r, c: [
        -2,
        -1,
        *(e["movie"] for e in r["history"]),
    ][len(r["history"]) if r["history"] else 0],
}


def _event(source: random.Random, at: datetime) -> Row:
    return {
        "movie": source.randrange(12),
        "genre": source.choice(GENRES),
        "at": at,
        "rating": source.choice([0.5, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0]),
    }


def _request(source: random.Random) -> Row:
    edges = [NOW - 30 * DAY, NOW - 7 * DAY, NOW, NOW + DAY]
    times = [
        source.choice(
            [
                source.choice(edges),
                source.choice(edges) - timedelta(microseconds=1),
                NOW - source.randrange(60 * 24 * 40) * timedelta(minutes=1),
                NOW - source.randrange(200) * timedelta(minutes=1),
            ]
        )
        for _ in range(source.choice([0, 1, 2, 5, 12, 40, 90]))
    ]
    return {
        "now": NOW,
        "history": [_event(source, at) for at in sorted(times)],
        "clicked": [
            {"movie": source.randrange(12), "at": at}
            for at in sorted(NOW - source.random() * 40 * DAY for _ in range(source.randrange(5)))
        ],
        "tags": [source.choices(GENRES, k=source.randrange(4)) for _ in range(source.randrange(4))],
        "taste": {g: source.randrange(5) / 4 for g in source.sample(GENRES, source.randrange(5))},
    }


def _candidate(source: random.Random) -> Row:
    return {
        "movie": source.randrange(14),
        "genre": source.choice([*GENRES, "western"]),
        "genres": source.choices([*GENRES, "western"], k=source.randrange(4)),
        "rates": {g: source.randrange(5) / 4 for g in source.sample(GENRES, source.randrange(5))},
    }


@pytest.fixture(scope="module")
def rows() -> list[tuple[Row, list[Row]]]:
    source = random.Random(14)
    return [
        (_request(source), [_candidate(source) for _ in range(source.choice([1, 3, 20]))])
        for _ in range(150)
    ]


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    features = "".join(f"feature f{i} : dense = {text}\n" for i, text in enumerate(EXPRESSIONS))
    return fx.compile_text(_DECLARATIONS + features).extractor()


def _differences(
    values: dict[str, list[float]], rows: list[tuple[Row, Row]]
) -> list[tuple[str, Row, Row, float, float]]:
    return [
        (text, r, c, got, wanted)
        for text, oracle in EXPRESSIONS.items()
        for (r, c), got in zip(rows, values[text], strict=True)
        if not math.isclose(got, wanted := oracle(r, c), rel_tol=1e-6, abs_tol=1e-6)
    ]


def _values(result: fx.Extraction) -> dict[str, list[float]]:
    return {text: result[f"f{i}"].tolist() for i, text in enumerate(EXPRESSIONS)}


def test_requests_with_candidates(
    extractor: fx.Extractor, rows: list[tuple[Row, list[Row]]]
) -> None:
    for request, candidates in rows:
        got = _values(extractor.extract_request(request, candidates))
        found = _differences(got, [(request, candidate) for candidate in candidates])
        assert not found, found[0]


def test_flat_rows(extractor: fx.Extractor, rows: list[tuple[Row, list[Row]]]) -> None:
    pairs = [(request, candidate) for request, candidates in rows for candidate in candidates]
    got = _values(extractor.extract([{**r, **c} for r, c in pairs]))
    found = _differences(got, pairs)
    assert not found, found[0]


def test_the_page_shows_what_is_compared() -> None:
    features = re.findall(r"^feature \w+ +: dense = (.*)$", "".join(_BLOCKS[1:]), re.M)
    assert len(features) > 25
    assert not set(features) - set(EXPRESSIONS)
    fx.compile_text("".join(_BLOCKS))


def test_the_histories_reach_the_edges(rows: list[tuple[Row, list[Row]]]) -> None:
    events = [e["at"] for request, _ in rows for e in request["history"]]
    for edge in (NOW - 30 * DAY, NOW - 7 * DAY, NOW):
        assert edge in events
        assert edge - timedelta(microseconds=1) in events
