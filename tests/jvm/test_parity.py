"""The JVM gives the bits of Python: for every operator's cases, and for random programs."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_extractor import _native
from feature_extractor.check.typed import CheckedProgram, Feature, Input
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.case_file import read_cases
from feature_extractor.testing.operator_file import OperatorFile
from feature_extractor.testing.programs import (
    PLACE,
    Blobs,
    compile_groups,
    packaged,
    read_values,
    record_batch,
    rows_of,
)
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_array
from feature_extractor.types import ScalarType, Type
from operators.random_programs import Generator, check_all, random_expressions, with_names

from .java import GROUPS, MAPS, PAIR, TABLE, Answer, JavaProcess, Table

FAMILIES = Path(__file__).parents[1] / "operators"
NAMES = sorted({path.parent.name for path in FAMILIES.glob("*/*.test")})
EXPRESSIONS = 4
PROGRAMS = 40


def _same(how: str, answer: Answer, truth: list[Blobs], shown: list[str]) -> None:
    for i, (column, (data, offsets)) in enumerate(zip(answer.columns, truth, strict=True)):
        if column.values == data and np.array_equal(column.offsets, offsets):
            continue
        got, wanted = rows_of((column.values, column.offsets)), rows_of((data, offsets))
        assert len(got) == len(wanted), f"{how}: {len(got)} rows of {len(wanted)}: {shown[i]}"
        row = next(r for r, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b)
        raise AssertionError(
            f"{how}, row {row}: {got[row].hex()}, not {wanted[row].hex()}: {shown[i]}"
        )


@pytest.mark.parametrize("family", NAMES)
def test_operator_cases(java: JavaProcess, family: str) -> None:
    for path in sorted((FAMILIES / family).glob("*.test")):
        file = OperatorFile(read_cases(path), path.parent)
        assert not file.failures, file.failures[:3]
        for group in file.groups:
            group.rows.append([None] * len(group.types))
        count = max(len(group.rows) for group in file.groups)
        types: dict[str, Type] = {"anchor": ScalarType()}
        columns: list[list[Any]] = [list(range(count))]
        for i, group in enumerate(file.groups):
            for j, type_ in enumerate(group.types):
                types[f"g{i}_{j}"] = type_
                columns.append([group.rows[row % len(group.rows)][j] for row in range(count)])
        program = compile_groups(file.groups, resources=file.resources)
        arrays = {
            name: arrow_array(values, types[name])
            for name, values in zip(types, columns, strict=True)
            if name != "anchor"
        }
        truth = read_values(
            program.load().extract(record_batch(arrays, count), 1, 1024)[0], program.count
        )
        table = Table(types, list(zip(*columns, strict=True)))
        for mode in (TABLE, MAPS):
            answer = java.run(
                program.package, mode, table, features=program.count, inputs=len(types)
            )
            shown = [str(group.template.key) for group in file.groups]
            _same(f"{path.stem}, mode {mode}", answer, truth, shown)


def _tables(source: random.Random, inputs: tuple[Input, ...]) -> tuple[Table, Table, list[int]]:
    sizes = [source.choice([0, 1, 1, 3, 6]) for _ in range(7)]
    sizes[source.randrange(7)] = 70
    tables = []
    for domain, rows in (("request", 7), ("candidate", sum(sizes))):
        declared = with_names(inputs, domain)
        values = [[random_value(source, one.type) for one in declared] for _ in range(rows)]
        tables.append(Table({one.name: one.type for one in declared}, values))
    return tables[0], tables[1], np.cumsum([0, *sizes]).tolist()


def _batch(table: Table) -> Any:
    import pyarrow as pa

    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.types)
    arrays = [
        arrow_array(list(values), type_)
        for values, type_ in zip(columns, table.types.values(), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, list(table.types))


@pytest.mark.parametrize("first", range(0, PROGRAMS, 10))
def test_random_programs(java: JavaProcess, first: int) -> None:
    for seed in range(first, first + 10):
        source = random.Random(seed)
        generator = Generator(source)
        texts = random_expressions(generator, EXPRESSIONS)
        expressions = check_all(texts)
        assert expressions is not None
        features = tuple(Feature(f"g{i}", "value", e, PLACE) for i, e in enumerate(expressions))
        program = CheckedProgram("random.fx", generator.inputs, (), features)
        try:
            package = packaged(program, True)
            extractor = _native.load_package(package, True, 2, False)[0]
        except (PlanError, EngineError):
            continue  # A constant that an operator refuses; the tests of Python hold it to that.
        requests, candidates, offsets = _tables(source, generator.inputs)
        extraction = extractor.extract_request(
            _batch(requests), _batch(candidates), offsets, 1, 1024
        )
        truth = read_values(extraction, EXPRESSIONS)
        for mode in (PAIR, GROUPS):
            answer = java.run(
                package, mode, requests, candidates, offsets, EXPRESSIONS, len(generator.inputs)
            )
            _same(f"seed {seed}, mode {mode}", answer, truth, texts)
        owner = np.repeat(np.arange(len(requests.rows)), np.diff(offsets))
        flat = Table(
            {**requests.types, **candidates.types},
            [
                [*requests.rows[r], *row]
                for r, row in zip(owner.tolist(), candidates.rows, strict=True)
            ],
        )
        for mode in (TABLE, MAPS):
            answer = java.run(
                package, mode, flat, features=EXPRESSIONS, inputs=len(generator.inputs)
            )
            _same(f"seed {seed}, mode {mode}", answer, truth, texts)
