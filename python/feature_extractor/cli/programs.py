"""Opens what a command was given: a feature file, compiled on the fly, or a package."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feature_extractor.cli.failures import CommandError, require_file

if TYPE_CHECKING:
    from feature_extractor.extractor import Extractor
    from feature_extractor.registry import Registry


@dataclass(frozen=True)
class OpenedProgram:
    """A program that is ready to run, with the plan that tells where its numbers come from."""

    extractor: Extractor
    plan: Mapping[str, Any]

    def used_inputs(self) -> set[tuple[str, str]]:
        """Return domain and name of each input that a feature reads."""
        # A run of the linter that finds everything in its cache needs nothing of plans.
        from feature_extractor.plan.steps import used_inputs

        return used_inputs(self.plan)

    def operators_at(self) -> dict[str, list[str]]:
        """Return the names of the operators at each place ``file:line:column`` of the program."""
        found: dict[str, list[str]] = {}
        for step in self.plan["steps"]:
            if step["do"] == "call" and "site" in step:
                names = found.setdefault(self.plan["sites"][step["site"]], [])
                if step["operator"] not in names:
                    names.append(step["operator"])
        return found


def is_package(path: Path) -> bool:
    """Return whether a file is a package; its content decides, not its name."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def open_program(path: str, *, labels: bool = True) -> OpenedProgram:
    """Compile a feature file, with its labels or without, or load a package.

    Raises CompileError for mistakes in a program, EngineError for a package that the core refuses,
    CommandError for a file that cannot be read.
    """
    place = require_file(path)
    require_core()
    if is_package(place):
        from feature_extractor.extractor import load

        extractor = load(place)
        return OpenedProgram(extractor, read_plan(place))
    from feature_extractor.program import compile

    refuse_binary(place)
    program = compile(place, labels=labels)
    return OpenedProgram(program.extractor(), program.package.plan)


def known_registry() -> Registry:
    """Return the operators that programs may call, those of the plug-ins of the command line too.

    The core is not needed where each plug-in has its registry beside it. Raises CommandError.
    """
    from feature_extractor.core_registry import load_core_registry
    from feature_extractor.plugins import PluginError, declare_plugin
    from feature_extractor.registry import RegistryError

    try:
        for path in named_plugins():
            declare_plugin(require_file(path))
        return load_core_registry()
    except (PluginError, RegistryError) as error:
        raise CommandError(str(error)) from None


def plugin_digests() -> tuple[str, ...]:
    """Return what identifies the plug-ins whose operators programs may call. Raises CommandError."""
    if not named_plugins() and "feature_extractor.registry" not in sys.modules:
        return ()  # Nobody has declared one, and to read all operators would take longer than to tell.
    return tuple(plugin.digest for plugin in known_registry().plugins.values())


def named_plugins() -> tuple[str, ...]:
    """Return the files that ``--plugin`` named."""
    context = click.get_current_context(silent=True)
    settings = context.find_object(dict) if context is not None else None
    return tuple(filter(None, settings.get("plugins", ()))) if settings else ()


def require_core() -> None:
    """Raise CommandError where the native core, or a plug-in, is not there or cannot be loaded."""
    try:
        import feature_extractor._native  # noqa: F401
    except ImportError as error:
        raise CommandError(
            f"the native core cannot be loaded: {error}",
            "Reinstall the package with `pip install --force-reinstall feature_extractor`, or run "
            "`make build` in a checkout.",
        ) from None
    plugins = named_plugins()
    if plugins:
        from feature_extractor.plugins import load_plugin

        for path in plugins:
            if path.endswith(".json"):
                raise CommandError(
                    f"{path}: this command runs the operators of the plug-in, and this file only describes them",
                    "Name the shared object: --plugin libNAME.so.",
                )
            load_plugin(require_file(path))


def refuse_binary(path: Path) -> None:
    """Raise CommandError for a file that is clearly no program, say a Parquet file."""
    with path.open("rb") as file:
        if b"\0" in file.read(4096):
            raise CommandError(f"{path}: this is neither a feature file (.fx) nor a package (.fxp)")


def read_plan(path: Path) -> dict[str, Any]:
    """Return the plan in a package; the resources are not read, however large they are."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        plan: dict[str, Any] = json.loads(archive.read("plan.json"))
    return plan
