"""One run of ``fx lint``: find the programs, look at them, repair them if that was asked for, and report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feature_extractor.cli.console import error_stream, print_error, print_findings, visible
from feature_extractor.cli.failures import EXIT_FAILURE, EXIT_FINDINGS, CommandError
from feature_extractor.cli.fixes import (
    print_differences,
    print_fixable,
    print_fixes,
    write_fixes,
)
from feature_extractor.cli.programs import known_registry, plugin_digests
from feature_extractor.cli.settings import (
    configured,
    find_all_programs,
    find_settings,
    with_schema,
)
from feature_extractor.cli.writing import write_text
from feature_extractor.diagnostics import Applicability, Diagnostic, Severity, render_json
from feature_extractor.wording import counted

if TYPE_CHECKING:
    from feature_extractor.lint.baseline import Baseline, Entry
    from feature_extractor.lint.cache import LintCache
    from feature_extractor.lint.fixing import Fixing, Texts

FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit")
"""The forms in which findings can be printed."""
FOR_PEOPLE = ("full", "concise")
"""Those of them that nobody parses."""
_MOST_STALE = 20
"""So many entries of a baseline are listed that nothing needs; the others are only counted."""


@dataclass(frozen=True)
class LintOptions:
    """What the command line asked for."""

    paths: Sequence[str]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    config: str | None
    isolated: bool
    force_exclude: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    baseline: str | None
    write_baseline: bool
    output_format: str
    schema: tuple[str, ...] = ()
    jobs: int | None = None
    no_cache: bool = False
    cache_dir: str | None = None


def run_lint(options: LintOptions) -> int:
    """Look at all programs once and print what there is to say; return the exit code."""
    return _Run(options).run()


class _Run:
    def __init__(self, options: LintOptions) -> None:
        from feature_extractor.lint import Selection

        self._options = options
        self._finder = find_settings(options.config, options.isolated)
        asked = Selection(options.select, options.extend_select, options.ignore)
        self._configure = with_schema(configured(self._finder, asked), options.schema)
        self._programs = find_all_programs(
            options.paths, self._finder, force_exclude=options.force_exclude
        )

    def run(self) -> int:
        from feature_extractor.lint.fixing import Texts

        options = self._options
        baseline = self._baseline()
        if not (options.fix or options.diff):
            return self._report(self._lint(Texts()), baseline)
        fixing = self._fixed()
        if options.diff:
            return print_differences(fixing)
        failed = write_fixes(fixing)
        # Reports are read by programs, so that what was done is told elsewhere.
        print_fixes(fixing, sys.stdout if options.output_format in FOR_PEOPLE else error_stream())
        code = self._report(fixing.findings, baseline)
        return EXIT_FAILURE if failed else code

    def _lint(self, texts: Texts) -> list[Diagnostic]:
        from feature_extractor.lint import lint_paths
        from feature_extractor.lint.processes import usual_jobs

        jobs = self._options.jobs or usual_jobs()
        return lint_paths(
            self._programs, known_registry, self._configure, texts, jobs=jobs, cache=self._cache()
        )

    def _cache(self) -> LintCache | None:
        from feature_extractor.lint.cache import FOLDER, LintCache

        if self._options.no_cache:
            return None
        return LintCache(Path(self._options.cache_dir or FOLDER), plugin_digests())

    def _fixed(self) -> Fixing:
        from feature_extractor.check import analyse_file
        from feature_extractor.lint.fixing import fix_programs

        registry = known_registry()

        def count_errors(path: Path, texts: Texts) -> int:
            found = analyse_file(path, registry, texts).diagnostics
            return sum(finding.severity is Severity.ERROR for finding in found)

        unsafe = [Applicability.UNSAFE] if self._options.unsafe_fixes else []
        allowed = frozenset([Applicability.SAFE, *unsafe])
        return fix_programs(self._programs, self._lint, count_errors, allowed)

    # ---- the baseline ----------------------------------------------------------------------------

    def _baseline(self) -> Baseline | None:
        """Return the baseline of this run, from the command line or the settings of all programs alike."""
        file = self._baseline_file()
        if file is None:
            if self._options.write_baseline:
                raise click.UsageError("`--write-baseline` needs a file: `--baseline FILE`.")
            return None
        from feature_extractor.lint.baseline import Baseline, BaselineError

        if self._options.write_baseline and not file.exists():
            return Baseline(file, {})
        try:
            return Baseline.read(file)
        except BaselineError as error:
            hint = (
                "Remove it, or name another file: only a baseline is written over."
                if self._options.write_baseline
                else "`fx lint PATH --baseline FILE --write-baseline` writes one."
            )
            raise CommandError(f"{file}: {error}", hint) from None

    def _baseline_file(self) -> Path | None:
        if self._options.baseline is not None:
            return Path(self._options.baseline)
        files = {self._finder.settings(path).baseline for path in self._programs}
        files.discard(None)
        if len(files) > 1:
            listed = ", ".join(sorted(map(str, files)))
            raise CommandError(
                f"the programs have several baselines: {listed}",
                "Lint them one after the other, or name one file with `--baseline`.",
            )
        return next(iter(files), None)

    def _examined(self) -> dict[Path, frozenset[str]]:
        """Return the codes of the rules that looked at each program."""
        return {path: self._configure(path).codes for path in self._programs}

    # ---- the report ------------------------------------------------------------------------------

    def _report(self, findings: list[Diagnostic], baseline: Baseline | None) -> int:
        known = 0
        has_errors = any(not finding.rule for finding in findings)
        if baseline is not None:
            if self._options.write_baseline:
                return self._write_baseline(findings, baseline, has_errors)
            # A program with errors was not looked at, and nobody knows which entries it needs.
            examined = {} if has_errors else self._examined()
            compared = baseline.compare(findings, examined)
            findings, known = compared.new, compared.known
            _print_stale(baseline, compared.stale)
        _print_findings(
            self._options.output_format,
            self._programs,
            findings,
            self._options.unsafe_fixes,
            known,
        )
        return EXIT_FINDINGS if findings else 0

    def _write_baseline(
        self, findings: list[Diagnostic], baseline: Baseline, has_errors: bool
    ) -> int:
        if has_errors:
            print_findings([finding for finding in findings if not finding.rule], error_stream())
            print_error("no baseline was written, because programs have errors")
            return EXIT_FINDINGS
        updated = baseline.updated(findings, self._examined())
        try:
            write_text(updated.file, updated.text())
        except OSError as error:
            raise CommandError(
                f"{updated.file}: {(error.strerror or str(error)).lower()}"
            ) from None
        total = sum(updated.counts.values())
        print(f"wrote {visible(str(updated.file))}: {counted(total, 'known finding')}")
        return 0


def _print_stale(baseline: Baseline, stale: Mapping[Entry, int]) -> None:
    """Tell which entries of a baseline nothing needs: such a finding could come back unseen."""
    if not stale:
        return
    lines = [
        f"{baseline.file}: {counted(sum(stale.values()), 'known finding')} not found any more; "
        "`--write-baseline` forgets what is repaired"
    ]
    shown = list(stale.items())[:_MOST_STALE]
    lines += [
        f"  {path}: {code} {message}" + (f" ({count} times)" if count > 1 else "")
        for (path, code, _, message), count in shown
    ]
    if len(stale) > len(shown):
        lines.append(f"  and {len(stale) - len(shown)} more")
    error_stream().write("".join(f"{visible(line)}\n" for line in lines))


def _print_findings(
    output_format: str,
    programs: Sequence[Path],
    findings: list[Diagnostic],
    unsafe_fixes: bool,
    known: int,
) -> None:
    from feature_extractor.lint import output

    match output_format:
        case "json":
            sys.stdout.write(render_json(findings) + "\n")
        case "sarif" | "gitlab" | "junit":
            from feature_extractor.lint import reports

            if output_format == "sarif":
                sys.stdout.write(reports.sarif(findings))
            elif output_format == "gitlab":
                sys.stdout.write(reports.gitlab(findings))
            else:
                sys.stdout.write(reports.junit(findings, map(str, programs)))
        case "github":
            sys.stdout.write(output.github(findings))
        case "concise":
            sys.stdout.write(output.concise(findings))
            print_fixable(findings, unsafe_fixes)
        case _:
            print_findings(findings, sys.stdout)
            print(_summary(len(programs), findings, known))
            print_fixable(findings, unsafe_fixes)


def _summary(files: int, findings: Iterable[Diagnostic], known: int) -> str:
    names = {
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.INFORMATION: "remark",
    }
    listed = list(findings)
    counts = [
        counted(number, noun)
        for severity, noun in names.items()
        if (number := sum(finding.severity is severity for finding in listed))
    ]
    if known:
        counts.append(f"{known:,} known by the baseline")
    text = f"{counted(files, 'file')} checked: {', '.join(counts) or 'nothing found'}"
    return f"\n{text}" if listed else text
