"""Programs that are being edited: what is open, what is wrong with it, and what its names mean.

Editors ask; a text in an editor wins over the file on disk. Nothing here knows a protocol.
"""

from feature_extractor.workspace.documents import DocumentAnalysis, Workspace
from feature_extractor.workspace.names import Mention, NameIndex, Target

__all__ = ["DocumentAnalysis", "Mention", "NameIndex", "Target", "Workspace"]
