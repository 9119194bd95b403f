"""Opens a program for tracing: the plain plan of its source, in which each step has its place in the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feature_extractor.check.typed import CheckedProgram
from feature_extractor.errors import FeatureExtractorError
from feature_extractor.extractor import Extractor, load
from feature_extractor.lineage.trace import Plan, Tracer
from feature_extractor.lineage.tree import Sources, wanted
from feature_extractor.plan.build import SiteTexts, build_plan
from feature_extractor.plan.errors import PlanError
from feature_extractor.plan.package import Package, PackageError, read_package
from feature_extractor.registry import Registry
from feature_extractor.time_zones import read_time_zone


class LineageError(FeatureExtractorError):
    """A program cannot be traced; the text says why."""


@dataclass(frozen=True)
class TracedProgram:
    """A program with the plan whose steps are shown.

    ``is_plain`` says that it is the plan of the source as it is written. A package whose source this version cannot
    check any more has its own plan, which computes the same values in fewer steps.
    """

    extractor: Extractor
    package: Package
    registry: Registry
    plan: Plan
    sources: Sources
    is_plain: bool

    def tracer(self, features: list[str]) -> Tracer:
        """Return what gives the values behind some features."""
        return Tracer(self.plan, self._resources(), wanted(self.plan, self.registry, features))

    def _resources(self) -> dict[str, bytes]:
        members = {}
        for entry in self.plan.content["resources"]:
            found = self.package.members.get(entry["member"])
            # A time zone of a constant that the package holds as its value only.
            members[entry["member"]] = read_time_zone(entry["name"]) if found is None else found
        return members


def open_traced(path: Path, registry: Registry, *, labels: bool = True) -> TracedProgram:
    """Open a feature file, with its labels or without, or a package.

    Raises CompileError for the mistakes of a program, EngineError and LineageError for a package that is none.
    """
    with path.open("rb") as file:
        is_package = file.read(2) == b"PK"
    if is_package:
        return _opened_package(path, registry)
    from feature_extractor.program import compile

    program = compile(path, labels=labels, registry=registry)
    return _traced(program.extractor(), program.package, program.checked, registry)


def _opened_package(path: Path, registry: Registry) -> TracedProgram:
    from feature_extractor.diff.sides import DiffError, package_side

    extractor = load(path)
    with ExitStack() as stack:
        try:
            package = read_package(path)
            checked = package_side(str(path), path, registry, stack).checked
        except (PackageError, DiffError) as error:
            raise LineageError(f"{path}: {error}") from None
        return _traced(extractor, package, checked, registry)


def _traced(
    extractor: Extractor, package: Package, checked: CheckedProgram | None, registry: Registry
) -> TracedProgram:
    if checked is not None:
        try:
            content = build_plan(
                checked,
                registry,
                optimise=False,
                vocabulary_sizes=_vocabulary_sizes(checked, package.plan),
                whole_sites=True,
            ).content
        except PlanError:
            checked = None  # What is packed was planned by another version; its own plan runs.
    if checked is None:
        plan = Plan(package.plan)
        return TracedProgram(extractor, package, registry, plan, Sources(), False)
    # What is not JSON yet, say the hexadecimal digits of bytes, becomes what a package holds.
    plan = Plan(json.loads(json.dumps(content)))
    paths = SiteTexts(checked)
    sources = Sources({paths.path(path): text for path, text in checked.sources.items()})
    return TracedProgram(extractor, package, registry, plan, sources, True)


def _vocabulary_sizes(checked: CheckedProgram, plan: Mapping[str, Any]) -> dict[str, int]:
    """Return the size of each vocabulary that a feature names, as the package has it."""
    sizes = {feature["name"]: feature.get("size") for feature in plan["features"]}
    return {
        feature.vocabulary: sizes[feature.name]
        for feature in checked.features
        if feature.vocabulary is not None
    }
