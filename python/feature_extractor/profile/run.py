"""`fx profile`: computes the features of tables and keeps what a profile needs, in one pass and bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from feature_extractor.check.typed import CheckedProgram, Feature
from feature_extractor.core_registry import load_core_registry
from feature_extractor.errors import CompileError
from feature_extractor.extraction import Extraction, FeatureDescription
from feature_extractor.extractor import Extractor, InputDescription, load
from feature_extractor.fitting.columns import read_column
from feature_extractor.plan.steps import used_inputs
from feature_extractor.profile.attention import remarks
from feature_extractor.profile.collisions import (
    CollisionState,
    Hashed,
    collisions_of_ids,
    hashed_features,
)
from feature_extractor.profile.drift import Drift
from feature_extractor.profile.report import Counted, DataSet, FeatureProfile, Profile
from feature_extractor.profile.states import new_state
from feature_extractor.profile.summaries import Kept, distribution, state_drift
from feature_extractor.registry import Registry, load_registry
from feature_extractor.wording import kind_with_sizes

BATCH_ROWS: Final = 65_536
"""Rows that are computed at a time."""
BATCH_REQUESTS: Final = 1_024
"""Requests that are computed at a time, where each comes with its candidates."""


@dataclass(frozen=True)
class Opened:
    """A program to profile: what computes it, what its package says, and the hashed values that can be followed.

    The extractor has the program's features first, then two of kind ``value`` for each hashed one.
    """

    extractor: Extractor
    manifest: dict[str, Any]
    plan: dict[str, Any]
    hashed: tuple[Hashed, ...]
    features: tuple[FeatureDescription, ...]

    def used_inputs(self) -> set[tuple[str, str]]:
        """Return domain and name of each input that is read."""
        return used_inputs(self.plan)


def open_program(path: str | os.PathLike[str], registry: Registry | None = None) -> Opened:
    """Open a feature file or a package. Raises CompileError, EngineError, OSError."""
    from feature_extractor.plugins import load_named_plugins

    if registry is None:
        load_named_plugins()
        registry = load_core_registry()
    place = Path(path)
    with place.open("rb") as file:
        is_package = file.read(2) == b"PK"
    if is_package:
        import json
        import zipfile

        extractor = load(place)
        with zipfile.ZipFile(place) as archive:
            plan = json.loads(archive.read("plan.json"))
            manifest = json.loads(archive.read("manifest.json"))
        return Opened(extractor, manifest, plan, (), extractor.features)
    return _compiled(place, registry)


def _compiled(place: Path, registry: Registry) -> Opened:
    from feature_extractor import _native
    from feature_extractor.check.program import check_file
    from feature_extractor.garbage_collection import without_collection
    from feature_extractor.plan.errors import PlanError
    from feature_extractor.plan.fold import native_fold
    from feature_extractor.plan.package import build_package

    with without_collection():
        checked, diagnostics = check_file(place, registry)
        if checked is None:
            raise CompileError(diagnostics)
        hashed = tuple(hashed_features(checked.features, registry))
        fold = native_fold(_native.evaluate_constants)
        try:
            package = build_package(checked, registry, _native, fold=fold)
            whole = build_package(_followed(checked, hashed), registry, _native, fold=fold)
        except PlanError as error:
            raise CompileError([*diagnostics, *error.diagnostics]) from None
    extractor = load(whole.to_bytes())
    features = extractor.features[: len(checked.features)]
    return Opened(extractor, package.manifest, package.plan, hashed, features)


def _followed(checked: CheckedProgram, hashed: Sequence[Hashed]) -> CheckedProgram:
    """Return the program with the hashed values and their buckets as further features."""
    more = []
    for number, one in enumerate(hashed):
        more.append(Feature(f"source {number}", "value", one.source, one.source.site))
        more.append(Feature(f"bucket {number}", "value", one.result, one.result.site))
    return replace(checked, features=(*checked.features, *more))


class Pass:
    """The states of all features, and what was counted."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.states: dict[str, Kept] = {f.name: new_state(f) for f in opened.features}
        self.collisions = {one.feature: CollisionState() for one in opened.hashed}
        self.counted = Counted()

    def add(self, extraction: Extraction) -> None:
        """Add the rows of a block."""
        for name, state in self.states.items():
            state.add(extraction[name])
        first = len(self._opened.features)
        for number, one in enumerate(self._opened.hashed):
            state_of = self.collisions[one.feature]
            for offset, expression, into in (
                (0, one.source, state_of.sources),
                (1, one.result, state_of.results),
            ):
                data, offsets = extraction._native.arrays(first + 2 * number + offset)
                column = read_column(data, offsets, expression.type)
                if column.codes is not None:
                    into.add_texts(column.values)
                else:
                    into.add_numbers(_wide(column.values))
        counted, statistics = self.counted, extraction.statistics()
        counted.rows += extraction.rows
        counted.requests += extraction.requests
        _add(counted.defaulted, statistics.defaulted)
        _add(counted.nulls_at, statistics.nulls_at)
        _add(counted.inputs, {name: found.nulls for name, found in statistics.inputs.items()})

    def merge(self, other: Pass) -> None:
        """Add what another pass over other rows has found."""
        for name, state in self.states.items():
            state.merge(other.states[name])  # type: ignore[arg-type]
        for name, collisions in self.collisions.items():
            collisions.merge(other.collisions[name])
        self.counted.rows += other.counted.rows
        self.counted.requests += other.counted.requests
        _add(self.counted.defaulted, other.counted.defaulted)
        _add(self.counted.nulls_at, other.counted.nulls_at)
        _add(self.counted.inputs, other.counted.inputs)


