"""Finds a JDK, compiles the Java of the project with it, and runs jobs in one Java process."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from feature_extractor.types import ListType, MapType, ScalarType, StructType, Type, VectorType

ROOT = Path(__file__).parents[2]
CORE = ROOT / "jvm_bindings/core"
LIBRARY = ROOT / "build/libfeature_extractor_jni.so"
PATH_PROPERTY = f"-Dorg.featureextractor.library.path={LIBRARY}"
OLDEST_JAVA = 17
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of a Java machine that lives for a minute: the optimising compiler would cost more than it saves."""


@cache
def java_home() -> Path | None:
    """Return the folder of a JDK that is new enough, or None."""
    candidates = [os.environ.get("JAVA_HOME", ""), shutil.which("javac") or ""]
    candidates += [str(path) for path in sorted(Path("/usr/lib/jvm").glob("*"))]
    for candidate in filter(None, candidates):
        path = Path(candidate).resolve()
        home = path.parents[1] if path.name == "javac" else path
        compiler = home / "bin/javac"
        if not compiler.exists():
            continue
        run = subprocess.run([compiler, "-version"], capture_output=True, text=True, check=False)
        version = re.search(r"javac (\d+)", run.stdout + run.stderr)
        if version and int(version[1]) >= OLDEST_JAVA:
            return home
    return None


def missing() -> str:
    """Return what stands in the way of running Java here; empty where nothing does."""
    if java_home() is None:
        return f"no JDK {OLDEST_JAVA} or later: install one, or set JAVA_HOME"
    if not LIBRARY.exists():
        return f"{LIBRARY.relative_to(ROOT)} is not built: run `make jars`"
    return ""


def tool(name: str) -> str:
    """Return the path of a program of the JDK."""
    home = java_home()
    assert home is not None
    return str(home / "bin" / name)


