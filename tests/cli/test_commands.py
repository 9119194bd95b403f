"""``fx`` itself, ``check``, ``compile``, ``explain`` and ``ops``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

import click
import feature_extractor
import pytest
from feature_extractor.registry import load_registry
from fx_outcome import Run

SOURCE = Path(feature_extractor.__file__).parents[1]
COMMANDS = ["check", "compile", "explain", "ops", "run"]
MISTAKEN = "input request { age: int }\n\nfeature half : dense = agee / 2\n"
WriteFile = Callable[[str, str], str]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )


def test_version(fx: Run) -> None:
    assert fx("--version").out == f"fx {feature_extractor.__version__}\n"


def test_help_names_commands_and_exit_codes(fx: Run) -> None:
    found = fx("--help")
    assert found.code == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} +[A-Z].*\.$", found.out, re.MULTILINE)
    for code in (0, 1, 2, 130, 141):
        assert re.search(rf"^      {code} ", found.out, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(fx: Run, command: str) -> None:
    found = fx(command, "--help")
    assert found.code == 0
    assert f"      fx {command}" in found.out


def test_without_a_command_the_help_is_shown(fx: Run) -> None:
    found = fx()
    assert found.code == 2
    assert found.err.startswith("Usage: fx")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["chek"], "error: There is no command `chek`. Did you mean `check`?\n"),
        (["check"], "error: Missing argument 'PROGRAM...'.\n"),
        (["check", "--fromat", "json", "x.fx"], "error: No such option '--fromat'"),
        (["ops", "--format", "xml"], "error: Invalid value for '--format': 'xml'"),
        (["check", "missing.fx"], "error: missing.fx: there is no such file\n"),
        (["check", "."], "error: .: this is a directory, not a file\n"),
        (["check", "a\0b"], "error: a�b: "),
        (["compile", "missing.fx"], "error: missing.fx: there is no such file\n"),
        (["explain", "x" * 5000], "error: xxx"),
        (["ops", "--family", "strings"], "error: there is no family `strings`\n"),
    ],
)
def test_wrong_usage_is_one_line(fx: Run, arguments: list[str], expected: str) -> None:
    found = fx(*arguments)
    assert found.code == 2
    assert found.out == ""
    assert found.err.startswith(expected)
    assert len(found.err.splitlines()) <= 2


# ---- check ---------------------------------------------------------------------------------------


def test_check_of_a_good_program(fx: Run, ranking: str) -> None:
    found = fx("check", ranking)
    assert (found.code, found.out, found.err) == (0, "1 file checked: all is well\n", "")


def test_check_shows_the_place(fx: Run, write: WriteFile, ranking: str) -> None:
    found = fx("check", write("bad.fx", MISTAKEN), ranking)
    assert found.code == 1
    assert found.out == (
        "error[FX101] unknown-name: unknown name `agee`\n"
        " --> bad.fx:3:24\n"
        "  |\n"
        "3 | feature half : dense = agee / 2\n"
        "  |                        ^^^^ did you mean `age`?\n"
        "\n"
        "2 files checked: 1 error\n"
    )


def test_check_as_json(fx: Run, write: WriteFile) -> None:
    found = fx("check", "--format", "json", write("bad.fx", MISTAKEN))
    assert found.code == 1
    (finding,) = json.loads(found.out)
    assert finding["code"] == "FX101"
    assert (finding["path"], finding["line"], finding["column"]) == ("bad.fx", 3, 24)


def test_check_as_json_of_a_good_program(fx: Run, ranking: str) -> None:
    found = fx("check", "--format", "json", ranking)
    assert (found.code, json.loads(found.out)) == (0, [])


def test_check_reads_the_files_of_resources(fx: Run, write: WriteFile) -> None:
    program = (
        'input request { word: string }\nresource words = vocabulary("words.txt")\n'
        "feature word : id(words) = words.lookup(word)\n"
    )
    write("words.txt", "one\ntwo\none\n")
    found = fx("check", write("words.fx", program))
    assert found.code == 1
    assert "words.txt" in found.out


def test_check_refuses_binary_files(fx: Run, tmp_path: Path) -> None:
    (tmp_path / "x.fx").write_bytes(b"PAR1\0\0\0\0")
    found = fx("check", "x.fx")
    assert found.code == 2
    assert found.err == "error: x.fx: this is neither a feature file (.fx) nor a package (.fxp)\n"


@pytest.mark.parametrize(
    "text", ["\x00", "feature", "feature x : dense =", "(" * 5000, "é" * 100, "\ufefflet"]
)
def test_check_of_nonsense_is_a_finding(fx: Run, write: WriteFile, text: str) -> None:
    found = fx("check", write("x.fx", text))
    assert found.code in (1, 2)
    assert "mistake in fx" not in found.err


def test_check_loads_the_core_only_for_constants_that_it_alone_can_judge(
    ranking: str, tmp_path: Path
) -> None:
    code = (
        "import sys; from feature_extractor.cli import main; "
        f"code = main(['check', {str(tmp_path / ranking)!r}]) + main(['ops', 'clip']); "
        "print(sorted({'numpy', 'pyarrow', 'feature_extractor._native'} & set(sys.modules))); "
        "sys.exit(code)"
    )
    found = python("-c", code)
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "[]"


def test_colours_only_where_they_are_wanted(write: WriteFile, tmp_path: Path) -> None:
    path = str(tmp_path / write("bad.fx", MISTAKEN))
    assert "\x1b" not in python("-m", "feature_extractor", "check", path).stdout
    in_a_terminal = (
        "import pty, os, sys; os.environ.update(TERM='xterm'); "
        f"sys.exit(pty.spawn([sys.executable, '-m', 'feature_extractor', 'check', {path!r}]) >> 8)"
    )
    coloured = python("-c", in_a_terminal, NO_COLOR="")
    assert coloured.returncode == 1
    assert "\x1b[1;31merror[FX101]" in coloured.stdout
    assert "\x1b" not in python("-c", in_a_terminal, NO_COLOR="1").stdout


# ---- compile -------------------------------------------------------------------------------------


def test_compile_prints_digest_and_size(fx: Run, ranking: str, tmp_path: Path) -> None:
    found = fx("compile", ranking)
    assert found.code == 0
    assert re.fullmatch(r"ranking\.fxp: 9 features, [0-9.]+ kB, digest [0-9a-f]{32}\n", found.out)
    again = fx("compile", ranking, "-o", "again.fxp")
    assert found.out.split()[-1] == again.out.split()[-1]
    assert (tmp_path / "ranking.fxp").read_bytes() == (tmp_path / "again.fxp").read_bytes()


def test_compile_tells_mistakes_and_writes_nothing(
    fx: Run, write: WriteFile, tmp_path: Path
) -> None:
    found = fx("compile", write("bad.fx", MISTAKEN))
    assert found.code == 1
    assert "bad.fx:3:24" in found.err
    assert not (tmp_path / "bad.fxp").exists()


def test_compile_refuses_a_package_and_bad_targets(fx: Run, ranking: str) -> None:
    fx("compile", ranking)
    assert "error: ranking.fxp: this is a package already\n" in fx("compile", "ranking.fxp").err
    assert "no directory" in fx("compile", ranking, "-o", "none/x.fxp").err
    assert "directory" in fx("compile", ranking, "-o", ".").err
    assert "overwrite" in fx("compile", ranking, "-o", ranking).err


# ---- explain -------------------------------------------------------------------------------------


def test_explain_is_the_same_for_program_and_package(fx: Run, ranking: str) -> None:
    fx("compile", ranking)
    program, package = fx("explain", ranking), fx("explain", "ranking.fxp")
    assert program.code == package.code == 0
    assert program.out == package.out
    assert "half_age" in program.out


def test_explain_one_feature(fx: Run, ranking: str) -> None:
    found = fx("explain", ranking, "--feature", "half_age")
    assert "The reader's age, halved." in found.out
    assert "request.age" in found.out
    unknown = fx("explain", ranking, "--feature", "halfage")
    assert unknown.code == 2
    assert "Did you mean `half_age`?" in unknown.err


def test_costs_are_estimated_for_the_sizes_that_are_named(
    fx: Run, write: WriteFile, ranking: str
) -> None:
    sizes = ["--candidates", "7", "--list-length", "3"]
    usual, named = (fx("explain", ranking, *options).out.split() for options in ([], sizes))
    assert "7 candidates and lists of 3 elements" in " ".join(named)
    assert usual[-40:] != named[-40:]
    other = write("other.fx", Path(ranking).read_text().replace("movie % 10", "movie % 9"))
    costs = {fx("diff", ranking, other, *options).out.splitlines()[-1] for options in ([], sizes)}
    assert len(costs) == 2
    assert all(cost.startswith("cost  once per request ") for cost in costs)


def test_explain_the_plan(fx: Run, ranking: str) -> None:
    found = fx("explain", ranking, "--plan")
    assert re.search(r"^%\d+ @\d+ int += input request\.age$", found.out, re.MULTILINE)
    plan = json.loads(fx("explain", ranking, "--plan", "--format", "json").out)
    assert [feature["name"] for feature in plan["features"]][:2] == ["half_age", "seen"]


def test_explain_as_json(fx: Run, ranking: str) -> None:
    whole = json.loads(fx("explain", ranking, "--format", "json").out)
    assert len(whole["features"]) == 9
    one = json.loads(fx("explain", ranking, "--format", "json", "--feature", "bucket").out)
    assert [feature["name"] for feature in one["features"]] == ["bucket"]
    assert [step["index"] for step in one["steps"]] == one["features"][0]["steps"]


def test_explain_as_a_page(fx: Run, ranking: str, tmp_path: Path) -> None:
    found = fx("explain", ranking, "-o", "ranking.html")
    assert (found.code, found.out) == (0, "")
    page = (tmp_path / "ranking.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "half_age" in page


@pytest.mark.parametrize("content", [b"{}", b"PK", b"PK\3\4 and no more", b"\0" * 100])
def test_explain_of_nonsense(fx: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.fxp").write_bytes(content)
    found = fx("explain", "x.fxp")
    assert found.code in (1, 2)
    assert "mistake in fx" not in found.err


# ---- ops -----------------------------------------------------------------------------------------


def test_ops_lists_every_operator_once(fx: Run) -> None:
    found = fx("ops")
    names = load_registry().names
    assert f"{len(names)} operators; `fx ops NAME` shows one." in found.out
    listed = re.findall(r"^  ([a-z_0-9]+)\b", found.out, re.MULTILINE)
    assert set(names) <= set(listed)


def test_ops_searches_summaries_and_other_names(fx: Run) -> None:
    found = fx("ops", "searchsorted")
    assert found.code == 0
    assert "bucketize" in found.out


def test_ops_of_one_family(fx: Run) -> None:
    found = fx("ops", "--family", "bucketize", "--format", "json")
    assert {operator["family"] for operator in json.loads(found.out)} == {"bucketize"}


def test_ops_shows_a_whole_page(fx: Run) -> None:
    found = fx("ops", "bucketize")
    for part in (
        "bucketize(x: int, boundaries: const list<int>) -> int",
        "Parameters",
        "Edges",
        "bucketize(18, [18, 25, 30]) => 1",
        "Elsewhere known as: digitize",
    ):
        assert part in found.out
    assert fx("ops", "+").out.startswith("add  (math)  written +\n")


def test_ops_finds_what_was_meant(fx: Run) -> None:
    found = fx("ops", "bucketise")
    assert found.code == 1
    assert "Did you mean `bucketize`?" in found.err


def test_ops_as_json_has_every_spec(fx: Run) -> None:
    operators = json.loads(fx("ops", "--format", "json").out)
    registry = load_registry()
    assert {operator["name"] for operator in operators} == set(registry.names)
    for operator in operators:
        assert operator["summary"]
        assert [o["signature"] for o in operator["overloads"]] == [
            o.signature_text for o in registry.by_name[operator["name"]].overloads
        ]


# ---- the process ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["ops"], ["fmt", "--diff", "ugly.fx"]])
def test_a_closed_pipe_is_quiet(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "ugly.fx").write_text("let  a=1\n")
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-m", "feature_extractor", *arguments],
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    os.close(writer)
    assert run.returncode == 141
    assert run.stderr == b""


def test_a_full_disk_is_told() -> None:
    run = subprocess.run(
        f"'{sys.executable}' -m feature_extractor ops --format json >/dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert (run.returncode, run.stderr) == (2, "error: no space left on device\n")


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("ops >&-", 0, ""),
        ("check missing.fx >&-", 2, "error: missing.fx: there is no such file\n"),
        ("check missing.fx 2>&-", 2, ""),
        ("ops <&- >&- 2>&-", 0, ""),
    ],
)
def test_streams_may_be_closed(command: str, code: int, message: str) -> None:
    run = subprocess.run(
        f"'{sys.executable}' -m feature_extractor {command}",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert (run.returncode, run.stderr) == (code, message)


ODD = "input request { town: string }\n\n# Köln\nfeature size : dense = tówn + 1.0\n"


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
@pytest.mark.parametrize("command", ["check", "lint", "fmt"])
def test_what_is_written_is_utf8_in_every_locale(
    tmp_path: Path, command: str, environment: dict[str, str]
) -> None:
    (tmp_path / "odd.fx").write_text(ODD, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "feature_extractor", command, "odd.fx"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )
    assert run.returncode == 1
    assert "feature size : dense = tówn + 1.0" in run.stdout.decode("utf-8")


def test_a_file_may_have_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    program = os.path.join(folder, b"caf\xe9.fx")
    with open(program, "w") as file:
        file.write("input request { age: float }\n\nlet unused = 1\nfeature f : dense = age\n")

    def run(*arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "feature_extractor", *arguments],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            # As in a usual locale; in that of the tests Python writes such letters back as they were.
            env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "utf-8:strict"},
        )

    shown = "caf\ufffd.fx".encode()
    compiled = run("compile", b"caf\xe9.fx")
    assert (compiled.returncode, compiled.stderr) == (0, b"")
    assert compiled.stdout.startswith(shown)
    assert run("explain", b"caf\xe9.fxp").returncode == 0
    assert b"there is no such file" in run("compile", b"na\xefve.fx").stderr
    for form in ("full", "concise", "json", "sarif", "github", "gitlab", "junit"):
        # SARIF names files by addresses.
        told = unquote_to_bytes(run("lint", b"caf\xe9.fx", "--format", form).stdout)
        assert shown in told
    for form in ("json", "markdown"):
        compared = run("diff", b"caf\xe9.fx", b"caf\xe9.fxp", "--format", form)
        assert (compared.returncode, compared.stderr) == (0, b"")
        assert shown in compared.stdout
    fixed = run("lint", "--fix", b"caf\xe9.fx")
    assert (fixed.returncode, fixed.stderr) == (0, b"")
    with open(program) as file:
        assert "unused" not in file.read()
    assert b"there is no such file" in run("explain", b"na\xefve.fxp").stderr


def test_an_unexpected_error_is_one_line(fx: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from feature_extractor import registry

    def broken() -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(registry, "load_registry", broken)
    found = fx("ops")
    assert found.code == 2
    assert found.err.startswith(
        "error: this is a mistake in fx, please report it: ZeroDivisionError: surprise\n"
    )


def test_debug_shows_where(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from feature_extractor import registry
    from feature_extractor.cli import main

    def interrupted() -> None:
        raise KeyboardInterrupt

    def broken() -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(registry, "load_registry", broken)
    assert main(["--debug", "ops"]) == 2
    assert "Traceback" in capfd.readouterr().err
    monkeypatch.setattr(registry, "load_registry", interrupted)
    assert main(["ops"]) == 130
    assert capfd.readouterr().err == "error: interrupted\n"


# ---- explain --row -------------------------------------------------------------------------------


def test_explain_row_shows_values(fx: Run, ranking: str, log: str) -> None:
    outcome = fx("explain", "--row", "1", "--feature", "ratio", log, ranking)
    assert outcome.code == 0, outcome.err
    assert "ratio : label = 0.0    the default, because its value is null" in outcome.out
    assert "1 / (movie - 12)" in outcome.out
    assert "it is null where `y` is zero" in outcome.out


def test_explain_row_as_json(fx: Run, ranking: str, log: str) -> None:
    outcome = fx("explain", "--row", "2", "--format", "json", log, ranking)
    (seen,) = [f for f in json.loads(outcome.out)["features"] if f["feature"] == "seen"]
    assert (seen["result"], seen["lineage"]["value"]) == (0.0, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--row", "9"], 1, "there is no row 9; the results have 3 rows"),
        (["--row", "0", "--feature", "sen"], 2, "Did you mean `seen`?"),
        (["--row", "0", "--format", "html"], 2, "--row is shown as text or json"),
        ([], 2, "--row takes a table and a program"),
        (["--row", "-1"], 2, "-1 is not in the range"),
    ],
)
def test_explain_row_refuses(
    fx: Run, ranking: str, log: str, arguments: list[str], code: int, message: str
) -> None:
    outcome = fx("explain", *arguments, log, ranking)
    assert outcome.code == code
    assert message in outcome.err


def test_the_options_of_the_server_stand_under_headings(fx: Run) -> None:
    from feature_extractor.cli.commands import serve

    found = fx("serve", "--help")
    assert found.code == 0
    sections = found.out.split("Exit codes:")[1]
    options = [one for one in serve.command.params if isinstance(one, click.Option)]
    for option in options:
        assert len(re.findall(rf"^  {option.opts[0]}(?![\w-])", sections, re.MULTILINE)) == 1, (
            option.opts
        )
    under = re.search(r"^Candidates.*:\n((?:  .*\n)+)", sections, re.MULTILINE)
    assert under is not None
    assert re.findall(r"^  (--[a-z-]+)", under[1], re.MULTILINE) == [
        "--catalogue",
        "--catalogue-key",
        "--cache",
        "--cache-without",
    ]
    # What no heading names would stand beside the help.
    assert re.findall(r"^Options:\n((?:  .*\n?)+)", sections, re.MULTILINE) == [
        "  -h, --help  Show this message and exit.\n"
    ]
