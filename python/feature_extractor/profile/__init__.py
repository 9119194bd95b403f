"""Profiles the features of a table: distributions, defaults, cardinality, collisions, drift against another table."""

from feature_extractor.profile.report import Profile
from feature_extractor.profile.run import profile

__all__ = ["Profile", "profile"]
