"""`fx diff`: revisions, packages, folders, forms of the report, and what holds for any program."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from feature_extractor import compile as compile_program
from feature_extractor import fit, format_text
from feature_extractor.cli import main
from feature_extractor.diff import DiffError, FolderDiff, ProgramDiff, diff
from hypothesis import given, settings
from hypothesis import strategies as st

OLD = """input candidate {
    price: float?
    title: string
}
let cheap = (price ?? 0.0) < 10.0
feature price : dense = price ?? 0.0
feature cheap : dense = cheap
"""
NEW = OLD.replace("10.0", "20.0")

Tree = Callable[[dict[str, str]], Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Write files into the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for name, content in files.items():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        return tmp_path

    return write


def programs(*arguments: str | Path) -> ProgramDiff:
    found = diff(*arguments)
    assert isinstance(found, ProgramDiff)
    return found


def changed(found: ProgramDiff) -> dict[str, str]:
    return {one.name: one.change for one in found.features}


# ---- the command ---------------------------------------------------------------------------------


def test_the_exit_code_tells_like_that_of_diff(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree(
        {
            "old.fx": OLD,
            "new.fx": NEW,
            "same.fx": "# The same.\n" + OLD,
            "bad.fx": "feature a : dense = b",
        }
    )
    assert main(["diff", "old.fx", "same.fx"]) == 0
    assert capsys.readouterr().out == "same plan\n"
    assert main(["diff", "old.fx", "new.fx", "--quiet"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["diff", "old.fx", "bad.fx"]) == 2
    assert "error[FX101]" in capsys.readouterr().err
    assert main(["diff", "old.fx", "missing.fx"]) == 2
    assert capsys.readouterr().err == "error: missing.fx: there is no such file\n"
    assert main(["diff", "old.fx", "."]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_json_has_all(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree({"old.fx": OLD, "new.fx": NEW})
    assert main(["diff", "old.fx", "new.fx", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["same"] is False
    (change,) = found["features"]
    assert (change["name"], change["change"]) == ("cheap", "changed")
    assert change["old"]["text"].endswith("< 10.0")
    assert [(one["kind"], one["name"]) for one in change["through"]] == [("let", "cheap")]
    assert found["layout"]["moved"] == []


def test_markdown_is_a_table_and_a_diff(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree(
        {
            "old.fx": OLD,
            "new.fx": NEW.replace("title: string", "title: string\n    a_b: map<string, int>"),
        }
    )
    assert main(["diff", "old.fx", "new.fx", "--format", "markdown"]) == 1
    page = capsys.readouterr().out
    assert page.startswith(
        "### `new.fx` against `old.fx`\n\n**1 feature changed, 1 input changed**\n"
    )
    assert "| changed | `cheap` | `dense` | let `cheap` (new.fx:6) |  |\n" in page
    assert (
        "```diff\n@@ old.fx:5:30 @@\n- let cheap = (price ?? 0.0) < 10.0\n@@ new.fx:6:30 @@\n+ let"
        in page
    )
    assert "| added | `a_b` |  | `candidate map<string, int>` |" in page
    cells = [
        line.count("|") - line.count("\\|") for line in page.splitlines() if line.startswith("|")
    ]
    assert set(cells) == {5, 6}


def test_one_feature_is_looked_at(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree({"old.fx": OLD, "new.fx": NEW})
    assert main(["diff", "old.fx", "new.fx", "--feature", "price"]) == 0
    assert main(["diff", "old.fx", "new.fx", "--feature", "cheap"]) == 1
    capsys.readouterr()
    assert main(["diff", "old.fx", "new.fx", "--feature", "chaep"]) == 2
    assert "Did you mean `cheap`?" in capsys.readouterr().err


# ---- packages ------------------------------------------------------------------------------------


def test_a_package_is_compared_with_the_file_that_it_came_from(tree: Tree) -> None:
    words = {"words.txt": "red\nblue\n", "common/rates.fx": "let ratio(a, b) = a / (b + 10)\n"}
    text = (
        'use "common/rates.fx"\nuse "std/ctr.fx" as ctr\ninput candidate {\n    title: string\n    a, b: int\n}\n'
        'resource words = vocabulary("words.txt")\nfeature ids : ids(words) = words.lookup(title.tokenize())\n'
        "feature ratio : dense = ratio(a, b)\nfeature ctr : dense = ctr.smoothed(a, b)\n"
    )
    folder = tree({"shop.fx": text, **words})
    compile_program(folder / "shop.fx").save(folder / "shop.fxp")
    found = programs("shop.fxp", "shop.fx")
    assert found.same and found.same_plan and found.notes == ()
    tree({"words.txt": "red\ngreen\n", "common/rates.fx": "let ratio(a, b) = a / (b + 20)\n"})
    found = programs("shop.fxp", "shop.fx")
    assert changed(found) == {"ids": "changed", "ratio": "changed"}
    first, second = found.features
    assert [(one.kind, one.name) for one in first.through] == [("resource", "words")]
    assert second.old is not None and str(second.old) == "shop.fxp/common/rates.fx:1:28"


def test_another_number_of_ids_for_unknown_words_is_told(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "input candidate { t: string }\nresource words = vocabulary({})\nfeature t : id(words) = words.lookup(t)\n"
    old, new = (text.replace("{}", inner) for inner in ('"words.txt"', '"words.txt", oov = 3'))
    tree({"old.fx": old, "new.fx": new, "words.txt": "red\nblue\n"})
    assert main(["diff", "old.fx", "new.fx"]) == 1
    told = capsys.readouterr().out
    assert "  - 2 rows, digest " in told
    assert "  + 2 rows, 3 ids for unknown words, digest " in told


def test_without_sources_only_the_plans_are_compared(tree: Tree) -> None:
    folder = tree({"old.fx": OLD, "new.fx": NEW, "same.fx": OLD})
    package = compile_program(folder / "old.fx").package
    members = {
        name: data for name, data in package.members.items() if not name.startswith("source/")
    }
    manifest = {**package.manifest, "members": {n: package.manifest["members"][n] for n in members}}
    from feature_extractor.plan.package import Package, package_digest

    manifest["digest"] = package_digest(manifest["members"])
    (folder / "bare.fxp").write_bytes(Package(manifest, members).to_bytes())
    found = programs("bare.fxp", "new.fx")
    assert changed(found) == {"cheap": "changed"}
    assert "only the plans were compared" in found.notes[0]
    assert programs("bare.fxp", "same.fx").same


def test_a_damaged_package_is_refused(tree: Tree) -> None:
    folder = tree({"old.fx": OLD})
    (folder / "bad.fxp").write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(DiffError, match=r"bad\.fxp: the file is not a package"):
        diff("old.fx", "bad.fxp")


# ---- fitted resources ----------------------------------------------------------------------------

FITTED = """input candidate {
    price: float
    shop: string
    clicked: bool
    at: timestamp
}
resource prices = fit.moments(price)
resource shops = fit.vocabulary(shop)
resource clicks = fit.target_mean(shop, target = clicked, prior_weight = 1.0)
feature price : dense = price.z_score(prices.mean, prices.standard_deviation)
feature shop : id(shops) = shops.lookup(shop)
feature rate : dense = clicks.value(shop)
"""


def rows(day: int, *prices: float) -> list[dict[str, Any]]:
    return [
        {"price": price, "shop": f"s{i % 2}", "clicked": i % 3 == 0, "at": day * 86_400_000_000}
        for i, price in enumerate(prices)
    ]


def arrow(values: list[dict[str, Any]]) -> Any:
    pyarrow = pytest.importorskip("pyarrow")
    types = {
        "price": "float64",
        "shop": "string",
        "clicked": "bool",
        "at": pyarrow.timestamp("us", "UTC"),
    }
    return pyarrow.Table.from_pylist(values, schema=pyarrow.schema(list(types.items())))


def test_fitted_resources_tell_what_was_found(tree: Tree) -> None:
    folder = tree({"old/shop.fx": FITTED, "new/shop.fx": FITTED})
    fit(folder / "old/shop.fx", arrow(rows(1, 1.0, 2.0, 4.0)), time="at")
    fit(folder / "new/shop.fx", arrow(rows(9, 1.0, 2.0, 9.0)), time="at")
    found = programs("old/shop.fx", "new/shop.fx")
    assert changed(found) == {"price": "changed"}
    assert [(one.kind, one.name) for one in found.features[0].through] == [("resource", "prices")]
    held = {one.name: one for one in found.resources}
    assert held["prices"].old["fitted"].startswith("mean 2.33333")
    assert held["prices"].new["from"] == "1970-01-10T00:00:00Z"
    compile_program(folder / "old/shop.fx").save(folder / "shop.fxp")
    again = programs("shop.fxp", "old/shop.fx")
    assert again.same and again.notes == ()


# ---- revisions of git ----------------------------------------------------------------------------


def git(*arguments: str) -> str:
    settings_ = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    run = subprocess.run(
        ["git", *settings_, *arguments], check=True, capture_output=True, text=True
    )
    return run.stdout


@pytest.fixture
def repository(tree: Tree) -> Tree:
    git("init", "--quiet", "--initial-branch=main")
    program = (
        'use "common/bounds.fx"\n'
        + OLD.replace("10.0", "limit")
        + (
            'resource words = vocabulary("../data/words.txt")\n'
            "feature words : ids(words) = words.lookup(title.tokenize())\n"
        )
    )
    tree(
        {
            "models/shop.fx": program,
            "models/common/bounds.fx": "let limit = 10.0\n",
            "data/words.txt": "red\n",
            "top.fx": OLD,
        }
    )
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return tree


def test_a_revision_is_compared_with_what_is_there_now(repository: Tree) -> None:
    assert programs("HEAD:models/shop.fx", "models/shop.fx").same_plan
    repository({"models/common/bounds.fx": "let limit = 5.0\n", "data/words.txt": "red\nblue\n"})
    found = programs("HEAD:models/shop.fx", "models/shop.fx")
    assert changed(found) == {"cheap": "changed", "words": "changed"}
    assert found.features[0].through[0].module == "common/bounds.fx"
    assert str(found.features[0].old) == "HEAD:models/common/bounds.fx:1:13"
    git("commit", "--quiet", "-am", "second")
    assert programs("HEAD:models/shop.fx", "models/shop.fx").same_plan
    assert changed(programs("HEAD~1:models/shop.fx", "HEAD:models/shop.fx")).keys() == {
        "cheap",
        "words",
    }


def test_paths_of_a_revision_are_those_of_git(
    repository: Tree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert programs("HEAD:top.fx", "main:./top.fx").same
    monkeypatch.chdir(tmp_path / "models")
    for written in ("models/shop.fx", "./shop.fx", "shop.fx"):
        assert programs(f"HEAD:{written}", "shop.fx").same
    assert programs("HEAD:../top.fx", "HEAD:top.fx").same
    for wrong, reason in [
        ("HEAD:none.fx", "there is no such file in that revision"),
        ("nowhere:shop.fx", "git knows no such revision"),
        ("HEAD:../../x.fx", "outside of the repository"),
        ("--output=x:shop.fx", "git knows no such revision"),
    ]:
        with pytest.raises(DiffError, match=re.escape(reason)):
            diff(wrong, "shop.fx")


def test_a_resource_that_git_does_not_have_is_taken_from_the_folder(repository: Tree) -> None:
    repository({".gitignore": "data/\n"})
    git("rm", "--quiet", "--cached", "data/words.txt")
    git("add", ".")
    git("commit", "--quiet", "-m", "without data")
    found = programs("HEAD:models/shop.fx", "models/shop.fx")
    assert found.same
    assert found.notes == ("data/words.txt is not in HEAD; the file that is there now stands in",)


def test_folders_are_compared_program_by_program(
    repository: Tree, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    repository({"models/other.fx": OLD, "models/common/bounds.fx": "let limit = 5.0\n"})
    found = diff("HEAD:models", "models")
    assert isinstance(found, FolderDiff)
    assert found.added == ("other.fx",) and found.removed == ()
    assert [(name, one.same) for name, one in found.programs] == [("shop.fx", False)]
    assert main(["diff", "HEAD:models", "models"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("added  other.fx\n\nshop.fx\n  1 feature changed\n")
    assert main(["diff", "HEAD:models", "models", "--format", "markdown"]) == 1
    assert "- program added: `other.fx`\n" in capsys.readouterr().out
    assert main(["diff", "HEAD:", "HEAD:"]) == 0
    (tmp_path / "models/shop.fx").write_text("feature a : dense =\n")
    assert main(["diff", "HEAD:models", "models"]) == 2
    assert "models/shop.fx" in capsys.readouterr().err


def test_without_a_repository_it_says_so(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({"old.fx": OLD})
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    with pytest.raises(DiffError, match="not a git repository"):
        diff("HEAD:old.fx", "old.fx")


# ---- what holds for any program ------------------------------------------------------------------

HEAD = """input request {
    x: int
    items: list<{id: int, score: float}>
}
input candidate {
    y: int
    z: float
}
"""
_REFERENCE = re.compile(r"\b(?:let|function)_\d+\b")


@st.composite
def declarations(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Return lets (and functions) and features by their names; each value has a constant of its own in it."""
    lets: dict[str, str] = {}
    count = draw(st.integers(1, 6))

    def value(number: int, below: list[str], own: str = "") -> str:
        constant = f"{number}.{number + 1}5"
        base = own or draw(st.sampled_from(["x", "y", "z", "items.count(e -> e.id == y)"]))
        parts = [f"({base}) * {constant}" if draw(st.booleans()) else f"({base} + {constant})"]
        for name in (
            draw(st.lists(st.sampled_from(below), max_size=2, unique=True)) if below else []
        ):
            argument = draw(st.sampled_from(["x", "y", "z"]))
            parts.append(f"{name}({argument})" if name.startswith("function") else name)
        if draw(st.booleans()):
            parts.append(f"(items.map(e -> e.score + {constant}).sum())")
        return " + ".join(parts)

    for number in range(count):
        below = list(lets)
        if draw(st.booleans()):
            lets[f"let_{number}"] = value(number, below)
        else:
            lets[f"function_{number}"] = value(number, below, "argument")
    features = {f"feature_{n}": value(20 + n, list(lets)) for n in range(draw(st.integers(1, 4)))}
    return lets, features


