"""Python modules import in one direction, and each face loads no more than it needs."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from source_tree import ROOT, files, find_cycle

PACKAGE = "feature_extractor"
SOURCE = ROOT / "python"

MAY_IMPORT = {
    "surrogates": set[str](),
    "diagnostics": {"surrogates"},
    "types": set[str](),
    "registry": {"types"},
    "errors": {"diagnostics"},
    "whole_files": set[str](),
    "files": set[str](),
    "time_zones": set[str](),
    "garbage_collection": set[str](),
    "syntax": {"diagnostics", "types", "surrogates"},
    "standard": {"syntax", "diagnostics"},
    "check": {
        "syntax",
        "diagnostics",
        "types",
        "registry",
        "errors",
        "standard",
        "files",
        "time_zones",
        "surrogates",
    },
    "format": {"syntax", "diagnostics", "errors"},
    "plan": {
        "check",
        "syntax",
        "diagnostics",
        "types",
        "registry",
        "errors",
        "standard",
        "whole_files",
        "time_zones",
        "garbage_collection",
    },
}
"""By stage of the compiler; the faces above it may import all of them."""
COMPILER = {*MAY_IMPORT, "lint", "workspace"}


def module_name(path: str) -> str:
    """Return the dotted name of a file below python/."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def all_modules() -> dict[str, ast.Module]:
    """Return the tree of each module of the package by its dotted name."""
    return {
        module_name(path.relative_to(SOURCE).as_posix()): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in files(".py", under="python")
    }


MODULES = all_modules()


def imported(tree: ast.AST, *, only_on_load: bool = False) -> set[str]:
    """Return the modules of the package that a tree imports, not those for type checkers only.

    With ``only_on_load`` imports inside of functions are left out, for they run later.
    """
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                found |= imported(other, only_on_load=only_on_load)
        elif only_on_load and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES or alias.name == "_native" else node.module)
        else:
            found |= imported(node, only_on_load=only_on_load)
    return {name for name in found if name.split(".")[0] == PACKAGE}


def stage(module: str) -> str:
    """Return the folder or file directly below the package that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_stages_import_in_one_direction(name: str) -> None:
    wrong = [
        f"{module} imports {target}"
        for module, tree in MODULES.items()
        if stage(module) == name
        for target in imported(tree)
        if stage(target) and stage(target) not in MAY_IMPORT[name] | {name}
    ]
    assert not wrong


def test_no_import_cycles() -> None:
    graph = {name: imported(tree, only_on_load=True) for name, tree in MODULES.items()}
    assert find_cycle(graph) is None


def test_the_compiler_never_imports_the_core() -> None:
    wrong = [
        module
        for module, tree in MODULES.items()
        if stage(module) in COMPILER and f"{PACKAGE}._native" in imported(tree)
    ]
    assert not wrong


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a new interpreter holds after a statement."""
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SOURCE), "PATH": ""},
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_checking_a_program_does_not_load_the_core() -> None:
    loaded = loaded_by("import feature_extractor.check, feature_extractor.diagnostics")
    assert f"{PACKAGE}.check" in loaded
    assert f"{PACKAGE}._native" not in loaded
    assert "numpy" not in loaded


def test_serving_does_not_load_the_compiler() -> None:
    if not list((SOURCE / PACKAGE).glob("_native*.so")):
        pytest.skip("the native module is not built; run `make build`")
    loaded = loaded_by("import feature_extractor as fx; fx.load")
    assert f"{PACKAGE}._native" in loaded
    assert not loaded & {"lark", "click", "rich", "xxhash", "wcwidth", "tzdata", "pyarrow"}
    assert not {name for name in loaded if name.startswith((f"{PACKAGE}.check", f"{PACKAGE}.plan"))}
