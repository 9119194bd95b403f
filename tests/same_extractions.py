"""What tests of catalogues and caches require: nothing but the time may change."""

from __future__ import annotations

import feature_extractor as fx
import pyarrow as pa


def same(found: fx.Extraction, wanted: fx.Extraction) -> None:
    """Require the same bits of each feature, and the same counts."""
    assert pa.record_batch(found).equals(pa.record_batch(wanted))
    # Arrow takes -0.0 for 0.0; the digest does not.
    assert found.digest() == wanted.digest()
    assert found.statistics() == wanted.statistics()
    assert found.package_digest == wanted.package_digest
