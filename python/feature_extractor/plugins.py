"""Plug-ins: operators that were compiled outside of this project, in a shared object of their own.

``load_plugin`` loads one into the core of this process, for packages that need it, and makes its operators known
to the compiler. For checking programs the registry beside the shared object is enough (``declare_plugin``).
docs/plugins.md tells how to make a plug-in.
"""

from __future__ import annotations

import os
from pathlib import Path

from feature_extractor.errors import FeatureExtractorError
from feature_extractor.registry import (
    Plugin,
    RegistryError,
    add_plugin,
    plugins_kept,
    read_plugin,
)

VARIABLE = "FEATURE_EXTRACTOR_PLUGINS"
"""The environment variable that names plug-ins to load: files, separated by ``:``."""

REGISTRY_SUFFIX = ".registry.json"

__all__ = ["Plugin", "declare_plugin", "load_named_plugins", "load_plugin", "plugins_kept"]


class PluginError(FeatureExtractorError):
    """A file is no registry of a plug-in, or contradicts one that is known."""


def load_plugin(path: str | os.PathLike[str]) -> Plugin:
    """Load a plug-in (``libacme.so``) into this process, where it stays.

    Its operators can then be called by programs as ``acme.name(...)``, and packages that need it can be
    loaded. Loading it again does nothing. Raises EngineError where there is no such file, where it is no
    plug-in or was built for another engine, or where another one of the same name is loaded.
    """
    from feature_extractor import _native

    return _known(_native.load_plugin(os.fspath(path)), str(path))


def declare_plugin(path: str | os.PathLike[str]) -> Plugin:
    """Make the operators of a plug-in known to the compiler, without native code if that is possible.

    ``path`` is the registry of a plug-in (``acme.registry.json``), or a shared object with its registry beside it;
    a shared object alone is loaded. Raises PluginError, EngineError or OSError.
    """
    place = Path(path)
    registry = place if place.suffix == ".json" else registry_beside(place)
    if registry is None:
        return load_plugin(place)
    try:
        text = registry.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PluginError(f"{registry}: this is not the registry of a plug-in") from None
    return _known(text, str(registry))


def registry_beside(path: Path) -> Path | None:
    """Return the registry beside a shared object: ``acme.registry.json`` for ``libacme.so``."""
    name = path.name.partition(".so")[0].removeprefix("lib")
    registry = path.with_name(name + REGISTRY_SUFFIX)
    return registry if path.exists() and registry.is_file() else None


def load_named_plugins() -> None:
    """Load the plug-ins that the environment variable names. Raises EngineError."""
    for path in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        load_plugin(path)


def include_directory() -> Path:
    """Return the folder with the headers for plug-ins: ``feature_extractor/plugin.h`` and what it includes."""
    return _installed("include", Path("cpp", "include"))


def cmake_directory() -> Path:
    """Return the folder for ``find_package(feature_extractor)``: the CMake variable ``feature_extractor_DIR``."""
    return _installed("cmake", Path("cmake"))


def _installed(name: str, in_checkout: Path) -> Path:
    package = Path(__file__).parent
    installed = package / name
    return installed if installed.is_dir() else package.parents[1] / in_checkout


def _known(text: str, shown: str) -> Plugin:
    try:
        plugin = read_plugin(text)
        add_plugin(plugin)
    except RegistryError as error:
        raise PluginError(f"{shown}: {error}") from None
    return plugin
