"""Rules of other distributions: a real one is built, installed into a folder and used from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from feature_extractor.diagnostics import Severity
from feature_extractor.lint import Rule
from feature_extractor.lint import plugin_rules as discovered
from feature_extractor.lint.discovery import own_rules
from feature_extractor.lint.plugin_rules import RulePluginError, plugin_rules

MODULE = '''"""Rules of a shop."""

from collections.abc import Iterator

from feature_extractor.diagnostics import Edit, Fix, Severity
from feature_extractor.lint import Finding, LintedProgram, Rule, Setting


def check(program: LintedProgram) -> Iterator[Finding]:
    for feature in program.features:
        prefix = program.setting(RULE, "prefix")
        if not feature.name.startswith(prefix):
            yield Finding(
                feature.span,
                f"`{feature.name}` does not begin with `{prefix}`",
                fix=Fix("add it", (Edit(feature.span, f"{prefix}{feature.name}"),)),
            )


def fail(program: LintedProgram) -> Iterator[Finding]:
    raise ValueError("no reason")
    yield


RULE = Rule(
    code="SHOP001",
    name="prefix-of-the-shop",
    severity=Severity.WARNING,
    summary="A feature has no prefix.",
    check=check,
    settings=(Setting("prefix", str, "shop_", "How names begin."),),
    page="# SHOP001 prefix-of-the-shop\\n\\nAll about it.\\n\\n## Fix\\n\\nSafe: the name changes.\\n",
)
FAILING = Rule("SHOP002", "always-fails", Severity.ERROR, "It fails.", check=fail)
RULES = [RULE]


def with_failing() -> list[Rule]:
    return [RULE, FAILING]
'''
PROGRAM = "input candidate { a: int }\nfeature x : dense = a\n"

DRIVER = """
import contextlib, io, json, pathlib, sys
from feature_extractor.cli import main

outcomes = []
for step in json.load(sys.stdin):
    if isinstance(step, dict):
        for name, text in step.items():
            pathlib.Path(name).write_text(text)
        continue
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(step)
    outcomes.append([code, out.getvalue(), err.getvalue()])
