"""The checked program: what the later stages receive."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.check import analyse_file, check_file, check_text
from feature_extractor.check.typed import (
    Call,
    CheckedProgram,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
    ResourceReference,
    Struct,
)
from feature_extractor.diagnostics import render
from feature_extractor.registry import load_registry

REGISTRY = load_registry(Path(__file__).parent / "registry_fixture.json")
EXAMPLES = Path(__file__).parents[2] / "dsl_grammar" / "examples"
INPUTS = """
input request {
    now: timestamp
    xs: list<int>
    events: list<{at: timestamp, movie: int}>
}
input candidate {
    "Times seen."
    views: int
    movie: int
    price: float?
}
"""


def program(text: str) -> CheckedProgram:
    """Return the checked program of a text that has no mistakes."""
    checked, findings = check_text(text + INPUTS, REGISTRY)
    assert checked is not None, render(findings)
    return checked


def value(expression: str, kind: str = "dense") -> Expression:
    """Return the checked value of an expression."""
    return program(f"feature a : {kind} = {expression}\n").features[0].value


def call(expression: Expression, operator: str) -> Call:
    """Return an expression as the call of an operator."""
    assert isinstance(expression, Call)
    assert expression.operator == operator
    return expression


def test_the_example_of_the_design() -> None:
    """The program that the language is explained by compiles."""
    checked, findings = check_file(EXAMPLES / "ranking.fx", REGISTRY)
    assert checked is not None, render(findings)
    assert [(feature.name, feature.kind) for feature in checked.features] == [
        ("age_bucket", "id"),
        ("ctr", "dense"),
        ("freshness", "dense"),
        ("title_tokens", "ids"),
        ("user_x_genre", "ids"),
        ("seen_30d", "dense"),
        ("affinity", "dense"),
        ("similarity", "dense"),
        ("last_movies", "ids"),
    ]
    assert checked.description == "Features of the movie-ranking model."
    (movies,) = checked.resources
    assert (movies.name, movies.kind) == ("movies", "vocabulary")
    assert movies.path == str((EXAMPLES / "movies.txt").absolute())
    last = checked.features[-1]
    assert (last.size, last.vocabulary, last.maximum) == (None, "movies", 50)
    assert [field.name for field in checked.inputs][:3] == ["user_id", "age", "now"]
    assert list(checked.sources) == [str(EXAMPLES / "ranking.fx")]


def test_conversions_and_defaults_are_filled_in() -> None:
    """A call has an argument for each parameter, of the type that its form asks for."""
    outer = call(value("views.hash_bucket(2 ** 4, seed = 3).clip(0.5, 9)", "dense"), "clip")
    assert outer.overload == 1
    converted, low, high = outer.arguments
    hashed = call(call(converted, "to_float").arguments[0], "hash_bucket")
    assert isinstance(low, Literal)
    assert isinstance(high, Literal)
    assert (repr(low.value), repr(high.value)) == ("0.5", "9.0")
    assert [a.value for a in hashed.arguments if isinstance(a, Literal)] == [16, 3]
    assert [str(t) for _, t in hashed.bindings] == ["int"]
    plain = call(value("views.hash_bucket(16)"), "hash_bucket")
    assert isinstance(plain.arguments[2], Literal)
    assert plain.arguments[2].value == 0


def test_equal_expressions_are_one_object() -> None:
    """Sharing is by identity, also through lets and functions."""
    checked = program(
        "let half(x) = x / 2\n"
        "let y = views + 1\n"
        "feature a : dense = half(y)\n"
        "feature b : dense = (views + 1) / 2\n"
        "feature c : dense = half(views + 1.0)\n"
    )
    a, b, c = (feature.value for feature in checked.features)
    assert a is b
    assert a is not c


def test_calls_with_lambdas_are_shared() -> None:
    """The name of a lambda's variable does not matter; what it captures does."""
    checked = program(
        "feature a : dense = events.count(e -> e.movie == movie and e.at < now)\n"
        "feature b : dense = events.count(f -> f.movie == movie and f.at < now)\n"
        "feature c : dense = events.count(e -> e.movie == views and e.at < now)\n"
        "feature d : dense = xs.count(x -> xs.any(y -> y == x))\n"
        "feature e : dense = xs.count(y -> xs.any(x -> x == y))\n"
        "feature f : dense = xs.count(y -> xs.any(x -> x == x))\n"
    )
    a, b, c, d, e, f = (feature.value for feature in checked.features)
    assert a is b
    assert a is not c
    assert d is e
    assert d is not f


def test_each_lambda_has_a_variable_of_its_own() -> None:
    """Two different calls never share a variable, even over one list."""
    checked = program(
        "feature a : dense = xs.filter(x -> x > 1).length()\n"
        "feature b : dense = xs.count(x -> x > 1)\n"
    )
    filtered = call(call(checked.features[0].value, "length").arguments[0], "filter")
    counted = call(checked.features[1].value, "count")
    first, second = filtered.arguments[1], counted.arguments[1]
    assert isinstance(first, Lambda)
    assert isinstance(second, Lambda)
    assert first.variable is not second.variable
    body = call(first.body, "greater")
    assert body.arguments[0] is first.variable


