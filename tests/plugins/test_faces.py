"""Plug-ins in the C library and in Java: each has a core of its own, and loads the same file."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from jvm.java import PATH_PROPERTY, compile_classes, tool
from jvm.java import missing as missing_java

from .plugin_build import BUILD, run

C_LIBRARY = BUILD / "libfeature_extractor.so.0.1.0"
NOT_FOUND, CORRUPT = 2, 4


class PluginInfo(ctypes.Structure):
    _fields_: Sequence[tuple[str, type]] = [
        ("struct_size", ctypes.c_size_t),
        *((name, ctypes.c_char_p) for name in ("name", "version", "path", "digest", "registry")),
    ]


def test_the_c_library_loads_them(library: Path, package: Path, tmp_path: Path) -> None:
    if not C_LIBRARY.exists():
        pytest.skip("the C library is not built; run `make c-library`")
    # A copy under another name is another library, with no plug-ins.
    core = ctypes.CDLL(str(shutil.copy(C_LIBRARY, tmp_path / "libcore.so")))
    core.fx_error_message.restype = ctypes.c_char_p
    core.fx_error_message.argtypes = [ctypes.c_void_p]
    core.fx_plugin_count.restype = ctypes.c_size_t
    core.fx_plugin.argtypes = [ctypes.c_size_t, ctypes.c_void_p]

    def call(function: str, path: Path | None, *more: object) -> tuple[int, str]:
        error = ctypes.c_void_p()
        given = None if path is None else os.fsencode(path)
        code = getattr(core, function)(given, *more, ctypes.byref(error))
        return code, core.fx_error_message(error).decode()

    extractor = ctypes.c_void_p()
    load = ("fx_load_file", package, None, ctypes.byref(extractor))
    code, said = call(*load)
    assert code == NOT_FOUND
    assert "needs the plug-in shop 1.0.0, which is not loaded" in said
    assert core.fx_plugin_count() == 0
    text = tmp_path / "text.so"
    text.write_text("hello")
    assert call("fx_plugin_load", text)[0] == CORRUPT
    assert call("fx_plugin_load", None)[0] == 1
    assert call("fx_plugin_load", library) == (0, "")
    assert call("fx_plugin_load", library) == (0, "")
    assert call(*load) == (0, "")
    assert core.fx_plugin_count() == 1
    info = PluginInfo(struct_size=ctypes.sizeof(PluginInfo))
    assert core.fx_plugin(0, ctypes.byref(info)) == 0
    assert (info.name, info.version) == (b"shop", b"1.0.0")
    assert Path(os.fsdecode(info.path)) == library.resolve()
    assert info.registry.decode() == library.with_name("shop.registry.json").read_text()
    assert core.fx_plugin(1, ctypes.byref(info)) == 1


def test_the_program_beside_the_c_library_writes_registries(library: Path, tmp_path: Path) -> None:
    program = BUILD / "fx_plugin_registry"
    if not program.exists():
        pytest.skip("the C library is not built; run `make c-library`")
    run(program, library, tmp_path / "shop.registry.json")
    beside = library.with_name("shop.registry.json").read_text()
    assert (tmp_path / "shop.registry.json").read_text() == beside
    said = run(program, tmp_path, tmp_path / "none.json", code=1)
    assert "This is not a plug-in" in said


def test_java_loads_them(library: Path, package: Path, tmp_path: Path) -> None:
    if missing_java():
        pytest.skip(missing_java())
    classes = compile_classes(tmp_path / "classes")
    source = Path(__file__).with_name("LoadPlugins.java")
    text = tmp_path / "text.so"
    text.write_text("hello")
    java = (tool("java"), "-Xcheck:jni", PATH_PROPERTY, "-cp", classes)
    without, corrupt, first, again, loaded = run(*java, source, package, library, text).splitlines()
    assert without.startswith("NOT_FOUND: ")
    assert "needs the plug-in shop 1.0.0, which is not loaded" in without
    assert corrupt.startswith("CORRUPT: ")
    assert first == again == "ok: 1 shop 1.0.0 libshop.so"
    assert loaded == "ok: 2.5"
    # Spark and Flink name them for the whole process.
    named = f"-Dorg.featureextractor.plugins={library}"
    assert run(*java, named, source, package) == "ok: 2.5\n"
    assert run(*java, source, package, FEATURE_EXTRACTOR_PLUGINS=str(library)) == "ok: 2.5\n"
