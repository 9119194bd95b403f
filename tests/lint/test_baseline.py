"""Findings that are known: which are new beside them, and which are not there any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.diagnostics import Diagnostic
from feature_extractor.lint import all_rules, lint_paths
from feature_extractor.lint.baseline import Baseline, BaselineError, Entry
from feature_extractor.registry import load_registry

RULE = all_rules()["FX608"]
CODES = frozenset({RULE.code})
INPUT = "input candidate { a, b: int }\n"


def found(path: Path, *values: str) -> list[Diagnostic]:
    features = "".join(f"feature x{i} : dense = {v}\n" for i, v in enumerate(values))
    path.write_text(INPUT + features)
    return lint_paths([path], load_registry(), [RULE])


def places(findings: list[Diagnostic]) -> list[int]:
    return [finding.span.line for finding in findings if finding.span is not None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.fx"


def baseline(path: Path, *values: str) -> Baseline:
    empty = Baseline(path.parent / "known.json", {})
    return empty.updated(found(path, *values), {path: CODES})


def test_what_is_written_is_read(path: Path) -> None:
    written = baseline(path, "a * 1", "b - b", "b")
    written.file.write_text(written.text())
    read = Baseline.read(written.file)
    assert read.counts == written.counts
    assert read.text() == written.text()
    assert list(read.counts) == [
        Entry("a.fx", "FX608", "feature x0 : dense = a * 1", "`* 1` changes nothing"),
        Entry("a.fx", "FX608", "feature x1 : dense = b - b", "both sides of `-` are the same"),
    ]


def test_only_new_findings_are_left_wherever_the_known_ones_are(path: Path) -> None:
    known = baseline(path, "a * 1")
    path.write_text(f"# More.\n\n{path.read_text()}feature y : dense = a * 1\n")
    compared = known.compare(lint_paths([path], load_registry(), [RULE]), {path: CODES})
    assert (places(compared.new), compared.known, compared.stale) == ([5], 1, {})


def test_equal_findings_are_counted(path: Path) -> None:
    known = baseline(path, "(a * 1) + (b * 1)")
    assert list(known.counts.values()) == [2]
    three = found(path, "(a * 1) + (b * 1)")
    compared = known.compare([*three, three[0]], {path: CODES})
    assert (len(compared.new), compared.known) == (1, 2)
    compared = known.compare(three[:1], {path: CODES})
    assert (compared.new, compared.known, list(compared.stale.values())) == ([], 1, [1])


def test_only_what_was_looked_at_can_be_stale(path: Path) -> None:
    known = baseline(path, "a * 1")
    assert known.compare([], {path: CODES}).stale == known.counts
    assert known.compare([], {path: frozenset({"FX601"})}).stale == {}
    assert known.compare([], {}).stale == {}
    assert known.updated([], {path: frozenset({"FX601"})}).counts == known.counts
    assert known.updated([], {path: CODES}).counts == {}
    path.unlink()
    assert known.compare([], {}).stale == known.counts
    assert known.updated([], {}).counts == {}


def test_paths_are_those_beside_the_baseline(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = baseline(path, "a * 1")
    monkeypatch.chdir(path.parent)
    assert known.compare(found(Path("a.fx"), "a * 1"), {Path("a.fx"): CODES}).new == []
    inner = Baseline(Path("inner/known.json"), {}).updated(found(Path("a.fx"), "a * 1"), {})
    assert [entry.path for entry in inner.counts] == ["../a.fx"]


def test_errors_are_never_known(path: Path) -> None:
    errors = found(path, "c")
    assert errors
    assert baseline(path, "c").counts == {}
    assert Baseline(path.parent / "known.json", {}).compare(errors, {}).new == errors


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no such file"),
        ("x", "this is not JSON"),
        ("[]", "this is not a baseline"),
        ('{"version": 2, "findings": []}', "version 2, not 1"),
        ('{"version": 1, "findings": [{"path": "a"}]}', "its finding 1 is not one"),
        (
            '{"version": 1, "findings": [{"path": "a", "code": "", "line": "", "message": "", "count": 0}]}',
            "its finding 1 is not one",
        ),
    ],
)
def test_a_file_that_is_no_baseline(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "known.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BaselineError, match=message):
        Baseline.read(path)
