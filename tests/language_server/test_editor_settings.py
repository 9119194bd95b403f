"""An editor shows the findings of `fx lint`: with the same settings, severities and baseline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from editor_session import PROGRAM, Editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROGRAM_WITH_FINDINGS = f"""{PROGRAM}
let nobody = views
let nowhere = clicks
feature twice : dense = clicks / views ?? 0.0
feature same : dense = clicks / views ?? 0.0
feature hashed : id(100) = title.hash_bucket(100)
"""
SEVERITIES = {
    types.DiagnosticSeverity.Error: "error",
    types.DiagnosticSeverity.Warning: "warning",
    types.DiagnosticSeverity.Information: "info",
}


@pytest_asyncio.fixture(loop_scope="session")
async def linting(editor: Editor) -> AsyncIterator[Editor]:
    editor.configure(lint=True)
    yield editor
    editor.configure(lint=False)


def lint(folder: Path, *arguments: str) -> list[tuple[str, str, int, int]]:
    """Return what the command finds: code, severity, line and column from 0."""
    run = subprocess.run(
        [sys.executable, "-m", "feature_extractor", "lint", *arguments, "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stderr
    # Without any reports the baseline is written.
    found = json.loads(run.stdout) if run.stdout.startswith(("[", "{")) else []
    return sorted((f["code"], f["severity"], f["line"] - 1, f["column"] - 1) for f in found)


def shown(found: list[types.Diagnostic]) -> list[tuple[str, str, int, int]]:
    result = []
    for diagnostic in found:
        assert diagnostic.severity is not None
        start = diagnostic.range.start
        severity = SEVERITIES[diagnostic.severity]
        result.append((str(diagnostic.code), severity, start.line, start.character))
    return sorted(result)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("none", ""),
        ("selected", '[lint]\nselect = ["FX6"]\n'),
        ("extended", '[lint]\nextend-select = ["ALL"]\nignore = ["FX602"]\n'),
        ("severities", '[lint.severity]\nFX601 = "error"\nFX602 = "info"\n'),
        ("files", '[lint.per-file-ignores]\n"*.fx" = ["FX601"]\n'),
        ("values", '[lint]\nselect = ["FX503"]\n[lint.rules.FX503]\nbudget = 1\n'),
    ],
)
async def test_the_findings_are_those_of_the_command(
    linting: Editor, name: str, settings: str
) -> None:
    linting.write(f"{name}/fx.toml", settings)
    linting.write(f"{name}/program.fx", PROGRAM_WITH_FINDINGS)
    document = linting.open(PROGRAM_WITH_FINDINGS, f"{name}/program.fx")
    expected = lint(linting.root / name, "program.fx")
    assert expected
    assert shown(await document.findings()) == expected
    document.close()


async def test_a_baseline_knows_what_the_command_says_it_knows(linting: Editor) -> None:
    folder = linting.root / "known"
    linting.write("known/fx.toml", '[lint]\nbaseline = "known.json"\n')
    linting.write("known/deep/program.fx", PROGRAM_WITH_FINDINGS)
    lint(folder, ".", "--write-baseline")
    assert (folder / "known.json").exists()
    document = linting.open(PROGRAM_WITH_FINDINGS, "known/deep/program.fx")
    assert await document.findings() == []
    added = f"# A line more.\n{PROGRAM_WITH_FINDINGS}let fresh = views\n"
    document.change(added)
    linting.write("known/deep/program.fx", added)
    expected = lint(folder, ".")
    assert [code for code, *_ in expected] == ["FX601"]
    assert shown(await document.findings()) == expected

    linting.write("known/known.json", "[]")
    changed = types.FileEvent((folder / "fx.toml").as_uri(), types.FileChangeType.Changed)
    del linting.arrived[document.uri]
    linting.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
    assert len(await document.diagnostics()) > 1
    await linting.complaint("known.json: this is not a baseline")
    document.close()


async def test_findings_stay_while_somebody_types_and_go_with_what_is_edited(
    linting: Editor,
) -> None:
    linting.configure(lint=True, delay=100_000)
    document = linting.open(PROGRAM_WITH_FINDINGS)
    linting.configure(lint=True, delay=20)
    before = [d for d in await document.findings() if d.code == "FX601"]
    linting.configure(lint=True, delay=100_000)
    document.change(PROGRAM_WITH_FINDINGS.replace("let nobody", "\nlet nobody_"))
    after = [d for d in await document.diagnostics() if d.code == "FX601"]
    assert [document.cut(d.range) for d in after] == ["nowhere"]
    assert after[0].range.start.line == before[1].range.start.line + 1
    document.close()
    linting.configure(lint=True, delay=20)
