"""Lineage: the values of a program's steps on single rows, from the inputs to a feature."""

from feature_extractor.lineage.opening import LineageError, TracedProgram, open_traced
from feature_extractor.lineage.text import tree_text
from feature_extractor.lineage.trace import Trace, Tracer
from feature_extractor.lineage.tree import FeatureLineage, Node, lineage

__all__ = [
    "FeatureLineage",
    "LineageError",
    "Node",
    "Trace",
    "TracedProgram",
    "Tracer",
    "lineage",
    "open_traced",
    "tree_text",
]
