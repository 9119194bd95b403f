"""Explains a file: a package, or the JSON of a plan."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from feature_extractor.explain.analysis import Assumptions, Explanation, explain
from feature_extractor.plan.package import PackageError, read_package
from feature_extractor.registry import Registry


def explain_file(
    path: str | os.PathLike[str],
    registry: Registry | None = None,
    assumptions: Assumptions | None = None,
) -> Explanation:
    """Explain a package or a plan; a file that is neither, or is damaged, raises PackageError."""
    plan, manifest = read_plan(path)
    try:
        return explain(plan, registry, manifest, assumptions)
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise PackageError(f"the plan cannot be understood: {error!r}") from None


def read_plan(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plan in a file and the manifest beside it, which is empty for a bare plan."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise PackageError(f"the file cannot be read: {error.strerror or error}") from None
    if data.startswith(b"PK"):
        package = read_package(data)
        return package.plan, package.manifest
    try:
        plan = json.loads(data)
    except ValueError:
        raise PackageError("the file is neither a package nor a plan") from None
    if not isinstance(plan, dict) or "steps" not in plan or "features" not in plan:
        raise PackageError("the file is JSON, but not a plan")
    return plan, {}
