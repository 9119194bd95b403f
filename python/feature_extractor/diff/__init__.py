"""Compares two programs by what they mean: features, resources, inputs, output and cost."""

from feature_extractor.diff.comparison import compare
from feature_extractor.diff.opening import diff
from feature_extractor.diff.report import FolderDiff, ProgramDiff
from feature_extractor.diff.sides import DiffError

__all__ = ["DiffError", "FolderDiff", "ProgramDiff", "compare", "diff"]