def text_of(lets: dict[str, str], features: dict[str, str]) -> str:
    lines = [
        f"let {name}{'(argument)' if name.startswith('function') else ''} = {value}"
        for name, value in lets.items()
    ]
    lines += [f"feature {name} : dense = {value}" for name, value in features.items()]
    return HEAD + "\n".join(lines) + "\n"


def readers(lets: dict[str, str], features: dict[str, str], target: str) -> set[str]:
    """Return the features that need a let, by the names in their texts."""

    def needs(text: str) -> bool:
        names = set(_REFERENCE.findall(text))
        return target in names or any(needs(lets[name]) for name in names)

    return {name for name, value in features.items() if needs(value)}


def compared(old: str, new: str, folder: Path) -> ProgramDiff:
    (folder / "old.fx").write_text(old)
    (folder / "new.fx").write_text(new)
    return programs(folder / "old.fx", folder / "new.fx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties")


@settings(max_examples=15)
@given(declared=declarations())
def test_a_formatted_program_has_the_same_plan(folder: Path, declared: Any) -> None:
    text = text_of(*declared)
    loose = (
        text.replace(" + ", "  +\n      ")
        .replace("let ", "# A remark.\nlet  ")
        .replace("(items", "( items")
    )
    assert compared(loose, format_text(loose), folder).same_plan
    assert compared(text, loose, folder).same_plan


