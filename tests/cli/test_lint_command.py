"""``fx lint`` and ``fx rules`` as their user meets them."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from feature_extractor.cli import main
from fx_outcome import Run

BAD = """input candidate { movie_id, views: int }
feature movie : dense = movie_id
feature views : dense = views
"""
GOOD = "input candidate { views: int }\nfeature views : dense = views\n"
Write = Callable[[str, str], str]


def test_full(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD))
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "warning[FX201] id-as-number: `movie` gives the model the identifier `movie_id` as a 32-bit float\n"
        " --> bad.fx:2:25\n"
        "  |\n"
        "2 | feature movie : dense = movie_id\n"
        "  |                         ^^^^^^^^ whole numbers above 16,777,216 are rounded here\n"
        "  = help: an id has no order: give it an `id` feature, with `hash_bucket` or a vocabulary\n"
        "\n"
        "1 file checked: 1 warning\n"
    )


def test_concise_and_github(fx: Run, write: Write) -> None:
    name = write("bad, 100%.fx", BAD)
    message = "`movie` gives the model the identifier `movie_id` as a 32-bit float"
    outcome = fx("lint", name, "--format", "concise")
    assert (outcome.code, outcome.out) == (1, f"{name}:2:25: FX201 {message}\n")
    outcome = fx("lint", name, "--format", "github")
    assert outcome.out == (
        "::warning title=FX201 id-as-number,file=bad%2C 100%25.fx,line=2,endLine=2,col=25,endColumn=33::"
        f"{message}%0Aan id has no order: give it an `id` feature, with `hash_bucket` or a vocabulary\n"
    )


def test_json(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD), write("good.fx", GOOD), "--format", "json")
    (finding,) = json.loads(outcome.out)
    assert (outcome.code, finding["code"], finding["name"]) == (1, "FX201", "id-as-number")
    assert (finding["path"], finding["line"], finding["column"]) == ("bad.fx", 2, 25)
    outcome = fx("lint", "good.fx", "--format", "json")
    assert (outcome.code, json.loads(outcome.out)) == (0, [])


def test_reports_for_other_tools(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    sarif = json.loads(fx("lint", "bad.fx", "--format", "sarif").out)
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["FX201"]
    gitlab = json.loads(fx("lint", "bad.fx", "--format", "gitlab").out)
    assert [issue["location"]["path"] for issue in gitlab] == ["bad.fx"]
    outcome = fx("lint", "bad.fx", write("good.fx", GOOD), "--format", "junit")
    assert (outcome.code, outcome.out.count("<testcase ")) == (1, 2)


def test_nothing_found_and_rules_that_are_chosen(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    write("good.fx", GOOD)
    assert fx("lint", "good.fx").out == "1 file checked: nothing found\n"
    assert fx("lint", "good.fx").code == 0
    assert fx("lint", ".", "--ignore", "id-as-number").code == 0
    assert fx("lint", ".", "--select", "FX3,FX4").out == "2 files checked: nothing found\n"
    outcome = fx("lint", ".", "--extend-select", "FX702")
    assert outcome.out.endswith("\n2 files checked: 1 warning, 3 remarks\n")


def test_a_folder_is_searched_and_hidden_ones_are_not(fx: Run, write: Write, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for folder in ("deep/er", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
    write("deep/er/bad.fx", BAD)
    write(".hidden/bad.fx", BAD)
    outcome = fx("lint", "deep", ".", "deep/er/bad.fx", "--format", "concise")
    assert [line.split(":")[0] for line in outcome.out.splitlines()] == ["deep/er/bad.fx"]


def test_mistakes_of_a_program_come_instead(fx: Run, write: Write) -> None:
    outcome = fx("lint", write("bad.fx", BAD + "feature x : dense = nothing\n"))
    assert outcome.code == 1
    assert "error[FX101]" in outcome.out
    assert "FX201" not in outcome.out


def test_wrong_usage(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    outcome = fx("lint", "bad.fx", "--select", "FX9")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: there is no rule `FX9`\n")
    assert fx("lint", "missing.fx").err == "error: missing.fx: there is no such file\n"
    assert fx("lint", "missing.fx").code == 2
    assert fx("lint").code == 2


def test_rules(fx: Run) -> None:
    listing = fx("rules")
    assert (listing.code, listing.err) == (0, "")
    rows = json.loads(fx("rules", "--format", "json").out)
    assert listing.out.endswith(f"{len(rows)} rules; `fx rules CODE` explains one.\n")
    for row in rows:
        assert f"{row['code']}   {row['name']}" in listing.out
        assert row["page"].startswith(f"# {row['code']} {row['name']}\n")
    assert fx("rules", "label-leak").out == fx("rules", "fx301").out
    assert fx("rules", "FX301").out.startswith("# FX301 label-leak\n")
    wrong = fx("rules", "label-leek")
    assert (wrong.code, wrong.err) == (
        2,
        "error: there is no rule `label-leek`\n  Did you mean `label-leak`?\n",
    )


SUPERFLUOUS = """input candidate { views, likes: int }
let twice = views * 2
feature views : dense = views * 1
"""
REPAIRED = """input candidate { views, likes: int }
feature views : dense = views
"""


def test_fix(fx: Run, write: Write, tmp_path: Path) -> None:
    write("a.fx", SUPERFLUOUS)
    write("good.fx", GOOD)
    place = tmp_path / "a.fx"
    place.chmod(0o640)
    outcome = fx("lint", ".", "--format", "concise")
    assert outcome.out.splitlines()[-1] == (
        "[*] 2 fixable with `--fix`, 1 more with `--fix --unsafe-fixes`"
    )
    assert place.read_text() == SUPERFLUOUS
    outcome = fx("lint", ".", "--fix", "--format", "concise")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out == (
        "fixed a.fx: FX601 unused-let, FX608 no-effect\n"
        "fixed 2 findings in 1 file\n"
        "\n"
        "a.fx:1:26: FX602 no feature needs the input `likes`\n"
        "1 fixable with `--fix --unsafe-fixes`\n"
    )
    assert place.read_text() == REPAIRED
    assert place.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.fx", "good.fx"]
    outcome = fx("lint", ".", "--fix", "--unsafe-fixes")
    assert (outcome.code, place.read_text()) == (0, REPAIRED.replace(", likes", ""))
    assert outcome.out == (
        "fixed a.fx: FX602 unused-input\nfixed 1 finding in 1 file\n\n2 files checked: nothing found\n"
    )
    outcome = fx("lint", ".", "--fix")
    assert (outcome.code, outcome.out) == (0, "2 files checked: nothing found\n")


def test_diff(fx: Run, write: Write, tmp_path: Path) -> None:
    write("a.fx", SUPERFLUOUS)
    outcome = fx("lint", "a.fx", "--diff")
    assert (outcome.code, outcome.err) == (1, "would fix 2 findings in 1 file\n")
    assert outcome.out == (
        "--- a.fx\n"
        "+++ a.fx\n"
        "@@ -1,3 +1,2 @@\n"
        " input candidate { views, likes: int }\n"
        "-let twice = views * 2\n"
        "-feature views : dense = views * 1\n"
        "+feature views : dense = views\n"
    )
    assert (tmp_path / "a.fx").read_text() == SUPERFLUOUS
    write("b.fx", REPAIRED)
    assert fx("lint", "b.fx", "--diff").code == 0
    outcome = fx("lint", "b.fx", "--diff", "--unsafe-fixes")
    assert (outcome.code, "+input candidate { views: int }" in outcome.out) == (1, True)
    outcome = fx("lint", "b.fx", "--diff", "--format", "json")
    assert (outcome.code, outcome.out) == (2, "")


def test_reports_are_not_mixed_with_what_was_fixed(fx: Run, write: Write) -> None:
    write("a.fx", SUPERFLUOUS)
    finding = next(f for f in json.loads(fx("lint", ".", "--format", "json").out) if "fix" in f)
    assert (finding["code"], finding["fix"]["applicability"]) == ("FX602", "unsafe")
    log = json.loads(fx("lint", ".", "--format", "sarif").out)
    (fix,) = next(r["fixes"] for r in log["runs"][0]["results"] if r["ruleId"] == "FX608")
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement == {
        "deletedRegion": {"startLine": 3, "startColumn": 25, "endLine": 3, "endColumn": 34},
        "insertedContent": {"text": "views"},
    }
    outcome = fx("lint", ".", "--fix", "--format", "json")
    assert [finding["code"] for finding in json.loads(outcome.out)] == ["FX602"]
    assert (
        outcome.err == "fixed a.fx: FX601 unused-let, FX608 no-effect\nfixed 2 findings in 1 file\n"
    )


def test_a_byte_order_mark_and_line_ends_stay(fx: Run, tmp_path: Path) -> None:
    place = tmp_path / "a.fx"
    place.write_bytes(b"\xef\xbb\xbf" + SUPERFLUOUS.replace("\n", "\r\n").encode())
    assert fx("lint", "a.fx", "--fix").code == 1
    assert place.read_bytes() == b"\xef\xbb\xbf" + REPAIRED.replace("\n", "\r\n").encode()


def test_a_file_that_cannot_be_written(fx: Run, write: Write, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    write("a.fx", SUPERFLUOUS)
    write("b.fx", SUPERFLUOUS)
    monkeypatch.setattr(
        "os.access", lambda path, mode: Path(path).name != "a.fx" or mode == os.R_OK
    )
    outcome = fx("lint", ".", "--fix", "--format", "concise")
    assert (outcome.code, outcome.err) == (2, "error: a.fx: no permission to write\n")
    assert outcome.out.startswith("fixed b.fx: FX601 unused-let, FX608 no-effect\n")
    assert [(tmp_path / name).read_text() for name in ("a.fx", "b.fx")] == [SUPERFLUOUS, REPAIRED]


def test_settings_files(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    write("fx.toml", '[lint]\nignore = ["FX201"]\n')
    assert fx("lint", ".").code == 0
    assert fx("lint", ".", "--isolated").code == 1
    assert fx("lint", ".", "--select", "FX201").code == 1
    write("other.toml", '[lint.severity]\nFX201 = "error"\n')
    outcome = fx("lint", ".", "--config", "other.toml")
    assert (outcome.code, outcome.out[:13]) == (1, "error[FX201] ")
    outcome = fx("lint", ".", "--config", "nothing.toml")
    assert (outcome.code, outcome.err) == (2, "error: nothing.toml: there is no such file\n")
    assert fx("lint", ".", "--config", "other.toml", "--isolated").code == 2


def test_a_mistake_in_settings(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    write("fx.toml", "[lint]\nignor = []\n")
    outcome = fx("lint", ".")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error[FX008] invalid-settings: there is no setting `ignor`\n"
        " --> fx.toml:2:1\n"
        "  |\n"
        "2 | ignor = []\n"
        "  | ^^^^^ did you mean `ignore`?\n"
    )


def test_excluded_files(fx: Run, write: Write) -> None:
    write("bad.fx", BAD)
    write("fx.toml", 'exclude = ["bad.fx"]\n')
    assert fx("lint", ".").out == "0 files checked: nothing found\n"
    assert fx("lint", "bad.fx").code == 1
    assert fx("lint", "bad.fx", "--force-exclude").out == "0 files checked: nothing found\n"
    assert fx("fmt", ".", "--check").out == "no .fx file there\n"
    write("bad.fx", "let  a = 1\n")
    assert fx("fmt", "bad.fx", "--check").code == 1
    assert fx("fmt", "bad.fx", "--check", "--force-exclude").out == "no .fx file there\n"


def test_settings_command(fx: Run, write: Write) -> None:
    assert fx("settings").out.startswith(
        "settings of .: there is no settings file\nrules: FX201 FX202 "
    )
    write("fx.toml", '[lint]\nselect = ["FX3"]\nexclude = ["x"]\nseverity.FX301 = "info"\n')
    found = json.loads(fx("settings", "a.fx", "--format", "json").out)
    assert found["file"] == "fx.toml"
    assert found["lint.exclude"] == ["x"]
    assert found["lint.severity"] == {"FX301": "info"}
    assert {code[:3] for code in found["rules"]} == {"FX3"}
    assert "lint.severity: FX301 = info\n" in fx("settings").out
    assert json.loads(fx("settings", "--schema").out)["type"] == "object"


def test_baseline(fx: Run, write: Write, tmp_path: Path) -> None:
    write("bad.fx", BAD)
    outcome = fx("lint", ".", "--baseline", "known.json")
    assert (outcome.code, outcome.err.splitlines()[0]) == (
        2,
        "error: known.json: there is no such file",
    )
    assert fx("lint", ".", "--write-baseline").code == 2
    outcome = fx("lint", ".", "--baseline", "known.json", "--write-baseline")
    assert (outcome.code, outcome.out) == (0, "wrote known.json: 1 known finding\n")
    outcome = fx("lint", ".", "--baseline", "known.json")
    assert (outcome.code, outcome.out) == (0, "1 file checked: 1 known by the baseline\n")
    write("fx.toml", '[lint]\nbaseline = "known.json"\n')
    write("bad.fx", BAD + "feature again : dense = movie_id\n")
    outcome = fx("lint", ".", "--format", "concise", "--select", "FX201")
    assert (outcome.code, outcome.err, outcome.out.count("\n")) == (1, "", 1)
    assert outcome.out.startswith("bad.fx:4:25: FX201 `again`")
    write("bad.fx", GOOD)
    outcome = fx("lint", ".", "--format", "json")
    assert (outcome.code, outcome.out) == (0, "[]\n")
    assert outcome.err == (
        "known.json: 1 known finding not found any more; `--write-baseline` forgets what is repaired\n"
        "  bad.fx: FX201 `movie` gives the model the identifier `movie_id` as a 32-bit float\n"
    )
    assert fx("lint", ".", "--write-baseline").out == "wrote known.json: 0 known findings\n"
    assert fx("lint", ".").err == ""


def test_programs_with_errors_leave_the_baseline_alone(
    fx: Run, write: Write, tmp_path: Path
) -> None:
    write("bad.fx", BAD)
    write("fx.toml", '[lint]\nbaseline = "known.json"\n')
    assert fx("lint", ".", "--write-baseline").code == 0
    before = (tmp_path / "known.json").read_text()
    write("bad.fx", BAD + "feature z : dense = nothing\n")
    outcome = fx("lint", ".", "--write-baseline")
    assert (outcome.code, outcome.err.splitlines()[-1]) == (
        1,
        "error: no baseline was written, because programs have errors",
    )
    assert (tmp_path / "known.json").read_text() == before
    outcome = fx("lint", ".")
    assert (outcome.code, outcome.err) == (1, "")


def test_pages_of_rules_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["rules", "FX607"]) == 0
    assert "## Why it matters" not in shown.getvalue()
    assert "Why it matters" in shown.getvalue()
