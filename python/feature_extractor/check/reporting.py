"""Collects findings, each once, and tells in which call of a let function they arose."""

from __future__ import annotations

from feature_extractor.diagnostics import Diagnostic, Fix, Label, Span

MAXIMUM_FINDINGS = 500


class Reporter:
    """The findings of one run."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.calls: list[tuple[str, Span]] = []
        """The calls of let functions that are being expanded, from the outermost to the innermost."""
        self._seen: set[tuple[str, int, int, int]] = set()

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        caption: str = "",
        labels: tuple[Label, ...] = (),
        notes: tuple[str, ...] = (),
        help: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Add a finding, unless the same one was made at the same place, in another expansion."""
        key = (code, id(span.source), span.start, span.end)
        if key in self._seen or len(self.diagnostics) >= MAXIMUM_FINDINGS:
            return
        self._seen.add(key)
        if self.calls:
            name, place = self.calls[-1]
            labels = (*labels, Label(place, f"in this call of `{name}`"))
            outer = [outer_name for outer_name, _ in self.calls[:-1]]
            if outer:
                shown = outer if len(outer) <= 4 else [*outer[:2], "...", *outer[-2:]]
                notes = (*notes, f"reached through {', '.join(f'`{n}`' for n in shown)}")
        self.diagnostics.append(
            Diagnostic(
                code,
                message,
                span,
                caption=caption,
                labels=labels,
                notes=notes,
                help=help,
                fix=fix,
            )
        )
