package org.featureextractor.spark;

import org.apache.spark.util.AccumulatorV2;
import org.featureextractor.Extraction;
import org.featureextractor.InputCounts;

/**
 * What the tasks count, added up by Spark: rows, requests, batches, then for each feature its defaults, then for each input five
 * reasons why values did not exist.
 */
final class FeatureCounts extends AccumulatorV2<long[], long[]> {
  private static final long serialVersionUID = 1L;

  static final int ROWS = 0;
  static final int REQUESTS = 1;
  static final int BATCHES = 2;
  static final int FIRST_FEATURE = 3;
  static final int REASONS = 5;

  private final int features;
  private final long[] counts;

  FeatureCounts(int features, int inputs) {
    this(features, new long[FIRST_FEATURE + features + REASONS * inputs]);
  }

  private FeatureCounts(int features, long[] counts) {
    this.features = features;
    this.counts = counts;
  }

  /** Adds what one batch counted; returns how many values were defaulted, and how many inputs did not exist. */
  long[] add(Extraction extraction) {
    counts[ROWS] += extraction.rows();
    counts[REQUESTS] += extraction.requests();
    counts[BATCHES] += 1;
    long[] sums = new long[2];
    for (int i = 0; i < features; ++i) {
      long defaulted = extraction.defaulted(i);
      counts[FIRST_FEATURE + i] += defaulted;
      sums[0] += defaulted;
    }
    int at = FIRST_FEATURE + features;
    for (int i = 0; at < counts.length; ++i, at += REASONS) {
      InputCounts input = extraction.inputCounts(i);
      counts[at] += input.nulls();
      counts[at + 1] += input.notFinite();
      counts[at + 2] += input.notUtf8();
      counts[at + 3] += input.outOfRange();
      counts[at + 4] += input.wrongSize();
      sums[1] += input.nulls() + input.notFinite() + input.notUtf8() + input.outOfRange() + input.wrongSize();
    }
    return sums;
  }

  @Override
  public boolean isZero() {
    for (long count : counts) {
      if (count != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public AccumulatorV2<long[], long[]> copy() {
    return new FeatureCounts(features, counts.clone());
  }

  @Override
  public void reset() {
    java.util.Arrays.fill(counts, 0);
  }

  @Override
  public void add(long[] more) {
    for (int i = 0; i < counts.length; ++i) {
      counts[i] += more[i];
    }
  }

  @Override
  public void merge(AccumulatorV2<long[], long[]> other) {
    add(other.value());
  }

  @Override
  public long[] value() {
    return counts;
  }
}
