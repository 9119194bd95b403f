"""Explains a plan: what each feature reads, where it runs, what it costs and what it shares."""

from feature_extractor.explain.analysis import Assumptions, Explanation, explain
from feature_extractor.explain.files import explain_file
from feature_extractor.explain.page import page
from feature_extractor.explain.text import feature_text, summary_text

__all__ = [
    "Assumptions",
    "Explanation",
    "explain",
    "explain_file",
    "feature_text",
    "page",
    "summary_text",
]
