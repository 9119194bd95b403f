"""What a plan looks like: its steps, where they run, what they share, and its unvarying bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.errors import EngineError
from feature_extractor.plan.build import build_plan, relative_path
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.fold import constant_from_json, native_fold
from feature_extractor.plan.listing import listing
from feature_extractor.types import BYTES, ListType

from .executor import Executor
from .semantics import FUNCTIONS
from .test_meaning import fold
from .trees import (
    DURATION,
    FLOAT,
    INT,
    OPERATORS,
    REGISTRY,
    STRING,
    TIMESTAMP,
    Program,
    struct,
)


def planned(program: Program, **options: Any) -> dict[str, Any]:
    """Return the plan of a program."""
    return build_plan(program.checked(), REGISTRY, **options).content


def lines(program: Program, **options: Any) -> list[str]:
    """Return the readable form of a program's plan."""
    return listing(planned(program, **options)).splitlines()


def calls(plan: dict[str, Any], operator: str) -> list[dict[str, Any]]:
    """Return the calls of an operator."""
    return [step for step in plan["steps"] if step.get("operator") == operator]


def test_scalars() -> None:
    p = Program()
    p.feature("sum", "dense", p.call("add", p.candidate("views"), 1), default=-1.0)
    assert lines(p) == [
        "%0 @0 int = constant 1",
        "%1 @2 int = input candidate.views",
        "%2 @2 int = add#0/0(%1, %0)",
        "%3 @2 float = to_float#0/0(%2)",
        "feature sum: dense = %3 width=1 default=-1.0",
    ]


def test_a_selection_is_a_domain_and_unread_fields_are_never_loaded() -> None:
    p = Program(candidates=False)
    recent = p.over(
        "filter", p.request("history"), lambda e: p.call("less", p.request("now"), p.field(e, "at"))
    )
    p.feature(
        "movies", "ids", p.over("map", recent, lambda e: p.field(e, "movie")), size=9, maximum=3
    )
    assert lines(p) == [
        "%0 @1 list = input request.history",
        "  @3: elements of %0 in @1",
        "%1 @1 int = input request.now",
        "%2 @3 int = lift %1",
        "%3 @3 int = input request.history.*.at",
        "%4 @3 bool = less#0/1(%2, %3)",
        "%5 @1 list = filter#0/0(%0[], %0[%4])",
        "  @4: elements of %5 in @1, selection of @3",
        "%6 @3 int = input request.history.*.movie",
        "%7 @4 int = lift %6",
        "feature movies: ids = %5[%7] size=9 max=3 default=[]",
    ]


def test_features_share_steps_and_commutative_arguments_have_no_order() -> None:
    p = Program()
    views, clicks = p.candidate("views"), p.candidate("clicks")
    p.feature("one", "dense", p.call("multiply", p.call("add", views, clicks), 2))
    p.feature("two", "dense", p.call("multiply", 2, p.call("add", clicks, views)))
    p.feature("three", "dense", p.call("subtract", clicks, views))
    p.feature("four", "dense", p.call("subtract", views, clicks))
    plan = planned(p)
    values = [feature["value"]["slot"] for feature in plan["features"]]
    assert values[0] == values[1]
    assert len(set(values)) == 3
    assert len(calls(plan, "add")) == 1
    assert len(calls(planned(p, optimise=False), "add")) == 2


def test_lambdas_that_differ_only_by_name_are_one() -> None:
    p = Program()
    h = p.request("history")
    p.feature(
        "one", "dense", p.over("count", h, lambda e: p.call("less", 1.0, p.field(e, "rating")))
    )
    p.feature(
        "two", "dense", p.over("count", h, lambda x: p.call("less", 1.0, p.field(x, "rating")), "x")
    )
    assert len(calls(planned(p), "count")) == 1


def test_request_work_runs_once_per_request_and_constants_come_first() -> None:
    p = Program()
    p.feature(
        "a", "dense", p.call("add", p.candidate("views"), p.call("length", p.request("history")))
    )
    p.feature("b", "dense", p.call("log1p", p.call("divide", 1.0, 3.0)))
    plan = planned(p)
    assert plan["slots"][calls(plan, "length")[0]["results"][0]]["domain"] == 1
    assert plan["slots"][calls(plan, "log1p")[0]["results"][0]]["domain"] == 0
    roots = [_root(plan, _result(step)) for step in plan["steps"]]
    assert roots == sorted(roots)
    assert {0, 1, 2} == set(roots)


def _result(step: dict[str, Any]) -> int:
    return int(step["results"][0] if "results" in step else step["result"])


def _root(plan: dict[str, Any], slot: int) -> int:
    domain = plan["slots"][slot]["domain"]
    while plan["domains"][domain]["kind"] == "elements":
        domain = plan["domains"][domain]["parent"]
    return int(domain)


