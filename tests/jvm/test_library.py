"""The library for the JVM shows Java its two doors, and every native method is behind a guard."""

from __future__ import annotations

import re
import subprocess

import pytest

from .java import CORE, LIBRARY, ROOT

SOURCES = sorted((ROOT / "cpp/src/jni").glob("*.cc"))
REGISTERED = re.compile(r'native_method\("(\w+)",\s*"[^"]*",\s*(\w+)<')


@pytest.mark.skipif(not LIBRARY.exists(), reason="run `make jars` for the library")
def test_two_symbols_are_exported() -> None:
    symbols = subprocess.run(
        ["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[-1] for line in symbols.splitlines()} == {"JNI_OnLoad", "JNI_OnUnload"}


def test_each_native_method_is_registered_behind_a_guard() -> None:
    java = (CORE / "src/main/java/org/featureextractor/NativeMethods.java").read_text()
    declared = set(re.findall(r"static native [\w\[\]]+ (\w+)\(", java))
    registered = {
        name: wrapper
        for source in SOURCES
        for name, wrapper in REGISTERED.findall(source.read_text(encoding="utf-8"))
    }
    assert declared == set(registered)
    assert set(registered.values()) == {"entry"}


def test_the_library_calls_only_the_c_interface() -> None:
    allowed = re.compile(r'"(jni/\w+\.h|arrow/abi\.h|feature_extractor/c_api\.h)"')
    wrong = [
        f"{source.name}: {line}"
        for source in (*SOURCES, *sorted((ROOT / "cpp/src/jni").glob("*.h")))
        for line in source.read_text(encoding="utf-8").splitlines()
        if line.startswith('#include "') and not allowed.search(line)
    ]
    assert not wrong


def test_no_critical_region_holds_up_the_garbage_collector() -> None:
    assert not [source.name for source in SOURCES if "Critical(" in source.read_text()]
