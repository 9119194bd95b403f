"""Runs the language tests in the Markdown files of this folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from feature_extractor.check import Analysis, analyse_file
from feature_extractor.check.typed import Literal
from feature_extractor.diagnostics import render
from feature_extractor.registry import Registry, load_registry
from feature_extractor.syntax import tree
from literate import Case, read_cases

HERE = Path(__file__).parent
CASES = [case for path in sorted(HERE.glob("*.md")) for case in read_cases(path)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The operators that the language tests use, whatever the engine's own are."""
    return load_registry(HERE / "registry_fixture.json")


def analyse(case: Case, registry: Registry, folder: Path) -> Analysis:
    """Check a case as a file, beside the modules that it names."""
    for name, text in {**case.files, "example.fx": case.text}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return analyse_file("example.fx", registry)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(
    case: Case, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program's comments say is what the compiler finds."""
    monkeypatch.chdir(tmp_path)
    analysis = analyse(case, registry, tmp_path)
    found = sorted(
        (d.span.path, d.span.line, d.code) if d.span else ("", 0, d.code)
        for d in analysis.diagnostics
    )
    wanted = sorted((e.path, e.line, e.text) for e in case.expectations if e.kind == "error")
    shown = render(analysis.diagnostics)
    assert found == wanted, shown
    assert (analysis.program is None) == bool(wanted)
    for expectation in case.expectations:
        if expectation.kind != "error":
            check_value(expectation.kind, expectation.line, expectation.text, case, analysis)
    if case.rendered is not None:
        assert shown == case.rendered


def check_value(kind: str, line: int, wanted: str, case: Case, analysis: Analysis) -> None:
    """Compare the type, value or tree of the let or feature on a line."""
    text = case.text.split("\n")[line - 1]
    match = re.match(r"(?:let|feature)\s+(\w+)", text)
    assert match, f"no let or feature on line {line}: {text}"
    name = match[1]
    if kind == "tree":
        for statement in analysis.files[0].statements:
            if isinstance(statement, tree.LetDeclaration) and statement.name.text == name:
                assert show_tree(statement.value) == wanted
                return
        pytest.fail(f"{name} was not parsed")
    value = analysis.values[name]
    if kind == "type":
        assert str(value.type) == wanted
    else:
        assert isinstance(value, Literal), f"{name} is not a constant"
        assert repr(value.value) == wanted


def show_tree(node: tree.Expression) -> str:
    """Return an expression with all parentheses."""
    match node:
        case tree.Binary():
            return f"({show_tree(node.left)} {node.operator} {show_tree(node.right)})"
        case tree.Unary(operator="not"):
            return f"(not {show_tree(node.operand)})"
        case tree.Unary():
            return f"({node.operator}{show_tree(node.operand)})"
        case tree.Parenthesised(inner=inner):
            return show_tree(inner)
        case tree.LambdaExpression():
            return f"({node.parameter.text} -> {show_tree(node.body)})"
        case tree.Conditional():
            parts = (node.condition, node.consequence, node.alternative)
            condition, consequence, alternative = map(show_tree, parts)
            return f"(if {condition} then {consequence} else {alternative})"
        case tree.Call():
            arguments = ", ".join(show_tree(argument.value) for argument in node.arguments)
            receiver = f"{show_tree(node.receiver)}." if node.receiver else ""
            return f"{receiver}{node.name.text}({arguments})"
        case tree.FieldAccess():
            return f"{show_tree(node.base)}.{node.name.text}"
        case tree.Index():
            return f"{show_tree(node.base)}[{show_tree(node.index)}]"
        case _:
            return node.span.text


def test_every_file_has_cases() -> None:
    """A Markdown file that the reader does not understand would otherwise pass in silence."""
    for path in HERE.glob("*.md"):
        assert read_cases(path), path.name
    assert len(CASES) > 100
