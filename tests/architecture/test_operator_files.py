"""Each operator is two files, and its spec is complete."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from source_tree import BUILD, ROOT, files, shown

OPERATORS = list(files(".cc", under="operators"))
TOOL = BUILD / "feature_extractor_registry"
REGISTRY = ROOT / "operators" / "registry.json"


def places(paths: list[Path], folder: str) -> set[str]:
    """Return paths below a folder without their suffix."""
    return {path.relative_to(ROOT / folder).with_suffix("").as_posix() for path in paths}


def test_every_operator_has_its_cases_and_every_case_its_operator() -> None:
    operators = places(OPERATORS, "operators")
    cases = places(list(files(".test", under="tests/operators")), "tests/operators")
    assert operators, "no operator was found"
    assert sorted(operators ^ cases) == []


def test_operators_live_in_the_folder_of_their_family() -> None:
    wrong = [shown(p) for p in OPERATORS if len(p.relative_to(ROOT / "operators").parts) != 2]
    assert not wrong


@pytest.mark.parametrize("path", OPERATORS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_spec_is_complete(path: Path) -> None:
    """The name is that of the file; summary, parameters, an example and a cost are given."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r'\.name\s*=\s*"([^"]*)"', text) == [path.stem]
    fields = ["summary", "parameters", "overloads", "cost"]
    # A vocabulary or a table is a file; an example in one line cannot name one.
    signatures = re.findall(r'overload<\s*"(?:<[^>]*>)?\(([^"]*)', text)
    if not all(re.search(": (vocabulary|table)", parameters) for parameters in signatures):
        fields.append("examples")
    for field in fields:
        assert re.search(rf"\.{field}\s*=\s", text), f".{field} is missing"
    assert text.rstrip().endswith("FEATURE_EXTRACTOR_OPERATOR(kOperator)")


def test_cases_hold_something() -> None:
    empty = [
        shown(path)
        for path in files(".test", under="tests/operators")
        if not re.search(r"^[^#\n].*=", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert not empty


@pytest.fixture(scope="module")
def built() -> str:
    """What the compiled operators say of themselves."""
    if not TOOL.is_file():
        pytest.skip("the core is not built; run `make build`")
    return subprocess.run([TOOL], capture_output=True, check=True).stdout.decode()


def test_the_committed_registry_is_current(built: str) -> None:
    assert REGISTRY.is_file(), "run `make registry`"
    assert REGISTRY.read_text(encoding="utf-8") == built, "run `make registry`"


def test_specs_say_what_they_must(built: str) -> None:
    wrong: list[str] = []
    names: set[str] = set()
    operators: list[dict[str, Any]] = json.loads(built)["operators"]
    for operator in operators:
        name = operator["name"]
        if name in names:
            wrong.append(f"{name} exists twice")
        names.add(name)
        cost = operator["cost"]
        if not operator["mapping"] and cost["per_row"] <= 0 and cost["per_element"] <= 0:
            wrong.append(f"{name} has no cost")
        if operator["summary"].endswith(".") or not operator["summary"][:1].isupper():
            wrong.append(f"{name}: a summary starts with a capital and has no full stop")
        described = {parameter["name"] for parameter in operator["parameters"]}
        for overload in operator["overloads"]:
            for parameter in parameter_names(overload["signature"]):
                if parameter not in described:
                    wrong.append(f"{name}: parameter {parameter} is not described")
        if not re.fullmatch(r"\d+\.\d+\.\d+|\d+\.\d+", operator["since"]):
            wrong.append(f"{name}: since is {operator['since']!r}")
    for operator in operators:
        wrong += [
            f"{operator['name']}: see_also names {other}, which does not exist"
            for other in operator["see_also"]
            if other not in names
        ]
    assert not wrong


def parameter_names(signature: str) -> list[str]:
    """Return the names of the parameters of a signature string."""
    inside = signature[signature.index("(") + 1 : signature.rindex(") ->")]
    names: list[str] = []
    depth, quoted, start = 0, False, 0
    for index, character in enumerate(f"{inside},"):
        if character == '"':
            quoted = not quoted
        if quoted:
            continue
        if character in "<([{":
            depth += 1
        elif character in ")]}" or (character == ">" and inside[index - 1] != "-"):
            depth -= 1
        elif character == "," and depth == 0:
            piece = inside[start:index].strip()
            if piece:
                names.append(piece.split(":")[0].strip())
            start = index + 1
    return names


def test_parameter_names_are_read_from_any_signature() -> None:
    text = '<T: any, K: key>(xs: list<{a: int, b: T}>, f: T -> K, how: const string{"a,b"} = "a,b") -> K'
    assert parameter_names(text) == ["xs", "f", "how"]
    assert parameter_names("() -> int") == []
