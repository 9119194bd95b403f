"""Settings files: what they may say, where they are found, and what follows from them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.diagnostics import Diagnostic, Severity, Source
from feature_extractor.errors import SettingsError
from feature_extractor.lint import Rule, Selection, Setting, all_rules
from feature_extractor.settings import (
    KEYS,
    Settings,
    SettingsFinder,
    find_programs,
    json_schema,
    read_settings,
)
from feature_extractor.settings.patterns import matches
from feature_extractor.settings.places import find_places
from hypothesis import given
from hypothesis import strategies as st

DOCUMENTATION = Path(__file__).parents[2] / "docs"
SCHEMA = DOCUMENTATION / "settings.schema.json"

EVERYTHING = """
exclude = ["generated", "old/*.fx"]

[lint]
select = ["FX2", "label-leak"]
extend-select = ["FX702"]
ignore = ["id-as-number"]
exclude = ["drafts/**"]
baseline = "known.json"

[lint.per-file-ignores]
"tests/*" = ["FX3"]

[lint.severity]
more-ids-than-size = "info"
FX301 = "warning"
"""


def settings(tmp_path: Path, text: str, name: str = "fx.toml") -> Settings:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = read_settings(path)
    assert found is not None
    return found


def mistakes(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    """Return text at the caret, message, and caption or help of each mistake."""
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, text)
    return [_shown(diagnostic) for diagnostic in caught.value.diagnostics]


def _shown(diagnostic: Diagnostic) -> tuple[str, str, str]:
    assert diagnostic.code == "FX008"
    assert diagnostic.span is not None
    return diagnostic.span.text, diagnostic.message, diagnostic.caption or diagnostic.help


def test_everything(tmp_path: Path) -> None:
    found = settings(tmp_path, EVERYTHING)
    assert {key.path for key in KEYS} == {*_written(tomllib.loads(EVERYTHING)), ("lint", "rules")}
    assert found.baseline == tmp_path / "known.json"
    assert found.excludes(tmp_path / "generated" / "a.fx")
    assert found.excludes(tmp_path / "generated", lint=False)
    assert found.excludes(tmp_path / "drafts" / "a.fx")
    assert not found.excludes(tmp_path / "drafts" / "a.fx", lint=False)
    assert found.severities == {"FX202": Severity.INFORMATION, "FX301": Severity.WARNING}
    codes = found.configuration(tmp_path / "a.fx").codes
    chosen = [rule.code for rule in Selection(("FX2",)).rules()]
    assert codes == {*chosen, "FX301", "FX702"} - {"FX201"}
    assert codes - found.configuration(tmp_path / "tests" / "a.fx").codes == {"FX301"}


def _written(content: dict[str, Any], at: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    tables = {"per-file-ignores", "severity", "rules"}
    found: set[tuple[str, ...]] = set()
    for name, value in content.items():
        inner = isinstance(value, dict) and name not in tables
        found |= _written(value, (*at, name)) if inner else {(*at, name)}
    return found


def test_the_table_of_a_project_file(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n[tool.fx.lint]\nselect = ["FX3"]\n'
    assert settings(tmp_path, text, "pyproject.toml").selection.select == ("FX3",)
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert read_settings(tmp_path / "pyproject.toml") is None


@pytest.mark.parametrize(
    ("text", "place", "message", "advice"),
    [
        ("exclud = []", "exclud", "there is no setting `exclud`", "did you mean `exclude`?"),
        ("x = 1", "x", "there is no setting `x`", "there is `exclude` and `lint`"),
        ("lint = 3", "3", "`lint` takes a table, not the number 3", ""),
        ("lint.ignore = 'FX2'", "'FX2'", '`ignore` takes a list of rules, not "FX2"', ""),
        (
            "[lint]\nignore = ['FX2', true]",
            "true",
            "`ignore` takes a text that is not empty, not `true`",
            "",
        ),
        (
            "[lint]\nselect = [\n  # why\n  'label-leek',\n]",
            "'label-leek'",
            "there is no rule `label-leek`",
            "Did you mean `label-leak`?",
        ),
        (
            "[lint.per-file-ignores]\n'a.fx' = ['FX2', 'XY1']",
            "'XY1'",
            "there is no rule `XY1`",
            "`fx rules` lists all rules.",
        ),
        (
            "[lint.severity]\nFX201 = 'fatal'",
            "'fatal'",
            '`FX201` takes "error", "warning" or "info", not "fatal"',
            "",
        ),
        (
            "[lint]\nseverity.no-efect = 'info'",
            "no-efect",
            "there is no rule `no-efect`",
            "did you mean `no-effect`?",
        ),
        ("lint = {baseline = 1979-05-27}", "1979-05-27", "`baseline` takes the path of a file, not a date or time", ""),
        ("exclude = [", "", "this is not TOML: invalid value", ""),
        ("exclude = 3 4", "4", "this is not TOML: expected newline or end of document after a statement", ""),
    ],
)  # fmt: skip
def test_a_mistake(tmp_path: Path, text: str, place: str, message: str, advice: str) -> None:
    assert mistakes(tmp_path, text) == [(place, message, advice)]


def test_all_mistakes_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    text = "a = 1\n[lint]\nselect = 1\n[b]\n"
    assert [place for place, _, _ in mistakes(tmp_path, text)] == ["a", "1", "b"]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "fx.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="line 1 is not valid UTF-8"):
        read_settings(path)


# ---- settings of rules ---------------------------------------------------------------------------

RULE = Rule(
    "FX999",
    "with-settings",
    Severity.WARNING,
    "Text.",
    settings=(
        Setting("number", int, 1, "A number."),
        Setting("share", float, 0.5, "A share."),
        Setting("name", str, "x", "A name."),
        Setting("strict", bool, False, "Whether."),
        Setting("names", list[str], ("a",), "Names."),
    ),
)


@pytest.fixture
def rule_with_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**all_rules(), RULE.code: RULE}
    for module in ("lint.discovery", "lint.selection", "settings.reading", "settings.schema"):
        monkeypatch.setattr(f"feature_extractor.{module}.all_rules", lambda: known)


@pytest.mark.usefixtures("rule_with_settings")
def test_what_rules_let_choose(tmp_path: Path) -> None:
    text = "number = 3\nshare = 1\nname = ''\nstrict = true\nnames = ['b', 'c']\n"
    chosen = {"number": 3, "share": 1.0, "name": "", "strict": True, "names": ("b", "c")}
    for name in ("FX999", "with-settings"):
        found = settings(tmp_path, f"[lint.rules.{name}]\n{text}")
        assert found.values == {"FX999": chosen}
    wrong = "[lint.rules.FX999]\nnumber = true\nshare = 'x'\nname = 1\nstrict = 0\nnames = [1]\nnumbr = 1\n"
    assert [message for _, message, _ in mistakes(tmp_path, wrong)] == [
        "`number` takes a whole number, not `true`",
        '`share` takes a number, not "x"',
        "`name` takes a text, not the number 1",
        "`strict` takes `true` or `false`, not the number 0",
        "`names` takes a list of texts, not a list",
        "there is no setting of FX999 `numbr`",
    ]
    (none,) = mistakes(tmp_path, "[lint.rules.FX201]\nbudget = 1\n")
    assert none == ("budget", "there is no setting of FX201 `budget`", "FX201 has none")


@pytest.mark.usefixtures("rule_with_settings")
def test_the_schema_has_them() -> None:
    table = json_schema()["properties"]["lint"]["properties"]["rules"]["properties"]["FX999"]
    assert table["properties"]["names"] == {
        "description": "Names.",
        "type": "array",
        "items": {"type": "string"},
        "default": ["a"],
    }


# ---- finding -------------------------------------------------------------------------------------


def test_the_nearest_file_wins_and_nothing_is_mixed(tmp_path: Path) -> None:
    inner = tmp_path / "inner" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "fx.toml").write_text('[lint]\nselect = ["FX2"]\n')
    (tmp_path / "inner" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    finder = SettingsFinder()
    assert finder.settings(inner / "a.fx").selection.select == ("FX2",)
    (tmp_path / "inner" / "fx.toml").write_text('[lint]\nignore = ["FX3"]\n')
    (tmp_path / "inner" / "pyproject.toml").write_text("[tool.fx]\nnonsense = 1\n")
    finder = SettingsFinder()
    found = finder.settings(inner / "a.fx")
    assert found.selection == Selection((), (), ("FX3",))
    assert found.folder.resolve() == (tmp_path / "inner").resolve()
    assert finder.settings(tmp_path / "a.fx").selection.select == ("FX2",)
    assert SettingsFinder(isolated=True).settings(inner / "a.fx") == Settings()
    assert SettingsFinder(tmp_path / "fx.toml").settings(inner).selection.select == ("FX2",)


def test_a_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "fx.toml").write_text("")
    finder = SettingsFinder()
    first = finder.settings(tmp_path / "a.fx")
    (tmp_path / "fx.toml").write_text("nonsense")
    assert finder.settings(tmp_path / "b.fx") is first


def test_searches_leave_out_what_is_excluded(tmp_path: Path) -> None:
    for name in ("a.fx", "gen/b.fx", "x/gen/c.fx", "x/d.fx", ".hidden/e.fx", "x/f.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = settings(tmp_path, 'exclude = ["gen/"]')
    assert find_programs(tmp_path, found.excludes) == [tmp_path / "a.fx", tmp_path / "x" / "d.fx"]
    assert find_programs(tmp_path / "gen" / "b.fx", found.excludes) == [tmp_path / "gen" / "b.fx"]


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("a.fx", ["a.fx", "x/a.fx", "x/a.fx/b.fx"], ["ba.fx", "a.fxx"]),
        ("*.fx", ["a.fx", "x/y.fx"], ["a.fy"]),
        ("gen", ["gen/a.fx", "x/gen/a.fx"], ["gens/a.fx"]),
        ("/gen", ["gen/a.fx"], ["x/gen/a.fx"]),
        ("x/*.fx", ["x/a.fx"], ["a.fx", "x/y/a.fx", "z/x/a.fx"]),
        ("x/**", ["x/a.fx", "x/y/a.fx"], ["a.fx"]),
        ("x/**/a.fx", ["x/a.fx", "x/y/z/a.fx"], ["x/b.fx"]),
        ("**/gen/*.fx", ["gen/a.fx", "x/y/gen/a.fx"], ["gen/x/a.fx"]),
        ("[!a-c]?.fx", ["d1.fx"], ["a1.fx", "d.fx"]),
        ("./a.fx", ["a.fx"], []),
        ("a+(b).fx", ["a+(b).fx"], ["aab.fx"]),
    ],
)
def test_patterns(tmp_path: Path, pattern: str, matching: list[str], others: list[str]) -> None:
    assert [name for name in matching if not matches(pattern, tmp_path / name, tmp_path)] == []
    assert [name for name in others if matches(pattern, tmp_path / name, tmp_path)] == []
    assert not matches(pattern, tmp_path.parent / "a.fx", tmp_path)


def test_the_command_line_wins(tmp_path: Path) -> None:
    found = settings(tmp_path, '[lint]\nselect = ["FX6"]\nignore = ["FX601"]\n')

    def codes(*words: tuple[str, ...]) -> frozenset[str]:
        return found.configuration(tmp_path / "a.fx", Selection(*words)).codes

    assert "FX602" in codes()
    assert "FX601" not in codes()
    assert codes(("FX601",)) == {"FX601"}
    assert codes((), ("FX601",)) - codes() == {"FX601"}
    assert codes() - codes((), (), ("FX602",)) == {"FX602"}


# ---- the schema ----------------------------------------------------------------------------------


def test_the_schema_is_current() -> None:
    text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == text, (
        "run `fx settings --schema > docs/settings.schema.json`"
    )


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(json_schema())
    validator.check_schema(json_schema())
    assert list(validator.iter_errors(tomllib.loads(EVERYTHING))) == []
    for wrong in ("x = 1", "lint = 3", "[lint]\nselect = [1]", "[lint.severity]\nFX201 = 'fatal'"):
        assert list(validator.iter_errors(tomllib.loads(wrong)))


def test_the_documentation_has_all_keys() -> None:
    page = (DOCUMENTATION / "settings.md").read_text(encoding="utf-8")
    for key in KEYS:
        assert f"| `{'.'.join(key.path)}` |" in page


# ---- places --------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b-1", '"q.u"', "'x y'", '"\\u00e9"', "1"])
SCALARS = st.sampled_from(
    ["1", "-0.5", "true", '"a # ] }"', "'''x\n[y]'''", '"""a\\"""" ""b"""', "1979-05-27 07:32:00", "inf"]
)  # fmt: skip


def _array(items: list[str]) -> str:
    return "[" + ", # x ]\n".join(items) + ("\n" if items else "") + "]"


VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(_array)
        | st.dictionaries(NAMES, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        )
    ),
    max_leaves=5,
)
TABLES = st.lists(
    st.tuples(
        st.sampled_from(["[{}]", "[ {} . x ]", "[[{}]]", "# {}"]),
        NAMES,
        st.dictionaries(NAMES, VALUES, max_size=3),
    ),
    max_size=4,
)


@given(TABLES)
def test_places_are_those_of_the_values(tables: list[tuple[str, str, dict[str, str]]]) -> None:
    text = ""
    for header, name, pairs in tables:
        text += header.format(name) + "\n"
        text += "".join(f" {key}\t= {value} # end\n" for key, value in pairs.items())
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    places = find_places(Source("a.toml", text))
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), content)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, index), inner) for index, inner in enumerate(value))
        if path and isinstance(path[-1], str):
            key = places.keys[path].text
            assert tomllib.loads(f"{key} = 1") == {path[-1]: 1}
        if path in places.values:
            assert repr(tomllib.loads(f"x = {places.values[path].text}")["x"]) == repr(value)
        elif path:
            assert isinstance(value, dict | list)
