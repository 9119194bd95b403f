"""The C++ of the house keeps its directions: operators know one seam, the engine no operator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from source_tree import ROOT, files, find_cycle, includes, shown, string_literals

LIBRARIES_OF_OPERATORS = {"re2/re2.h", "utf8proc.h", "xxhash.h"}
PUBLIC = "feature_extractor/"

MAY_INCLUDE = {
    "arrow": {"arrow", "plan", "engine"},
    "catalogue": {"catalogue", "arrow", "engine", "plan", "resource"},
    "engine": {"engine", "arrow", "package", "plan", "registry", "resource"},
    "golden": {"golden", "arrow", "engine", "package", "plan"},
    "jni": {"jni", "arrow"},
    "json": {"json"},
    "sets": {"sets"},
    "package": {"package", "arrow"},
    "plan": {"plan", "registry"},
    "plugin": {"plugin", "registry", "plan", "package", "arrow"},
    "registry": {"registry"},
    "request": {"request", "arrow", "engine", "json", "plan"},
    "resource": {"resource", "arrow"},
    "samples": {"samples", "arrow", "engine"},
}
"""By folder of cpp/src. The faces (python, c_api) may include everything."""
FACES = {"python", "c_api"}

WORDS_OF_FORMATS = {
    "any", "bool", "bytes", "contains", "count", "entries", "filter", "first", "int", "length", "lift", "list", "map",
    "max", "none", "range", "size", "slice", "string", "table", "timestamp", "vector",
}  # fmt: skip
"""Words of the plan, of types, of JSONPath and of Python's protocols that are also names of operators."""


def standard(header: str) -> bool:
    """Whether a header is one of the C++ standard library: those have no dot and no folder."""
    return re.fullmatch(r"[a-z_]+", header) is not None


def engine_folders() -> list[str]:
    """Return the folders of cpp/src that hold C++."""
    return sorted(
        {p.parent.name for p in files(".cc", ".h", under="cpp/src") if p.parent.name != "src"}
    )


def test_operators_include_only_the_public_headers() -> None:
    wrong = [
        f"{shown(path)}: {header}"
        for path in files(".cc", ".h", under="operators")
        for header in includes(path)
        if not (header.startswith(PUBLIC) or header in LIBRARIES_OF_OPERATORS or standard(header))
    ]
    assert not wrong


def test_public_headers_do_not_include_the_engine() -> None:
    wrong = [
        f"{shown(path)}: {header}"
        for path in files(".h", under="cpp/include")
        for header in includes(path)
        if "/" in header and not header.startswith(PUBLIC) and header not in LIBRARIES_OF_OPERATORS
    ]
    assert not wrong


@pytest.mark.parametrize("folder", engine_folders())
def test_folders_of_the_engine_include_in_one_direction(folder: str) -> None:
    if folder in FACES:
        return
    assert folder in MAY_INCLUDE, f"say in MAY_INCLUDE what cpp/src/{folder} may include"
    known = set(engine_folders())
    wrong = [
        f"{shown(path)}: {header}"
        for path in files(".cc", ".h", under=f"cpp/src/{folder}")
        for header in includes(path)
        if header.split("/")[0] in known - MAY_INCLUDE[folder]
    ]
    assert not wrong


def test_no_file_includes_itself_by_a_detour() -> None:
    graph: dict[str, set[str]] = {}
    for root in (ROOT / "cpp/include", ROOT / "cpp/src"):
        for path in files(".cc", ".h", under=root.relative_to(ROOT).as_posix()):
            graph[path.relative_to(root).as_posix()] = set(includes(path))
    assert find_cycle(graph) is None


def test_the_engine_knows_no_operator_by_name() -> None:
    names = {path.stem for path in files(".cc", under="operators")} - WORDS_OF_FORMATS
    wrong = [
        f"{shown(path)}: {literal}"
        for path in files(".cc", ".h", under="cpp/src")
        for literal in string_literals(path.read_text(encoding="utf-8"))
        if literal in names
    ]
    assert not wrong


def test_the_scan_for_names_sees_code_and_not_comments() -> None:
    text = 'if (name == "clip") /* "sum" */ return 1;  // "mean"\nauto c = \'"\'; f("a\\"b");'
    assert string_literals(text) == ["clip", 'a\\"b']


def test_no_static_constructors_are_registered() -> None:
    pattern = re.compile(
        r"__attribute__\s*\(\(\s*constructor|gnu::constructor|#include\s*<iostream>"
    )
    wrong = [
        shown(path)
        for folder in ("cpp", "operators")
        for path in files(".cc", ".h", under=folder)
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_build_files_keep_one_arithmetic() -> None:
    """Flags that change the bits of a result, or tie the build to one machine, are nowhere used."""
    forbidden = re.compile(
        r"-ffast-math|-Ofast|-march=native|-mtune=native|-funsafe-math|-ffp-contract=(fast|on)"
    )
    build_files: list[Path] = [ROOT / "CMakeLists.txt", ROOT / "Makefile", ROOT / "pyproject.toml"]
    build_files += [*files(".sh", ".cmake", ".gradle", ".kts", "pom.xml", "CMakeLists.txt")]
    wrong = [shown(p) for p in build_files if forbidden.search(p.read_text(encoding="utf-8"))]
    assert not wrong
    assert "-ffp-contract=off" in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
