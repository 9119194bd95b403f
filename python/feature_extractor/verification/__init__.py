"""Computes logged requests again, and says which values differ, from which operator on."""

from feature_extractor.verification.compare import (
    Example,
    FeatureComparison,
    Verification,
    VerificationError,
    Verifier,
)
from feature_extractor.verification.parting import Parting, first_parting
from feature_extractor.verification.report import markdown, text

__all__ = [
    "Example",
    "FeatureComparison",
    "Parting",
    "Verification",
    "VerificationError",
    "Verifier",
    "first_parting",
    "markdown",
    "text",
]
