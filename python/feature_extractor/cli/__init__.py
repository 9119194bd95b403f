"""The command line: ``fx``."""

from feature_extractor.cli.entry import main

__all__ = ["main"]
