"""The module of this name in feature_extractor.testing."""

from feature_extractor.testing.evaluation import *  # noqa: F403
