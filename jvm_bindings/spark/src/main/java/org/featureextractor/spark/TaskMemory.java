package org.featureextractor.spark;

import org.apache.spark.memory.MemoryConsumer;
import org.apache.spark.memory.MemoryMode;
import org.apache.spark.memory.TaskMemoryManager;
import org.featureextractor.MemoryReservation;

/**
 * Takes the native memory of a task from Spark's account of that task, so that other operators spill before the process grows beyond
 * what it was given.
 *
 * <p>Where {@code spark.memory.offHeap.enabled} is set the memory comes from the off-heap pool, else from the execution memory of the
 * heap: native memory then lies in the container's overhead, but is bounded all the same.
 */
final class TaskMemory extends MemoryConsumer implements MemoryReservation {
  /** Asking Spark takes a lock that all tasks share, so it is done in large steps. */
  private static final long STEP = 1L << 20;

  private long granted;
  private long held;
  private long peak;

  TaskMemory(TaskMemoryManager manager) {
    super(manager, manager.pageSizeBytes(), mode(manager));
  }

  private static MemoryMode mode(TaskMemoryManager manager) {
    return manager.getTungstenMemoryMode() == MemoryMode.OFF_HEAP ? MemoryMode.OFF_HEAP : MemoryMode.ON_HEAP;
  }

  @Override
  public synchronized boolean reserve(long bytes) {
    if (bytes > 0) {
      long missing = held + bytes - granted;
      if (missing > 0 && !acquire((missing + STEP - 1) / STEP * STEP, missing)) {
        return false;
      }
    }
    held += bytes;
    peak = Math.max(peak, held);
    long surplus = (granted - held) / STEP * STEP;
    if (surplus > 4 * STEP) {
      freeMemory(surplus);
      granted -= surplus;
    }
    return true;
  }

  private boolean acquire(long wanted, long enough) {
    long got = acquireMemory(wanted);
    if (got < enough) {
      freeMemory(got);
      return false;
    }
    granted += got;
    return true;
  }

  /** The most that was held at once, in bytes. */
  synchronized long peak() {
    return peak;
  }

  /** Gives everything back, when nothing is held any more. */
  synchronized void close() {
    freeMemory(granted);
    granted = 0;
  }

  /** A batch is needed until its rows are read: there is nothing to write to disk. */
  @Override
  public long spill(long size, MemoryConsumer trigger) {
    return 0;
  }
}
