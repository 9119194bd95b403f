"""Packages of many random programs with random data, for every face of the core to compute.

A package holds many programs, since a job of Spark or Flink costs more than their features; a feature's
name says which program it is of. Each expression is a feature of kind ``value``, which shows all of its
bits, and of the kinds of samples that its type suits. All faces compare with :attr:`Trial.digest`,
or :attr:`Trial.truth` where they see rows in order.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, Final

import feature_extractor as fx
import pyarrow as pa
from feature_extractor.check.program import analyse_text
from feature_extractor.check.typed import CheckedProgram, Feature, Input
from feature_extractor.digest import TableDigest, digest_table
from feature_extractor.errors import EngineError
from feature_extractor.plan.errors import PlanError
from feature_extractor.testing.programs import PLACE, packaged, registry
from feature_extractor.testing.random_values import random_value
from feature_extractor.testing.values import arrow_type
from feature_extractor.types import SCALARS, ListType, StructType, Type, VectorType
from operators.random_programs import (
    DECLARATIONS,
    Generator,
    plain,
    with_names,
)

EXPRESSIONS = 3
DEEPEST = 4
PROGRAMS_PER_TRIAL = 52
REQUESTS = 17
TRIALS: Final = range(5)
"""The trials of the default test run, which are more than 200 programs; slow tests take others."""
ROW = "row"
"""A column that tells the rows of a table apart, which faces keep beside the features."""

_SEEDS_APART = 1_000_000


def trial(number: int) -> Trial:
    """Return a package with its data; the same number gives the same, and each number other programs."""
    return _trial(number, False)


def trial_in_milliseconds(number: int) -> Trial:
    """Return the same package with durations of whole milliseconds, for faces that have no finer ones."""
    return _trial(number, True)


@lru_cache(maxsize=2 * len(TRIALS))
def _trial(number: int, milliseconds: bool) -> Trial:
    made = _package(number)
    return Trial(made.programs, made.content, made.texts, Data(number, made.inputs, milliseconds))


@dataclass(frozen=True)
class _Package:
    programs: int
    content: bytes
    texts: dict[str, str]
    inputs: tuple[Input, ...]


@lru_cache(maxsize=len(TRIALS))
def _package(number: int) -> _Package:
    seeds = range(number * PROGRAMS_PER_TRIAL, (number + 1) * PROGRAMS_PER_TRIAL)
    programs = [made for made in map(_program, seeds) if made is not None]
    features = tuple(feature for program, _ in programs for feature in program.features)
    texts = {name: text for _, shown in programs for name, text in shown.items()}
    inputs = programs[0][0].inputs
    content = packaged(CheckedProgram("random.fx", inputs, (), features), True)
    return _Package(len(programs), content, texts, inputs)


def _program(seed: int) -> tuple[CheckedProgram, dict[str, str]] | None:
    """Return a program and the text of each feature; None where the checker or an operator refuses it.

    The tests of Python hold these to what they refuse, and what they accept.
    """
    source = random.Random(_SEEDS_APART + seed)
    generator = Generator(source)
    expressions = [generator.expression(source.randint(2, DEEPEST)) for _ in range(EXPRESSIONS)]
    # Of the kinds with rare types there would be few.
    expressions.append(generator.expression_of(source.choice(_RARE), source.randint(2, DEEPEST)))
    texts = {f"p{seed}_{i}": text for i, text in enumerate(expressions)}
    lets = "".join(f"let {name} = {text}\n" for name, text in texts.items())
    analysis = analyse_text(DECLARATIONS + lets, registry())
    if analysis.program is None or _has_struct(analysis.values[name].type for name in texts):
        return None
    lines = []
    for name, text in tuple(texts.items()):
        for kind, value in _kinds(name, analysis.values[name].type):
            feature = f"{name}_{kind.partition('(')[0]}"
            lines.append(f"feature {feature} : {kind} = {value}\n")
            texts[feature] = f"{kind} of {value} where {name} = {text}"
    whole = analyse_text(DECLARATIONS + lets + "".join(lines), registry())
    assert whole.program is not None, [found.message for found in whole.diagnostics]
    values = [
        Feature(f"p{seed}_{i}", "value", whole.values[f"p{seed}_{i}"], PLACE)
        for i in range(len(expressions))
    ]
    program = replace(whole.program, features=(*values, *whole.program.features))
    try:
        fx.load(packaged(program, True))
    except (PlanError, EngineError):
        return None
    return program, texts


def _has_struct(types: Iterable[Type]) -> bool:
    """Whether one is a struct, which no feature can be."""
    return any(isinstance(one, StructType) for one in types)


def _kinds(name: str, type_: Type) -> Iterator[tuple[str, str]]:
    """Yield kinds of features that a type suits, and the value of such a feature."""
    bare = plain(type_)
    value = name
    if type_.nullable and bare in _INSTEAD:
        value = f"({name} ?? {_INSTEAD[bare]})"
    if bare in (SCALARS["int"], SCALARS["float"], SCALARS["bool"]):
        yield "dense(default = -1.5)", value
    if bare == SCALARS["bool"]:
        yield "label", value
    if bare == SCALARS["int"]:
        yield "id(64)", value
    if bare == SCALARS["string"]:
        yield "text", value
    if isinstance(bare, VectorType):
        yield "dense", value
    if isinstance(type_, ListType) and bare == _INTS:
        if type_.nullable:
            value = f"{value}.or_empty()"
        if type_.element.nullable:
            value = f"{value}.remove_nulls()"
        yield "ids(100)", value
        yield "weighted(1000, max = 4)", f"{value}.map(e -> {{id: e, weight: e.to_float()}})"


_INTS: Final = ListType(element=SCALARS["int"])
_RARE: Final = (_INTS, VectorType(size=3), SCALARS["string"])
_INSTEAD: Final[dict[Type, str]] = {
    SCALARS["int"]: "7",
    SCALARS["float"]: "0.5",
    SCALARS["bool"]: "true",
    SCALARS["string"]: '"none"',
    VectorType(size=3): "r_vector",
}


class Data:
    """Random requests with their candidates: from none of these to many, in Python's values and in Arrow."""

    def __init__(self, seed: int, inputs: tuple[Input, ...], milliseconds: bool) -> None:
        source = random.Random(_SEEDS_APART + seed)
        sizes = [source.choice([0, 1, 1, 3, 6]) for _ in range(REQUESTS)]
        sizes[source.randrange(REQUESTS)] = 70
        self.offsets = [0, *accumulate(sizes)]
        self.request_inputs = with_names(inputs, "request")
        self.candidate_inputs = with_names(inputs, "candidate")
        self.requests = _rows(source, self.request_inputs, len(sizes), milliseconds)
        self.candidates = _rows(source, self.candidate_inputs, self.offsets[-1], milliseconds)

    def owners(self) -> list[int]:
        """Return the number of the request of each candidate."""
        bounds = zip(self.offsets, self.offsets[1:], strict=False)
        return [request for request, (a, b) in enumerate(bounds) for _ in range(a, b)]

    def request_batch(self, fixed: bool = True) -> pa.RecordBatch:
        """Return the requests, one per row. Vectors are lists of fixed size, or of any where not ``fixed``."""
        return _batch(self.request_inputs, self.requests, fixed)

    def candidate_batch(self, fixed: bool = True) -> pa.RecordBatch:
        """Return the candidates of all requests; :attr:`offsets` tells whose they are."""
        return _batch(self.candidate_inputs, self.candidates, fixed)

    def flat_rows(self) -> list[list[Any]]:
        """Return a row per candidate: the values of its request, then its own."""
        owners = zip(self.owners(), self.candidates, strict=True)
        return [[*self.requests[owner], *candidate] for owner, candidate in owners]

    def flat_table(self, fixed: bool = True) -> pa.Table:
        """Return a row per candidate with the inputs of its request, after the column ``row``."""
        owner = pa.array(self.owners(), pa.int64())
        columns = {ROW: pa.array(range(len(owner)), pa.int64())}
        for batch in (self.request_batch(fixed).take(owner), self.candidate_batch(fixed)):
            columns.update(zip(batch.schema.names, batch.columns, strict=True))
        return pa.table(columns)

    def nested_table(self, fixed: bool = True) -> pa.Table:
        """Return a row per request with its candidates as a list of structs, which hold ``row``."""
        requests = self.request_batch(fixed)
        batch = self.candidate_batch(fixed)
        row = pa.array(range(len(batch)), pa.int64())
        structs = pa.StructArray.from_arrays([row, *batch.columns], [ROW, *batch.schema.names])
        columns = dict(zip(requests.schema.names, requests.columns, strict=True))
        lists = pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), structs)
        return pa.table({**columns, "candidates": lists})


