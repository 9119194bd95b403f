package org.featureextractor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The native memory of a batch: its buffers, accounted to the host. */
final class BatchMemory {
  /** Small batches of one request are common; larger ones double until they fit. */
  private static final int SMALLEST_BUFFER = 256;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final MemoryReservation reservation;
  private final List<Buffer> buffers = new ArrayList<>();
  private volatile long held;
  private boolean isRead;
  private boolean closed;

  BatchMemory(MemoryReservation reservation) {
    this.reservation = reservation;
  }

  /** One buffer of Arrow's layout. Writing behind {@link #size} is preceded by {@link #room}. */
  static final class Buffer {
    private final BatchMemory memory;
    private ByteBuffer data = EMPTY;
    private long address;
    private int capacity;
    private int size;

    private Buffer(BatchMemory memory) {
      this.memory = memory;
    }

    /** The memory, with absolute access and the byte order of the host. It is another object after {@link #room}. */
    ByteBuffer data() {
      return data;
    }

    int size() {
      return size;
    }

    void setSize(int bytes) {
      size = bytes;
    }

    long address() {
      return address;
    }

    /** Makes room for more bytes behind the size. */
    void room(int bytes) {
      if (data.capacity() - size < bytes) {
        memory.grow(this, bytes);
      }
    }

    void appendLong(long value) {
      room(Long.BYTES);
      data.putLong(size, value);
      size += Long.BYTES;
    }
  }

  Buffer newBuffer() {
    Buffer buffer = new Buffer(this);
    buffers.add(buffer);
    return buffer;
  }

  long held() {
    return held;
  }

  /** While native code reads the buffers they cannot move. */
  synchronized void beginReading() {
    if (isRead) {
      throw new IllegalStateException("Features are extracted from a batch by two calls at once.");
    }
    isRead = true;
  }

  synchronized void endReading() {
    isRead = false;
  }

  private synchronized void grow(Buffer buffer, int bytes) {
    if (closed) {
      throw new IllegalStateException("This ColumnBatch was closed.");
    }
    if (isRead) {
      throw new IllegalStateException("A row is written to a batch while features are extracted from it.");
    }
    long needed = (long) buffer.size + bytes;
    if (needed > Integer.MAX_VALUE) {
      throw new FeatureExtractorException(
          ErrorCode.LIMIT,
          "A column of a batch holds less than 2^31 bytes. End the batch earlier: sizeInBytes() says how large it is.");
    }
    int before = buffer.capacity;
    int capacity = (int) Math.min(Integer.MAX_VALUE, Math.max(needed, Math.max(SMALLEST_BUFFER, before * 2L)));
    int more = capacity - before;
    if (!reservation.reserve(more)) {
      throw new FeatureExtractorException(
          ErrorCode.OUT_OF_MEMORY, "The host refused " + more + " bytes more for a batch that holds " + held + ".");
    }
    long grown = NativeMethods.reallocate(buffer.address, capacity);
    if (grown == 0) {
      reservation.reserve(-more);
      throw new FeatureExtractorException(
          ErrorCode.OUT_OF_MEMORY, "The system has no " + more + " bytes more for a batch that holds " + held + ".");
    }
    held += more;
    buffer.address = grown;
    buffer.capacity = capacity;
    // The old view ends here, also if Java has no memory for the new one: then nothing can be written until the next try.
    buffer.data = EMPTY;
    buffer.data = NativeMethods.view(grown, capacity).order(ByteOrder.nativeOrder());
  }

  /** Frees all buffers: writing to them then fails, since they have no room. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Buffer buffer : buffers) {
      if (buffer.address != 0) {
        NativeMethods.free(buffer.address);
      }
      buffer.data = EMPTY;
      buffer.address = 0;
      buffer.capacity = 0;
      buffer.size = 0;
    }
    long before = held;
    held = 0;
    if (before > 0) {
      reservation.reserve(-before);
    }
  }
}
