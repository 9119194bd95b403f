package org.featureextractor;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * A pointer into the native library that is freed once: when it was closed and the last call that uses it has returned. So a thread
 * may close what another works with; the work ends first.
 *
 * <p>If the object that owns the handle is lost without a close, the handle is closed when the garbage collector finds out, and a
 * warning is logged, once per kind of object.
 */
final class NativeHandle implements AutoCloseable {
  /** One thread for all handles of a class loader, made with the first handle. */
  private static final Cleaner CLEANER = Cleaner.create();

  /** What can be lost, with its own "was logged". */
  enum Kind {
    EXTRACTOR("FeatureExtractor"),
    SESSION("Session"),
    EXTRACTION("Extraction"),
    BATCH("ColumnBatch"),
    SERVICE("Service"),
    DECODER("MessageDecoder"),
    ARROW("ArrowStructures");

    private final String className;
    private final AtomicBoolean wasLogged = new AtomicBoolean();

    Kind(String className) {
      this.className = className;
    }
  }

  private final Kind kind;
  private final long pointer;
  private final LongConsumer free;
  /** One for the owner until it closes, and one for each call in progress. */
  private final AtomicInteger references = new AtomicInteger(1);

  private final AtomicBoolean closed = new AtomicBoolean();
  private Cleaner.Cleanable cleanable;

  /** {@code free} must not refer to the owner, or the owner is never found to be lost. */
  NativeHandle(Kind kind, long pointer, LongConsumer free) {
    this.kind = kind;
    this.pointer = pointer;
    this.free = free;
  }

  /** Closes the handle when {@code owner} is lost. */
  void watch(Object owner) {
    cleanable = CLEANER.register(owner, this::closeLost);
  }

  /** The pointer, which stays valid until {@link #release} is called as often. */
  long acquire() {
    int before;
    do {
      before = references.get();
      if (before <= 0 || closed.get()) {
        throw new IllegalStateException("The " + kind.className + " was closed.");
      }
    } while (!references.compareAndSet(before, before + 1));
    return pointer;
  }

  void release() {
    if (references.decrementAndGet() == 0) {
      free.accept(pointer);
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release();
      if (cleanable != null) {
        cleanable.clean();
      }
    }
  }

  private void closeLost() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (kind.wasLogged.compareAndSet(false, true)) {
      System.getLogger(NativeHandle.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "An object of class {0} was not closed, and its native memory was kept until the garbage collector found it. Close it, for example"
                  + " by try-with-resources. This is logged once.",
              kind.className);
    }
    release();
  }
}
