"""Random features run in two ways at a time, and the ways must agree to the last bit.

The plain plan with the plain kernels, one request after the other, is the truth; the optimised plan is run at
each SIMD level, with other chunks and threads, on a flat table, shuffled, one request or one row at a time, and in
hostile layouts.

A program here is one feature: a nest of calls. Two dozen of them share a package and its tables, which makes
thousands of them cheap enough for every run. Each is aimed at one overload in turn, and each overload of the registry
must be called by at least one of them. ``FEATURE_EXTRACTOR_SEED`` and ``FEATURE_EXTRACTOR_PROGRAMS`` set the first seed
and the number of programs of the slow run.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from feature_extractor import _native
from feature_extractor.check.typed import Call, CheckedProgram, Expression, Feature, Input
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.fold import native_fold
from feature_extractor.plan.package import build_package
from feature_extractor.testing.layouts import LAYOUTS
from feature_extractor.testing.programs import (
    PLACE,
    Blobs,
    read_values,
    registry,
    rows_of,
)
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_array, decode

from .random_programs import Producer, Unfit, with_names
from .wide_programs import Checked, WideGenerator, check, every_part, values_of

EXPRESSIONS = 24
"""Features of one package."""
TESTS = 10
"""Tests of the default run; each aims at its own tenth of the overloads."""
PACKAGES_PER_TEST = 10
REQUESTS = 11
LONGEST = 1500
"""Characters of a feature."""

Named = tuple[str, int]
"""An overload: the name of its operator and its number there."""

UNREACHED: dict[Named, str] = {}
"""Overloads that no program can be made to call, each with the reason."""

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
    count: int,
    parts: tuple[Columns, Columns, list[int], list[int]],
    threads: int = 1,
    chunk_rows: int = 1024,
) -> list[Blobs]:
    requests, candidates, offsets, _ = parts
    extraction = extractor.extract_request(
        _batch(requests), _batch(candidates), offsets, threads, chunk_rows
    )
    return read_values(extraction, count)


class Trial:
    """Features over common tables, and what all ways to compute them say."""

    def __init__(
        self,
        seed: int,
        checked: Checked,
        expressions: Sequence[Expression],
        inputs: tuple[Input, ...],
    ) -> None:
        self.seed = seed
        self.checked = checked
        self.expressions = list(expressions)
        self.texts = [checked.text_of(expression) for expression in expressions]
        whole = " ".join(self.texts)
        read = set(re.findall(r"\b[rc]_\w+", whole)) | {"r_int", "c_int"}
        self.inputs = tuple(declared for declared in inputs if declared.name in read)
        self.collects = "collect(" in whole
        self.differences: dict[int, str] = {}
        self.called: Counter[Named] = Counter()

    def _package(self, optimise: bool, chosen: Sequence[Expression]) -> bytes:
        features = tuple(Feature(f"g{i}", "value", e, PLACE) for i, e in enumerate(chosen))
        program = CheckedProgram("random.fx", self.inputs, self.checked.resources, features)
        fold = native_fold(_native.evaluate_constants) if optimise else None
        package = build_package(program, registry(), _native, fold=fold, optimise=optimise)
        if len(chosen) == len(self.expressions):
            steps = (step for step in package.plan["steps"] if step["do"] == "call")
            self.called.update({(step["operator"], step["overload"]) for step in steps})
            # Of `map`, `keys` and the like no step is left.
            parts = (part for part in every_part(chosen) if isinstance(part, Call))
            self.called.update({(part.operator, part.overload) for part in parts})
        return package.to_bytes()

    def _drop_refused(self) -> None:
        """Leave features out whose constants the core refuses, such as a pattern that is none."""
        kept = []
        for i, expression in enumerate(self.expressions):
            try:
                for optimise in (False, True):
                    _native.load_package(self._package(optimise, [expression]))
            except PlanError as error:
                # The language promises a plan for what the checker accepts, but for constants that the core refuses.
                if error.diagnostics[0].code != "FX176":
                    raise AssertionError(f"seed {self.seed}: {error}: {self.texts[i]}") from None
            except EngineError as error:
                if error.code != "invalid_argument":
                    raise AssertionError(f"seed {self.seed}: {error}: {self.texts[i]}") from None
            else:
                kept.append(i)
        self.texts = [self.texts[i] for i in kept]
        self.expressions = [self.expressions[i] for i in kept]

    def run(self) -> None:
        """Compare all ways to run the features with the plainest one."""
        source = random.Random(self.seed)
        try:
            plain, optimised = (self._package(way, self.expressions) for way in (False, True))
            reference = _native.load_package(plain, True, 0, True)[0]
        except (PlanError, EngineError):
            self._drop_refused()
            if not self.expressions:
                return
            plain, optimised = (self._package(way, self.expressions) for way in (False, True))
            reference = _native.load_package(plain, True, 0, True)[0]
        levels = [_native.load_package(optimised, True, level, False)[0] for level in range(3)]
        tables = Tables(source, self.inputs)
        whole, count = tables.taken(range(REQUESTS)), len(self.texts)
        self.truth = [rows_of(blobs) for blobs in _extract(reference, count, whole)]
        every = list(range(len(tables.owner)))
        for level, extractor in enumerate(levels):
            chunk = (1024, 7, 1)[level]
            found = _extract(extractor, count, whole, 1 + level % 2, chunk)
            self._compare(f"SIMD level {level}, chunks of {chunk}", found, every)
        kernels = _native.load_package(optimised, True, 2, True)[0]
        self._compare("the plain kernels", _extract(kernels, count, whole), every)
        unoptimised = _native.load_package(plain, True, 2)[0]
        self._compare("the plain plan", _extract(unoptimised, count, whole), every)
        self._compare("two threads", _extract(levels[2], count, whole, 2, 16), every)
        shuffled = tables.taken(source.sample(range(REQUESTS), REQUESTS))
        self._compare("shuffled", _extract(levels[2], count, shuffled), shuffled[3])
        for request in (0, REQUESTS // 2):
            one = tables.taken([request])
            self._compare("one request", _extract(levels[1], count, one), one[3])
        for name in source.sample(sorted(LAYOUTS), 2):
            layout = LAYOUTS[name]
            hostile = tuple({n: layout(a) for n, a in columns.items()} for columns in whole[:2])
            found = _extract(levels[2], count, (*hostile, whole[2], whole[3]))
            self._compare(name, found, every)
        for level, share in ((2, 1.0), (1, 0.6)):
            self._from_catalogue(source, levels[level], tables, share)
        self._from_cache(levels[2], tables)
        if self.collects:
            return  # Nothing says where a request ends in a flat table: see tests/plan/test_collect.py.
        flat = _batch(tables.flat())
        found = read_values(levels[2].extract(flat, 2, 64)[0], count)
        self._compare("flat table", found, every)
        for row in source.sample(every, min(3, len(every))):
            found = read_values(levels[0].extract(flat.slice(row, 1), 1, 64)[0], count)
            self._compare("one row of the flat table", found, [row])

    def _from_catalogue(
        self, source: random.Random, extractor: _native.Extractor, tables: Tables, share: float
    ) -> None:
        """Hold a share of the candidates' columns in a catalogue; what is counted must not change either."""
        whole = tables.taken(range(REQUESTS))
        held = [name for name in tables.candidates if source.random() < share]
        if not held:
            return
        keys = {"the_key": pa.array(source.sample(range(10**6), len(tables.owner)))}
        layout = LAYOUTS[source.choice(sorted(LAYOUTS))]
        stored = _batch(keys | {name: layout(tables.candidates[name]) for name in held})
        try:
            chosen, _ = extractor.with_catalogue(stored, "the_key", False, [], 2)
        except EngineError as error:
            if "is a candidate input" not in error.message:
                raise
            return  # No feature reads these columns.
        given = keys | {n: a for n, a in tables.candidates.items() if n not in held}
        for ways in ((1, 1024), (2, 7)):
            found = chosen.extract_request(_batch(whole[0]), _batch(given), whole[2], *ways)
            self._compare_with_counts(f"catalogue of {held}", found, extractor, tables, ways)

    def _from_cache(self, extractor: _native.Extractor, tables: Tables) -> None:
        """Compute with a cache that is cold, that is warm, and that is too small for all candidates."""
        whole = tables.taken(range(REQUESTS))
        for size in (2**24, 2**14):
            caching, _ = extractor.with_cache(size, [])
            for ways in ((1, 1024), (2, 16)):
                requests, candidates = _batch(whole[0]), _batch(whole[1])
                found = caching.extract_request(requests, candidates, whole[2], *ways)
                self._compare_with_counts(f"cache of {size} bytes", found, extractor, tables, ways)

    def _compare_with_counts(
        self,
        how: str,
        found: _native.Extraction,
        extractor: _native.Extractor,
        tables: Tables,
        ways: tuple[int, int],
    ) -> None:
        """Note other bits, and refuse other counts, than without a catalogue or cache."""
        whole = tables.taken(range(REQUESTS))
        self._compare(how, read_values(found, len(self.texts)), list(range(len(tables.owner))))
        # What is collected over the candidates of requests is counted by groups of requests, so in the same chunks.
        plain = extractor.extract_request(_batch(whole[0]), _batch(whole[1]), whole[2], *ways)
        for counted in ("defaulted", "inputs", "nulls_at"):
            got, wanted = found.statistics()[counted], plain.statistics()[counted]
            assert got == wanted, f"seed {self.seed}, {how}: {counted} {got}, not {wanted}"

    def _compare(self, how: str, found: Sequence[Blobs], rows: Sequence[int]) -> None:
        """Note where a value differs from the truth in any bit."""
        assert len(found) == len(self.texts)
        for i, blobs in enumerate(found):
            got = rows_of(blobs)
            wanted = [self.truth[i][row] for row in rows]
            if got == wanted or i in self.differences:
                continue
            if len(got) != len(wanted):
                self.differences[i] = f"{how}: {len(got)} rows of {len(wanted)}"
                continue
            at = next(k for k, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b)
            shown: list[Any] = [decode(v, self.expressions[i].type) for v in (got[at], wanted[at])]
            self.differences[i] = (
                f"{how}, row {rows[at]}: gave {shown[0]!r}, but the plainest way {shown[1]!r}"
            )

    def check(self) -> None:
        """Run, and fail with the smallest part of a feature that differs."""
        self.run()
        if not self.differences:
            return
        failing = sorted(self.differences, key=lambda i: len(self.texts[i]))
        first = failing[0]
        told = f"{self.differences[first]}\n    {self.texts[first]}"
        parts = list(values_of(self.expressions[first]))
        smaller = Trial(self.seed, self.checked, parts, self.inputs)
        smaller.run()
        if smaller.differences:
            part = min(smaller.differences, key=lambda i: len(smaller.texts[i]))
            told = f"{smaller.differences[part]}\n    {smaller.texts[part]}\nin {self.texts[first]}"
        raise AssertionError(f"seed {self.seed}, {len(failing)} features differ: {told}")


