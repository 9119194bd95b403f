package org.featureextractor.flink;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.featureextractor.Extraction;
import org.featureextractor.Feature;
import org.featureextractor.InputCounts;

/** What a task counts, in the group {@code feature_extractor} of its metrics. */
final class ExtractionMetrics {
  private final Counter rows;
  private final Counter batches;
  private final Counter defaulted;
  private final Counter nulls;
  private final Counter reloads;
  private final Counter refused;
  private volatile String digest = "";
  private volatile long memory;

  ExtractionMetrics(MetricGroup parent) {
    MetricGroup group = parent.addGroup("feature_extractor");
    rows = group.counter("rows");
    batches = group.counter("batches");
    defaulted = group.counter("defaulted");
    nulls = group.counter("nulls");
    reloads = group.counter("reloads");
    refused = group.counter("reloadsRefused");
    group.gauge("packageDigest", () -> digest);
    group.gauge("nativeBytes", () -> memory);
  }

  /**
   * Counts a batch.
   *
   * @param held the native memory that is held, in bytes
   */
  void count(Extraction extraction, int inputs, long held) {
    rows.inc(extraction.rows());
    batches.inc();
    long sum = 0;
    for (Feature feature : extraction.features()) {
      sum += extraction.defaulted(feature.index());
    }
    defaulted.inc(sum);
    sum = 0;
    for (int i = 0; i < inputs; ++i) {
      InputCounts counts = extraction.inputCounts(i);
      sum += counts.nulls() + counts.notFinite() + counts.notUtf8() + counts.outOfRange() + counts.wrongSize();
    }
    nulls.inc(sum);
    memory = held;
  }

  void reloaded() {
    reloads.inc();
  }

  void refused() {
    refused.inc();
  }

  void uses(String packageDigest) {
    digest = packageDigest;
  }
}
