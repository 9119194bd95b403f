"""Fitting resources to data: moments, quantiles, vocabularies, counts and target means.

docs/fit.md tells how it is used, docs/design/0010-fit.md why it is so.
"""

from feature_extractor.fitting.run import Fitted, fit
from feature_extractor.fitting.states import FitError

__all__ = ["FitError", "Fitted", "fit"]
