"""A plan means what the program says: the planned steps and the typed tree give the same values."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from feature_extractor.check.typed import Expression
from feature_extractor.plan.build import build_plan

from .executor import Executor
from .interpreter import Interpreter
from .semantics import FUNCTIONS, Table
from .trees import DURATION, OPERATORS, REGISTRY, Program

Make = Callable[[Program], Expression]
GENRES = ["drama", "comedy", "action", "horror"]
MARGINS = Table({m: {"margin": m / 4, "brand": f"b{m % 3}"} for m in range(0, 9, 2)})


def batch(seed: int) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """Return random requests and the candidates of each, with nulls and empty lists."""
    chance = random.Random(seed)

    def some(make: Callable[[], Any]) -> Any:
        return None if chance.random() < 0.15 else make()

    def event() -> dict[str, Any]:
        return {
            "movie": some(lambda: chance.randrange(6)),
            "genre": some(lambda: chance.choice(GENRES)),
            "at": chance.randrange(50),
            "rating": some(lambda: chance.randrange(10) / 2),
            "tags": some(
                lambda: [some(lambda: chance.choice(GENRES)) for _ in range(chance.randrange(3))]
            ),
        }

    requests = [
        {
            "user_id": some(lambda: chance.choice(GENRES)),
            "age": some(lambda: chance.randrange(90)),
            "now": chance.randrange(50),
            "history": some(lambda: [event() for _ in range(chance.randrange(6))]),
            "taste": some(lambda: [(g, chance.random()) for g in GENRES if chance.random() < 0.5]),
            "profile": tuple(chance.random() for _ in range(4)),
            "scores": some(lambda: [chance.randrange(5) for _ in range(chance.randrange(4))]),
        }
        for _ in range(5)
    ]
    candidates = [
        [
            {
                "movie": some(lambda: chance.randrange(6)),
                "price": some(lambda: chance.randrange(10) / 2),
                "genres": some(lambda: [chance.choice(GENRES) for _ in range(chance.randrange(4))]),
                "views": chance.randrange(9),
                "clicks": chance.randrange(9),
                "embedding": tuple(chance.random() for _ in range(4)),
            }
            for _ in range(chance.randrange(4))
        ]
        for _ in requests
    ]
    return requests, candidates


def recent(p: Program) -> Expression:
    """Return the events before `now`."""
    return p.over(
        "filter", p.request("history"), lambda e: p.call("less", p.field(e, "at"), p.request("now"))
    )


def liked(p: Program) -> Expression:
    """Return the events that the candidate's price is below of.

    A selection that differs per candidate.
    """
    h = p.request("history")
    return p.over("filter", h, lambda e: p.call("less", p.candidate("price"), p.field(e, "rating")))


def pairs(p: Program, xs: Expression) -> Expression:
    """Return for each element of a list the number of elements of the history that are older."""
    return p.over(
        "map",
        xs,
        lambda a: p.over(
            "count",
            p.request("history"),
            lambda b: p.call("less", p.field(b, "at"), p.field(a, "at")),
            "b",
        ),
        "a",
    )


def double(p: Program, x: Expression) -> Expression:
    """Return a number twice over."""
    return p.call("multiply", x, 2)


PROGRAMS: dict[str, Make] = {
    "arithmetic": lambda p: p.call(
        "divide", p.candidate("price"), p.call("to_float", p.candidate("clicks"))
    ),
    "request only": lambda p: p.call("length", recent(p)),
    "equi-join": lambda p: p.over(
        "count", recent(p), lambda e: p.call("equal", p.field(e, "movie"), p.candidate("movie"))
    ),
    "equi-join the other way round": lambda p: p.over(
        "count", recent(p), lambda e: p.call("equal", p.candidate("movie"), p.field(e, "movie"))
    ),
    "equi-join with a condition": lambda p: p.over(
        "count",
        p.request("history"),
        lambda e: p.call(
            "and",
            p.call("equal", p.field(e, "movie"), p.candidate("movie")),
            p.call("less", p.field(e, "at"), p.request("now")),
        ),
    ),
    "equi-join with a condition on the candidate": lambda p: p.over(
        "count",
        p.request("history"),
        lambda e: p.call(
            "and",
            p.call("equal", p.field(e, "movie"), p.candidate("movie")),
            p.call("less", p.field(e, "rating"), p.candidate("price")),
        ),
    ),
    "membership join": lambda p: p.over(
        "count", recent(p), lambda e: p.call("contains", p.candidate("genres"), p.field(e, "genre"))
    ),
    "equi-join of whether there is one": lambda p: p.over(
        "any", recent(p), lambda e: p.call("equal", p.field(e, "movie"), p.candidate("movie"))
    ),
    "equi-join of whether there is none": lambda p: p.over(
        "none", recent(p), lambda e: p.call("equal", p.field(e, "movie"), p.candidate("movie"))
    ),
    "membership join of whether there is none": lambda p: p.over(
        "none", recent(p), lambda e: p.call("is_in", p.field(e, "genre"), p.candidate("genres"))
    ),
    "equi-join of a selection": lambda p: p.call(
        "sum",
        p.over(
            "map",
            p.over(
                "filter",
                p.request("history"),
                lambda e: p.call(
                    "and",
                    p.call("equal", p.field(e, "movie"), p.candidate("movie")),
                    p.call("less", p.field(e, "at"), p.request("now")),
                ),
            ),
            lambda e: p.field(e, "rating"),
        ),
    ),
    "product": lambda p: p.over(
        "count", recent(p), lambda e: p.call("less", p.field(e, "rating"), p.candidate("price"))
    ),
    "product and element": lambda p: p.call(
        "sum",
        p.over(
            "map",
            liked(p),
            lambda e: p.call(
                "coalesce", p.call("add", p.field(e, "rating"), p.candidate("price")), 0.0
            ),
        ),
    ),
    "span": lambda p: p.over(
        "map", p.call("take_last", recent(p), 2), lambda e: double(p, p.field(e, "movie"))
    ),
    "span per candidate": lambda p: p.over(
        "map",
        p.call("take_last", recent(p), p.candidate("views")),
        lambda e: double(p, p.field(e, "movie")),
    ),
    "span of a span": lambda p: p.over(
        "map",
        p.call("take_last", p.call("take_last", p.request("history"), 3), 2),
        lambda e: p.field(e, "movie"),
    ),
    "sort": lambda p: p.over(
        "map",
        p.over("sort_by", liked(p), lambda e: p.field(e, "rating")),
        lambda e: p.field(e, "movie"),
    ),
    "first": lambda p: p.field(
        p.call("first", p.over("sort_by", recent(p), lambda e: p.field(e, "rating"))), "movie"
    ),
    "first per candidate": lambda p: p.field(p.call("first", liked(p)), "genre"),
    "first of a span": lambda p: p.field(p.call("first", p.call("take_last", recent(p), 2)), "at"),
    "a list in the first": lambda p: p.call("length", p.field(p.call("first", recent(p)), "tags")),
    "map access": lambda p: p.over(
        "map",
        p.candidate("genres"),
        lambda g: p.call("coalesce", p.call("get", p.request("taste"), g), 0.0),
    ),
    "filtered map": lambda p: p.call(
        "get", p.over("filter", p.request("taste"), lambda v: p.call("less", 0.5, v)), "drama"
    ),
    "nested lists": lambda p: p.over(
        "map",
        p.request("history"),
        lambda e: p.over(
            "count", p.field(e, "tags"), lambda t: p.call("equal", t, p.field(e, "genre")), "t"
        ),
    ),
    "nested lists and a candidate": lambda p: p.call(
        "sum",
        p.over(
            "map",
            p.request("history"),
            lambda e: p.over(
                "count",
                p.field(e, "tags"),
                lambda t: p.call(
                    "and",
                    p.call("equal", t, p.field(e, "genre")),
                    p.call("less", p.field(e, "rating"), p.candidate("price")),
                ),
                "t",
            ),
        ),
    ),
    "one list under another": lambda p: p.over(
        "map",
        p.candidate("genres"),
        lambda g: p.over("count", recent(p), lambda e: p.call("equal", p.field(e, "genre"), g)),
        "g",
    ),
    "three domains meet": lambda p: p.over(
        "map",
        p.candidate("genres"),
        lambda g: p.over(
            "count",
            p.request("history"),
            lambda e: p.call(
                "and",
                p.call("equal", p.field(e, "genre"), g),
                p.call(
                    "and",
                    p.call("less", p.field(e, "rating"), p.candidate("price")),
                    p.call("less", p.field(e, "at"), p.request("now")),
                ),
            ),
        ),
        "g",
    ),
    "request list outside, candidate list inside": lambda p: p.call(
        "sum",
        p.over(
            "map",
            p.request("history"),
            lambda e: p.over(
                "count",
                p.candidate("genres"),
                lambda g: p.call("equal", p.field(e, "genre"), g),
                "g",
            ),
        ),
    ),
    "a list with itself": lambda p: pairs(p, p.request("history")),
    "a list with its selection": lambda p: pairs(p, recent(p)),
    "a list with a candidate's selection": lambda p: pairs(p, liked(p)),
    "a list with its span": lambda p: pairs(p, p.call("take_last", p.request("history"), 2)),
    "a span with its list": lambda p: p.over(
        "map",
        p.request("history"),
        lambda a: p.over(
            "count",
            p.call("take_last", p.request("history"), 2),
            lambda b: p.call("less", p.field(b, "at"), p.field(a, "at")),
            "b",
        ),
        "a",
    ),
    "a list with itself and a candidate": lambda p: p.over(
        "map",
        p.request("history"),
        lambda a: p.over(
            "count",
            p.request("history"),
            lambda b: p.call(
                "and",
                p.call("less", p.field(b, "at"), p.field(a, "at")),
                p.call("less", p.field(b, "rating"), p.candidate("price")),
            ),
            "b",
        ),
        "a",
    ),
    "a list with itself, filtered": lambda p: p.over(
        "map",
        p.request("history"),
        lambda a: p.call(
            "sum",
            p.over(
                "map",
                p.over(
                    "filter",
                    p.request("history"),
                    lambda b: p.call("less", p.field(b, "at"), p.field(a, "at")),
                    "b",
                ),
                lambda c: p.call("add", p.field(c, "movie"), p.field(c, "movie")),
                "c",
            ),
        ),
        "a",
    ),
    "the outer element from an inner selection": lambda p: p.over(
        "map",
        p.request("history"),
        lambda a: p.call(
            "sum",
            p.over(
                "map",
                p.over(
                    "filter",
                    p.request("history"),
                    lambda b: p.call("less", p.field(b, "at"), p.field(a, "at")),
                    "b",
                ),
                lambda c: p.call("subtract", p.field(a, "movie"), p.field(c, "movie")),
                "c",
            ),
        ),
        "a",
    ),
    "a list probed by its own elements": lambda p: p.over(
        "map",
        p.request("history"),
        lambda a: p.over(
            "count",
            p.request("history"),
            lambda b: p.call("equal", p.field(b, "movie"), p.field(a, "movie")),
            "b",
        ),
        "a",
    ),
    "three lambdas over one list": lambda p: p.over(
        "map",
        p.request("scores"),
        lambda a: p.call(
            "sum",
            p.over(
                "map",
                p.request("scores"),
                lambda b: p.over(
                    "count",
                    p.request("scores"),
                    lambda c: p.call("less", c, p.call("add", p.call("multiply", a, 10), b)),
                    "c",
                ),
                "b",
            ),
        ),
        "a",
    ),
    "the element of the outer lambda only": lambda p: p.call(
        "sum",
        p.over(
            "map",
            p.request("scores"),
            lambda a: p.call("sum", p.over("map", p.request("scores"), lambda b: a, "b")),
            "a",
        ),
    ),
    "a constant body": lambda p: p.over("map", p.candidate("genres"), lambda g: p.literal(7)),
    "an outer body": lambda p: p.over("map", p.request("scores"), lambda s: p.candidate("movie")),
    "structs made in a lambda": lambda p: p.call(
        "sum",
        p.over(
            "map",
            p.over(
                "map",
                p.request("history"),
                lambda e: p.struct(a=p.field(e, "rating"), b=p.candidate("price"), c=p.literal(1)),
            ),
            lambda s: p.call("coalesce", p.call("add", p.field(s, "a"), p.field(s, "b")), 0.0),
            "s",
        ),
    ),
    "a constant list": lambda p: p.over(
        "filter", p.literal((1, 2, 3)), lambda x: p.call("less", x, p.candidate("views"))
    ),
    "a constant list with itself": lambda p: p.over(
        "map",
        p.literal((1, 2, 3)),
        lambda x: p.over("count", p.literal((1, 2, 3)), lambda y: p.call("less", x, y), "y"),
        "x",
    ),
    "list literal": lambda p: p.call(
        "contains", p.call("list", p.candidate("movie"), p.request("age")), 3
    ),
    "lists joined": lambda p: p.call(
        "concat", p.candidate("genres"), p.call("split", p.request("user_id"), "e")
    ),
    "table": lambda p: p.call(
        "coalesce",
        p.field(p.call("lookup", p.table("margins"), p.candidate("movie")), "margin"),
        0.0,
    ),
    "table in a lambda": lambda p: p.over(
        "map",
        p.request("history"),
        lambda e: p.field(p.call("lookup", p.table("margins"), p.field(e, "movie")), "brand"),
    ),
    "time zone": lambda p: p.call("hour", p.request("now"), "Europe/Berlin"),
    "durations": lambda p: p.call("subtract", p.request("now"), p.literal(5, DURATION)),
    "vectors": lambda p: p.call("cosine", p.request("profile"), p.candidate("embedding")),
    "null literal": lambda p: p.call(
        "coalesce", p.literal(None, p.candidate("price").type), p.candidate("price")
    ),
}


def kind_of(type_text: str) -> str:
    """Return a kind that takes the value as it is, without a conversion."""
    return "ids" if type_text.startswith("list") else "text"


def fold(plan: dict[str, Any]) -> list[Any]:
    """Compute constants with this folder's operators."""
    return Executor(plan, OPERATORS, FUNCTIONS).constants()


WAYS: dict[str, dict[str, Any]] = {
    "plain": {"optimise": False},
    "optimised": {},
    "folded": {"fold": fold},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_plan_gives_what_the_tree_gives(name: str, way: str) -> None:
    program = Program()
    value = PROGRAMS[name](program)
    program.feature("value", kind_of(str(value.type)), value)
    checked = program.checked()
    plan = build_plan(checked, REGISTRY, **WAYS[way]).content
    resources = {"margins": MARGINS}
    tree = Interpreter(checked, OPERATORS, FUNCTIONS, resources)
    compared = 0
    for seed in range(12):
        requests, candidates = batch(seed)
        found = Executor(plan, OPERATORS, FUNCTIONS, resources).run(requests, candidates)["value"]
        expected = [
            tree.feature("value", request, candidate)
            for request, group in zip(requests, candidates, strict=True)
            for candidate in group
        ]
        assert found == expected
        compared += sum(value is not None for value in expected)
    assert compared > 0
