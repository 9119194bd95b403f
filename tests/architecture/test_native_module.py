"""What the compiled module shows to its host process: one symbol, few libraries, no early code."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from source_tree import BUILD, ROOT

NEEDED = re.compile(r"lib(c|m|pthread|dl)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+")
"""The C library and nothing else: docs/design/0006-linking.md."""

NEWEST_C_LIBRARY = (2, 36)
"""The version that Debian 12 has: what is built there runs there, and wherever it is newer."""


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


def shared_outputs() -> list[Path]:
    """Return all shared libraries that were built for others to load."""
    return sorted(path for path in BUILD.glob("*.so*") if not path.is_symlink())


def exported_symbols(library: Path) -> set[str]:
    """Return the names that a library shows to those who load it."""
    exported = set()
    for line in read_elf("--dyn-syms", "--wide", str(library)).splitlines():
        parts = line.split()
        if len(parts) >= 8 and parts[4] in ("GLOBAL", "WEAK", "UNIQUE") and parts[6] != "UND":
            exported.add(parts[7].split("@")[0])
    return exported


def test_one_symbol_is_exported(module: Path) -> None:
    assert exported_symbols(module) == {"PyInit__native"}


def test_the_c_library_exports_the_functions_of_its_header() -> None:
    found = sorted(BUILD.glob("libfeature_extractor.so.*.*.*"))
    if not found:
        pytest.skip("the C library is not built; run `make c-library`")
    header = (ROOT / "cpp/include/feature_extractor/c_api.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^FX_API [^;(]*?\b(fx_\w+)\(", header, re.MULTILINE))
    assert len(declared) > 30
    assert exported_symbols(found[-1]) == declared
    soname = re.findall(r"\(SONAME\).*\[(.*)\]", read_elf("--dynamic", "--wide", str(found[-1])))
    assert soname == ["libfeature_extractor.so.0"]


def test_only_the_c_library_is_needed() -> None:
    outputs = shared_outputs()
    if not outputs:
        pytest.skip("nothing is built; run `make build`")
    for output in outputs:
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", read_elf("--dynamic", "--wide", str(output)))
        assert needed, output.name
        assert [name for name in needed if not NEEDED.fullmatch(name)] == [], output.name


def test_no_newer_c_library_is_needed_than_the_oldest_supported() -> None:
    """A symbol of the C++ runtime (GLIBCXX, CXXABI, GCC) would mean that the host's runtime is used after all."""
    outputs = shared_outputs()
    if not outputs:
        pytest.skip("nothing is built; run `make build`")
    for output in outputs:
        text = read_elf("--version-info", "--wide", str(output))
        needs = text[text.index("Version needs section") :]
        versions = re.findall(r"Name: (\w+?)_([\d.]+)\b", needs)
        assert versions, output.name
        assert {name for name, _ in versions} == {"GLIBC"}, output.name
        newest = max(tuple(map(int, version.split("."))) for _, version in versions)
        assert newest <= NEWEST_C_LIBRARY, output.name


def test_no_build_folder_is_searched_for_libraries() -> None:
    for output in shared_outputs():
        dynamic = read_elf("--dynamic", "--wide", str(output))
        assert not re.search(r"\((RPATH|RUNPATH)\)", dynamic), output.name


@pytest.mark.parametrize(
    "part", ["feature_extractor_core", "feature_extractor_loading", "feature_extractor_operators"]
)
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
