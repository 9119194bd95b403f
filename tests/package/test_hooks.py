"""The hooks for pre-commit: what it installs is built without a compiler, and checks, lints and formats."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest
from feature_extractor.cli.entry import fx

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
PROGRAM = 'use "std/ctr.fx"\ninput candidate { a: int }\nlet b  = 1\nfeature x : dense = a * 1\n'

# The interpreter of a checkout finds the package there first, whatever the path says.
RUN = """
import sys
sys.meta_path = [finder for finder in sys.meta_path if "feature_extractor" not in type(finder).__module__]
sys.path.insert(0, sys.argv.pop(1))
from feature_extractor.cli import main
sys.exit(main())
"""


def test_the_hooks_are_commands_with_their_options() -> None:
    entries = re.findall(r"^- id: (\S+)\n(?:  .*\n)*?  entry: fx (.*)\n", MANIFEST, re.M)
    assert [name for name, _ in entries] == ["fx-lint", "fx-fmt"]
    context = click.Context(fx)
    for name, entry in entries:
        command, *options = entry.split()
        assert name == f"fx-{command}"
        found = fx.get_command(context, command)
        assert found is not None
        known = {option for parameter in found.params for option in parameter.opts}
        assert set(options) <= known


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package as pre-commit gets it."""
    pytest.importorskip("scikit_build_core", reason="`make setup` installs it")
    folder = tmp_path_factory.mktemp("hooks")
    nothing = folder / "nothing"
    nothing.mkdir()
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    environment = {
        **os.environ,
        "VIRTUAL_ENV": str(folder / "py_env-python3"),
        # Nothing could be compiled.
        "CC": "/bin/false",
        "CXX": "/bin/false",
        "CMAKE_EXECUTABLE": "/bin/false",
    }
    subprocess.run([*command, "-w", str(folder), str(ROOT)], env=environment, check=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "package")
    return folder / "package"


def test_all_is_there_but_the_core(package: Path) -> None:
    inside = package / "feature_extractor"
    assert list(inside.rglob("*.so")) == []
    for name in ("docs/rules", "dsl_grammar"):
        wanted = {
            path.relative_to(ROOT / name)
            for suffix in ("FX*.md", "std/*.fx", "*.lark")
            for path in (ROOT / name).glob(suffix)
        }
        assert wanted == {p.relative_to(inside / name) for p in (inside / name).rglob("*.*")}
    assert (inside / "registry.json").read_bytes() == (
        ROOT / "operators" / "registry.json"
    ).read_bytes()


def test_it_checks_lints_and_formats(package: Path, tmp_path: Path) -> None:
    (tmp_path / "a.fx").write_text(PROGRAM)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", RUN, str(package), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("check", "a.fx").returncode == 0
    assert "FX601" in run("lint", "--force-exclude", "a.fx").stdout
    assert run("lint", "--force-exclude", "--fix", "a.fx").returncode in (0, 1)
    assert run("fmt", "--force-exclude", "a.fx").returncode == 0
    assert "let b" not in (tmp_path / "a.fx").read_text()
    assert run("rules", "FX201").stdout.startswith("# FX201 ")
    outcome = run("compile", "a.fx", "-o", "a.fxp")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("error: the native core cannot be loaded")