json.dump(outcomes, sys.stdout)
"""
"""Does what it is told, file by file and command by command: starting a process for each would take long."""


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Steps = Sequence[dict[str, str] | list[str]]
Install = Callable[[str, Steps], Iterator[Outcome]]


@pytest.fixture
def installed(tmp_path: Path) -> Install:
    """Return what installs the rules under an entry point, and runs commands of ``fx`` with them."""

    def run(entry_points: str, steps: Steps) -> Iterator[Outcome]:
        target = tmp_path / "target"
        wheel = tmp_path / "shop_lint-1.5-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            info = "shop_lint-1.5.dist-info"
            files = {
                "shop_lint.py": MODULE,
                f"{info}/METADATA": "Metadata-Version: 2.1\nName: shop-lint\nVersion: 1.5\n",
                f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                f"{info}/entry_points.txt": f"[feature_extractor.lint_rules]\n{entry_points}\n",
            }
            for name, text in files.items():
                archive.writestr(name, text)
            archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in files))
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps"]
        subprocess.run(
            [*command, "--disable-pip-version-check", "--target", str(target), str(wheel)],
            check=True,
        )
        done = subprocess.run(
            [sys.executable, "-c", DRIVER],
            input=json.dumps([{"a.fx": PROGRAM}, *steps]),
            stdout=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(target), *sys.path])},
            check=True,
        )
        return (Outcome(*outcome) for outcome in json.loads(done.stdout))

    return run


def test_rules_of_a_distribution(installed: Install, tmp_path: Path) -> None:
    steps: Steps = [
        ["lint", ".", "--format", "concise"],
        ["lint", ".", "--ignore", "SHOP"],
        ["lint", ".", "--select", "prefix-of-the-shop"],
        ["lint", ".", "--format", "sarif"],
        {"fx.toml": '[lint.rules.SHOP001]\nprefix = "x"\n'},
        ["lint", "."],
        {"fx.toml": "[lint.rules.SHOP001]\nprefix = 1\n"},
        ["lint", "."],
        {"fx.toml": "", "a.fx": PROGRAM.replace("= a", "= a # fx: ignore[SHOP001] why")},
        ["lint", "."],
        {"a.fx": PROGRAM},
        ["lint", ".", "--fix"],
        ["rules", "SHOP001"],
        ["rules", "--format", "json"],
        ["rules"],
    ]
    outcomes = installed("SHOP = shop_lint:RULES", steps)
    found = next(outcomes)
    assert (found.code, found.err) == (1, "")
    assert found.out.startswith("a.fx:2:9: SHOP001 [*] `x` does not begin with `shop_`\n")
    assert next(outcomes).code == 0
    assert next(outcomes).code == 1
    (described,) = json.loads(next(outcomes).out)["runs"][0]["tool"]["driver"]["rules"]
    assert described["help"]["markdown"].startswith("# SHOP001 prefix-of-the-shop\n")
    assert next(outcomes).code == 0
    assert "`prefix` takes a text" in next(outcomes).err
    assert next(outcomes).code == 0
    assert next(outcomes).code == 0
    assert "feature shop_x :" in (tmp_path / "a.fx").read_text()
    assert next(outcomes).out.startswith("# SHOP001 prefix-of-the-shop\n")
    listed = {row["code"]: row for row in json.loads(next(outcomes).out)}
    assert (listed["SHOP001"]["plugin"], listed["SHOP001"]["fix"]) == ("shop-lint 1.5", "safe")
    assert listed["FX201"]["plugin"] is None
    assert "shop-lint 1.5" in next(outcomes).out
    assert list(outcomes) == []


def test_a_rule_that_fails_is_named(installed: Install) -> None:
    lint = ["lint", "."]
    steps = [lint, ["--debug", *lint], [*lint, "--ignore", "SHOP002"]]
    failed, traced, without = installed("SHOP = shop_lint:with_failing", steps)
    reason = "error: the rule SHOP002 of shop-lint 1.5 failed on a.fx: ValueError: no reason\n"
    assert failed == (2, "", reason)
    assert 'in fail\n    raise ValueError("no reason")' in traced.err
    assert without.code == 1


def test_a_plugin_that_cannot_be_loaded(installed: Install) -> None:
    steps = [["lint", "."], ["rules"], ["settings"], ["check", "a.fx"]]
    *failed, fine = installed("SHOP = shop_lint:NOTHING", steps)
    reason = (
        "error: the lint rules `SHOP` of shop-lint 1.5 cannot be used: "
        "AttributeError: module 'shop_lint' has no attribute 'NOTHING'\n"
    )
    assert failed == [(2, "", reason)] * 3
    # What needs no rules goes on.
    assert fine.code == 0


# ---- what is refused -----------------------------------------------------------------------------


def rule(code: str = "SHOP001", name: str = "some-name", **others: Any) -> Rule:
    return Rule(code, name, Severity.WARNING, "Text.", **{"check": iter, **others})


class Entry(EntryPoint):
    """An entry point that leads to a value."""

    def load(self) -> Any:
        return VALUES[self.value]


VALUES: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("SHOP", 3)], "TypeError: 'int' object is not iterable"),
        ([("SHOP", [3])], "leads to int, not to rules"),
        ([("SHOP", lambda: 1 / 0)], "ZeroDivisionError: division by zero"),
        ([("shop", rule())], "2 to 10 capital letters, not FX"),
        ([("FX", rule("FX201"))], "2 to 10 capital letters, not FX"),
        ([("FXA", rule("FXA001"))], "2 to 10 capital letters, not FX"),
        ([("SHOP", rule("SHOP1"))], "the code 'SHOP1' is not SHOP with three digits"),
        ([("SHOP", rule("STORE001"))], "the code 'STORE001' is not SHOP with three digits"),
        ([("SHOP", rule(name="Some Name"))], "the name 'Some Name' of SHOP001 is not words"),
        ([("SHOP", rule(name="label-leak"))], "SHOP001 has the name `label-leak` of FX301"),
        ([("SHOP", [rule(), rule(name="other")])], "two rules have the code SHOP001"),
        ([("SHOP", rule()), ("SHOP", rule())], "has codes with the same prefix"),
        ([("SHOP", rule(check=None))], "SHOP001 has no check"),
        ([("SHOP", rule(summarise=iter))], "needs both of `summarise` and `check_project`"),
        ([("SHOP", rule(settings=(1,)))], "a setting of SHOP001 has a kind that there is not"),
    ],
)
def test_rules_that_do_not_fit_in(
    monkeypatch: pytest.MonkeyPatch, entries: list[tuple[str, Any]], reason: str
) -> None:
    found = []
    for index, (name, value) in enumerate(entries):
        VALUES[f"m:v{index}"] = value
        found.append(Entry(name, f"m:v{index}", discovered.GROUP))
    monkeypatch.setattr(discovered, "entry_points", lambda group: found)
    with pytest.raises(RulePluginError, match=r"^the lint rules `") as caught:
        plugin_rules(own_rules())
    assert reason in str(caught.value)


def test_several_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    VALUES.update(a=[rule("AB001"), rule("AB002", "second")], b=lambda: rule("CD001", "third"))
    found = [Entry("CD", "b", discovered.GROUP), Entry("AB", "a", discovered.GROUP)]
    monkeypatch.setattr(discovered, "entry_points", lambda group: found)
    assert list(plugin_rules(own_rules())) == ["AB001", "AB002", "CD001"]


def test_a_distribution_is_named_with_its_version() -> None:
    for entry in Distribution.from_name("pytest").entry_points:
        assert discovered._origin(entry).startswith("pytest ")
