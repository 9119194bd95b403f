"""What reports may hold, written from the standards, since no package ships their schemas.

SARIF is that of the OASIS standard, version 2.1.0; the sections are named. Only what this project writes is listed, and
everything else is refused; where the package `sarif-om` is installed, whose classes were made from the schema of the
standard, the lists are compared with it. The report for GitLab is that of its documentation of code quality. JUnit has
no standard; its elements and attributes are those that Jenkins and GitLab read.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree

LEVELS: Final = ["none", "note", "warning", "error"]


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }


def _list(item: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


def _of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


_TEXT: Final = {"type": "string", "minLength": 1}
_POSITIVE: Final = {"type": "integer", "minimum": 1}

SARIF_OBJECTS: Final = {
    # 3.13
    "SarifLog": _object(
        {"version": {"const": "2.1.0"}, "runs": _list(_of("Run"))},
        {"$schema": {"type": "string", "format": "uri"}},
    ),
    # 3.14; a run with results has to say how columns are counted
    "Run": _object(
        {
            "tool": _of("Tool"),
            "results": _list(_of("Result")),
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        }
    ),
    # 3.18
    "Tool": _object({"driver": _of("ToolComponent")}),
    # 3.19
    "ToolComponent": _object(
        {"name": _TEXT}, {"version": _TEXT, "rules": _list(_of("ReportingDescriptor"))}
    ),
    # 3.49
    "ReportingDescriptor": _object(
        {"id": _TEXT},
        {
            "name": _TEXT,
            "shortDescription": _of("MultiformatMessageString"),
            "help": _of("MultiformatMessageString"),
            "defaultConfiguration": _of("ReportingConfiguration"),
        },
    ),
    # 3.50
    "ReportingConfiguration": _object({}, {"level": {"enum": LEVELS}}),
    # 3.12
    "MultiformatMessageString": _object({"text": _TEXT}, {"markdown": _TEXT}),
    # 3.27
    "Result": _object(
        {"message": _of("Message")},
        {
            "ruleId": _TEXT,
            "ruleIndex": {"type": "integer", "minimum": 0},
            "level": {"enum": LEVELS},
            "locations": _list(_of("Location")),
            "relatedLocations": _list(_of("Location")),
            "partialFingerprints": {"type": "object", "additionalProperties": _TEXT},
            "fixes": _list(_of("Fix")),
        },
    ),
    # 3.11; of a message without an id the text is required
    "Message": _object({"text": _TEXT}),
    # 3.28
    "Location": _object({"physicalLocation": _of("PhysicalLocation")}, {"message": _of("Message")}),
    # 3.29
    "PhysicalLocation": _object(
        {"artifactLocation": _of("ArtifactLocation")}, {"region": _of("Region")}
    ),
    # 3.4
    "ArtifactLocation": _object({"uri": {**_TEXT, "format": "uri-reference", "pattern": r"^[^\s\\]+$"}}),
    # 3.30
    "Region": _object(
        {"startLine": _POSITIVE},
        {"startColumn": _POSITIVE, "endLine": _POSITIVE, "endColumn": _POSITIVE},
    ),
    # 3.55
    "Fix": _object(
        {"artifactChanges": _list(_of("ArtifactChange"), 1)},
        {"description": _of("Message"), "properties": {"type": "object"}},
    ),
    # 3.56
    "ArtifactChange": _object(
        {
            "artifactLocation": _of("ArtifactLocation"),
            "replacements": _list(_of("Replacement"), 1),
        }
    ),
    # 3.57
    "Replacement": _object(
        {"deletedRegion": _of("Region")}, {"insertedContent": _of("ArtifactContent")}
    ),
    # 3.3
    "ArtifactContent": _object({}, {"text": {"type": "string"}}),
}  # fmt: skip
"""The objects by the names of their sections."""

STRICTER: Final = {
    "Run": {"results", "columnKind"},
    "Message": {"text"},
    "Location": {"physicalLocation"},
    "PhysicalLocation": {"artifactLocation"},
    "ArtifactLocation": {"uri"},
    "Region": {"startLine"},
}
"""What the standard requires in some cases only, and these reports always have."""

SARIF: Final = {**_of("SarifLog"), "definitions": SARIF_OBJECTS}

GITLAB: Final = _list(
    _object(
        {
            "description": _TEXT,
            "check_name": _TEXT,
            "fingerprint": _TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": _object(
                {
                    "path": {**_TEXT, "pattern": r"^(?!\./)"},
                    "lines": _object({"begin": _POSITIVE}),
                }
            ),
        }
    )
)

_NUMBER: Final = r"\d+"
JUNIT: Final[dict[str, tuple[set[str], set[str], set[str]]]] = {
    "testsuites": (set(), {"name"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, set(), {"testcase"}),
    "testcase": ({"name", "classname"}, {"file", "line"}, {"failure"}),
    "failure": ({"type", "message"}, set(), set()),
}
"""By element: attributes that it has to have, those that it may have, and elements in it."""


def junit_mistakes(root: ElementTree.Element) -> list[str]:
    """Return what is wrong with a JUnit report."""
    found = [] if root.tag == "testsuites" else [f"the root is {root.tag}"]
    for element in root.iter():
        required, optional, children = JUNIT.get(element.tag, (set(), set(), set()))
        given = set(element.keys())
        found += [f"{element.tag} has no {name}" for name in required - given]
        found += [f"{element.tag} has {name}" for name in given - required - optional]
        found += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
        found += [f"{element.tag} has an empty {n}" for n in given if not element.get(n)]
        if element.tag != "failure" and (element.text or "").strip():
            found.append(f"{element.tag} has a text")
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        counts = (len(cases), sum(case.find("failure") is not None for case in cases), 0)
        told = tuple(suite.get(name) for name in ("tests", "failures", "errors"))
        if told != tuple(map(str, counts)):
            found.append(f"{suite.get('name')} tells {told}, and has {counts}")
        if not cases:
            found.append(f"{suite.get('name')} has no case, which readers take for a mistake")
    return found
