"""Random programs run in two ways at a time, and the ways must agree to the last bit.

The plain plan with the plain kernels, one request after the other, is the truth; the optimised plan is run at
each SIMD level, with other chunks and threads, on a flat table, shuffled, and in hostile layouts.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from feature_extractor import _native
from feature_extractor.check.typed import CheckedProgram, Feature, Input
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.layouts import LAYOUTS
from feature_extractor.testing.programs import PLACE, Blobs, packaged, read_values, rows_of
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_array, decode

from .random_programs import Generator, check_all, random_expressions, with_names

PROGRAMS_PER_TEST = 10
EXPRESSIONS = 4
REQUESTS = 11

Columns = Mapping[str, pa.Array]


class Tables:
    """Random requests with their candidates."""

    def __init__(self, source: random.Random, inputs: tuple[Input, ...]) -> None:
        sizes = [source.choice([0, 1, 1, 3, 6]) for _ in range(REQUESTS)]
        sizes[source.randrange(REQUESTS)] = 70
        self.offsets = np.cumsum([0, *sizes])
        self.owner = np.repeat(np.arange(REQUESTS), sizes)
        self.requests = self._columns(source, with_names(inputs, "request"), REQUESTS)
        # Without a column that tells them apart, equal neighbours of a flat table would be one.
        self.candidates = self._columns(source, with_names(inputs, "candidate"), len(self.owner))

    @staticmethod
    def _columns(source: random.Random, inputs: list[Input], rows: int) -> dict[str, pa.Array]:
        return {
            declared.name: arrow_array(
                [random_value(source, declared.type) for _ in range(rows)], declared.type
            )
            for declared in inputs
        }

    def taken(self, order: Sequence[int]) -> tuple[Columns, Columns, list[int], list[int]]:
        """Return the requests in another order with their candidates, and which rows those were."""
        rows = [
            row
            for request in order
            for row in range(int(self.offsets[request]), int(self.offsets[request + 1]))
        ]
        sizes = [int(self.offsets[r + 1] - self.offsets[r]) for r in order]
        offsets = np.cumsum([0, *sizes]).tolist()
        return (
            {n: a.take(pa.array(order, pa.int64())) for n, a in self.requests.items()},
            {n: a.take(pa.array(rows, pa.int64())) for n, a in self.candidates.items()},
            offsets,
            rows,
        )

    def flat(self) -> Columns:
        """Return one table: each candidate with the columns of its request."""
        owner = pa.array(self.owner)
        repeated = {name: array.take(owner) for name, array in self.requests.items()}
        return {**repeated, **self.candidates}


def _batch(columns: Columns) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _extract(
    extractor: _native.Extractor,
    parts: tuple[Columns, Columns, list[int], list[int]],
    threads: int = 1,
    chunk_rows: int = 1024,
) -> list[Blobs]:
    requests, candidates, offsets, _ = parts
    extraction = extractor.extract_request(
        _batch(requests), _batch(candidates), offsets, threads, chunk_rows
    )
    return read_values(extraction, EXPRESSIONS)


class Trial:
    """One program with its tables and its truth."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        source = random.Random(seed)
        generator = Generator(source)
        self.texts = random_expressions(generator, EXPRESSIONS)
        expressions = check_all(self.texts)
        assert expressions is not None
        self.types = [expression.type for expression in expressions]
        features = tuple(Feature(f"g{i}", "value", e, PLACE) for i, e in enumerate(expressions))
        self.program = CheckedProgram("random.fx", generator.inputs, (), features)
        self.tables = Tables(source, generator.inputs)
        self.source = source

    def run(self) -> None:
        """Compare all ways to run the program with the plainest one."""
        try:
            plain = packaged(self.program, False)
            optimised = packaged(self.program, True)
        except PlanError as error:
            # The language promises a plan for what the checker accepts, but for constants that the core refuses.
            if error.diagnostics[0].code == "FX176":
                return
            raise AssertionError(f"seed {self.seed}: {error}: {self.texts}") from None
        try:
            reference = _native.load_package(plain, True, 0, True)[0]
            levels = [_native.load_package(optimised, True, level, False)[0] for level in range(3)]
        except EngineError as error:
            if error.code == "invalid_argument":
                return  # A constant argument, such as a pattern, that an operator cannot bind.
            raise AssertionError(f"seed {self.seed}: {error}: {self.texts}") from None
        whole = self.tables.taken(range(REQUESTS))
        self.truth = [rows_of(blobs) for blobs in _extract(reference, whole)]
        every = list(range(len(self.tables.owner)))
        for level, extractor in enumerate(levels):
            chunk = (1024, 7, 1)[level]
            found = _extract(extractor, whole, 1 + level % 2, chunk)
            self.same(f"SIMD level {level}, chunks of {chunk}", found, every)
        self.same("the plain plan", _extract(_native.load_package(plain, True, 2)[0], whole), every)
        self.same("two threads", _extract(levels[2], whole, 2, 16), every)
        shuffled = self.tables.taken(self.source.sample(range(REQUESTS), REQUESTS))
        self.same("shuffled", _extract(levels[2], shuffled), shuffled[3])
        for request in (0, REQUESTS // 2):
            one = self.tables.taken([request])
            self.same("one request", _extract(levels[1], one), one[3])
        for name in self.source.sample(sorted(LAYOUTS), 3):
            layout = LAYOUTS[name]
            hostile = tuple({n: layout(a) for n, a in columns.items()} for columns in whole[:2])
            found = _extract(levels[2], (*hostile, whole[2], whole[3]))
            self.same(name, found, every)
        flat = _batch(self.tables.flat())
        found = read_values(levels[2].extract(flat, 2, 64)[0], EXPRESSIONS)
        self.same("flat table", found, every)
        row = self.source.choice(every)
        found = read_values(levels[0].extract(flat.slice(row, 1), 1, 64)[0], EXPRESSIONS)
        self.same("one row of the flat table", found, [row])

    def same(self, how: str, found: Sequence[Blobs], rows: Sequence[int]) -> None:
        """Fail where a value differs from the truth in any bit."""
        for i, blobs in enumerate(found):
            got = rows_of(blobs)
            assert len(got) == len(rows), (
                f"seed {self.seed}, {how}: {len(got)} rows: {self.texts[i]}"
            )
            for value, row in zip(got, rows, strict=True):
                if value != self.truth[i][row]:
                    shown: list[Any] = [
                        decode(v, self.types[i]) for v in (value, self.truth[i][row])
                    ]
                    raise AssertionError(
                        f"seed {self.seed}, {how}, row {row}: gave {shown[0]!r}, but the plainest way "
                        f"{shown[1]!r}\n{self.texts[i]}"
                    )


@pytest.mark.parametrize("first", range(0, 150, PROGRAMS_PER_TEST))
def test_ways_agree(first: int) -> None:
    for seed in range(first, first + PROGRAMS_PER_TEST):
        Trial(seed).run()


@pytest.mark.slow
def test_many_ways_agree() -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "1000"))
    for seed in range(first, first + 3000):
        Trial(seed).run()
