"""The linter: rules about programs that compile and are still likely to be wrong in production.

It reads programs only. It never runs one, and never needs the compiled core.
"""

from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule, Status
from feature_extractor.lint.run import lint_paths
from feature_extractor.lint.selection import Selection, SelectionError
from feature_extractor.lint.setting import Setting

__all__ = [
    "Finding",
    "LintedProgram",
    "Rule",
    "Selection",
    "SelectionError",
    "Setting",
    "Status",
    "all_rules",
    "lint_paths",
]
