package org.featureextractor;

/**
 * How a session works. No result depends on it.
 *
 * @param threads the most threads of one call; 0 means 1. Inside Spark and Flink tasks it should stay 1: these run one task per core.
 * @param chunkRows rows worked on at a time; 0 means the default of the core, 1,024
 * @param reservation asked before the session takes native memory
 */
public record SessionOptions(int threads, int chunkRows, MemoryReservation reservation) {
  /** One thread, and no limit on memory. */
  public static final SessionOptions DEFAULT = new SessionOptions(1, 0, MemoryReservation.UNLIMITED);

  /**
   * Checks the numbers.
   *
   * @param threads the most threads of one call, or 0
   * @param chunkRows rows worked on at a time, or 0
   * @param reservation asked before the session takes native memory
   * @throws IllegalArgumentException if one is negative
   * @throws NullPointerException if there is no reservation
   */
  public SessionOptions {
    if (threads < 0 || chunkRows < 0) {
      throw new IllegalArgumentException("threads and chunkRows must not be negative");
    }
    if (reservation == null) {
      throw new NullPointerException("reservation: use MemoryReservation.UNLIMITED to grant everything");
    }
  }

  /**
   * The same options with another account of memory.
   *
   * @param account asked before the session takes native memory
   * @return the new options
   */
  public SessionOptions withReservation(MemoryReservation account) {
    return new SessionOptions(threads, chunkRows, account);
  }

  /**
   * The same options with another number of threads.
   *
   * @param count the most threads of one call
   * @return the new options
   */
  public SessionOptions withThreads(int count) {
    return new SessionOptions(count, chunkRows, reservation);
  }
}
