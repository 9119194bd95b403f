package org.featureextractor.flink;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How features are extracted from a stream. No value of a feature depends on it.
 *
 * @param batchRows a batch is computed when it has so many rows
 * @param batchBytes or when its inputs take so many bytes in native memory
 * @param maximumDelay or when its first row has waited so long
 * @param keep the columns of the table that stay in front of the features; null keeps all
 * @param candidatesColumn the name of the column that may hold an array of candidates: such a row is a whole request, and the output
 *     has a row for each candidate
 * @param digestColumn the name of a last column with the digest of the package that computed the row; null for none
 * @param watchInterval how often the file of the package is looked at, to swap in a new one; null never does
 * @param managedMemory the weight, in MiB, with which the operator takes part in Flink's managed memory of the slot
 * @param shippedBytes a package of at most so many bytes travels with the job and is part of its checkpoints; a larger one is read from
 *     its path by each task
 */
public record ExtractionOptions(
    int batchRows,
    long batchBytes,
    Duration maximumDelay,
    List<String> keep,
    String candidatesColumn,
    String digestColumn,
    Duration watchInterval,
    int managedMemory,
    long shippedBytes)
    implements Serializable {
  /** 1,024 rows, 16 MiB, 20 milliseconds; all columns are kept; no digest, no watch. */
  public static final ExtractionOptions DEFAULT =
      new ExtractionOptions(1_024, 16L << 20, Duration.ofMillis(20), null, "candidates", null, null, 64, 16L << 20);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is too small
   */
  public ExtractionOptions {
    if (batchRows < 1 || batchBytes < 1 || managedMemory < 1 || shippedBytes < 0) {
      throw new IllegalArgumentException("batchRows, batchBytes and managedMemory are at least 1, shippedBytes at least 0.");
    }
    if (maximumDelay.isNegative() || watchInterval != null && watchInterval.toMillis() < 1) {
      throw new IllegalArgumentException("maximumDelay is not negative, and watchInterval at least a millisecond.");
    }
    // The list is copied into one that can be serialised.
    keep = keep == null ? null : new java.util.ArrayList<>(keep);
  }

  /**
   * The same options with other bounds of a batch.
   *
   * @param rows as {@link #batchRows}
   * @param bytes as {@link #batchBytes}
   * @param delay as {@link #maximumDelay}
   * @return the new options
   */
  public ExtractionOptions withBatch(int rows, long bytes, Duration delay) {
    return new ExtractionOptions(
        rows, bytes, delay, keep, candidatesColumn, digestColumn, watchInterval, managedMemory, shippedBytes);
  }

  /**
   * The same options with other columns in front of the features.
   *
   * @param columns names; an empty list keeps none, null all
   * @return the new options
   */
  public ExtractionOptions withKeep(List<String> columns) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, columns, candidatesColumn, digestColumn, watchInterval, managedMemory, shippedBytes);
  }

  /**
   * The same options with another name for the array of candidates.
   *
   * @param column its name
   * @return the new options
   */
  public ExtractionOptions withCandidatesColumn(String column) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, keep, column, digestColumn, watchInterval, managedMemory, shippedBytes);
  }

  /**
   * The same options with a column that names the package.
   *
   * @param column its name, or null for none
   * @return the new options
   */
  public ExtractionOptions withDigestColumn(String column) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, keep, candidatesColumn, column, watchInterval, managedMemory, shippedBytes);
  }

  /**
   * The same options with a watch on the file of the package.
   *
   * @param interval between two looks, or null for none
   * @return the new options
   */
  public ExtractionOptions withWatchInterval(Duration interval) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, keep, candidatesColumn, digestColumn, interval, managedMemory, shippedBytes);
  }

  /**
   * The same options with another share of managed memory.
   *
   * @param weight in MiB
   * @return the new options
   */
  public ExtractionOptions withManagedMemory(int weight) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, keep, candidatesColumn, digestColumn, watchInterval, weight, shippedBytes);
  }

  /**
   * The same options with another limit for packages that travel with the job.
   *
   * @param bytes the limit; 0 has each task read the path
   * @return the new options
   */
  public ExtractionOptions withShippedBytes(long bytes) {
    return new ExtractionOptions(
        batchRows, batchBytes, maximumDelay, keep, candidatesColumn, digestColumn, watchInterval, managedMemory, bytes);
  }
}