class Batch:
    """Packages of random features that are aimed at some overloads, one after the other."""

    def __init__(self, first_seed: int, targets: Sequence[Producer]) -> None:
        self.first_seed = first_seed
        self.targets = list(targets)
        self.features = 0
        self.called: Counter[Named] = Counter()

    def run(self, packages: int) -> None:
        """Run packages, so that each overload is aimed at as often as the others."""
        waiting: list[Producer] = []
        for seed in range(self.first_seed, self.first_seed + packages):
            waiting = self._package(seed, waiting)
        for more in range(3):
            left = [p for p in self.targets if not self.called[p.name, p.overload]]
            for start in range(0, len(left), EXPRESSIONS):
                aims = left[start : start + EXPRESSIONS]
                self._package(self.first_seed + packages + 1000 * more + start, aims)

    def _package(self, seed: int, aims: list[Producer]) -> list[Producer]:
        """Check and run one package, and return what is still to be aimed at."""
        source = random.Random(seed)
        generator = WideGenerator(source, collects=source.random() < 0.3)
        texts: list[str] = []
        written: list[Producer] = []
        while len(texts) < EXPRESSIONS + 5:
            if not aims:
                aims = source.sample(self.targets, len(self.targets))
            aim = aims.pop()
            try:
                text = generator.aimed(aim, source.choice([1, 2, 2, 3]))
            except Unfit:
                continue
            if len(text) <= LONGEST:
                texts.append(text)
                written.append(aim)
        checked = check(texts)
        good = [i for i, e in enumerate(checked.expressions) if e is not None][:EXPRESSIONS]
        chosen = [e for e in (checked.expressions[i] for i in good) if e is not None]
        trial = Trial(seed, checked, chosen, generator.inputs)
        trial.check()
        self.features += len(trial.expressions)
        self.called += trial.called
        return [p for p in aims if not self.called[p.name, p.overload]] or aims


