"""Runs the cases of one file in every way that must not matter."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from feature_extractor import _native
from feature_extractor.check.typed import Expression, Resource
from feature_extractor.errors import CompileError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.case_file import Case, split_outside
from feature_extractor.testing.layouts import LAYOUTS, Layout, garbage, plain, shifted
from feature_extractor.testing.programs import (
    Blobs,
    CaseError,
    CaseProgram,
    Group,
    all_request,
    check_expression,
    compile_constants,
    compile_groups,
    constant_form,
    even_request,
    odd_request,
    parametrise,
    read_values,
    record_batch,
    rows_of,
)
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_array, decode, encode, parse_value
from feature_extractor.types import Type

LAW_ROWS = 96
"""Random rows that each law is tried on."""


class OperatorFile:
    """The cases of a file, compiled together: cases of one structure share an expression."""

    def __init__(self, cases: Sequence[Case], root: Path | None = None) -> None:
        self._root = root
        self._resources: dict[str, Resource] = {}
        self.failures: list[str] = []
        self.groups: list[Group] = []
        self._by_key: dict[Any, int] = {}
        self.expected: dict[tuple[int, int], tuple[Case, bytes]] = {}
        self.laws: list[tuple[list[tuple[int, int]], Case]] = []
        self._constants: list[tuple[Case, Any, bytes]] = []
        for case in cases:
            try:
                self._add(case)
            except (CaseError, ValueError, CompileError, PlanError) as error:
                self.fail(case, f"does not compile: {error}")

    def fail(self, case: Case, why: str) -> None:
        """Keep a failure; all of a file are told together."""
        self.failures.append(f"{case.place}: {case.expression}\n    {why}")

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources that the cases read."""
        return tuple(self._resources.values())

    def _check(self, case: Case, expression: str) -> tuple[Expression, dict[str, Type]]:
        typed, types, resources = check_expression(
            expression, case.bindings, declarations=case.declarations, root=self._root
        )
        self._resources.update({resource.name: resource for resource in resources})
        return typed, types

    def _add(self, case: Case) -> None:
        if case.is_law:
            self._add_law(case)
            return
        typed, types = self._check(case, case.expression)
        named = {b.name: parse_value(b.literal, types[b.name]) for b in case.bindings}
        wanted = encode(parse_value(case.expected, typed.type), typed.type)
        for in_lambdas in (True, False):
            template, values = parametrise(typed, named, in_lambdas=in_lambdas)
            group = self._group(template)
            rows = self.groups[group].rows
            self.expected[group, len(rows)] = (case, wanted)
            rows.append(values)
            if "lambda" not in str(template.key):
                break
        form = constant_form(typed, named)
        if form is not None:
            self._constants.append((case, form, wanted))

    def _add_law(self, case: Case) -> None:
        """Add a law: a condition, or two sides of any type that must have the same bits."""
        sides = split_outside(case.expression, " == ")
        try:
            checked = [self._check(case, case.expression)]
        except CaseError:
            if len(sides) != 2:
                raise
            checked = [self._check(case, side) for side in sides]
        types = checked[0][1]
        source = random.Random(case.place.rpartition(":")[0] + case.expression)
        rows = [
            {name: random_value(source, type_) for name, type_ in types.items()}
            for _ in range(LAW_ROWS)
        ]
        places: list[tuple[int, int]] = []
        for typed, _ in checked:
            filled = [parametrise(typed, named) for named in rows]
            group = self._group(filled[0][0])
            places.append((group, len(self.groups[group].rows)))
            self.groups[group].rows.extend(values for _, values in filled)
        self.laws.append((places, case))

    def _group(self, template: Any) -> int:
        index = self._by_key.get(template.key)
        if index is None:
            index = self._by_key[template.key] = len(self.groups)
            self.groups.append(Group(template))
        return index

    # ---- constants -------------------------------------------------------------------------------

    def check_constants(self) -> None:
        """Compute each case from literals, folded by the compiler and again by the engine."""
        row = pa.RecordBatch.from_pydict({"anchor": [0]})
        for optimise in (True, False):
            good = []
            for case, form, wanted in self._constants:
                good.append((case, form, wanted))
            try:
                program = compile_constants(
                    [form for _, form, _ in good], optimise=optimise, resources=self.resources
                )
            except PlanError:
                # One by one, to tell which of them the core refuses.
                for case, form, _ in good:
                    try:
                        compile_constants([form], optimise=optimise, resources=self.resources)
                    except PlanError as error:
                        self.fail(case, f"as a constant: {error}")
                continue
            found = read_values(program.load().extract(row, 1, 1024)[0], program.count)
            for (case, _, wanted), blobs in zip(good, found, strict=True):
                how = "folded" if optimise else "as a constant"
                self._compare(case, how, rows_of(blobs)[0], wanted)

    def _compare(self, case: Case, how: str, got: bytes, wanted: bytes) -> None:
        if got == wanted:
            return
        group = next((g for (g, _), (c, _) in self.expected.items() if c is case), None)
        shown = got.hex()
        if group is not None:
            shown = repr(decode(got, self.groups[group].result))
        self.fail(case, f"{how}: gave {shown}, expected {case.expected}")

    # ---- columns ---------------------------------------------------------------------------------

    def check_columns(self) -> None:
        """Compute the cases as columns, then again in all layouts, levels, chunks and domains."""
        if not self.groups:
            return
        for group in self.groups:
            width = len(group.types)
            example = group.rows[0]
            group.rows.append([None] * width)
            for hole in range(width):
                group.rows.append([None if i == hole else x for i, x in enumerate(example)])
        self.base = [
            [
                arrow_array([row[i] for row in group.rows], type_)
                for i, type_ in enumerate(group.types)
            ]
            for group in self.groups
        ]
        plain_program = compile_groups(self.groups, optimise=False, resources=self.resources)
        count = max(len(group.rows) for group in self.groups)
        self.truth: list[list[bytes]] = []
        found = self._run(plain_program.load(0, True), plain_program, self._indices(count, 1))
        for group, blobs in zip(self.groups, found, strict=True):
            self.truth.append(rows_of(blobs)[: len(group.rows)])
        self._check_expected()
        self._check_layouts(plain_program)
        self._check_requests()
        self._check_products()

    def _check_expected(self) -> None:
        for (group, row), (case, wanted) in self.expected.items():
            self._compare(case, "as a column", self.truth[group][row], wanted)
        for places, case in self.laws:
            sides = [self.truth[group][first : first + LAW_ROWS] for group, first in places]
            group, first = places[0]
            result = self.groups[group].result
            if len(sides) == 2:
                held = [left == right for left, right in zip(*sides, strict=True)]
            else:
                held = [decode(blob, result) for blob in sides[0]]
                if True not in held:
                    self.fail(case, "the law held for no row: its condition was never true")
            if False in held:
                row = held.index(False)
                shown = [
                    decode(s[row], self.groups[g].result)
                    for s, (g, _) in zip(sides, places, strict=True)
                ]
                inputs = self.groups[group].rows[first + row]
                self.fail(case, f"the law does not hold for {inputs!r}: {shown!r}")

    def _case_of(self, group: int) -> Case:
        """Return a case that has the expression of a group."""
        for (number, _), (case, _) in self.expected.items():
            if number == group:
                return case
        return next(case for places, case in self.laws if group in [g for g, _ in places])

    def _indices(self, rows: int, stride: int, start: int = 0) -> list[np.ndarray[Any, Any]]:
        """For each group, which of its rows stands at each row of the table."""
        positions = np.arange(rows)
        return [(positions * stride + start) % len(group.rows) for group in self.groups]

    def _run(
        self,
        extractor: _native.Extractor,
        program: CaseProgram,
        indices: Sequence[np.ndarray[Any, Any]],
        layout: Layout = plain,
        threads: int = 1,
        chunk_rows: int = 1024,
    ) -> list[Blobs]:
        columns = {}
        for i, arrays in enumerate(self.base):
            for j, array in enumerate(arrays):
                columns[f"g{i}_{j}"] = layout(array.take(pa.array(indices[i])))
        batch = record_batch(columns, len(indices[0]))
        return read_values(extractor.extract(batch, threads, chunk_rows)[0], program.count)

    def _same(
        self, how: str, found: Sequence[Blobs], indices: Sequence[np.ndarray[Any, Any]]
    ) -> None:
        for i, (blobs, index) in enumerate(zip(found, indices, strict=True)):
            truth = self.truth[i]
            wanted = [truth[k] for k in index.tolist()]
            if blobs[0] == b"".join(wanted) and len(blobs[1]) == len(wanted) + 1:
                continue
            got = rows_of(blobs)
            for row, (a, b) in enumerate(zip(got, wanted, strict=False)):
                if a != b:
                    self._differs(how, i, int(index[row]), row, a, b)
                    break
            else:
                self.failures.append(f"group {i}: {how}: {len(got)} rows of {len(wanted)}")

    def _differs(self, how: str, i: int, at: int, row: int, got: bytes, wanted: bytes) -> None:
        group = self.groups[i]
        place = self.expected.get((i, at))
        case = place[0] if place else self._case_of(i)
        self.fail(
            case,
            f"{how}, row {row}, inputs {group.rows[at]!r}: gave {decode(got, group.result)!r}, "
            f"but row by row {decode(wanted, group.result)!r}",
        )

    def _check_layouts(self, plain_program: CaseProgram) -> None:
        program = compile_groups(self.groups, resources=self.resources)
        levels = {level: program.load(level) for level in (0, 1, 2)}
        reference = program.load(2, True)
        for number, (name, layout) in enumerate(LAYOUTS.items()):
            indices = self._indices(65, (1, 3, 7)[number % 3], number)
            level, chunk = number % 3, (1024, 7, 1, 64)[number % 4]
            found = self._run(levels[level], program, indices, layout, chunk_rows=chunk)
            self._same(f"{name}, 65 rows, SIMD level {level}, chunks of {chunk}", found, indices)
        indices = self._indices(4097, 1)
        self._same("4,097 rows", self._run(levels[2], program, indices), indices)
        indices = self._indices(1025, 5, 2)
        found = self._run(levels[1], program, indices, garbage, chunk_rows=1023)
        self._same("1,025 rows, SIMD level 1, garbage behind nulls", found, indices)
        found = self._run(levels[0], program, indices, shifted(7), chunk_rows=7)
        self._same("1,025 rows, SIMD level 0, chunks of 7", found, indices)
        found = self._run(reference, program, indices, chunk_rows=64)
        self._same("1,025 rows, plain kernels", found, indices)
        found = self._run(plain_program.load(2), plain_program, indices)
        self._same("1,025 rows, no optimisation", found, indices)
        most = max(len(group.rows) for group in self.groups)
        for k in range(min(most, 24)):
            indices = [np.full(65, k % len(group.rows)) for group in self.groups]
            found = self._run(levels[2], program, indices)
            self._same("65 equal rows", found, indices)
        indices = self._indices(most, 1)
        columns = {
            f"g{i}_{j}": array.take(pa.array(indices[i]))
            for i, arrays in enumerate(self.base)
            for j, array in enumerate(arrays)
        }
        batch = record_batch(columns, most)
        for row in range(min(most, 40)):
            extraction = levels[row % 3].extract(batch.slice(row, 1), 1, 1024)[0]
            here = [index[row : row + 1] for index in indices]
            self._same("one row, sliced", read_values(extraction, program.count), here)

    def _check_requests(self) -> None:
        program = compile_groups(self.groups, all_request, resources=self.resources)
        extractor = program.load()
        for rows, threads, chunk in ((65, 2, 7), (1025, 2, 100), (65, 1, 1)):
            indices = self._indices(rows, 3, 1)
            found = self._run(extractor, program, indices, plain, threads, chunk)
            self._same(f"{rows} requests, {threads} threads, chunks of {chunk}", found, indices)

    def _check_products(self) -> None:
        """Let some inputs come from the request, shared by its candidates; also as a flat table."""
        source = random.Random(len(self.groups))
        requests = 9
        sizes = [source.choice([0, 1, 2, 5, 12]) for _ in range(requests)]
        sizes[3], sizes[6] = 0, 40
        offsets = np.cumsum([0, *sizes])
        owner = np.repeat(np.arange(requests), sizes)
        rows = len(owner)
        program = compile_groups(self.groups, optimise=False, resources=self.resources)
        reference = program.load(0, True)
        for placement in (even_request, odd_request):
            request_index = [
                np.array([source.randrange(len(group.rows)) for _ in range(requests)])
                for group in self.groups
            ]
            candidate_index = [
                np.array([source.randrange(len(group.rows)) for _ in range(rows)])
                for group in self.groups
            ]
            request_columns, candidate_columns, flat = {}, {}, {}
            for i, arrays in enumerate(self.base):
                for j, array in enumerate(arrays):
                    name = f"g{i}_{j}"
                    if placement(i, j) == "request":
                        held = request_columns[name] = array.take(pa.array(request_index[i]))
                        flat[name] = held.take(pa.array(owner))
                    else:
                        flat[name] = candidate_columns[name] = array.take(
                            pa.array(candidate_index[i])
                        )
            flat_batch = record_batch(flat, rows)
            truth = read_values(reference.extract(flat_batch, 1, 1024)[0], program.count)
            mixed = compile_groups(self.groups, placement, resources=self.resources)
            candidates = record_batch(candidate_columns, rows)
            one_request = pa.RecordBatch.from_pydict(request_columns) if request_columns else None
            for level, threads, chunk in ((2, 1, 1024), (0, 2, 7), (1, 2, 16)):
                extractor = mixed.load(level)
                how = f"{placement.__name__}, SIMD level {level}, {threads} threads, chunks of {chunk}"
                if one_request is not None:
                    extraction = extractor.extract_request(
                        one_request, candidates, offsets.tolist(), threads, chunk
                    )
                    self._equal(how, read_values(extraction, mixed.count), truth)
                extraction = extractor.extract(flat_batch, threads, chunk)[0]
                self._equal(f"flat table, {how}", read_values(extraction, mixed.count), truth)

    def _equal(self, how: str, found: Sequence[Blobs], truth: Sequence[Blobs]) -> None:
        for i, (a, b) in enumerate(zip(found, truth, strict=True)):
            if a[0] == b[0] and np.array_equal(a[1], b[1]):
                continue
            got, wanted = rows_of(a), rows_of(b)
            row = next((r for r, (x, y) in enumerate(zip(got, wanted, strict=False)) if x != y), -1)
            case = self._case_of(i)
            result = self.groups[i].result
            self.fail(
                case,
                f"{how}, row {row}: gave {decode(got[row], result)!r}, but all per candidate "
                f"{decode(wanted[row], result)!r}",
            )
