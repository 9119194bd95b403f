package org.featureextractor.flink;

import org.apache.flink.core.memory.ManagedMemoryUseCase;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.memory.MemoryManager;
import org.apache.flink.runtime.memory.MemoryReservationException;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.MemoryReservation;

/**
 * Takes the native memory of one operator from Flink's managed memory of its slot.
 *
 * <p>Flink gives the operator a share by its weight. It is a bound, so that operators of one slot cannot starve each other; what is taken
 * is booked in the memory manager of the slot.
 */
final class TaskMemory implements MemoryReservation {
  private final MemoryManager manager;
  private final long limit;
  private long reserved;

  private TaskMemory(MemoryManager manager, long limit) {
    this.manager = manager;
    this.limit = limit;
  }

  static TaskMemory of(StreamTask<?, ?> task, StreamConfig config, ClassLoader loader) {
    Environment environment = task.getEnvironment();
    MemoryManager manager = environment.getMemoryManager();
    double fraction =
        config.getManagedMemoryFractionOperatorUseCaseOfSlot(
            ManagedMemoryUseCase.OPERATOR,
            environment.getJobConfiguration(),
            environment.getTaskManagerInfo().getConfiguration(),
            loader);
    // A cluster without managed memory has no account to book on, and a test harness declares no share.
    long limit = fraction > 0 && manager != null ? manager.computeMemorySize(fraction) : 0;
    return new TaskMemory(limit > 0 ? manager : null, limit);
  }

  /** The same failure, with what this operator may take and how to give it more. */
  FeatureExtractorException explained(FeatureExtractorException failure) {
    if (manager == null) {
      return failure;
    }
    return new FeatureExtractorException(
        failure.code(),
        failure.getMessage() + " The operator's share of Flink's managed memory is " + limit + " bytes, of which it holds " + reserved
            + ". Raise taskmanager.memory.managed.size or the option managedMemory, or make batches smaller.");
  }

  @Override
  public synchronized boolean reserve(long bytes) {
    if (manager == null) {
      return true;
    }
    if (bytes <= 0) {
      manager.releaseMemory(this, -bytes);
      reserved += bytes;
      return true;
    }
    if (reserved + bytes > limit) {
      return false;
    }
    try {
      manager.reserveMemory(this, bytes);
    } catch (MemoryReservationException refused) {
      return false;
    }
    reserved += bytes;
    return true;
  }
}
