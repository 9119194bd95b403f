"""Calls each overload with hostile arguments; run as a process of its own, which a crash or a hang may end.

    hostile_calls.py FIRST LAST ROWS LARGE SEED

tries the overloads from the first to before the last, with values of up to LARGE bytes. It prints a line before each
(``try NUMBER SIGNATURE``) and after it (``done NUMBER`` or ``differs NUMBER WHAT``), so that a reader knows where it
stopped.
"""

from __future__ import annotations

import os
import random
import resource
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from feature_extractor import _native
from feature_extractor import registry as signatures
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import CheckedProgram, Feature, Input
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.layouts import garbage
from feature_extractor.testing.programs import PLACE, packaged, read_values, registry
from feature_extractor.testing.values import arrow_array
from feature_extractor.types import (
    SCALARS,
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

from operators.random_programs import Producer, Unfit
from operators.wide_programs import WideGenerator

MEMORY: Final = 6 << 30
"""Bytes of address space; what an operator asks for beyond that is a failure."""
MANY_CHUNKS: Final = (1, 7, 1024)

_MIN, _MAX = -(2**63), 2**63 - 1
_SCALARS: Final[dict[str, list[Any]]] = {
    "bool": [True, False],
    "int": [0, 1, -1, 2, 64, 2**31, 2**53 + 1, _MAX, _MAX - 1, _MIN, _MIN + 1],
    "float": [0.0, -0.0, 5e-324, -5e-324, 2.3e-308, 1.0, -1.0, 0.5, 1e18, -9.3e18, 1.7976931348623157e308],
    "string": ["", "\0", "a", "\U0010ffff" * 40, "e\u0301" * 50, "[[[[" * 200, "%" * 300, "1e999", "-" * 99],
    "bytes": [b"", b"\0", b"\xff\xfe\x80", bytes(range(256)) * 4],
    "timestamp": [0, 1, -1, _MAX, _MIN, 253_402_300_799_999_999, -62_135_596_800_000_001],
    "duration": [0, 1, -1, _MAX, _MIN, 86_400_000_000, -86_400_000_001],
}  # fmt: skip
_SCALARS["float"] += [-1.7976931348623157e308, float("nan"), float("inf"), float("-inf")]
_FLOATS32: Final = [0.0, -0.0, 1e-45, 3.4028234663852886e38, -3.4028234663852886e38, 1.0]


def value(source: random.Random, type_: Type) -> Any:
    """Return a hostile value of ordinary size."""
    if type_.nullable and source.random() < 0.15:
        return None
    match type_:
        case ScalarType():
            return source.choice(_SCALARS[type_.name])
        case VectorType():
            same = source.random() < 0.5
            first = source.choice(_FLOATS32)
            return [first if same else source.choice(_FLOATS32) for _ in range(type_.size)]
        case ListType():
            size = source.choice([0, 0, 1, 2, 5, 40])
            return [value(source, type_.element) for _ in range(size)]
        case MapType():
            # Equal keys are meant: an input may hold a key twice.
            size = source.choice([0, 1, 2, 9])
            return [
                (value(source, type_.key.with_nullable(False)), value(source, type_.value))
                for _ in range(size)
            ]
        case StructType():
            return {name: value(source, field) for name, field in type_.fields}
    raise AssertionError(str(type_))


def enormous_value(source: random.Random, type_: Type, size: int) -> Any:
    """Return a text of ``size`` bytes, or a list or map with a tenth as many values in all.

    Elements that are lists themselves are fewer: the memory is for the call, not for building what it is given.
    """

    def repeated(few: list[Any]) -> int:
        return max(1, size // 10 * len(few) // sum(map(_weight, few)))

    match type_:
        case ScalarType(name="string"):
            unit = source.choice(["a", "ab ", "é", "[", "1,", "\u0301", "日"])
            return (unit * size)[: size // len(unit.encode())]
        case ScalarType(name="bytes"):
            return b"\xff" * size
        case ListType():
            few = [value(source, type_.element) for _ in range(source.choice([1, 50]))]
            return [few[i % len(few)] for i in range(repeated(few))]
        case MapType(key=ScalarType(name="int")):
            few = [value(source, type_.value) for _ in range(5)]
            return [(i, few[i % 5]) for i in range(repeated(few))]
        case MapType(key=ScalarType(name="string")):
            few = [value(source, type_.value) for _ in range(5)]
            return [(str(i), few[i % 5]) for i in range(repeated(few))]
    return value(source, type_)


def _weight(held: Any) -> int:
    """Return about how many numbers take as much memory as a value."""
    match held:
        case str() | bytes():
            return 1 + len(held) // 16
        case list() | tuple():
            return 1 + sum(map(_weight, held))
        case dict():
            return sum(map(_weight, held.values()))
    return 1


class HostileGenerator(WideGenerator):
    """Writes one call whose arguments are inputs of their own, named ``x0``, ``x1``, ..."""

    def __init__(self, source: random.Random) -> None:
        super().__init__(source)
        self.columns: list[Type] = []

    def aimed_alone(self, target: Producer) -> str:
        """Return a call of an overload; a table is read by a field of it."""
        result = target.signature.result
        if any(
            isinstance(p.pattern, signatures.ResourcePattern) and p.pattern.kind == "table"
            for p in target.signature.parameters
        ):
            name = result.name if isinstance(result, signatures.ScalarPattern) else "float"
            return self._table_field(name, 1)
        return self.call(target, {}, 1, ())

    def write(self, wanted: Type, depth: int, scope: tuple[tuple[str, Type], ...]) -> str:
        if scope:  # In a lambda: its variable where that fits, and a simple value otherwise.
            return self._leaf(wanted, scope)
        self.columns.append(wanted)
        return f"x{len(self.columns) - 1}"

    def _join(
        self, name: str, element: Type, depth: int, scope: tuple[tuple[str, Type], ...]
    ) -> str:
        return self._leaf(SCALARS["bool"], (*scope, (name, element)))

    def _leaf(self, wanted: Type, scope: tuple[tuple[str, Type], ...]) -> str:
        name, element = scope[-1]
        if element == wanted:
            return name
        if isinstance(element, StructType):
            fields = [f"{name}.{field}" for field, type_ in element.fields if type_ == wanted]
            if fields:
                return fields[0]
        return self._literal(wanted)


def _column(values: list[Any], type_: Type) -> pa.Array:
    array = arrow_array(values, type_)
    if pa.types.is_string(array.type) and len(values) > 3:
        # Arrow does not look at the bytes of a text: the reader must.
        raw = [None if v is None else v.encode() for v in values]
        raw[1], raw[2], raw[3] = b"\xff\xfe", b"ok\xc3", b"\xed\xa0\x80"
        return pa.array(raw, pa.binary()).view(pa.string())
    return array


def attempt(producer: Producer, seed: int, rows: int, large: int) -> str:
    """Call an overload with hostile columns in all ways; return what differs, or an empty text."""
    source = random.Random(seed)
    made = None
    for _ in range(40):
        generator = HostileGenerator(source)
        try:
            text = generator.aimed_alone(producer)
            made = _loaded(generator, text)
        except (Unfit, PlanError, EngineError) as error:
            # Constants that hang together, such as points and values, may be refused.
            if isinstance(error, EngineError) and error.code != "invalid_argument":
                raise
            continue
        if made is not None:
            break
    if made is None:
        return "no call of it is accepted"
    inputs, plain, ways = made
    types = [declared.type for declared in inputs if declared.name != "anchor"]
    columns = []
    for type_ in types:
        column = [value(source, type_) for _ in range(rows)]
        column[0] = None
        columns.append(column)
    enormous = [enormous_value(source, type_, large) for type_ in types]
    for i in range(len(types)):  # Each enormous one beside ordinary ones, then all of them.
        for j, column in enumerate(columns):
            column.append(enormous[j] if i == j else value(source, types[j]))
    for j, column in enumerate(columns):
        column.append(enormous[j])
    count = len(columns[0]) if columns else rows
    arrays = [_column(c, t) for c, t in zip(columns, types, strict=True)]
    names = ["anchor", *(f"x{i}" for i in range(len(types)))]
    anchor = pa.array(np.arange(count))
    batch = pa.RecordBatch.from_arrays([anchor, *arrays], names)
    truth = _values(plain, batch, 1, 1024)
    for level, extractor in enumerate(ways):
        found = _values(extractor, batch, 1, MANY_CHUNKS[level])
        if found is not None and truth is not None and found != truth:
            return f"SIMD level {level} gives other values: {text}"
    few = batch.slice(0, rows)
    # Texts that are no UTF-8 cannot be laid out again by way of Python.
    dirty = [
        c if pa.types.is_string(c.type) else garbage(pa.concat_arrays([c])) for c in few.columns
    ]
    hidden = pa.RecordBatch.from_arrays(dirty, names)
    if _values(plain, few, 1, 1024) != _values(ways[2], hidden, 2, 7):
        return f"garbage behind nulls changes a value: {text}"
    return ""


def _values(
    extractor: _native.Extractor, batch: pa.RecordBatch, threads: int, chunk_rows: int
) -> tuple[bytes, list[int]] | None:
    """Return the values of all rows; None where they are more than the memory or the engine takes,
    which it says.
    """
    try:
        extraction = extractor.extract(batch, threads, chunk_rows)[0]
    except EngineError as error:
        if error.code == "out_of_memory" or "Pass a smaller chunk_rows" in str(error):
            return None
        raise RuntimeError(f"{error.code}: {error}") from error
    data, offsets = read_values(extraction, 1)[0]
    return data, offsets.tolist()


def _loaded(
    generator: HostileGenerator, text: str
) -> tuple[tuple[Input, ...], _native.Extractor, list[_native.Extractor]] | None:
    """Return the inputs of a call, its plain form and that of each SIMD level; None where it is refused."""
    fields = "".join(f"    x{i}: {type_}?\n" for i, type_ in enumerate(generator.columns))
    program = f"{_header()}input candidate {{\n    anchor: int\n{fields}}}\nlet y = {text}\n"
    analysis = analyse_text(program, registry(), "<hostile>", generator.root)
    if analysis.program is None or isinstance(analysis.values["y"].type, StructType):
        return None
    feature = Feature("y", "value", analysis.values["y"], PLACE)
    inputs, resources = analysis.program.inputs, analysis.program.resources
    package = packaged(CheckedProgram("hostile.fx", inputs, resources, (feature,)), True)
    ways = [_native.load_package(package, True, level, False)[0] for level in range(3)]
    return inputs, _native.load_package(package, True, 0, True)[0], ways


def _header() -> str:
    return WideGenerator.declarations.partition("input")[0]


def overloads() -> list[Producer]:
    """Return all overloads, in the order of the registry."""
    return WideGenerator(random.Random(0)).targets


def main(first: int, last: int, rows: int, large: int, seed: int) -> None:
    """Try overloads, and tell where it stands."""
    if "FEATURE_EXTRACTOR_SANITIZED_CORE" not in os.environ:  # A sanitizer maps terabytes.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    targets = overloads()
    for number in range(first, last):
        producer = targets[number]
        print(f"try {number} {producer.signature.show(producer.name)}", flush=True)
        if os.environ.get("FEATURE_EXTRACTOR_HOSTILE_CRASH") == str(number):
            os.abort()  # For the test of the watchdog.
        try:
            told = attempt(producer, 10_000 * seed + number, rows, large)
        except RuntimeError as error:
            told = str(error)
        print(f"differs {number} {told}" if told else f"done {number}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:6]))
