"""What was found is kept, and taken again only where nothing that it follows from has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from feature_extractor.diagnostics import Diagnostic, Severity
from feature_extractor.files import read_file
from feature_extractor.lint import all_rules, examination, lint_paths
from feature_extractor.lint import cache as cache_module
from feature_extractor.lint.cache import LintCache, remove_cache
from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.records import from_record, to_record
from feature_extractor.registry import load_registry

MODULE = "let rate(hits, trials) = hits / trials\n"
PROGRAM = """\
use "common/rates.fx" as rates
input candidate {{ clicks, views: int, word: string }}
resource words = vocabulary("words.txt")
let unused = {number}
feature ctr : dense = rates.rate(clicks, views) ?? 0.0
feature word : id(words) = words.lookup(word)  # fx: ignore[FX301] not needed
feature copied : dense = log1p(clicks * 3.0 + views) ?? 0.0
"""
RULES = list(all_rules().values())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("common").mkdir()
    Path("common/rates.fx").write_text(MODULE)
    Path("words.txt").write_text("one\ntwo\n")
    write_programs(4)
    return tmp_path


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were really looked at, in this process."""
    found: list[Path] = []
    real = examination.report_on

    def report_on(path: Path, *others: object) -> object:
        found.append(path)
        return real(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(examination, "report_on", report_on)
    return found


@pytest.fixture
def entries(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put all entries into one file, and return what reads its lines."""
    real = LintCache._name
    monkeypatch.setattr(LintCache, "_name", lambda *given: "0" + real(*given)[1:])

    def read() -> list[str]:
        (file,) = Path(".fx_cache").rglob("*.jsonl")
        return file.read_text().splitlines()

    return read


def write_programs(count: int) -> None:
    for number in range(count):
        Path(f"p{number:02}.fx").write_text(PROGRAM.format(number=number))


def programs() -> list[Path]:
    return sorted(Path().glob("p*.fx"))


def findings(cached: bool = False, jobs: int = 1, **choices: object) -> list[str]:
    cache = LintCache(Path(".fx_cache")) if cached else None
    chosen = Configuration(RULES, **choices)  # type: ignore[arg-type]
    found = lint_paths(programs(), load_registry, lambda _: chosen, jobs=jobs, cache=cache)
    return [json.dumps(finding.as_json()) for finding in found]


def test_a_cached_run_says_the_same_and_looks_at_nothing(
    folder: Path, looked_at: list[Path]
) -> None:
    plain = findings()
    assert len(plain) > 8
    assert findings(cached=True) == plain
    looked_at.clear()
    assert findings(cached=True) == plain
    assert looked_at == []


def test_several_processes_say_the_same(folder: Path) -> None:
    write_programs(33)
    assert findings(jobs=2) == findings()
    assert findings(jobs=2, cached=True) == findings(cached=True)


def test_a_large_run_is_found_as_a_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_programs(17)
    plain = findings()
    for jobs in (2, 1):
        assert findings(cached=True, jobs=jobs) == plain
    monkeypatch.setattr(LintCache, "find", None)
    assert findings(cached=True) == plain


def test_another_set_of_programs_is_another_run(folder: Path) -> None:
    write_programs(18)
    findings(cached=True)
    Path("p17.fx").unlink()
    assert findings(cached=True) == findings()
    Path("p16.fx").write_text("feature a : dense = absent\n")
    for _ in range(2):
        assert findings(cached=True) == findings()


@pytest.mark.parametrize("count", [4, 17])
@pytest.mark.parametrize("change", ["program", "module", "resource", "rules", "setting"])
def test_what_has_changed_is_looked_at_again(
    folder: Path, looked_at: list[Path], change: str, count: int
) -> None:
    write_programs(count)
    findings(cached=True)
    looked_at.clear()
    choices: dict[str, object] = {}
    expected = programs()
    match change:
        case "program":
            Path("p03.fx").write_text(PROGRAM.format(number=3) + "let more = 1\n")
            expected = [Path("p03.fx")]
        case "module":
            Path("common/rates.fx").write_text(MODULE + "# changed\n")
        case "resource":
            Path("words.txt").write_text("one\ntwo\nthree\n")
        case "rules":
            choices["severities"] = {"FX601": Severity.ERROR}
        case _:
            choices["settings"] = {"FX503": {"budget": 1}}
    assert findings(cached=True, **choices) == findings(**choices)
    assert looked_at == [*expected, *programs()]


@pytest.mark.parametrize("count", [4, 17])
@pytest.mark.parametrize("damage", ["", "[]", "{", "cut", "flipped"])
def test_a_damaged_entry_is_no_entry(folder: Path, damage: str, count: int) -> None:
    write_programs(count)
    plain = findings(cached=True)
    for entry in Path(".fx_cache").rglob("*.json*"):
        text = entry.read_text()
        if damage == "cut":
            entry.write_text(text[: len(text) // 2])
        elif damage == "flipped":
            entry.write_text(text.replace("FX6", "FX9"))
        else:
            entry.write_text(damage)
    assert findings(cached=True) == plain


def test_runs_that_share_a_folder_keep_what_the_others_wrote(
    entries: Callable[[], list[str]], looked_at: list[Path]
) -> None:
    first, second = LintCache(Path(".fx_cache")), LintCache(Path(".fx_cache"))
    rules = Configuration(RULES)
    for path in programs():
        # Both have read the folder before the other one writes.
        assert all(cache.find(path, rules, read_file) is None for cache in (first, second))
    for cache, paths in ((first, programs()[:2]), (second, programs()[2:])):
        lint_paths(paths, load_registry, lambda _: rules, cache=cache)
    assert len(entries()) == len(programs())
    looked_at.clear()
    findings(cached=True)
    assert looked_at == []


def test_what_was_found_before_an_interruption_is_kept(
    folder: Path, looked_at: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = examination.report_on

    def interrupted(path: Path, *others: object) -> object:
        if path == programs()[2]:
            raise KeyboardInterrupt
        return real(path, *others)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(examination, "report_on", interrupted)
        with pytest.raises(KeyboardInterrupt):
            findings(cached=True)
    looked_at.clear()
    assert findings(cached=True) == findings()
    assert looked_at[: len(looked_at) - len(programs())] == programs()[2:]


def test_a_large_file_of_entries_begins_anew_with_those_of_the_run(
    entries: Callable[[], list[str]], looked_at: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    findings(cached=True, severities={"FX601": Severity.ERROR})
    findings(cached=True)
    assert len(entries()) == 2 * len(programs())
    monkeypatch.setattr(cache_module, "_LARGEST_FILE", 1)
    Path("p03.fx").write_text(PROGRAM.format(number=3) + "let more = 1\n")
    findings(cached=True)
    assert len(entries()) == len(programs())
    looked_at.clear()
    findings(cached=True)
    assert looked_at == []


def test_a_program_with_errors_is_not_kept(folder: Path, looked_at: list[Path]) -> None:
    Path("p00.fx").write_text('use "absent.fx"\nfeature a : dense = 1.0\n')
    findings(cached=True)
    looked_at.clear()
    findings(cached=True)
    assert looked_at == [Path("p00.fx")]


def test_the_folder_is_hidden_from_git_and_may_not_be_writable(folder: Path) -> None:
    plain = findings(cached=True)
    assert "*" in Path(".fx_cache/.gitignore").read_text().splitlines()
    assert remove_cache(Path(".fx_cache"))
    assert not remove_cache(Path(".fx_cache"))
    assert not remove_cache(Path("common"))
    Path(".fx_cache").write_text("a file is here")
    assert findings(cached=True) == plain


def test_entries_of_another_version_are_removed(folder: Path) -> None:
    other = Path(".fx_cache") / "0123456789abcdef"
    other.mkdir(parents=True)
    findings(cached=True)
    assert not other.exists()
    assert len(os.listdir(".fx_cache")) == 2


def test_a_report_survives_being_written(folder: Path) -> None:
    """All that a finding can have goes through JSON and back."""
    found = lint_paths(programs()[:1], load_registry(), RULES)
    from feature_extractor.lint.outcome import Report

    record, texts = to_record(Report(found, None))
    again = from_record(json.loads(json.dumps(record)), texts.__getitem__, Configuration(RULES))

    def shown(diagnostic: Diagnostic) -> dict[str, object]:
        return diagnostic.as_json()

    assert any(finding.fix for finding in found)
    assert list(map(shown, again.errors)) == list(map(shown, found))