@settings(max_examples=15)
@given(declared=declarations(), data=st.data())
def test_a_renamed_let_has_the_same_plan(folder: Path, declared: Any, data: st.DataObject) -> None:
    lets, features = declared
    name = data.draw(st.sampled_from(list(lets)))
    text = text_of(lets, features)
    renamed = re.sub(rf"\b{name}\b", "another_name", text)
    found = compared(text, renamed, folder)
    assert found.same_plan
    assert f"the let `{name}` is called `another_name` now" in found.notes


@settings(max_examples=30)
@given(declared=declarations(), data=st.data())
def test_a_changed_constant_changes_exactly_the_features_that_read_it(
    folder: Path, declared: Any, data: st.DataObject
) -> None:
    lets, features = declared
    name = data.draw(st.sampled_from([*lets, *features]))
    number = int(name.rpartition("_")[2]) + (20 if name in features else 0)
    old, new = f"{number}.{number + 1}5", f"{number}.{number + 1}75"
    after_lets = {n: v.replace(old, new) if n == name else v for n, v in lets.items()}
    after_features = {n: v.replace(old, new) if n == name else v for n, v in features.items()}
    text = text_of(lets, features)
    found = compared(text, text_of(after_lets, after_features), folder)
    expected = {name} if name in features else readers(lets, features, name)
    assert changed(found) == dict.fromkeys(expected, "changed")
    assert found.same == (not expected)
    for change in found.features:
        through = [one.name for one in change.through]
        assert through == ([] if name in features else [name])
        assert change.old is not None and change.new is not None
        shown = change.old.text[change.old.column - 1 : change.old.end_column - 1]
        assert old in shown
        assert f"{'feature' if name in features else 'let'} {name}" in change.old.text
