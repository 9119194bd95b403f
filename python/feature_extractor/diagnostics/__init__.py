"""Findings about programs: what they hold, their stable codes, and how they are shown."""

from feature_extractor.diagnostics.codes import CODES, Code
from feature_extractor.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label, Severity
from feature_extractor.diagnostics.rendering import (
    print_diagnostics,
    render,
    render_json,
    render_one,
    render_short,
)
from feature_extractor.diagnostics.source import Source, Span

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "Edit",
    "Fix",
    "Label",
    "Severity",
    "Source",
    "Span",
    "print_diagnostics",
    "render",
    "render_json",
    "render_one",
    "render_short",
]