def _wide(values: Any) -> Any:
    import numpy as np

    return values.astype(np.int64) if values.dtype == np.bool_ else values


def _add(into: dict[str, int], counts: Any) -> None:
    for name, count in counts.items():
        into[name] = into.get(name, 0) + count


def profile(
    program: str | os.PathLike[str] | Opened,
    data: Any,
    against: Any = None,
    *,
    threads: int = 1,
) -> Profile:
    """Profile the features of a program or a package.

    ``data`` and ``against`` are anything that ``Extractor.extract`` takes, or iterables of record batches. The bins of
    the drift come from ``data``. Raises CompileError and EngineError.
    """
    opened = program if isinstance(program, Opened) else open_program(program)
    passes = []
    for one in (data, against):
        if one is None:
            continue
        made = Pass(opened)
        for table in _tables(one):
            made.add(opened.extractor.extract(table, threads=threads))
        passes.append(made)
    return finish(opened, passes[0], passes[1] if len(passes) > 1 else None)


def _tables(data: Any) -> Iterator[Any]:
    if (isinstance(data, list) and data and not isinstance(data[0], dict)) or hasattr(
        data, "__next__"
    ):
        yield from data
    else:
        yield data


def finish(
    opened: Opened,
    first: Pass,
    second: Pass | None = None,
    files: Sequence[str] = (),
    against: Sequence[str] = (),
) -> Profile:
    """Return the profile of one pass, and of the second one against it."""
    from feature_extractor.explain import explain

    explanation = explain(opened.plan, load_registry(), opened.manifest)
    sites = {step.index: step.site for step in explanation.steps}
    domains = {f"{i.domain}.{i.name}": i for i in opened.extractor.inputs}
    found: list[FeatureProfile] = []
    hashed = {one.feature: one for one in opened.hashed}
    for feature in opened.features:
        explained = explanation.feature(feature.name)
        assert explained is not None
        here = _distribution(first, feature.name)
        drifts: tuple[Drift | None, Drift | None] = (None, None)
        other = None
        if second is not None:
            other = _distribution(second, feature.name)
            drifts = state_drift(first.states[feature.name], second.states[feature.name])
        collisions = None
        if feature.name in hashed:
            collisions = first.collisions[feature.name].found(hashed[feature.name].buckets)
        elif here.values is not None and feature.size is not None and _hashes(opened, explained):
            collisions = collisions_of_ids(here.values.distinct, feature.size)
        places = {sites[index] for index in explained.steps if sites[index]}
        one = FeatureProfile(
            feature.name,
            _kind(feature),
            feature.description,
            feature.owner,
            explained.domain,
            explained.nanoseconds,
            here,
            _nulls(explained.inputs, domains, first.counted),
            sum(first.counted.nulls_at.get(place, 0) for place in places),
            collisions,
            other,
            *drifts,
        )
        found.append(replace(one, remarks=remarks(one)))
    order = {feature.name: position for position, feature in enumerate(opened.features)}
    found.sort(key=lambda one: (-one.weight, order[one.name]))
    return Profile(
        str(opened.manifest["name"]),
        str(opened.manifest["digest"]),
        DataSet(tuple(files), first.counted.rows, first.counted.requests),
        None
        if second is None
        else DataSet(tuple(against), second.counted.rows, second.counted.requests),
        tuple(found),
        explanation.assumptions.text(),
        str(opened.manifest.get("description", "")),
    )


def _distribution(one: Pass, name: str) -> Any:
    return distribution(one.states[name], one.counted.rows, one.counted.defaulted.get(name, 0))


def _hashes(opened: Opened, explained: Any) -> bool:
    """Return whether the last step of a feature's plan is one that hashes into buckets."""
    registry = load_registry()
    for name in explained.operators:
        operator = registry.by_name.get(name)
        if operator is not None and operator.family == "hash":
            names = {
                p.name for o in operator.overloads for p in o.signature.parameters if p.constant
            }
            if "buckets" in names:
                return True
    return False


def _nulls(
    inputs: Sequence[str], declared: dict[str, InputDescription], counted: Counted
) -> dict[str, float]:
    """Return the share of nulls in the inputs of a feature; those without a null are left out."""
    shares = {}
    for label in inputs:
        name = ".".join(label.split(".")[:2])
        described = declared.get(name)
        if described is None or described.type.startswith(("list<", "map<", "{")):
            # What is counted there are the nulls of elements and fields.
            continue
        nulls = counted.inputs.get(name, 0)
        total = counted.requests if described.domain == "request" else counted.rows
        if nulls and total:
            shares[name] = min(1.0, nulls / total)
    return shares


def _kind(feature: FeatureDescription) -> str:
    return kind_with_sizes(feature.kind, feature.size, feature.maximum, feature.width)
