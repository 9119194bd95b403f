"""Features for ranking models: written once, the same bits in training and serving.

``compile`` makes a :class:`Program` of a feature file; ``load`` opens a package as an :class:`Extractor`.
Loading and extracting need NumPy only; the compiler is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feature_extractor.errors import CompileError, EngineError, FeatureExtractorError

if TYPE_CHECKING:
    from feature_extractor.caching import Cache, CacheCounts
    from feature_extractor.catalogue import Catalogue
    from feature_extractor.digest import TableDigest, digest_table
    from feature_extractor.extraction import (
        Extraction,
        FeatureDescription,
        Ids,
        InputCounts,
        Statistics,
    )
    from feature_extractor.extractor import Extractor, InputDescription, load
    from feature_extractor.fitting import FitError, Fitted, fit
    from feature_extractor.format import format_text
    from feature_extractor.plugins import include_directory, load_plugin
    from feature_extractor.program import Program, compile, compile_text
    from feature_extractor.registry import Plugin
    from feature_extractor.serving import Fetch, Service

__version__ = "0.1.0"

_PLACES = {
    "Cache": "caching",
    "CacheCounts": "caching",
    "Catalogue": "catalogue",
    "TableDigest": "digest",
    "digest_table": "digest",
    "Extraction": "extraction",
    "FeatureDescription": "extraction",
    "Ids": "extraction",
    "InputCounts": "extraction",
    "Statistics": "extraction",
    "Extractor": "extractor",
    "InputDescription": "extractor",
    "load": "extractor",
    "Plugin": "registry",
    "Fetch": "serving",
    "Service": "serving",
    "include_directory": "plugins",
    "load_plugin": "plugins",
    "Program": "program",
    "FitError": "fitting",
    "Fitted": "fitting",
    "fit": "fitting",
    "format_text": "format",
    "compile": "program",
    "compile_text": "program",
}

__all__ = [
    "Cache",
    "CacheCounts",
    "Catalogue",
    "CompileError",
    "EngineError",
    "Extraction",
    "Extractor",
    "FeatureDescription",
    "FeatureExtractorError",
    "Fetch",
    "FitError",
    "Fitted",
    "Ids",
    "InputCounts",
    "InputDescription",
    "Plugin",
    "Program",
    "Service",
    "Statistics",
    "TableDigest",
    "compile",
    "compile_text",
    "digest_table",
    "fit",
    "format_text",
    "include_directory",
    "load",
    "load_plugin",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: linting never loads the core, serving never the compiler."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'feature_extractor' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"feature_extractor.{place}"), name)
    globals()[name] = value
    return value
