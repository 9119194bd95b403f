"""What the compiled module shows to its host process: one symbol, few libraries, no early code."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from source_tree import BUILD, ROOT

NEEDED = re.compile(
    r"lib(c|m|gcc_s|pthread|dl|rt|re2|stdc\+\+)\.so\.\d+|libabsl_\w+\.so\.\d+|ld-linux-[\w-]+\.so\.\d+"
)
"""RE2 (and Abseil, which newer versions of it use) comes from the system; the rest is the C library."""


def read_elf(*arguments: str) -> str:
    """Return what readelf prints."""
    tool = shutil.which("readelf")
    if tool is None:
        pytest.skip("readelf is not installed")
    return subprocess.run([tool, *arguments], capture_output=True, check=True, text=True).stdout


@pytest.fixture(scope="module")
def module() -> Path:
    """The native module in the build folder."""
    found = sorted(BUILD.glob("_native*.so"))
    if not found:
        pytest.skip("the native module is not built; run `make build`")
    return found[-1]


def test_one_symbol_is_exported(module: Path) -> None:
    exported = set()
    for line in read_elf("--dyn-syms", "--wide", str(module)).splitlines():
        parts = line.split()
        if len(parts) >= 8 and parts[4] in ("GLOBAL", "WEAK", "UNIQUE") and parts[6] != "UND":
            exported.add(parts[7].split("@")[0])
    assert exported == {"PyInit__native"}


def test_few_libraries_are_needed(module: Path) -> None:
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", read_elf("--dynamic", "--wide", str(module)))
    assert needed
    assert [name for name in needed if not NEEDED.fullmatch(name)] == []


def test_no_build_folder_is_searched_for_libraries(module: Path) -> None:
    assert not re.search(r"\((RPATH|RUNPATH)\)", read_elf("--dynamic", "--wide", str(module)))


@pytest.mark.parametrize("part", ["feature_extractor_core", "feature_extractor_operators"])
def test_nothing_runs_when_the_module_is_loaded(part: str) -> None:
    """An object file with a static initialiser has a section of constructors; ours have none."""
    folder = BUILD / "CMakeFiles" / f"{part}.dir"
    objects = sorted(folder.rglob("*.o"))
    if not objects:
        pytest.skip("the core is not built; run `make build`")
    wrong: list[str] = []
    current = objects[0].name
    for line in read_elf("--sections", "--wide", *map(str, objects)).splitlines():
        if line.startswith("File: "):
            current = Path(line.removeprefix("File: ")).name
        elif re.search(r"\s\.(init_array|ctors|preinit_array)\b", line):
            wrong.append(current)
    assert not wrong


def test_the_version_is_written_once_for_each_world() -> None:
    """CMake, pyproject.toml and the package agree."""
    cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    package = (ROOT / "python/feature_extractor/__init__.py").read_text(encoding="utf-8")
    versions = (
        re.findall(r"project\(feature_extractor VERSION ([\d.]+)", cmake)
        + re.findall(r'^version = "([\d.]+)"', project, re.MULTILINE)
        + re.findall(r'__version__ = "([\d.]+)"', package)
    )
    assert len(versions) == 3
    assert len(set(versions)) == 1