def test_every_slot_is_written_once_and_before_it_is_read() -> None:
    plan = planned(everything())
    written: set[int] = set()
    for step in plan["steps"]:
        reads = [step["slot"]] if "slot" in step else []
        pending = list(step.get("arguments", ()))
        while pending:
            argument = pending.pop()
            reads += [argument["slot"]] if "slot" in argument else []
            pending += argument.get("elements", ())
        assert set(reads) <= written
        results = [*step.get("results", ()), step.get("result"), step.get("elements")]
        fresh = [slot for slot in results if isinstance(slot, int)]
        assert not written & set(fresh)
        written |= set(fresh)
        for slot in fresh:
            domain = plan["domains"][plan["slots"][slot]["domain"]]
            assert domain["kind"] != "elements" or domain["shape"] in written
    assert written == set(range(len(plan["slots"])))
    shapes = [d["shape"] for d in plan["domains"] if d["kind"] == "elements"]
    assert sorted(shapes) == [i for i, s in enumerate(plan["slots"]) if s["type"] == "list"]


def test_an_equality_with_a_candidate_becomes_a_probe() -> None:
    p = Program()
    seen = p.over(
        "count",
        p.request("history"),
        lambda e: p.call(
            "and",
            p.call("less", p.field(e, "at"), p.request("now")),
            p.call("equal", p.candidate("movie"), p.field(e, "movie")),
        ),
    )
    p.feature("seen", "dense", seen)
    plan = planned(p)
    assert not calls(plan, "count")
    (probe,), (split,) = calls(plan, "count_value"), calls(plan, "filter")
    assert plan["slots"][split["results"][0]]["domain"] == 1
    assert plan["slots"][probe["results"][0]]["domain"] == 2
    # Nothing runs per element and candidate.
    products = [d for d in plan["domains"] if d["kind"] == "elements" and d["parent"] == 2]
    assert [d for d in products if not d["view"]] == []
    domains = {plan["slots"][_result(s)]["domain"] for s in plan["steps"] if s["do"] != "input"}
    assert not any(plan["domains"][d].get("parent") == 2 for d in domains)
    assert calls(planned(p, optimise=False), "count")


def test_a_membership_in_a_candidates_list_becomes_a_probe() -> None:
    p = Program()
    p.feature(
        "seen",
        "dense",
        p.over(
            "count",
            p.request("history"),
            lambda e: p.call("contains", p.candidate("genres"), p.field(e, "genre")),
        ),
    )
    p.feature(
        "none",
        "dense",
        p.over(
            "none",
            p.request("history"),
            lambda e: p.call("is_in", p.field(e, "genre"), p.candidate("genres")),
        ),
    )
    plan = planned(p)
    assert len(calls(plan, "count_values")) == 1
    assert calls(plan, "not")
    assert not calls(plan, "contains") and not calls(plan, "is_in") and not calls(plan, "none")


@pytest.mark.parametrize("outer", ["request", "element", "unsupported"])
def test_what_is_no_join_stays_a_predicate(outer: str) -> None:
    p = Program()
    values: dict[str, Any] = {
        "request": lambda e: (p.field(e, "at"), p.request("now")),
        "element": lambda e: (
            p.field(e, "movie"),
            p.call("add", p.field(e, "movie"), p.candidate("movie")),
        ),
        "unsupported": lambda e: (p.field(e, "rating"), p.candidate("price")),
    }
    p.feature(
        "n",
        "dense",
        p.over("count", p.request("history"), lambda e: p.call("equal", *values[outer](e))),
    )
    assert len(calls(planned(p), "count")) == 1


def test_an_operator_that_would_make_a_list_of_structs_is_refused() -> None:
    p = Program(candidates=False)
    h = p.request("history")
    pair = struct(movie=INT, rating=FLOAT)
    some = p.over(
        "map", h, lambda e: p.struct(movie=p.field(e, "movie"), rating=p.field(e, "rating"))
    )
    call = p.call("concat", p.request("scores"), p.request("scores"))
    assert isinstance(call, Call)
    both = replace(
        call,
        type=ListType(element=pair),
        bindings=(("T", pair),),
        arguments=(some, some),
    )
    p.feature("ids", "ids", p.over("map", both, lambda e: p.field(e, "movie")), size=5)
    with pytest.raises(PlanError) as caught:
        planned(p)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "FX170"
    assert "`concat` would make a list of `{movie: int, rating: float}`" in diagnostic.message
    assert diagnostic.help


