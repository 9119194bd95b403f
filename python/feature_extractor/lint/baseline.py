"""Findings that are known already, so that a repository can begin with a rule before all of them are repaired."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from feature_extractor.diagnostics import Diagnostic

_VERSION: Final = 1


class BaselineError(Exception):
    """A file is no baseline; the message says why."""


class Entry(NamedTuple):
    """What tells a finding from others: no line number, so that it stays known when lines are added above it.

    ``path`` is relative to the folder of the baseline, with slashes; ``line`` is the text of the line without the
    white space around it.
    """

    path: str
    code: str
    line: str
    message: str


@dataclass(frozen=True)
class Comparison:
    """What a baseline makes of findings: those that are new, how many are known, and entries that nothing needs."""

    new: list[Diagnostic]
    known: int
    stale: Mapping[Entry, int]


class Baseline:
    """The content of a baseline file: how often each entry is known."""

    def __init__(self, file: Path, counts: Mapping[Entry, int]) -> None:
        self.file = file
        self.counts = Counter(counts)

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """Read a file that :meth:`write` wrote. Raises BaselineError."""
        try:
            content: Any = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BaselineError("there is no such file") from None
        except OSError as error:
            raise BaselineError((error.strerror or str(error)).lower()) from None
        except (ValueError, RecursionError) as error:
            raise BaselineError(f"this is not JSON: {error}") from None
        counts: Counter[Entry] = Counter()
        match content:
            case {"version": 1, "findings": list() as findings}:
                pass
            case {"version": int() as version} if version != _VERSION:
                raise BaselineError(f"this is a baseline of version {version}, not {_VERSION}")
            case _:
                raise BaselineError("this is not a baseline")
        for number, finding in enumerate(findings, 1):
            match finding:
                case {
                    "path": str() as path,
                    "code": str() as code,
                    "line": str() as line,
                    "message": str() as message,
                    "count": int() as count,
                } if count > 0:
                    counts[Entry(path, code, line, message)] += count
                case _:
                    raise BaselineError(f"its finding {number} is not one")
        return cls(file, counts)

    def text(self) -> str:
        """Return the content of the file: sorted, so that a change of it is easy to review and to merge."""
        findings = [
            {**entry._asdict(), "count": count} for entry, count in sorted(self.counts.items())
        ]
        content = {"version": _VERSION, "findings": findings}
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def compare(
        self, findings: Iterable[Diagnostic], examined: Mapping[Path, frozenset[str]]
    ) -> Comparison:
        """Return which findings are new.

        ``examined`` has the codes of the rules that looked at each file; only their entries can be stale, and those
        of files that are not there any more. Errors of the compiler are always new.
        """
        left = self.counts.copy()
        new = []
        known = 0
        for finding in findings:
            entry = self.entry(finding)
            if entry is not None and left[entry] > 0:
                left[entry] -= 1
                known += 1
            else:
                new.append(finding)
        codes = {self._relative(path): codes for path, codes in examined.items()}
        stale = {
            entry: count
            for entry, count in sorted(left.items())
            if count > 0 and (entry.code in codes.get(entry.path, ()) or self._is_gone(entry))
        }
        return Comparison(new, known, stale)

    def updated(
        self, findings: Iterable[Diagnostic], examined: Mapping[Path, frozenset[str]]
    ) -> Baseline:
        """Return a baseline in which just these findings are known, for the files and rules of this run."""
        codes = {self._relative(path): codes for path, codes in examined.items()}
        counts = Counter(
            {
                entry: count
                for entry, count in self.counts.items()
                if entry.code not in codes.get(entry.path, ()) and not self._is_gone(entry)
            }
        )
        counts.update(entry for finding in findings if (entry := self.entry(finding)) is not None)
        return Baseline(self.file, counts)

    def entry(self, finding: Diagnostic) -> Entry | None:
        """Return the entry of a finding; None for errors of the compiler, which cannot be allowed."""
        span = finding.span
        if not finding.rule or span is None:
            return None
        line = span.source.line_text(span.line).strip()
        return Entry(self._relative(Path(span.path)), finding.code, line, finding.message)

    def _relative(self, path: Path) -> str:
        folder = os.path.abspath(self.file.parent)
        return Path(os.path.relpath(os.path.abspath(path), folder)).as_posix()

    def _is_gone(self, entry: Entry) -> bool:
        return not (self.file.parent / entry.path).exists()
