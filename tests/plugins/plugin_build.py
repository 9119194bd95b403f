"""Builds the example plug-in outside of the tree against installed headers, and makes variants of it."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
TEMPLATE = ROOT / "examples/plugin"

INTERFACE, FLAGS = 8, 72
"""Where the descriptor of feature_extractor/plugin.h has these members."""


def run(*command: object, folder: Path | None = None, code: int = 0, **variables: str) -> str:
    """Run a program; return what it printed, and fail where its exit code is another one."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
    )
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def fx(*arguments: object, folder: Path | None = None, code: int = 0, **variables: str) -> str:
    """Run the command line in a process of its own: a process keeps its plug-ins."""
    return run(
        sys.executable, "-m", "feature_extractor", *arguments, folder=folder, code=code, **variables
    )


def missing() -> str:
    """Return what stands in the way of building plug-ins here; empty where nothing does."""
    for program in ("cmake", "ninja", "c++"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return "" if (BUILD / "cmake_install.cmake").exists() else "run `make build`"


def install(folder: Path) -> Path:
    """Install what a wheel holds for plug-ins; return the folder for CMake."""
    run("cmake", "--install", BUILD, "--component", "python_plugin_files", "--prefix", folder)
    return folder / "feature_extractor/cmake"


def build(cmake_folder: Path, folder: Path) -> tuple[Path, str]:
    """Follow the example's README in a copy of it; return the shared object and what was printed."""
    source = folder / "source"
    shutil.copytree(TEMPLATE, source, ignore=shutil.ignore_patterns("build"))
    (commands,) = re.findall(r"```sh\n(.*?)```", (TEMPLATE / "README.md").read_text(), re.DOTALL)
    assert '"$(fx plugin cmake)"' in commands
    commands = commands.replace('"$(fx plugin cmake)"', f"'{cmake_folder}'")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = run(
        *("bash", "-euo", "pipefail", "-c", commands),
        folder=source,
        PATH=path,
        CMAKE_GENERATOR="Ninja",
        CMAKE_BUILD_PARALLEL_LEVEL="2",
    )
    return source / "build/libshop.so", said


def relink(library: Path, target: Path, *flags: str) -> Path:
    """Compile the descriptor of a built plug-in with other flags, and link it with the same operators."""
    folder = library.parent
    commands = run("ninja", "-C", folder, "-t", "commands", "shop").splitlines()
    compile_list = next(line for line in commands if "shop_plugin.cc.o -c" in line)
    words = compile_list.split()
    words = words[: words.index("-o")]
    if "ccache" in words[0]:
        words = words[1:]
    object_ = target.with_suffix(".o")
    kept = [word for word in words if word not in ("-MD", "-MT", "-MF") and ".o" not in word]
    run(*kept, *flags, "-c", folder / "shop_plugin.cc", "-o", object_)
    operators = sorted(p for p in folder.rglob("*.o") if not p.name.startswith("shop_plugin"))
    run("c++", "-shared", "-static-libstdc++", "-static-libgcc", object_, *operators, "-o", target)
    return target


def patched(library: Path, target: Path, *changes: tuple[bytes, bytes]) -> Path:
    """Write a copy with other bytes of the same number in place of the only ones like them."""
    data = library.read_bytes()
    for before, after in changes:
        assert len(before) == len(after) and data.count(before) == 1, before
        data = data.replace(before, after)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def with_number(library: Path, target: Path, offset: int, value: int) -> Path:
    """Write a copy with another 32-bit number in its descriptor."""
    data = bytearray(library.read_bytes())
    start = data.index(b"FXPLUGIN" + struct.pack("<II", 1, 96))
    struct.pack_into("<I", data, start + offset, value)
    target.write_bytes(data)
    return target


def with_trait(library: Path, target: Path, value: int) -> Path:
    """Write a copy with another size of Text, the trait behind the order of bytes."""
    data = bytearray(library.read_bytes())
    start = data.index(struct.pack("<Q", 1234)) + 16
    assert struct.unpack_from("<Q", data, start) == (16,)
    struct.pack_into("<Q", data, start, value)
    target.write_bytes(data)
    return target


def of_version(library: Path, target: Path, version: str) -> Path:
    """Write a copy that says that it is of another version."""
    return patched(library, target, (b"\0001.0.0\0", b"\0" + version.encode() + b"\0"))


def of_name(library: Path, target: Path, name: str) -> Path:
    """Write a copy that has another name, of four letters."""
    return patched(library, target, (b"\0shop\0", b"\0" + name.encode() + b"\0"))