def test_kinds_convert_their_values() -> None:
    p = Program()
    p.feature("flag", "label", p.call("less", 1, p.candidate("views")))
    p.feature("vector", "dense", p.candidate("embedding"))
    p.feature("one", "ids", p.candidate("movie"), size=7, maximum=1)
    p.feature("taste", "weighted", p.request("taste"), size=7)
    pairs = p.over(
        "map",
        p.request("history"),
        lambda e: p.struct(weight=p.field(e, "at"), id=p.field(e, "movie")),
    )
    p.feature("weights", "weighted", _ints(p, pairs), size=7)
    p.feature("name", "text", p.request("user_id"), default="nobody")
    words = p.vocabulary("movies")
    p.feature("word", "id", p.call("lookup", words, p.request("user_id")), vocabulary="movies")
    plan = planned(p, vocabulary_sizes={"movies": 12})
    found = {feature["name"]: feature for feature in plan["features"]}
    assert plan["slots"][found["flag"]["value"]["slot"]]["type"] == "float"
    assert (found["vector"]["width"], found["vector"]["default"]) == (4, 0.0)
    assert len(found["one"]["value"]["elements"]) == 1 and found["one"]["default"] == []
    assert [plan["slots"][e["slot"]]["type"] for e in found["weights"]["value"]["elements"]] == [
        "int",
        "float",
    ]
    assert found["name"]["default"] == "nobody"
    assert found["word"]["size"] == 12
    for feature in plan["features"]:
        assert plan["slots"][feature["value"]["slot"]]["domain"] == 2
    with pytest.raises(PlanError, match="size of the vocabulary"):
        planned(p)


def test_ids_and_weights_from_different_domains_meet() -> None:
    p = Program()
    pairs = p.over(
        "map",
        p.request("history"),
        lambda e: p.struct(
            id=p.field(e, "movie"),
            weight=p.call("multiply", p.field(e, "rating"), p.candidate("price")),
        ),
    )
    p.feature("pairs", "weighted", pairs, size=9)
    plan = planned(p)
    event = {"movie": 3, "genre": "a", "at": 1, "rating": 0.5, "tags": []}
    requests = [{"history": [event]}, {"history": [event, event]}]
    candidates = [[{"price": 4.0}], [{"price": 2.0}, {"price": 6.0}]]
    found = Executor(plan, OPERATORS, FUNCTIONS).run(requests, candidates)["pairs"]
    assert found == [[(3, 2.0)], [(3, 1.0), (3, 1.0)], [(3, 3.0), (3, 3.0)]]


def test_a_lift_names_its_way_only_for_a_list_with_itself() -> None:
    p = everything()
    ways = [step["through"] for step in planned(p)["steps"] if "through" in step]
    assert sorted(ways) == ["origin", "parent"]
    for step in planned(p)["steps"]:
        assert step["do"] == "lift" or "through" not in step


def _ints(p: Program, pairs: Expression) -> Expression:
    """Return pairs whose weights are integers instead of timestamps."""
    type_ = ListType(element=struct(weight=INT, id=INT))
    return replace(pairs, type=type_)


def everything() -> Program:
    """Return a program that uses each kind of step."""
    p = Program()
    h, now = p.request("history"), p.request("now")
    month = p.call("subtract", now, p.literal(30 * 86_400_000_000, DURATION))
    recent = p.over("filter", h, lambda e: p.call("less", month, p.field(e, "at")))
    p.feature(
        "seen",
        "dense",
        p.over(
            "count", recent, lambda e: p.call("equal", p.field(e, "movie"), p.candidate("movie"))
        ),
    )
    p.feature(
        "cheap",
        "dense",
        p.over(
            "count", recent, lambda e: p.call("less", p.field(e, "rating"), p.candidate("price"))
        ),
    )
    p.feature(
        "last",
        "ids",
        p.over("map", p.call("take_last", recent, 5), lambda e: p.field(e, "movie")),
        size=9,
    )
    p.feature("first", "text", p.call("coalesce", p.field(p.call("first", recent), "genre"), ""))
    p.feature(
        "margin",
        "dense",
        p.call(
            "coalesce",
            p.field(p.call("lookup", p.table("margins"), p.candidate("movie")), "margin"),
            0.0,
        ),
    )
    p.feature("hour", "dense", p.call("hour", now, "Europe/Berlin"))
    p.feature(
        "older",
        "dense",
        p.call(
            "sum",
            p.over(
                "map",
                h,
                lambda a: p.over(
                    "count", h, lambda b: p.call("less", p.field(b, "at"), p.field(a, "at"))
                ),
            ),
        ),
    )
    p.feature("constant", "dense", p.call("log1p", p.call("divide", 1.0, 3.0)))
    return p


