"""The operators as those faces know them that may ask the core: where it is there, it tries the constants of calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from feature_extractor import registry
from feature_extractor.registry import Registry

if TYPE_CHECKING:
    from feature_extractor.plan.constants import ConstantTrial


def load_core_registry() -> Registry:
    """Return the known operators, whose constants the core tries. Raises RegistryError.

    The core is loaded when there is something to try. Without one, programs are checked all the same.
    """
    return _with_core(registry.load_registry())


@cache
def _with_core(known: Registry) -> Registry:
    plugins = tuple(known.plugins.values())
    asking = Registry(known.engine, known.operators, plugins, known.digest)

    @cache
    def trial() -> ConstantTrial:
        # Who only looks operators up needs nothing of plans.
        from feature_extractor.plan.constants import ConstantTrial

        return ConstantTrial(asking, _load)

    asking.trial = lambda call: trial()(call)
    return asking


def _load(plan: str, files: Mapping[str, bytes]) -> object:
    from feature_extractor import _native

    return _native.load_plan(plan, files)