def _overloads() -> list[Producer]:
    return list(WideGenerator(random.Random(0)).targets)


@pytest.mark.parametrize("number", range(TESTS))
def test_ways_agree(number: int) -> None:
    targets = _overloads()[number::TESTS]
    batch = Batch(10_000 * number, targets)
    batch.run(PACKAGES_PER_TEST)
    missed = [
        p.signature.show(p.name)
        for p in targets
        if not batch.called[p.name, p.overload] and (p.name, p.overload) not in UNREACHED
    ]
    print(f"\n{batch.features} features, {len(batch.called)} overloads called")
    assert not missed, f"no feature calls {missed}"
    assert batch.features >= 200


def test_all_overloads_are_aimed_at() -> None:
    """The generator knows each overload of the registry, so that a new operator is tried at once."""
    known = {(o.name, i) for o in registry().operators for i in range(len(o.overloads))}
    assert {(p.name, p.overload) for p in _overloads()} == known


def test_views_of_views_of_constants() -> None:
    """A plan that is not folded: a constant list that is cut twice stands beside rows, in the place of its elements."""
    inputs = WideGenerator(random.Random(0)).inputs
    texts = [
        "jaccard(drop_last(or_empty([1, 2])), c_ints)",
        "phrase_index(c_bools, drop_first(drop_last([true, false, true])))",
        "concat(take_last(drop_last([1, 2, 3]), 1), r_ints)",
    ]
    checked = check(texts)
    expressions = [expression for expression in checked.expressions if expression is not None]
    assert len(expressions) == len(texts)
    Trial(1, checked, expressions, inputs).check()


def test_fetches_from_lists_that_are_all_empty() -> None:
    """Nothing can be fetched there, in a chunk that is larger than the one before: found by the address sanitizer."""
    inputs = WideGenerator(random.Random(0)).inputs
    checked = check(["last(top_by(c_lines, v2 -> -1.25, r_int_n))"])
    expressions = [expression for expression in checked.expressions if expression is not None]
    assert len(expressions) == 1
    Trial(60004, checked, expressions, inputs).check()


@pytest.mark.slow
def test_many_ways_agree() -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "1000000"))
    wanted = int(os.environ.get("FEATURE_EXTRACTOR_PROGRAMS", "100000"))
    batch = Batch(first, _overloads())
    while batch.features < wanted:
        batch.run(100)
        batch.first_seed += 10_000
        print(f"{batch.features} features, {len(batch.called)} overloads called", flush=True)
