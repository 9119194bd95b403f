"""The C library, and the package that the tests of it work with."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import c_void_p
from pathlib import Path

import feature_extractor as fx
import pyarrow as pa
import pytest
from c_data import CANDIDATE_TYPE, PROGRAM, REQUEST_TYPE, candidate_rows, request_rows
from c_library import CLibrary, find_library


@pytest.fixture(scope="session")
def library() -> CLibrary:
    """The C library in the build folder."""
    path = find_library()
    if path is None:
        pytest.skip("the C library is not built; run `make c-library`")
    return CLibrary(path)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's package."""
    path = tmp_path_factory.mktemp("package") / "program.fxp"
    fx.compile_text(PROGRAM, path="program.fx").save(path)
    return path


@pytest.fixture(scope="module")
def loaded(library: CLibrary, package: Path) -> Iterator[c_void_p]:
    """The package, loaded by the C library."""
    handle = library.load(package)
    yield handle
    library.extractor_free(handle)


@pytest.fixture(scope="session")
def extractor(package: Path) -> fx.Extractor:
    """The same package in the Python face."""
    return fx.load(package)


@pytest.fixture(scope="session")
def requests() -> pa.Array:
    """Three requests."""
    return pa.array(request_rows(3), REQUEST_TYPE)


@pytest.fixture(scope="session")
def candidates() -> pa.Array:
    """Twenty-three candidates."""
    return pa.array(candidate_rows(23), CANDIDATE_TYPE)
