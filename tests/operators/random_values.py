"""The module of this name in feature_extractor.testing."""

from feature_extractor.testing.random_values import *  # noqa: F403
