"""Random programs with golden rows prove themselves in Python, C and Java, and each face refuses a wrong value."""

from __future__ import annotations

import ctypes
import subprocess
from functools import cache
from pathlib import Path

import feature_extractor as fx
import pyarrow as pa
import pytest
from c_abi.c_library import CError, CLibrary, find_library
from feature_extractor.errors import EngineError
from feature_extractor.golden import golden_rows
from feature_extractor.plan.package import read_package
from jvm.java import PAIR, PATH_PROPERTY, JavaError, JavaProcess, Table, tool
from parity.conftest import classes, java
from parity.random_packages import trial

from .proofs import with_features, with_golden

__all__ = ["classes", "java"]
NUMBERS = range(2)


@cache
def proved(number: int) -> bytes:
    """Return a package of many random programs with requests of all sizes as golden rows."""
    tried = trial(number)
    return with_golden(tried.package, tried.data.nested_table())


@cache
def wrong(number: int) -> tuple[str, bytes]:
    """Return the name of a feature, and the package with another last value of it."""
    features = golden_rows(read_package(proved(number)))["features"]
    names = [field.name for field in features.schema if pa.types.is_float32(field.type)]
    position = features.schema.get_field_index(names[-1])
    values = features.column(position).to_pylist()
    values[-1] = 12345.0
    column = pa.array(values, pa.float32())
    changed = features.set_column(position, features.schema.field(position), column)
    return names[-1], with_features(proved(number), changed)


@pytest.mark.parametrize("number", NUMBERS)
def test_python(number: int) -> None:
    for level, reference in ((2, False), (1, False), (0, True)):
        fx.load(proved(number), simd_level=level, use_reference=reference)
    name, package = wrong(number)
    with pytest.raises(
        EngineError, match=f"Feature '{name}' differs in 1 of .*expected 12345"
    ) as caught:
        fx.load(package)
    assert caught.value.code == "different_values"


@pytest.fixture(scope="module")
def library() -> CLibrary:
    path = find_library()
    if path is None:
        pytest.skip("the C library is not built; run `make c-library`")
    return CLibrary(path)


class _LoadOptions(ctypes.Structure):
    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("skip_resource_digests", ctypes.c_int32),
        ("simd_level_bound", ctypes.c_int32),
        ("skip_golden_rows", ctypes.c_int32),
    )


@pytest.mark.parametrize("number", NUMBERS)
def test_c(library: CLibrary, number: int) -> None:
    good = proved(number)
    library.extractor_free(library.made("load_bytes", good, len(good), None))
    name, bad = wrong(number)
    with pytest.raises(CError, match=f"'{name}' differs in 1 of "):
        library.made("load_bytes", bad, len(bad), None)
    options = _LoadOptions(ctypes.sizeof(_LoadOptions), 0, 0, 1)
    library.extractor_free(library.made("load_bytes", bad, len(bad), ctypes.byref(options)))
    # A host that was compiled before golden rows were known has them computed.
    options = _LoadOptions(ctypes.sizeof(_LoadOptions) - 8, 0, 0, 1)
    with pytest.raises(CError, match=f"'{name}' differs in 1 of "):
        library.made("load_bytes", bad, len(bad), ctypes.byref(options))


@pytest.mark.parametrize("number", NUMBERS)
def test_java(java: JavaProcess, number: int) -> None:
    data = trial(number).data
    requests = Table({one.name: one.type for one in data.request_inputs}, data.requests)
    candidates = Table({one.name: one.type for one in data.candidate_inputs}, data.candidates)
    name, bad = wrong(number)
    features, inputs = (
        len(trial(number).truth.schema.names),
        len(requests.types) + len(candidates.types),
    )
    java.run(proved(number), PAIR, requests, candidates, data.offsets, features, inputs)
    with pytest.raises(JavaError, match=f"'{name}' differs in 1 of "):
        java.run(bad, PAIR, requests, candidates, data.offsets, features, inputs)


@pytest.mark.parametrize("skips", [None, "true", "false"])
def test_java_skips_golden_rows_where_it_is_told_to(
    classes: Path, tmp_path: Path, skips: str | None
) -> None:
    """By the property for all that is loaded without options, by the options for one package."""
    sound, bad = tmp_path / "sound.fxp", tmp_path / "bad.fxp"
    sound.write_bytes(proved(0))
    bad.write_bytes(wrong(0)[1])
    properties = [] if skips is None else [f"-Dorg.featureextractor.skipGoldenRows={skips}"]
    command = [tool("java"), PATH_PROPERTY, *properties, "-cp", str(classes)]
    run = subprocess.run(
        [*command, "org.featureextractor.parity.LoadWays", str(sound), str(bad)],
        capture_output=True,
        text=True,
        check=True,
    )
    by_default = "loaded" if skips == "true" else "DIFFERENT_VALUES"
    assert dict(line.split(": ") for line in run.stdout.splitlines()) == {
        "file": by_default,
        "bytes": by_default,
        "without digests": by_default,
        "reload": by_default,
        "file, skips": "loaded",
        "bytes, skips": "loaded",
        "reload, skips": "loaded",
        "file, computes": "DIFFERENT_VALUES",
        "reload, computes": "DIFFERENT_VALUES",
    }
