"""``fx lint`` and ``fx rules`` as their user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import Run

BAD = """input candidate { movie_id, views: int }
feature movie : dense = movie_id
feature views : dense = views
"""
GOOD = "input candidate { views: int }\nfeature views : dense = views\n"
Write = Callable[[str, str], str]


def test_full(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD))
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "warning[FX201] id-as-number: `movie` gives the model the identifier `movie_id` as a 32-bit float\n"
        " --> bad.fx:2:25\n"
        "  |\n"
        "2 | feature movie : dense = movie_id\n"
        "  |                         ^^^^^^^^ whole numbers above 16,777,216 are rounded here\n"
        "  = help: an id has no order: give it an `id` feature, with `hash_bucket` or a vocabulary\n"
        "\n"
        "1 file checked: 1 warning\n"
    )


def test_concise_and_github(fx: Run, write: Write) -> None:
    name = write("bad, 100%.fx", BAD)
    message = "`movie` gives the model the identifier `movie_id` as a 32-bit float"
    outcome = fx("lint", name, "--format", "concise")
    assert (outcome.code, outcome.out) == (1, f"{name}:2:25: FX201 {message}\n")
    outcome = fx("lint", name, "--format", "github")
    assert outcome.out == (
        "::warning title=FX201 id-as-number,file=bad%2C 100%25.fx,line=2,endLine=2,col=25,endColumn=33::"
        f"{message}%0Aan id has no order: give it an `id` feature, with `hash_bucket` or a vocabulary\n"
    )


def test_json(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD), write("good.fx", GOOD), "--format", "json")
    (finding,) = json.loads(outcome.out)
    assert (outcome.code, finding["code"], finding["name"]) == (1, "FX201", "id-as-number")
    assert (finding["path"], finding["line"], finding["column"]) == ("bad.fx", 2, 25)
    outcome = fx("lint", "good.fx", "--format", "json")
    assert (outcome.code, json.loads(outcome.out)) == (0, [])


def test_reports_for_other_tools(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    sarif = json.loads(fx("lint", "bad.fx", "--format", "sarif").out)
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["FX201"]
    gitlab = json.loads(fx("lint", "bad.fx", "--format", "gitlab").out)
    assert [issue["location"]["path"] for issue in gitlab] == ["bad.fx"]
    outcome = fx("lint", "bad.fx", write("good.fx", GOOD), "--format", "junit")
    assert (outcome.code, outcome.out.count("<testcase ")) == (1, 2)


def test_nothing_found_and_rules_that_are_chosen(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    write("good.fx", GOOD)
    assert fx("lint", "good.fx").out == "1 file checked: nothing found\n"
    assert fx("lint", "good.fx").code == 0
    assert fx("lint", ".", "--ignore", "id-as-number").code == 0
    assert fx("lint", ".", "--select", "FX3,FX4").out == "2 files checked: nothing found\n"
    outcome = fx("lint", ".", "--extend-select", "FX702")
    assert outcome.out.endswith("\n2 files checked: 1 warning, 3 remarks\n")


def test_a_folder_is_searched_and_hidden_ones_are_not(fx: Run, write: Write, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for folder in ("deep/er", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
    write("deep/er/bad.fx", BAD)
    write(".hidden/bad.fx", BAD)
    outcome = fx("lint", "deep", ".", "deep/er/bad.fx", "--format", "concise")
    assert [line.split(":")[0] for line in outcome.out.splitlines()] == ["deep/er/bad.fx"]


def test_mistakes_of_a_program_come_instead(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD + "feature x : dense = nothing\n"))
    assert outcome.code == 1
    assert "error[FX101]" in outcome.out
    assert "FX201" not in outcome.out


def test_wrong_usage(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    outcome = fx("lint", "bad.fx", "--select", "FX9")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: there is no rule `FX9`\n")
    assert fx("lint", "missing.fx").err == "error: missing.fx: there is no such file\n"
    assert fx("lint", "missing.fx").code == 2
    assert fx("lint").code == 2


def test_rules(fx: Run) -> None:
    listing = fx("rules")
    assert (listing.code, listing.err) == (0, "")
    rows = json.loads(fx("rules", "--format", "json").out)
    assert listing.out.endswith(f"{len(rows)} rules; `fx rules CODE` explains one.\n")
    for row in rows:
        assert f"{row['code']}   {row['name']}" in listing.out
        assert row["page"].startswith(f"# {row['code']} {row['name']}\n")
    assert fx("rules", "label-leak").out == fx("rules", "fx301").out
    assert fx("rules", "FX301").out.startswith("# FX301 label-leak\n")
    wrong = fx("rules", "label-leek")
    assert (wrong.code, wrong.err) == (
        2,
        "error: there is no rule `label-leek`\n  Did you mean `label-leak`?\n",
    )
