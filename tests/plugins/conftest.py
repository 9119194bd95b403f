"""The example plug-in, built once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_build import TEMPLATE, build, fx, install, missing


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for CMake of an installed package."""
    if missing():
        pytest.skip(missing())
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def library(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``libshop.so`` of the example, with its registry beside it."""
    return build(installed, tmp_path_factory.mktemp("plugin"))


@pytest.fixture(scope="session")
def package(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the example's program."""
    path = tmp_path_factory.mktemp("package") / "ranking.fxp"
    fx("--plugin", library, "compile", TEMPLATE / "ranking.fx", "-o", path)
    return path
