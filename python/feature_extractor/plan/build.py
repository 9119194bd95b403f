"""From a checked program to its plan."""

from __future__ import annotations

import json
import posixpath
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from feature_extractor.check.typed import CheckedProgram, Expression, Literal, Site
from feature_extractor.garbage_collection import without_collection
from feature_extractor.plan.dependencies import Dependencies
from feature_extractor.plan.errors import plan_error
from feature_extractor.plan.fold import (
    Fold,
    Replacement,
    constant_subexpressions,
    literals,
)
from feature_extractor.plan.lower import Lowering
from feature_extractor.plan.numbering import KeyNumbering
from feature_extractor.plan.operators import Operators
from feature_extractor.plan.order import make_plan
from feature_extractor.plan.outputs import Output, lower_feature, value_argument
from feature_extractor.plan.rewrite import JoinRewriter
from feature_extractor.registry import Registry
from feature_extractor.standard import stored_path

_DEEPEST_NESTING = 60_000


@dataclass(frozen=True)
class Plan:
    """A plan as JSON values, and what the manifest adds to it."""

    content: dict[str, Any]
    natural_domains: dict[str, str]

    def serialise(self) -> bytes:
        """Return the plan as canonical JSON: compact, UTF-8, members in the documented order."""
        return serialise(self.content)


def serialise(content: Mapping[str, Any] | list[dict[str, str]]) -> bytes:
    """Return JSON values as canonical bytes; the same values always give the same bytes."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def build_plan(
    program: CheckedProgram,
    registry: Registry,
    *,
    fold: Fold | None = None,
    optimise: bool = True,
    vocabulary_sizes: Mapping[str, int] | None = None,
    whole_sites: bool = False,
) -> Plan:
    """Plan a checked program.

    ``fold`` computes constant expressions; without it they are
    computed at load. ``optimise=False`` gives the plain plan: features share nothing but inputs and
    constants, joins stay predicates, nothing is folded. ``vocabulary_sizes`` gives the number of
    ids of each vocabulary that a feature names as its size. ``whole_sites`` gives the end of each
    place too, for tools that show the text of a step. Raises PlanError for a program that cannot be
    planned.
    """
    operators = Operators(registry)
    dependencies = Dependencies(operators)
    sites = SiteTexts(program, whole_sites)
    with deep_recursion(), without_collection():
        if optimise:
            program = _rewritten(program, operators, dependencies)
            if fold is not None:
                program = _folded(program, operators, dependencies, fold, sites)
        lowering = Lowering(program, operators, dependencies, sites.text)
        has_candidates = any(declared.domain == "candidate" for declared in program.inputs)
        output_domain = lowering.graph.root("candidate" if has_candidates else "request")
        outputs: list[Output] = []
        for index, feature in enumerate(program.features):
            lowering.start_feature(index, shared=optimise)
            outputs.append(lower_feature(lowering, feature, output_domain, vocabulary_sizes or {}))
        content = make_plan(program, lowering.graph, outputs, lowering.zones)
        plugins = _required_plugins(content, registry)
        if plugins:
            content = {"format": content["format"], "plugins": plugins, **content}
    natural = {output.feature.name: output.natural for output in outputs}
    return Plan(content, natural)


def _rewritten(
    program: CheckedProgram, operators: Operators, dependencies: Dependencies
) -> CheckedProgram:
    numbering = KeyNumbering(operators, dependencies)
    values = numbering.rewrite([feature.value for feature in program.features])
    rewriter = JoinRewriter(operators, dependencies, numbering.places)
    features = tuple(
        replace(feature, value=rewriter.rewrite(value))
        for feature, value in zip(program.features, values, strict=True)
    )
    return replace(program, features=features)


def _folded(
    program: CheckedProgram,
    operators: Operators,
    dependencies: Dependencies,
    fold: Fold,
    sites: SiteTexts,
) -> CheckedProgram:
    roots = [feature.value for feature in program.features]
    found = constant_subexpressions(roots, dependencies)
    if not found:
        return program
    lowering = Lowering(program, operators, dependencies, sites.text)
    bare = replace(program, inputs=(), resources=())

    def values(expressions: list[Expression]) -> dict[Expression, Literal]:
        arguments = [value_argument(lowering.lower(expression)) for expression in expressions]
        return literals(expressions, fold(make_plan(bare, lowering.graph, [], (), arguments)))

    try:
        replaced = values(found)
    except ValueError:
        # The core refuses a constant, say a malformed pattern; one by one, it is found out which.
        replaced = {}
        for expression in found:
            try:
                replaced |= values([expression])
            except ValueError as error:
                raise plan_error(
                    "FX176", str(error), expression.site, program.sources, caption="this constant"
                ) from None
    replacement = Replacement(replaced)
    features = tuple(replace(f, value=replacement.apply(f.value)) for f in program.features)
    return replace(program, features=features)


def _required_plugins(content: Mapping[str, Any], registry: Registry) -> list[dict[str, Any]]:
    """Return the plug-ins whose operators a plan calls, each with the signatures that they have now."""
    names = {step["operator"] for step in content["steps"] if step["do"] == "call"}
    called = [registry.by_name[name] for name in sorted(names) if registry.by_name[name].plugin]
    return [
        {
            "name": plugin.name,
            "version": plugin.version,
            "digest": plugin.digest,
            "operators": [
                {"name": op.name, "signatures": [o.signature_text for o in op.overloads]}
                for op in called
                if op.plugin == plugin.name
            ],
        }
        for plugin in registry.plugins.values()
        if any(op.plugin == plugin.name for op in called)
    ]


class SiteTexts:
    """Writes places relative to the program's folder: a plan knows not where it was compiled."""

    def __init__(self, program: CheckedProgram, whole: bool = False) -> None:
        self._folder = PurePath(program.path).parent.as_posix()
        self._paths: dict[str, str] = {}
        self._whole = whole

    def text(self, expression: Expression) -> str:
        """Return ``file:line:column`` of an expression, and ``-line:column`` of its end where that is wanted."""
        site = expression.site
        text = f"{self.path(site.path)}:{site.line}:{site.column}"
        return f"{text}-{site.end_line}:{site.end_column}" if self._whole else text

    def path(self, path: str) -> str:
        """Return what a plan calls a file of the program."""
        found = self._paths.get(path)
        if found is None:
            is_standard = stored_path(path) is not None
            found = path if is_standard else relative_path(path, self._folder)
            self._paths[path] = found
        return found


def relative_path(path: str, folder: str) -> str:
    """Return ``path`` relative to ``folder``, with forward slashes.

    Both absolute, or both relative to one place.
    """
    posix = PurePath(path).as_posix()
    if posixpath.isabs(posix) != posixpath.isabs(folder):
        return posix
    return posixpath.relpath(posix, folder or ".")


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let deeply nested expressions be walked.

    Frames of Python functions need no stack of the process.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST_NESTING))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
