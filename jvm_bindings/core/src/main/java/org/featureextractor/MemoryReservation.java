package org.featureextractor;

/**
 * The host's account of native memory, such as Spark's memory of a task.
 *
 * <p>It is asked by the thread that makes the call, or, where a session may use more than one thread, by several at once.
 */
@FunctionalInterface
public interface MemoryReservation {
  /**
   * Called before {@code bytes} more are taken from the system, and with a negative number after they were given back.
   *
   * @param bytes how much more; negative: how much less
   * @return false refuses: the call that needs the memory fails with {@link ErrorCode#OUT_OF_MEMORY}, and the session or batch stays
   *     usable. What is given back cannot be refused.
   */
  boolean reserve(long bytes);

  /** Grants everything. */
  MemoryReservation UNLIMITED = bytes -> true;
}
