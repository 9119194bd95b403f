"""The module of this name in feature_extractor.testing."""

from feature_extractor.testing.operator_file import *  # noqa: F403
