"""Brings files of a revision of git into a folder, so that they can be compiled as they were.

Only what a program needs is taken: its file, its modules, the files of its resources and its fitted results.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from pathlib import Path

from feature_extractor.check.fitted_files import SUFFIX
from feature_extractor.diagnostics import Source
from feature_extractor.diff.sides import DiffError
from feature_extractor.standard import PREFIX
from feature_extractor.syntax import parse_source, tree


class Revision:
    """A commit of the repository around a folder of this machine.

    ``notes`` tells what was taken from elsewhere. Raises DiffError where there is no git, no repository or no such
    revision.
    """

    def __init__(self, name: str, beside: Path | None = None) -> None:
        self.name = name
        self._here = beside or Path.cwd()
        self._commit = self._one_line(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        self._top = Path(self._one_line("rev-parse", "--show-toplevel"))
        self.notes: list[str] = []

    def path(self, written: str) -> str:
        """Return a path from the top of the repository.

        As in git, a path is from there already unless it starts with `./` or `../`; where there is no such file, the
        folder one stands in is tried too.
        """
        below = self._one_line("rev-parse", "--show-prefix", empty=True)
        inside = posixpath.normpath(posixpath.join(below, written))
        plain = posixpath.normpath(written) if written else "."
        if not written.startswith(("./", "../")) and self.kind(plain):
            return plain
        if inside.startswith("../"):
            raise DiffError(f"{self.name}:{written}: this is outside of the repository")
        if not self.kind(inside):
            raise DiffError(f"{self.name}:{written}: there is no such file in that revision")
        return inside

    def kind(self, path: str) -> str:
        """Return ``blob`` for a file, ``tree`` for a folder, and nothing where neither is there."""
        target = self._commit + ":" + ("" if path == "." else path)
        run = self._run("cat-file", "-t", target)
        return run.stdout.decode().strip() if run.returncode == 0 else ""

    def programs(self, folder: str) -> list[str]:
        """Return the feature files and packages below a folder, by their paths below it."""
        start = "" if folder == "." else folder + "/"
        run = self._run(
            "ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit, start or "."
        )
        names = os.fsdecode(run.stdout).split("\0")
        return sorted(n.removeprefix(start) for n in names if n.endswith((".fx", ".fxp")))

    def read(self, path: str) -> bytes | None:
        """Return the content of a file as a checkout would have it, or None where there is none."""
        if self.kind(path) != "blob":
            return None
        run = self._run("cat-file", "--filters", f"{self._commit}:{path}")
        if run.returncode != 0:
            raise DiffError(f"{self.name}:{path}: {_reason(run)}")
        return run.stdout

    def materialise(self, path: str, folder: Path) -> None:
        """Write a program and all that it reads into a folder, at their places in the repository."""
        waiting = [path]
        seen: set[str] = set()
        while waiting:
            here = waiting.pop()
            if here in seen or here.startswith("../"):
                continue
            seen.add(here)
            content = self.read(here)
            if content is None:
                continue
            _write(folder / here, content)
            text = content.decode("utf-8", "replace").removeprefix("\ufeff")
            for statement in parse_source(Source(here, text)).file.statements:
                match statement:
                    case tree.UseDeclaration(path=used) if not used.startswith(PREFIX):
                        waiting.append(_beside(here, used))
                    case tree.ResourceDeclaration(arguments=[first, *_]):
                        value = first.value
                        if isinstance(value, tree.Literal) and isinstance(value.value, str):
                            self._resource(_beside(here, value.value), folder)
                    case _:
                        pass
        self._fitted(path, folder)

    def _resource(self, path: str, folder: Path) -> None:
        if path.startswith("../") or (folder / path).exists() or "\0" in path:
            return
        content = self.read(path)
        if content is not None:
            _write(folder / path, content)
            return
        now = self._top / path
        if now.is_file():
            # Large data often lies beside the repository, not in it.
            self.notes.append(f"{path} is not in {self.name}; the file that is there now stands in")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(now.resolve())

    def _fitted(self, path: str, folder: Path) -> None:
        place = posixpath.splitext(path)[0] + SUFFIX
        if self.kind(place) != "tree":
            return
        run = self._run(
            "ls-tree", "-r", "-z", "--name-only", "--full-tree", self._commit, place + "/"
        )
        for name in os.fsdecode(run.stdout).split("\0"):
            content = self.read(name) if name.endswith(".json") else None
            if content is not None:
                _write(folder / name, content)

    def _one_line(self, *arguments: str, empty: bool = False) -> str:
        run = self._run(*arguments)
        line = os.fsdecode(run.stdout).strip()
        if run.returncode != 0 or (not line and not empty):
            reason = _reason(run)
            if not reason and arguments[1] == "--verify":
                reason = "git knows no such revision"
            raise DiffError(f"{self.name}: {reason or 'git gave no answer'}")
        return line

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self._here,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            )
        except FileNotFoundError:
            raise DiffError("git is not installed, so no revision can be read") from None


def _reason(run: subprocess.CompletedProcess[bytes]) -> str:
    lines = run.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""


def _beside(path: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
