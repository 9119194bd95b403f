"""The reference server: features and scores over HTTP. Started by ``fx serve``; needs the extra ``serve``."""

from feature_extractor.serve.limits import Limits

__all__ = ["Limits"]