def test_zeros_of_both_signs_differ() -> None:
    """Interning compares floats by their bits, and types before values."""
    assert value("price ?? 0.0") is not value("price ?? -0.0")
    checked = program(
        "feature a : dense = [0.0, 1.0].sum()\nfeature b : dense = [-0.0, 1.0].sum()\n"
    )
    a, b = (feature.value for feature in checked.features)
    assert a is not b
    checked = program("feature a : dense = 1\nfeature b : dense = 1.0\nfeature c : dense = true\n")
    assert [repr(f.value.value) for f in checked.features if isinstance(f.value, Literal)] == [
        "1",
        "1.0",
        "True",
    ]


def test_null_and_empty_list_get_their_types() -> None:
    """No literal keeps the type of a bare null."""
    chosen = call(value("if views > 1 then views else null ?? 0"), "if")
    assert str(chosen.type) == "int"
    listed = call(value("xs ?? []", "ids(10)"), "if_null")
    assert str(listed.arguments[1].type) == "list<int>"
    assert str(value("[]", "ids(10)").type) == "list<int>"


def test_membership_takes_the_list_first() -> None:
    """``x in xs`` is the call of an operator that takes the list first."""
    found = call(value("movie not in xs"), "not")
    inner = call(found.arguments[0], "contains")
    assert isinstance(inner.arguments[0], InputReference)
    assert inner.arguments[0].name == "xs"


def test_structs_fields_and_resources() -> None:
    """The other nodes of the tree."""
    checked = program(
        'resource t = table<int, {margin: float}>("t.csv")\n'
        'resource unused = vocabulary("u.txt", oov = 2)\n'
        "feature a : dense = t.lookup(movie).margin ?? 0.0\n"
        "feature b : weighted(10) = xs.map(x -> {id: x, weight: 0.5})\n"
    )
    field = call(checked.features[0].value, "if_null").arguments[0]
    assert isinstance(field, Field)
    looked = call(field.base, "lookup")
    assert looked.overload == 1
    assert isinstance(looked.arguments[0], ResourceReference)
    mapped = call(checked.features[1].value, "map").arguments[1]
    assert isinstance(mapped, Lambda)
    assert isinstance(mapped.body, Struct)
    assert isinstance(mapped.body.values[0], LambdaVariable)
    assert [resource.name for resource in checked.resources] == ["t"]


def test_features_carry_their_declaration() -> None:
    """Descriptions, owners, defaults and places reach the plan."""
    checked = program(
        '"What it is."\n@owner("team")\nfeature a : dense(default = 2) = views\n'
        "feature b : id(8, default = 3) = views\n"
        'feature c : text(default = "none") = "x"\n'
    )
    a, b, c = checked.features
    assert (a.description, a.owner, a.default, str(a.site)) == (
        "What it is.",
        "team",
        2.0,
        "<text>:3:9",
    )
    assert (b.default, b.size) == (3, 8)
    assert c.default == "none"
    views = next(field for field in checked.inputs if field.name == "views")
    assert (views.domain, views.description) == ("candidate", "Times seen.")


def test_sites_are_where_an_expression_was_first_written() -> None:
    """A site has line and column from 1, and its end."""
    site = value("views +\n    1").site
    assert (site.line, site.column, site.end_line, site.end_column) == (1, 21, 2, 6)


def test_resources_of_modules(tmp_path: Path) -> None:
    """A module's resource lies beside the module, and its name is unique in the program."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "m.fx").write_text('resource words = vocabulary("words.txt")\n')
    (tmp_path / "main.fx").write_text(
        'use "lib/m.fx" as m\n'
        'resource words = vocabulary("words.txt")\n'
        "input candidate { s: string }\n"
        "feature a : id(words) = words.lookup(s)\n"
        "feature b : id(m.words) = m.words.lookup(s)\n"
    )
    checked, findings = check_file(tmp_path / "main.fx", REGISTRY)
    assert checked is not None, render(findings)
    paths = {resource.name: resource.path for resource in checked.resources}
    names = [feature.vocabulary for feature in checked.features]
    assert len(set(names)) == 2
    assert paths[names[0] or ""] == str(tmp_path / "words.txt")
    assert paths[names[1] or ""] == str(tmp_path / "lib" / "words.txt")
    assert len(checked.sources) == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "let a = 1\n"])
def test_programs_without_features(text: str) -> None:
    """A file may hold only lets, as modules do."""
    checked, findings = check_text(text, REGISTRY)
    assert findings == []
    assert checked is not None
    assert checked.features == ()


def test_an_analysis_of_a_broken_program_still_tells_types() -> None:
    """Editors ask for types while a program has mistakes."""
    analysis = analyse_file(EXAMPLES / "ranking.fx", REGISTRY)
    assert str(analysis.values["seen_30d"].type) == "int"
    assert len(analysis.files) == 1


def test_descriptions_of_files_and_statements() -> None:
    """Three quotes at the top describe the file, a string above a feature the feature."""
    checked = program(
        '"""The file."""\nfeature a : dense = 1\n"The feature."\nfeature b : dense = 1\n'
    )
    assert checked.description == "The file."
    assert [feature.description for feature in checked.features] == ["", "The feature."]
    checked = program('"The feature."\nfeature a : dense = 1\n')
    assert checked.description == ""
    assert checked.features[0].description == "The feature."
