"""The second stage: names, types, nulls and kinds. It turns syntax trees into a checked program."""

from feature_extractor.check.program import (
    Analysis,
    analyse_file,
    analyse_text,
    check_file,
    check_text,
)

__all__ = ["Analysis", "analyse_file", "analyse_text", "check_file", "check_text"]