def test_constants_are_folded_in_one_batch() -> None:
    p = Program()
    batches: list[dict[str, Any]] = []

    def counted(plan: dict[str, Any]) -> list[Any]:
        batches.append(json.loads(json.dumps(plan)))
        return fold(plan)

    third = p.call("divide", 1.0, 3.0)
    genres = p.call("split", "a b c", " ")
    p.feature("log", "dense", p.call("multiply", p.candidate("price"), p.call("log1p", third)))
    p.feature("in", "dense", p.call("contains", genres, p.request("user_id")))
    p.feature(
        "in_lambda",
        "dense",
        p.over(
            "count", p.request("history"), lambda e: p.call("less", third, p.field(e, "rating"))
        ),
    )
    p.feature("zone", "dense", p.call("hour", p.literal(0, TIMESTAMP), "Europe/Berlin"))
    p.feature("nothing", "dense", p.call("divide", 1.0, 0.0))
    plan = planned(p, fold=counted)
    assert len(batches) == 1
    assert len(batches[0]["constants"]) == 4
    assert batches[0]["features" if "features" in batches[0] else "inputs"] == []
    folded = [step["value"] for step in plan["steps"] if step["do"] == "constant"]
    assert 1.0 / 3.0 in folded
    assert ["a", "b", "c"] in folded
    assert None in folded
    # The zone's rules are a resource, which the core does not have when constants are folded.
    assert not calls(plan, "divide") and not calls(plan, "split") and calls(plan, "hour")
    assert calls(planned(p), "divide")


def test_a_constant_that_the_core_refuses_is_told_with_its_place() -> None:
    def refuse(plan: dict[str, Any]) -> list[Any]:
        if calls(plan, "split"):
            raise ValueError("A pattern is malformed.")
        return fold(plan)

    p = everything()
    split = p.call("split", "a b", "(")
    p.feature("words", "dense", p.call("length", split))
    with pytest.raises(PlanError) as caught:
        planned(p, fold=refuse)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("FX176", "A pattern is malformed.")
    assert str(p.features[-1].value.site) in diagnostic.path


def test_an_error_of_the_core_is_a_refusal() -> None:
    def fail(text: str) -> str:
        raise EngineError("invalid_plan", "A pattern is malformed.")

    with pytest.raises(ValueError, match="malformed"):
        native_fold(fail)({})


def test_constants_come_back_as_their_type() -> None:
    assert constant_from_json({"bytes": "00ff"}, BYTES) == b"\x00\xff"
    whole = constant_from_json(3, FLOAT)
    assert (whole, type(whole)) == (3.0, float)
    assert constant_from_json([1, None], ListType(element=INT)) == (1, None)
    for value, type_ in ((1.5, INT), ("x", FLOAT), (True, INT), (1, STRING)):
        with pytest.raises(ValueError, match="is not a constant"):
            constant_from_json(value, type_)
    assert native_fold(lambda text: json.dumps([len(json.loads(text))]))({"a": 1}) == [1]
    with pytest.raises(ValueError, match="no list"):
        native_fold(lambda text: "{}")({})


def test_the_same_program_gives_the_same_bytes_in_any_process_and_folder(tmp_path: Path) -> None:
    script = (
        "import sys; from plan.test_plan import everything; from plan.trees import REGISTRY\n"
        "from feature_extractor.plan.build import build_plan\n"
        "sys.stdout.buffer.write(build_plan(everything().checked(), REGISTRY).serialise())"
    )
    tests = Path(__file__).parents[1]
    found = set()
    for seed in ("0", "1", "4711"):
        path = os.pathsep.join(
            [str(tests), str(tests.parent / "python"), os.environ.get("PYTHONPATH", "")]
        )
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        found.add(done.stdout)
    elsewhere = Program(path="/elsewhere/ranking.fx")
    here = Program()
    for p in (elsewhere, here):
        p.feature("a", "dense", p.candidate("views"))
    assert len(found) == 1
    assert json.loads(found.pop())["format"] == 1
    first, second = (build_plan(p.checked(), REGISTRY).serialise() for p in (elsewhere, here))
    assert first == second


def test_places_are_relative_to_the_programs_folder() -> None:
    assert relative_path("/a/b/c.fx", "/a/b") == "c.fx"
    assert relative_path("/a/common/c.fx", "/a/b") == "../common/c.fx"
    assert relative_path("c.fx", ".") == "c.fx"
    p = Program()
    p.feature("a", "dense", p.candidate("views"))
    assert all(site.startswith("ranking.fx:") for site in planned(p)["sites"])


def test_a_deep_expression_is_planned() -> None:
    p = Program()
    value = p.candidate("views")
    for _ in range(3000):
        value = p.call("add", value, p.candidate("clicks"))
    p.feature("deep", "dense", value)
    assert len(calls(planned(p), "add")) == 3000


def test_what_no_kernel_computes_is_told_with_its_place() -> None:
    p = Program()
    lists = Literal(ListType(element=ListType(element=INT)), p.site(), ((1,), (2,)))
    p.feature("n", "dense", p.call("length", lists))
    with pytest.raises(PlanError) as caught:
        planned(p)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "FX170"
    assert str(lists.site) in diagnostic.path
