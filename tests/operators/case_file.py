"""The module of this name in feature_extractor.testing."""

from feature_extractor.testing.case_file import *  # noqa: F403
