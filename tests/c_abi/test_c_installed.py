"""The library as another project meets it: installed, found by pkg-config and by CMake, and used from C and C++."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import feature_extractor as fx
import pytest
from c_library import BUILD, ROOT, CLibrary

CMAKE_PROJECT = """
cmake_minimum_required(VERSION 3.16)
project(user LANGUAGES C CXX)
find_package(feature_extractor 0.1 REQUIRED)
add_executable(from_c {c})
add_executable(from_cpp {cpp})
set_property(TARGET from_cpp PROPERTY CXX_STANDARD 17)
foreach(target from_c from_cpp)
  target_link_libraries({target} feature_extractor::feature_extractor)
endforeach()
"""

OF_C = """\
row 0: affordable=0.5 price=-1 shelf=7 pair={pairs[0]} greeting=Hello Ann
row 1: affordable=0.5 price=1.25276 shelf=8 pair={pairs[1]} greeting=Hello Ann
row 2: affordable=0.5 price=2.3979 shelf=2 pair={pairs[2]} greeting=Hello Ann
"""
OF_CPP = """\
row 0: 0.5 -1
row 1: 0.5 1.25276
row 2: 0.5 2.3979
"""


def run(*command: object, **variables: str) -> str:
    """Run a program; show what it printed where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def prefix(library: CLibrary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the library was installed into and then moved from: nothing may point to where it was."""
    if shutil.which("cmake") is None:
        pytest.skip("cmake is not installed")
    folder = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", BUILD, "--component", "c_library", "--prefix", folder / "first")
    (folder / "first").rename(folder / "second")
    return folder / "second"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that the examples work with."""
    path = tmp_path_factory.mktemp("shop") / "shop.fxp"
    fx.compile(ROOT / "examples/c/shop.fx").save(path)
    return path


def expected_of_c(shop: Path) -> str:
    """Return what the C example prints, with ids from the Python face."""
    result = fx.load(shop).extract_request(
        {"user": "Ann", "budget": None}, {"item": [7, 8, 12], "price": [None, 2.5, 10.0]}
    )
    return OF_C.format(pairs=[row[0] for row in result["pair"].to_list()])


def test_what_is_installed(prefix: Path) -> None:
    found = {p.relative_to(prefix).as_posix() for p in prefix.rglob("*") if not p.is_dir()}
    notices = {p for p in found if p.startswith("share/doc/feature_extractor/third_party/")}
    assert {Path(p).name for p in notices} >= {"RE2.txt", "utf8proc.txt"}
    (library,) = (p for p in found if p.endswith(".so"))
    folder = library.rpartition("/")[0]
    for_plugins = {p for p in found if p.startswith("include/") and not p.endswith("/c_api.h")}
    assert {Path(p).name for p in for_plugins} >= {
        "plugin.h",
        "operator.h",
        "math.h",
        "logarithm.h",
    }
    assert found - notices - for_plugins == {
        "share/doc/feature_extractor/LICENSE",
        "bin/fx_plugin_registry",
        "include/feature_extractor/c_api.h",
        f"{folder}/libfeature_extractor.so",
        f"{folder}/libfeature_extractor.so.0",
        f"{folder}/libfeature_extractor.so.{fx.__version__}",
        f"{folder}/cmake/feature_extractor/feature_extractor-config.cmake",
        f"{folder}/cmake/feature_extractor/feature_extractor-config-version.cmake",
        f"{folder}/cmake/feature_extractor/feature_extractor-plugin.cmake",
        f"{folder}/cmake/feature_extractor/feature_extractor-targets.cmake",
        f"{folder}/cmake/feature_extractor/feature_extractor-targets-release.cmake",
        f"{folder}/pkgconfig/feature_extractor.pc",
    }


def test_the_program_for_registries_finds_the_library(prefix: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [prefix / "bin/fx_plugin_registry", tmp_path, tmp_path / "out.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "This is not a plug-in" in done.stderr


@pytest.mark.slow
def test_a_plugin_is_built_with_the_installed_library(prefix: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/plugin", tmp_path / "plugin")
    run(
        "cmake",
        "-S",
        tmp_path / "plugin",
        "-B",
        tmp_path / "build",
        f"-DCMAKE_PREFIX_PATH={prefix}",
    )
    run("cmake", "--build", tmp_path / "build")
    assert '"name":"shop"' in (tmp_path / "build/shop.registry.json").read_text()


def test_with_pkg_config(prefix: Path, shop: Path, tmp_path: Path) -> None:
    if shutil.which("pkg-config") is None:
        pytest.skip("pkg-config is not installed")
    (description,) = prefix.rglob("*.pc")
    flags = run(
        "pkg-config", "--cflags", "--libs", "feature_extractor", PKG_CONFIG_PATH=str(description.parent)
    ).split()  # fmt: skip
    libraries = str(description.parents[1])
    strict = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
    c, cpp = tmp_path / "from_c", tmp_path / "from_cpp"
    run("cc", "-std=c11", *strict, ROOT / "examples/c/extract.c", *flags, "-o", c)
    run("c++", "-std=c++17", *strict, ROOT / "examples/cpp/extract.cc", *flags, "-o", cpp)
    assert run(c, shop, LD_LIBRARY_PATH=libraries) == expected_of_c(shop)
    assert run(cpp, shop, LD_LIBRARY_PATH=libraries) == OF_CPP


def test_with_find_package(prefix: Path, shop: Path, tmp_path: Path) -> None:
    project = CMAKE_PROJECT.replace("{c}", str(ROOT / "examples/c/extract.c"))
    project = project.replace("{cpp}", str(ROOT / "examples/cpp/extract.cc"))
    project = project.replace("{target}", "${target}")
    (tmp_path / "CMakeLists.txt").write_text(project, encoding="utf-8")
    build = tmp_path / "build"
    run("cmake", "-S", tmp_path, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    assert run(build / "from_c", shop) == expected_of_c(shop)
    assert run(build / "from_cpp", shop) == OF_CPP


def test_the_examples_say_what_went_wrong(prefix: Path, tmp_path: Path) -> None:
    (library,) = prefix.rglob("libfeature_extractor.so")
    program = tmp_path / "program"
    run(
        *("cc", ROOT / "examples/c/extract.c", f"-I{prefix}/include"),
        *(library, f"-Wl,-rpath,{library.parent}", "-o", program),
    )
    done = subprocess.run(
        [program, tmp_path / "no.fxp"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"not_found: {tmp_path / 'no.fxp'}: cannot open this file: ")
