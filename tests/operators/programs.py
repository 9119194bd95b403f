"""The module of this name in feature_extractor.testing."""

from feature_extractor.testing.programs import *  # noqa: F403
