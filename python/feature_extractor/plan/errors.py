"""What the planner tells the user when a program or a resource cannot be planned."""

from __future__ import annotations

from feature_extractor.check.typed import Site
from feature_extractor.diagnostics import Diagnostic, Source, Span


class PlanError(Exception):
    """A mistake of the user that shows only when the plan or the package is made."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(diagnostic.message for diagnostic in diagnostics))
        self.diagnostics = diagnostics


def span_of(site: Site, sources: dict[str, str]) -> Span | None:
    """Return the span of a site, or None where the file's text is not at hand."""
    text = sources.get(site.path)
    if text is None:
        return None
    source = Source(site.path, text)
    starts = source.line_starts
    if not 1 <= site.line <= len(starts) or not 1 <= site.end_line <= len(starts):
        return None
    return Span(
        source,
        starts[site.line - 1] + site.column - 1,
        starts[site.end_line - 1] + site.end_column - 1,
    )


def plan_error(
    code: str,
    message: str,
    site: Site,
    sources: dict[str, str],
    *,
    help: str = "",
    caption: str = "",
) -> PlanError:
    """Return an error at a place in the program."""
    return PlanError(
        (
            Diagnostic(
                code,
                message,
                span_of(site, sources),
                caption=caption,
                help=help,
                path=str(site),
            ),
        )
    )
