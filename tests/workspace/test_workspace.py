"""Open documents: what is told about them, and what their names mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.check.modules import UnreadableFile
from feature_extractor.registry import load_registry
from feature_extractor.workspace import DocumentAnalysis, Workspace
from feature_extractor.workspace.names import Mention, Target

PROGRAM = """\
use "common/rates.fx" as rates
input candidate { clicks, views: int }
let ctr = rates.rate(clicks, trials = views)
feature ctr : dense = ctr ?? 0.0
feature tail : dense = [1.0, 2.0].map(x -> x * 2.0).sum()
"""
MODULE = "let rate(hits, trials) = hits / trials\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "rates.fx").write_text(MODULE)
    (tmp_path / "main.fx").write_text(PROGRAM)
    return tmp_path


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(load_registry())


def mentions_of(analysis: DocumentAnalysis, target: Target) -> list[Mention]:
    """Return every place in the program and its modules that means a target."""
    return [mention for index in analysis.indexes.values() for mention in index.of(target)]


def codes(workspace: Workspace, path: Path | str) -> list[str]:
    return [finding.code for finding in workspace.diagnostics(path)]


def test_a_file_is_read_from_disk_and_a_text_wins_over_it(
    folder: Path, workspace: Workspace
) -> None:
    main = folder / "main.fx"
    assert "FX101" not in codes(workspace, main)
    workspace.open(main, PROGRAM.replace("?? 0.0", "?? oops"))
    assert codes(workspace, main) == ["FX101"]
    workspace.change(main, PROGRAM.replace("?? 0.0", "??"))
    assert codes(workspace, main) == ["FX001"]
    workspace.close(main)
    assert "FX001" not in codes(workspace, main)


def test_a_module_that_is_open_counts_for_its_users(folder: Path, workspace: Workspace) -> None:
    main, module = folder / "main.fx", folder / "common" / "rates.fx"
    workspace.open(main, PROGRAM)
    assert "FX101" not in codes(workspace, main)
    workspace.open(module, MODULE.replace("trials)", "tries)"))
    assert codes(workspace, main) == ["FX107"]
    assert workspace.dependents(module) == [str(main)]
    workspace.change(module, MODULE)
    assert "FX101" not in codes(workspace, main)


def test_a_document_is_named_by_path_or_uri(folder: Path, workspace: Workspace) -> None:
    main = folder / "main.fx"
    workspace.open(main.as_uri(), PROGRAM + "# More.\n")
    assert workspace.analysis(main).source.text == PROGRAM + "# More.\n"
    workspace.open("untitled:Untitled-1", "input request { x: int }\nfeature a : dense = y\n")
    assert codes(workspace, "untitled:Untitled-1") == ["FX101"]
    with pytest.raises(UnreadableFile):
        workspace.diagnostics(folder / "absent.fx")


@pytest.mark.parametrize("name", ["vscode-notebook-cell:/a#1", "git+ssh://x/y.fx", "untitled:a"])
def test_a_text_that_is_no_file_has_no_modules(workspace: Workspace, name: str) -> None:
    workspace.open(name, 'use "common/rates.fx"\nlet x = nothing\n')
    (found,) = workspace.diagnostics(name)
    assert found.message == "modules cannot be used here, because the program is not a file"


def test_lint_is_told_where_there_are_no_errors(workspace: Workspace) -> None:
    text = "input request { x: int }\nlet unused = x\nfeature a : dense = x\n"
    workspace.open("untitled:1", text)
    assert "FX601" in codes(workspace, "untitled:1")
    workspace.change("untitled:1", text + "feature b : dense = y\n")
    assert codes(workspace, "untitled:1") == ["FX101"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rates.rate", "module"),
        ("clicks, trials", "input"),
        ("trials = views", "parameter"),
        ("rate(clicks", "let"),
        ("ctr ?? 0.0", "let"),
        ("ctr : dense", "feature"),
        ("x * 2.0", "variable"),
        ("map(x", "operator"),
    ],
)
def test_names_are_known_by_place(folder: Path, workspace: Workspace, name: str, kind: str) -> None:
    main = folder / "main.fx"
    workspace.open(main, PROGRAM)
    analysis = workspace.analysis(main)
    mention = analysis.mention_at(PROGRAM.index(name))
    assert mention is not None
    assert mention.target.kind == kind
    span = mention.target.declaration
    assert (span is None) == (kind == "operator")
    if span is not None:
        assert span.text == mention.span.text
        assert [m.span for m in mentions_of(analysis, mention.target) if m.is_declaration] == [span]


def test_references_go_through_modules(folder: Path, workspace: Workspace) -> None:
    main, module = folder / "main.fx", folder / "common" / "rates.fx"
    workspace.open(main, PROGRAM)
    analysis = workspace.analysis(main)
    mention = analysis.mention_at(PROGRAM.index("trials = views"))
    assert mention is not None
    places = [found.span for found in mentions_of(analysis, mention.target)]
    assert [Path(span.path).name for span in places] == [main.name, module.name, module.name]
