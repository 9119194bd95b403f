package org.featureextractor.flink;

import org.featureextractor.ErrorCode;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.MemoryReservation;

/**
 * Bounds the native memory of one task of {@code fx_extract}. Flink gives functions no share of its managed memory, so this memory is part
 * of the task's off-heap memory.
 */
final class MemoryLimit implements MemoryReservation {
  /** The job parameter with the limit, such as {@code 256 mb}. */
  static final String PARAMETER = "feature-extractor.memory";

  private final long limit;
  private long held;

  MemoryLimit(long limit) {
    this.limit = limit;
  }

  @Override
  public synchronized boolean reserve(long bytes) {
    if (bytes > 0 && held + bytes > limit) {
      return false;
    }
    held += bytes;
    return true;
  }

  /** The native memory that is held, in bytes. */
  synchronized long held() {
    return held;
  }

  /** A failure for want of memory, with what to do about it; any other as it is. */
  RuntimeException explained(RuntimeException failure) {
    if (!(failure instanceof FeatureExtractorException refused) || refused.code() != ErrorCode.OUT_OF_MEMORY) {
      return failure;
    }
    return new FeatureExtractorException(
        refused.code(),
        refused.getMessage() + " A task of fx_extract may hold " + limit + " bytes. Raise the job parameter '" + PARAMETER
            + "' (pipeline.global-job-parameters), and with it taskmanager.memory.task.off-heap.size.");
  }
}
