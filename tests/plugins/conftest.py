"""The example plug-in, built once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .plugin_build import build, install, missing


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for CMake of an installed package."""
    if missing():
        pytest.skip(missing())
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def built(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """``libshop.so`` of the example, and what the commands of its README printed."""
    return build(installed, tmp_path_factory.mktemp("plugin"))


@pytest.fixture(scope="session")
def library(built: tuple[Path, str]) -> Path:
    """``libshop.so`` of the example, with its registry beside it."""
    return built[0]


@pytest.fixture(scope="session")
def package(library: Path) -> Path:
    """The package of the example's program, which the last command of the README wrote."""
    return library.parents[1] / "ranking.fxp"
