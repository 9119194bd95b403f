"""Reports for other tools, compared whole or read back as those tools read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.lint import all_rules, lint_paths
from feature_extractor.lint.reports import gitlab, junit, sarif
from feature_extractor.registry import load_registry

BAD = """input candidate { clicked: bool, movie_id: int }
feature y : label = clicked
feature a : dense = clicked
feature b : dense = movie_id
"""


@pytest.fixture
def findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    """Findings of two kinds, one with a related place, and an error without a place."""
    monkeypatch.chdir(tmp_path)
    text = BAD.replace(", ", "\n")
    Path("a file, 100%.fx").write_text(text, encoding="utf-8")
    paths = [Path("a file, 100%.fx"), Path("missing.fx")]
    found = lint_paths(paths, load_registry(), [all_rules()["FX201"], all_rules()["FX301"]])
    assert [finding.code for finding in found] == ["FX301", "FX201", "FX005"]
    return found


def test_sarif(findings: list[Diagnostic]) -> None:
    log = json.loads(sarif(findings))
    assert (log["version"], list(log)) == ("2.1.0", ["$schema", "version", "runs"])
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["FX005", "FX201", "FX301"]
    assert rules[2]["help"]["markdown"].startswith("# FX301 label-leak\n")
    leak, number, missing = run["results"]
    uri = "a%20file%2C%20100%25.fx"
    assert leak["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": uri},
                "region": {"startLine": 4, "startColumn": 21, "endLine": 4, "endColumn": 28},
            }
        }
    ]
    assert leak["relatedLocations"][0]["message"] == {"text": "the label"}
    assert leak["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
    assert number["partialFingerprints"] != leak["partialFingerprints"]
    assert missing["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "missing.fx"}}}
    ]


def test_nothing_is_a_valid_report() -> None:
    assert json.loads(sarif([]))["runs"][0]["results"] == []
    assert json.loads(gitlab([])) == []
    assert junit([], ["a.fx"]) == (
        '<testsuites name="fx lint">\n'
        '  <testsuite name="a.fx" tests="1" failures="0" errors="0">\n'
        '    <testcase name="nothing found" classname="a.fx" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_gitlab(findings: list[Diagnostic]) -> None:
    leak, number, missing = json.loads(gitlab(findings))
    assert {**number, "fingerprint": ""} == {
        "description": "`b` gives the model the identifier `movie_id` as a 32-bit float",
        "check_name": "FX201 id-as-number",
        "fingerprint": "",
        "severity": "major",
        "location": {"path": "a file, 100%.fx", "lines": {"begin": 5}},
    }
    assert (leak["severity"], missing["location"]) == (
        "critical",
        {"path": "missing.fx", "lines": {"begin": 1}},
    )


def test_fingerprints_stay_when_lines_are_added_and_differ_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    lines = [
        "input candidate { movie_id: int }",
        "let f(x) = x",
        "feature a : dense = movie_id",
        "feature b : dense = movie_id",
    ]

    def prints() -> list[Any]:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = lint_paths([path], load_registry(), [all_rules()["FX201"]])
        assert [d["fingerprint"] for d in json.loads(gitlab(found))] == [
            r["partialFingerprints"]["fx/v1"]
            for r in json.loads(sarif(found))["runs"][0]["results"]
        ]
        return [d["fingerprint"] for d in json.loads(gitlab(found))]

    before = prints()
    assert len(set(before)) == 2
    lines.insert(0, "# A comment.")
    assert prints() == before


def test_junit(findings: list[Diagnostic]) -> None:
    root = ElementTree.fromstring(junit(findings, ["a file, 100%.fx", "fine.fx", "missing.fx"]))
    assert root.tag == "testsuites"
    counts = [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root]
    assert counts == [
        ("a file, 100%.fx", "2", "2"),
        ("fine.fx", "1", "0"),
        ("missing.fx", "1", "1"),
    ]
    case = root[0][1]
    assert (case.get("name"), case.get("line")) == ("FX201 id-as-number", "5")
    assert case[0].tag == "failure"
    assert (case[0].text or "").startswith("a file, 100%.fx:5:21: `b` gives the model")


def test_a_file_name_cannot_break_a_report(findings: list[Diagnostic]) -> None:
    root = ElementTree.fromstring(junit(findings, ['<&"\x01>.fx']))
    assert root[0].get("name") == '<&"\ufffd>.fx'
