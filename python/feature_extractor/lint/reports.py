"""Findings as files for other tools: SARIF 2.1.0, GitLab's code quality, JUnit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree

import xxhash

from feature_extractor.diagnostics import CODES, Diagnostic, Fix, Severity, Span
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.pages import page

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
}
_GITLAB_SEVERITIES: Final = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFORMATION: "info",
}


def sarif(findings: Sequence[Diagnostic]) -> str:
    """Return a SARIF log with one run: the rules that something was found by, and the findings.

    Properties are those of the OASIS standard, version 2.1.0; columns count code points.
    """
    codes = sorted({finding.code for finding in findings})
    results = []
    for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True):
        text = f"{finding.message}. {finding.help}" if finding.help else finding.message
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": _SARIF_LEVELS[finding.severity],
            "message": {"text": text},
            "locations": [{"physicalLocation": _sarif_place(finding.span, finding.path)}],
            "partialFingerprints": {"fx/v1": fingerprint},
        }
        if finding.labels:
            result["relatedLocations"] = [
                {
                    "physicalLocation": _sarif_place(label.span, ""),
                    "message": {"text": label.text},
                }
                for label in finding.labels
            ]
        if finding.fix is not None:
            result["fixes"] = [_sarif_fix(finding.fix)]
        results.append(result)
    driver = {"name": "fx", "rules": [_sarif_rule(code) for code in codes]}
    known = _version()
    if known:
        driver["version"] = known
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _version() -> str:
    try:
        return version("feature_extractor")
    except PackageNotFoundError:
        return ""


def _sarif_rule(code: str) -> dict[str, Any]:
    rule = all_rules().get(code)
    if rule is None:
        known = CODES[code]
        return {
            "id": code,
            "name": known.name,
            "shortDescription": {"text": known.explanation},
            "defaultConfiguration": {"level": "error"},
        }
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.summary, "markdown": page(rule)},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_fix(fix: Fix) -> dict[str, Any]:
    """Return a fix object, section 3.55; all edits are in one file."""
    replacements = [
        {
            "deletedRegion": _sarif_region(edit.span),
            "insertedContent": {"text": edit.replacement},
        }
        for edit in fix.edits
    ]
    place = _sarif_place(fix.edits[0].span, "")["artifactLocation"]
    return {
        "description": {"text": fix.message},
        "artifactChanges": [{"artifactLocation": place, "replacements": replacements}],
        "properties": {"applicability": fix.applicability.value},
    }


def _sarif_place(span: Span | None, path: str) -> dict[str, Any]:
    shown = PurePath(span.path if span else path)
    uri = shown.as_uri() if shown.is_absolute() else quote(shown.as_posix())
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if span is not None:
        place["region"] = _sarif_region(span)
    return place


def _sarif_region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def gitlab(findings: Sequence[Diagnostic]) -> str:
    """Return a code quality report of GitLab, in the subset of Code Climate's form that it reads."""
    issues = [
        {
            "description": finding.message,
            "check_name": f"{finding.code} {finding.name}",
            "fingerprint": fingerprint,
            "severity": _GITLAB_SEVERITIES[finding.severity],
            "location": {
                "path": finding.span.path if finding.span else finding.path,
                "lines": {"begin": finding.span.line if finding.span else 1},
            },
        }
        for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True)
    ]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _fingerprints(findings: Iterable[Diagnostic]) -> Iterable[str]:
    """Yield what tells a finding from others, and stays when lines are added above it: file, code and text.

    The second of two findings with the same text is told apart by its number.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        span = finding.span
        path = span.path if span else finding.path
        line = span.source.line_text(span.line).strip() if span else ""
        key = (path, finding.code, f"{line}\0{finding.message}")
        yield xxhash.xxh3_128_hexdigest("\0".join((*key, str(seen[key]))).encode())
        seen[key] += 1


def junit(findings: Sequence[Diagnostic], paths: Iterable[str]) -> str:
    """Return a JUnit report: a suite for each file, with a failed case for each finding or one that passed."""
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in paths}
    for finding in findings:
        by_path.setdefault(finding.span.path if finding.span else finding.path, []).append(finding)
    root = ElementTree.Element("testsuites", name="fx lint")
    for path, found in by_path.items():
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(path),
            tests=str(max(len(found), 1)),
            failures=str(len(found)),
            errors="0",
        )
        if not found:
            ElementTree.SubElement(suite, "testcase", name="nothing found", classname=_xml(path))
        for finding in found:
            line = str(finding.span.line) if finding.span else "1"
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=f"{finding.code} {finding.name}",
                classname=_xml(path),
                file=_xml(path),
                line=line,
            )
            failure = ElementTree.SubElement(
                case, "failure", type=finding.severity.value, message=_xml(finding.message)
            )
            where = str(finding.span) if finding.span else finding.path
            failure.text = _xml(f"{where}: {finding.message}\n{finding.help}".rstrip())
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _xml(text: str) -> str:
    """Return text without the control characters that XML 1.0 cannot hold, section 2.2."""
    return "".join(
        c
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in text
    )
