"""Reports with the findings of all rules hold only what the standards allow."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.lint import all_rules
from feature_extractor.lint.reports import gitlab, junit, sarif
from report_schemas import GITLAB, SARIF, SARIF_OBJECTS, STRICTER, junit_mistakes
from rule_pages import PAGES, found_by, read_page

jsonschema = pytest.importorskip("jsonschema", reason="`make setup` installs it")


@cache
def everything() -> list[Diagnostic]:
    """Return the findings of the bad programs of all pages, and an error without a place."""
    findings = [Diagnostic("FX005", "missing.fx: there is no such file", None, path="missing.fx")]
    for code, rule in all_rules().items():
        for text, _ in read_page(PAGES / f"{code}.md").examples("Bad"):
            findings += found_by(rule, text)
    assert any(found.fix for found in findings)
    assert any(found.labels for found in findings)
    return findings


def mistakes(schema: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema.Draft7Validator(schema)
    validator.check_schema(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_sarif() -> None:
    log = json.loads(sarif(everything()))
    assert mistakes(SARIF, log) == []
    assert mistakes(SARIF, json.loads(sarif([]))) == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for region in _regions(log):
        start = (region["startLine"], region["startColumn"])
        assert start <= (region["endLine"], region["endColumn"])


def _regions(value: Any) -> list[dict[str, int]]:
    """Return all regions in a value, section 3.30."""
    if isinstance(value, list):
        return [region for item in value for region in _regions(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if "startLine" in value else []
    return own + [region for item in value.values() for region in _regions(item)]


def test_the_sarif_objects_are_those_of_the_standard() -> None:
    sarif_om = pytest.importorskip("sarif_om", reason="`make setup` installs it")
    attr = pytest.importorskip("attr")
    for name, shape in SARIF_OBJECTS.items():
        fields = attr.fields(getattr(sarif_om, name))
        named = {field.metadata["schema_property_name"]: field for field in fields}
        assert set(shape["properties"]) <= set(named), name
        required = {key for key, field in named.items() if field.default is attr.NOTHING}
        assert set(shape["required"]) == required | STRICTER.get(name, set()), name


def test_gitlab() -> None:
    report = json.loads(gitlab(everything()))
    assert mistakes(GITLAB, report) == []
    assert len({issue["fingerprint"] for issue in report}) == len(report)


def test_junit() -> None:
    root = ElementTree.fromstring(junit(everything(), ["example.fx", "fine.fx", "missing.fx"]))
    assert junit_mistakes(root) == []
    assert len(root.findall(".//failure")) == len(everything())
    assert junit_mistakes(ElementTree.fromstring(junit([], []))) == []


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda log: log.pop("version"), "'version' is a required property"),
        (lambda log: log["runs"][0].update(x=1), "'x' was unexpected"),
        (lambda log: log["runs"][0]["results"][0].update(level="bad"), "'bad' is not one of"),
        (lambda log: log["runs"][0]["results"][0].pop("message"), "'message' is a required"),
    ],
)
def test_what_is_wrong_is_seen(change: Any, mistake: str) -> None:
    log = json.loads(sarif(everything()))
    change(log)
    (found,) = mistakes(SARIF, log)
    assert mistake in found


def test_what_is_wrong_with_junit_is_seen() -> None:
    path = Path("a.fx")
    text = junit([], [str(path)])
    for old, new in (
        ('tests="1"', 'tests="2"'),
        ('classname="a.fx"', 'class="a.fx"'),
        ('failures="0" ', ""),
        ('name="nothing found" ', 'name="" '),
    ):
        assert junit_mistakes(ElementTree.fromstring(text.replace(old, new)))
