"""Reads the files of a program: the main one and the modules that it uses."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from feature_extractor.check.reporting import Reporter
from feature_extractor.diagnostics import Diagnostic, Source, Span
from feature_extractor.diagnostics.suggestions import closest, enumerate_words
from feature_extractor.files import Reader, UnreadableFile, decode, read_file
from feature_extractor.standard import PREFIX, module_source, module_texts
from feature_extractor.syntax import ParseResult, parse_again, tree

__all__ = [
    "LoadedFile",
    "ModuleLoader",
    "Reader",
    "UnreadableFile",
    "decode",
    "read_file",
]

MAXIMUM_MODULES: Final = 200
"""Files of one program."""


@dataclass(eq=False)
class LoadedFile:
    """A parsed file and the modules that it uses; ``key`` is its path below the root folder."""

    key: str
    parsed: tree.File
    uses: list[tuple[tree.UseDeclaration, LoadedFile | None]] = field(default_factory=list)


def _leads_out(root: Path, key: str) -> bool:
    """Return whether a path below a folder leads out of it by a link. Raises OSError."""
    # To resolve both takes as long as reading the file. Where no part of the path is a link, it stays below.
    place = str(root)
    for part in key.split("/"):
        place = os.path.join(place, part)
        if os.path.islink(place):
            return not (root / key).resolve().is_relative_to(root.resolve())
    return False


@lru_cache(maxsize=256)
def _parsed_module(path: str, text: str) -> ParseResult:
    """Return the tree of a module; programs that use it share the tree."""
    return parse_again(path, text)


class ModuleLoader:
    """Loads a file and everything that it uses, each file once."""

    def __init__(
        self, root: Path | None, prefix: str, reporter: Reporter, read: Reader = read_file
    ) -> None:
        self._root = root
        self._read = read
        self._prefix = prefix
        self._reporter = reporter
        self._files: dict[str, LoadedFile] = {}
        self.sources: dict[str, str] = {}
        self.diagnostics: list[Diagnostic] = []

    def load(self, key: str, source: Source) -> LoadedFile:
        """Parse the main file, then its modules, without recursion; cycles are reported."""
        return self.load_parsed(key, parse_again(source.path, source.text))

    def load_parsed(self, key: str, result: ParseResult) -> LoadedFile:
        """Do the same for a main file that was parsed already."""
        main = self._add(key, result)
        waiting = [main]
        while waiting:
            loaded = waiting.pop()
            for statement in loaded.parsed.statements:
                if not isinstance(statement, tree.UseDeclaration):
                    continue
                found, new = self._use(loaded, statement)
                loaded.uses.append((statement, found))
                if new and found is not None:
                    waiting.append(found)
        self._cut_cycles(main)
        return main

    def _add(self, key: str, result: ParseResult) -> LoadedFile:
        self.diagnostics.extend(result.diagnostics)
        loaded = LoadedFile(key, result.file)
        self._files[key] = loaded
        self.sources[result.file.source.path] = result.file.source.text
        return loaded

    def _use(
        self, user: LoadedFile, statement: tree.UseDeclaration
    ) -> tuple[LoadedFile | None, bool]:
        span = statement.path_span
        key = self._key(user, statement.path, span)
        if key is None:
            return None, False
        known = self._files.get(key)
        if known is not None:
            return known, False
        if len(self._files) >= MAXIMUM_MODULES:
            self._reporter.report(
                "FX006", f"the program has more than {MAXIMUM_MODULES} files", span
            )
            return None, False
        if key.startswith(PREFIX):
            source = module_source(key)
            if source is None:
                self._report_no_standard_module(key, span)
                return None, False
            return self._add(key, _parsed_module(source.path, source.text)), True
        if self._root is None:
            self._reporter.report(
                "FX140",
                "modules cannot be used here, because the program is not a file",
                span,
            )
            return None, False
        try:
            path = self._root / key
            if _leads_out(self._root, key):
                raise UnreadableFile("it leads out of the program's folder")
            text = self._read(path)
        except (UnreadableFile, OSError, ValueError, RuntimeError) as error:
            self._report_missing(key, span, str(error))
            return None, False
        return self._add(key, _parsed_module(posixpath.join(self._prefix, key), text)), True

    def _report_no_standard_module(self, key: str, span: Span) -> None:
        names = list(module_texts())
        meant = closest(key, names)
        self._reporter.report(
            "FX140",
            f"the standard library has no module `{key}`",
            span,
            caption=f"did you mean `{meant}`?" if meant else "",
            notes=() if meant else (f"it has {enumerate_words((f'`{n}`' for n in names), 'and')}",),
            help=""
            if meant
            else f"`{PREFIX}` stands for the standard library; call your own folder otherwise",
        )

    def _report_missing(self, key: str, span: Span, reason: str) -> None:
        meant = None
        if self._root is not None:
            try:
                folder = (self._root / key).parent
                siblings = [entry.name for entry in folder.iterdir() if entry.suffix == ".fx"]
                meant = closest(posixpath.basename(key), siblings)
            except (OSError, ValueError):
                meant = None
        self._reporter.report(
            "FX140",
            f"the module `{key}` cannot be used: {reason}",
            span,
            caption=f"did you mean `{meant}`?" if meant else "",
        )

    def _key(self, user: LoadedFile, path: str, span: Span) -> str | None:
        """Return a module's path below the root folder, or None where it is not allowed."""
        problem = advice = ""
        is_standard = path.startswith(PREFIX)
        folder = "" if is_standard else posixpath.dirname(user.key)
        key = posixpath.normpath(posixpath.join(folder, path)) if path else ""
        if not path or any(ord(character) < 32 for character in path) or len(path) > 1000:
            problem = "a module's path cannot be empty, very long or hold control characters"
        elif path.startswith("/") or ":" in path[:3]:
            problem = "a module's path cannot be absolute"
            advice = "paths are relative to the file with the `use`"
        elif "\\" in path:
            problem = "a module's path is written with `/`"
        elif key == ".." or key.startswith("../"):
            problem = "a module's path cannot leave the program's folder"
            advice = "modules lie in the folder of the program, or below it"
        elif not path.endswith(".fx"):
            problem = "a module's name ends in `.fx`"
        elif key.startswith(PREFIX) and not is_standard and not user.key.startswith(PREFIX):
            problem = f"a folder of modules cannot be called `{PREFIX}`"
            advice = "that is the name of the standard library; call the folder otherwise"
        elif is_standard and not key.startswith(PREFIX):
            problem = "a path cannot lead out of the standard library"
        if problem:
            self._reporter.report("FX142", problem, span, help=advice)
            return None
        return key

    def _cut_cycles(self, main: LoadedFile) -> None:
        """Report circles of modules, and drop the use that closes each."""
        state: dict[str, int] = {main.key: 1}
        path = [main]
        positions = [0]
        while path:
            loaded, position = path[-1], positions[-1]
            if position == len(loaded.uses):
                state[loaded.key] = 2
                path.pop()
                positions.pop()
                continue
            positions[-1] += 1
            statement, used = loaded.uses[position]
            if used is None:
                continue
            if state.get(used.key) == 1:
                start = next(i for i, other in enumerate(path) if other is used)
                chain = [other.key for other in path[start:]] + [used.key]
                self._reporter.report(
                    "FX141",
                    "modules use each other in a circle",
                    statement.path_span,
                    notes=(" -> ".join(f"`{key}`" for key in chain),),
                    help="move what both need into a third module",
                )
                loaded.uses[position] = (statement, None)
            elif used.key not in state:
                state[used.key] = 1
                path.append(used)
                positions.append(0)