def _rows(
    source: random.Random, inputs: list[Input], count: int, milliseconds: bool
) -> list[list[Any]]:
    rows = [[random_value(source, one.type) for one in inputs] for _ in range(count)]
    if milliseconds:
        for i, one in enumerate(inputs):
            if plain(one.type) == SCALARS["duration"]:
                for row in rows:
                    row[i] = row[i] - row[i] % 1000
    return rows


def _batch(inputs: list[Input], rows: list[list[Any]], fixed: bool) -> pa.RecordBatch:
    types = [arrow_type(one.type) for one in inputs]
    if not fixed:
        types = [_without_fixed_size(one) for one in types]
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, type_) for values, type_ in zip(columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, [one.name for one in inputs])


def _without_fixed_size(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_):
        return pa.list_(_without_fixed_size(type_.value_type))
    return type_


@dataclass(frozen=True, eq=False)
class Trial:
    """A package of ``programs`` programs, the text of each of its features, and data for it."""

    programs: int
    package: bytes
    texts: dict[str, str]
    data: Data

    @cached_property
    def truth(self) -> pa.RecordBatch:
        """The features of the flat table, as Python computes them."""
        return fx.load(self.package).extract(self.data.flat_table()).to_arrow()

    @cached_property
    def digest(self) -> TableDigest:
        """The digest of the column ``row`` and the features, which says which row has which."""
        row = pa.array(range(self.truth.num_rows), pa.int64())
        columns = dict(zip(self.truth.schema.names, self.truth.columns, strict=True))
        return digest_table(pa.table({ROW: row, **columns}))

    def check(self, how: str, found: Any) -> None:
        """Fail where a table with ``row`` and the features, in any order of rows, holds other values."""
        digest = found if isinstance(found, TableDigest) else digest_table(found)
        assert digest.count == self.digest.count, f"{how}: {digest.count} rows"
        other = digest.differences(self.digest)
        shown = [f"{name} = {self.texts.get(name)}" for name in other[:3]]
        assert not other, f"{how}: {len(other)} features differ: " + "; ".join(shown)
        assert digest.rows == self.digest.rows, f"{how}: values stand in other rows"