def compile_classes(folder: Path) -> Path:
    """Compile the library and the programs that tests run; return the folder of the classes."""
    sources = sorted((CORE / "src/main/java").rglob("*.java"))
    sources += sorted((CORE / "src/test/java/org/featureextractor/parity").rglob("*.java"))
    options = ["-Xlint:all", "-Werror", "--release", str(OLDEST_JAVA), "-d", str(folder)]
    command = [tool("javac"), *(f"-J{option}" for option in SHORT_LIVED), *options]
    run = subprocess.run(
        [*command, *map(str, sources)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


# ---- jobs and answers ----------------------------------------------------------------------------

TABLE, MAPS, PAIR, GROUPS, MESSAGES, DIRECT_MESSAGES = range(6)
"""How rows are handed over; see ParityRunner.Mode."""


@dataclass
class Table:
    """Rows of Python values, by the names and types of the columns."""

    types: Mapping[str, Type]
    rows: Sequence[Sequence[Any]]

    def to_bytes(self) -> bytes:
        """Return the table as ParityRunner reads it."""
        parts = [struct.pack("<I", len(self.types))]
        parts += [_sized(name.encode()) for name in self.types]
        parts.append(struct.pack("<I", len(self.rows)))
        types = list(self.types.values())
        for row in self.rows:
            parts += [_value(x, type_) for x, type_ in zip(row, types, strict=True)]
        return b"".join(parts)


NO_TABLE = Table({}, [])


@dataclass
class Column:
    """A feature as Java saw it."""

    kind: int
    defaulted: int
    offsets: np.ndarray[Any, Any]
    values: bytes
    weights: bytes


@dataclass
class Answer:
    """What Java extracted."""

    rows: int
    requests: int
    columns: list[Column]
    counts: list[tuple[int, ...]]
    digests: list[str]
    """Of the columns, then of the rows."""
    records: tuple[bytes, bytes]
    """The SHA-256 of the rows as TFRecord, as examples and as sequence examples."""


class JavaError(Exception):
    """The Java side threw an exception."""


def _sized(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


_FORMATS = {"bool": "<?", "int": "<q", "timestamp": "<q", "duration": "<q", "float": "<d"}


def _value(value: Any, type_: Type) -> bytes:
    if value is None:
        return b"\0"
    match type_:
        case ScalarType(name="string"):
            return b"\1" + _sized(value.encode())
        case ScalarType(name="bytes"):
            return b"\1" + _sized(value)
        case ScalarType():
            return b"\1" + struct.pack(_FORMATS[type_.name], value)
        case VectorType():
            return b"\1" + struct.pack(f"<{type_.size}f", *value)
        case ListType():
            items = b"".join(_value(item, type_.element) for item in value)
            return b"\1" + struct.pack("<I", len(value)) + items
        case MapType():
            pairs = value.items() if isinstance(value, dict) else value
            parts = [_value(k, type_.key) + _value(v, type_.value) for k, v in pairs]
            return b"\1" + struct.pack("<I", len(parts)) + b"".join(parts)
        case StructType():
            return b"\1" + b"".join(_value(value[name], field) for name, field in type_.fields)
    raise AssertionError(f"{type_} has no bytes")


class JavaProcess:
    """One Java process that answers jobs, with the checks of JNI switched on."""

    def __init__(self, classes: Path, folder: Path) -> None:
        jobs, answers = folder / "jobs", folder / "answers"
        os.mkfifo(jobs)
        os.mkfifo(answers)
        self.output = folder / "output.txt"
        options = ["-Xcheck:jni", "-Xmx512m", PATH_PROPERTY, "-cp", str(classes)]
        main = "org.featureextractor.parity.ParityRunner"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [tool("java"), *options, main, str(jobs), str(answers)],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._jobs: BinaryIO = self._open(jobs, "wb")
        self._answers: BinaryIO = self._open(answers, "rb")

    def _open(self, path: Path, mode: str) -> Any:
        # A pipe opens when the other end does; a process that died would never open it.
        flags = os.O_RDWR if mode == "wb" else os.O_RDONLY
        return os.fdopen(os.open(path, flags), mode, buffering=0 if mode == "wb" else 65536)

    def run(
        self,
        package: bytes,
        mode: int,
        requests: Table,
        candidates: Table = NO_TABLE,
        offsets: Sequence[int] = (),
        features: int = 0,
        inputs: int = 0,
    ) -> Answer:
        """Extract in Java; ``features`` and ``inputs`` are how many the program has."""
        bounds = struct.pack(f"<I{len(offsets)}q", len(offsets), *offsets)
        tables = requests.to_bytes() + candidates.to_bytes()
        return self._answer(_sized(package) + bytes([mode]) + tables + bounds, features, inputs)

    def run_messages(
        self,
        package: bytes,
        mode: int,
        messages: Sequence[bytes],
        features: int,
        inputs: int,
        *,
        descriptors: bytes = b"",
        name: str = "",
        candidates: str = "candidates",
    ) -> Answer:
        """Extract from messages in Java: of Protocol Buffers where the message has a name, else JSON."""
        texts = (descriptors, name.encode(), candidates.encode())
        job = _sized(package) + bytes([mode]) + b"".join(map(_sized, texts))
        job += struct.pack("<I", len(messages)) + b"".join(map(_sized, messages))
        return self._answer(job, features, inputs)

    def _answer(self, job: bytes, features: int, inputs: int) -> Answer:
        message = memoryview(_sized(job))
        while message:
            message = message[self._jobs.write(message) :]
        size = self._answers.read(4)
        if len(size) < 4:
            self._process.wait()
            raise AssertionError(f"the Java process ended:\n{self.output.read_text()[-4000:]}")
        return _answer(self._answers.read(struct.unpack("<I", size)[0]), features, inputs)

    def close(self) -> str:
        """End the process; return what it printed."""
        self._jobs.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
        return self.output.read_text()


def _answer(data: bytes, features: int, inputs: int) -> Answer:
    at = 1

    def sized() -> bytes:
        nonlocal at
        (size,) = struct.unpack_from("<I", data, at)
        at += 4 + size
        return data[at - size : at]

    if data[0] != 0:
        raise JavaError(sized().decode())
    rows, requests = struct.unpack_from("<qq", data, at)
    at += 16
    columns = []
    for _ in range(features):
        kind, defaulted = struct.unpack_from("<Bq", data, at)
        at += 9
        offsets = np.frombuffer(sized(), np.int64)
        columns.append(Column(kind, defaulted, offsets, sized(), sized()))
    counts = [struct.unpack_from("<5q", data, at + 40 * i) for i in range(inputs)]
    at += 40 * inputs
    answer = Answer(rows, requests, columns, counts, sized().decode().split(), (sized(), sized()))
    assert at == len(data)
    return answer
