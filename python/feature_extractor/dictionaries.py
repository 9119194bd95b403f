"""Packages with other words and rows: a vocabulary that grew, a table of this morning, without compiling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feature_extractor import _native
from feature_extractor.extractor import load
from feature_extractor.golden import golden_requests, with_golden_rows
from feature_extractor.plan.new_resources import with_resources
from feature_extractor.plan.package import Package


def package_with_resources(package: Package, resources: Mapping[str, Any]) -> Package:
    """Return a package with other content for some resources; see :meth:`Extractor.with_resources`.

    Golden rows of the old package would give other values with other words. So their requests are kept, and what they
    give is computed here and now, as when the program is compiled with the same requests.
    """
    changed = with_resources(package, resources, _native)
    requests = golden_requests(package)
    if requests is None:
        return changed
    return with_golden_rows(changed, load(changed.to_bytes()), requests)
