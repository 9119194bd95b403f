"""Findings about programs: what they hold, their stable codes, and how they are shown."""

from feature_extractor.diagnostics.codes import CODES, Code
from feature_extractor.diagnostics.diagnostic import Diagnostic, Label, Severity
from feature_extractor.diagnostics.fix import Applicability, Edit, Fix, apply_fixes
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
    "Applicability",
    "Code",
    "Diagnostic",
    "Edit",
    "Fix",
    "Label",
    "Severity",
    "Source",
    "Span",
    "apply_fixes",
    "print_diagnostics",
    "render",
    "render_json",
    "render_one",
    "render_short",
]
