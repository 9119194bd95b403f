"""What is told about a plan: as text, as JSON and as a page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest
from feature_extractor.explain import (
    Assumptions,
    Explanation,
    explain,
    explain_file,
    feature_text,
    page,
    summary_text,
)
from feature_extractor.explain.layout import layered
from feature_extractor.explain.page import svg
from feature_extractor.explain.text import duration
from feature_extractor.plan.build import build_plan
from feature_extractor.plan.package import PackageError, build_package

from .test_package import Builder
from .test_plan import everything
from .trees import REGISTRY, Program


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    """Return the explanation of a program with each kind of step."""
    manifest = {
        "name": "ranking",
        "features": [{"name": "seen", "description": "How often <it> was seen."}],
    }
    return explain(build_plan(everything().checked(), REGISTRY).content, REGISTRY, manifest)


def test_a_feature_tells_what_it_reads_and_shares(explanation: Explanation) -> None:
    seen = explanation.feature("seen")
    assert seen is not None
    assert set(seen.inputs) == {
        "request.history",
        "request.history.*.at",
        "request.history.*.movie",
        "request.now",
        "candidate.movie",
    }
    assert seen.operators == {
        "count_value": 1,
        "filter": 1,
        "less": 1,
        "subtract": 1,
        "to_float": 1,
    }
    assert seen.shared_with == {"cheap": 3, "last": 3, "first": 3}
    assert (seen.domain, seen.type, seen.description) == (
        "candidate",
        "float",
        "How often <it> was seen.",
    )
    last = explanation.feature("last")
    assert last is not None
    assert (last.domain, last.type) == ("request", "list<int>")
    assert explanation.feature("absent") is None


def test_costs_follow_the_rows_of_the_domain() -> None:
    p = Program()
    p.feature("a", "dense", p.call("log1p", p.candidate("price")))
    plan = build_plan(p.checked(), REGISTRY).content
    (few,) = explain(plan, REGISTRY, assumptions=Assumptions(candidates=10)).features
    (many,) = explain(plan, REGISTRY, assumptions=Assumptions(candidates=1000)).features
    # The registry of these tests says 8 ns per row.
    assert few.nanoseconds == pytest.approx(80)
    assert many.nanoseconds == pytest.approx(8000)
    (unknown,) = explain(plan, assumptions=Assumptions(candidates=10)).features
    assert unknown.nanoseconds == pytest.approx(10)


def test_an_own_cost_is_what_nobody_else_needs(explanation: Explanation) -> None:
    for feature in explanation.features:
        assert 0 <= feature.own_nanoseconds <= feature.nanoseconds
        alone = [i for i in feature.steps if len(explanation.steps[i].features) == 1]
        own = sum(explanation.steps[i].nanoseconds for i in alone)
        assert feature.own_nanoseconds == pytest.approx(own)
    total = sum(step.nanoseconds for step in explanation.steps)
    assert sum(explanation.nanoseconds.values()) == pytest.approx(total)


def test_text_fits_a_terminal(explanation: Explanation) -> None:
    texts = [summary_text(explanation)]
    texts += [feature_text(explanation, feature) for feature in explanation.features]
    for text in texts:
        assert max(len(line) for line in text.splitlines()) <= 100
        assert explanation.assumptions.text().split(";")[0][:40] in text
    for feature in explanation.features:
        assert feature.name in texts[0]
    assert "count_value" in texts[1]
    assert [duration(n) for n in (0, 12.34, 999.9, 2_500, 3.2e6, 5e9)] == [
        "0 ns",
        "12.3 ns",
        "1 us",
        "2.5 us",
        "3.2 ms",
        "5 s",
    ]


def test_packages_and_plans_are_read(tmp_path: Path) -> None:
    p = Program(path=str(tmp_path / "ranking.fx"))
    p.feature("a", "dense", p.candidate("price"), description="The price.")
    package = build_package(p.checked(), REGISTRY, Builder())
    package.write(tmp_path / "ranking.fxp")
    (tmp_path / "plan.json").write_bytes(package.members["plan.json"])
    described = explain_file(tmp_path / "ranking.fxp", REGISTRY)
    bare = explain_file(tmp_path / "plan.json", REGISTRY)
    assert (described.name, described.features[0].description) == ("ranking", "The price.")
    assert (bare.name, bare.features[0].description) == ("", "")
    assert bare.steps == described.steps


@pytest.mark.parametrize(
    "content",
    [b"", b"feature", b"PK nothing", b"[]", b"{}", b'{"steps": [{}], "features": []}'],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    with pytest.raises(PackageError, match="No such file"):
        explain_file(path)
    path.write_bytes(content)
    with pytest.raises(PackageError):
        explain_file(path)


def test_json_holds_everything(explanation: Explanation) -> None:
    found = json.loads(json.dumps(explanation.as_json()))
    assert [feature["name"] for feature in found["features"]] == [
        f.name for f in explanation.features
    ]
    assert found["assumptions"]["candidates"] == 100
    for step in found["steps"]:
        assert all(source < step["index"] for source in step["sources"])


def test_edges_point_down_and_boxes_do_not_overlap() -> None:
    sources = {0: (), 1: (0,), 2: (0, 9), 3: (1, 2), 4: (0, 3), 5: ()}
    placed = layered([0, 1, 2, 3, 4, 5], sources)
    for node, above in sources.items():
        for source in above:
            if source in placed:
                assert placed[source][1] < placed[node][1]
    for layer in {layer for _, layer in placed.values()}:
        row = sorted(x for x, at in placed.values() if at == layer)
        assert all(b - a >= 1 for a, b in pairwise(row))
    assert layered([], {}) == {}


def test_the_page_stands_alone(explanation: Explanation) -> None:
    text = page(explanation)
    assert not re.search(r"(?:src|href)\s*=\s*['\"]?(?:https?:)?//|@import|url\(", text)
    assert "How often <it>" not in text
    data = re.search(r'<script type="application/json" id=data>(.*?)</script>', text, re.DOTALL)
    assert data is not None
    graph = json.loads(data.group(1))
    assert graph["features"][0][1] == "How often <it> was seen."
    assert [f[0] for f in graph["features"]] == [f.name for f in explanation.features]
    drawn = {i for i, _, _ in graph["features"][0][4]}
    seen = explanation.feature("seen")
    assert seen is not None
    assert drawn == {i for i in seen.steps if explanation.steps[i].kind != "constant"}


def test_the_drawing_has_a_box_per_step(explanation: Explanation) -> None:
    steps = [s.index for s in explanation.steps if s.kind != "constant"]
    root = ElementTree.fromstring(svg(explanation, steps))
    boxes = root.findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(boxes) == len(steps)
    places = {(box.get("x"), box.get("y")) for box in boxes}
    assert len(places) == len(steps)


def test_a_plan_of_two_thousand_features_is_drawn_on_demand() -> None:
    p = Program()
    for i in range(2000):
        p.feature(f"f{i}", "dense", p.call("add", p.candidate("views"), i))
    large = explain(build_plan(p.checked(), REGISTRY).content, REGISTRY)
    text = page(large)
    assert "<svg" not in text
    assert len(text) < 2_000_000
    assert large.features[0].shared_with == {}


def test_the_list_of_all_candidates_is_as_long_as_there_are_candidates() -> None:
    native = pytest.importorskip("feature_extractor._native")
    assert native
    from feature_extractor import compile_text
    from feature_extractor.registry import load_registry

    text = "input candidate { brand: string }\nfeature same : dense = collect(brand).count(b -> b == brand)\n"
    plan = compile_text(text).package.plan
    costs = [
        explain(plan, load_registry(), None, Assumptions(candidates=n)).nanoseconds["request"]
        for n in (10, 1_000)
    ]
    few = explain(plan, load_registry(), None, Assumptions(candidates=10, list_length=500))
    # The table of all brands is made once per request, and its size is that of the request.
    assert costs[1] > 20 * costs[0]
    assert few.nanoseconds["request"] == costs[0]
