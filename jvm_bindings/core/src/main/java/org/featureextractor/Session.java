package org.featureextractor;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that one thread, task or connection extracts with. Using it again for the next batch costs no allocation.
 *
 * <p>A session works for one thread at a time: a call while another runs throws {@link IllegalStateException}. Closing it, or one of its
 * extractions, in another thread waits until the call has returned.
 */
public final class Session implements AutoCloseable {
  private final FeatureExtractor extractor;
  private final NativeHandle handle;
  /** Held by the call that works, and by those that give memory back. */
  private final ReentrantLock work = new ReentrantLock();

  Session(FeatureExtractor extractor, SessionOptions options) {
    this.extractor = extractor;
    long pointer = extractor.acquire();
    try {
      handle =
          new NativeHandle(
              NativeHandle.Kind.SESSION,
              newSession(pointer, options),
              NativeMethods::freeSession);
    } finally {
      extractor.release();
    }
    handle.watch(this);
  }

  /**
   * What this session extracts with.
   *
   * @return the extractor that made the session, which may be closed by now
   */
  public FeatureExtractor extractor() {
    return extractor;
  }

  /**
   * Extracts from requests and their candidates.
   *
   * @param batch pairs of both, with at least the inputs that the features read
   * @return the features: a row per candidate, or per request if the program has no candidate inputs. The caller closes it.
   * @throws FeatureExtractorException if the data does not fit the program, or memory was refused
   * @throws IllegalStateException if something is closed, or another thread uses the session
   */
  public Extraction extract(RequestBatch batch) {
    ColumnBatch requests = batch.requests().columnCount() > 0 ? batch.requests() : null;
    ColumnBatch candidates = batch.hasCandidates() ? batch.candidates() : null;
    return extract(requests, candidates, batch.offsets(), batch.requestCount());
  }

  /**
   * Extracts from requests and their candidates.
   *
   * @param requests null if the program reads nothing of the request
   * @param candidates null if the program reads nothing of the candidates
   * @param offsets request r has the candidates {@code offsets[r]} to {@code offsets[r + 1] - 1}; null where all candidates belong to
   *     one request
   * @return the features, which the caller closes
   * @throws FeatureExtractorException as {@link #extract(RequestBatch)}
   */
  public Extraction extract(ColumnBatch requests, ColumnBatch candidates, long[] offsets) {
    return extract(requests, candidates, offsets, offsets == null ? -1 : offsets.length - 1);
  }

  /**
   * Extracts from requests and their candidates.
   *
   * @param requests null if the program reads nothing of the request
   * @param candidates null if the program reads nothing of the candidates
   * @param offsets as above; may be longer than needed
   * @param requestCount how many requests there are: the first {@code requestCount + 1} offsets count. -1 with null offsets
   * @return the features, which the caller closes
   * @throws FeatureExtractorException as {@link #extract(RequestBatch)}
   */
  public Extraction extract(ColumnBatch requests, ColumnBatch candidates, long[] offsets, int requestCount) {
    int count = checkedCount(offsets, requestCount);
    long requestSchema = requests == null ? 0 : requests.beginReading();
    try {
      long candidateSchema = candidates == null ? 0 : candidates.beginReading();
      try {
        long session = begin();
        try {
          return finish(
              NativeMethods.extractBatches(
                  session,
                  requestSchema,
                  requests == null ? null : requests.describe(),
                  candidateSchema,
                  candidates == null ? null : candidates.describe(),
                  offsets,
                  count));
        } finally {
          end();
        }
      } finally {
        if (candidates != null) {
          candidates.endReading();
        }
      }
    } finally {
      if (requests != null) {
        requests.endReading();
      }
    }
  }

  /**
   * Extracts from a table in which a row is a candidate together with its request. Consecutive rows with equal request inputs are
   * computed as one request.
   *
   * @param table with at least the inputs that the features read
   * @return the features, a row per row of the table; the caller closes it
   * @throws FeatureExtractorException as {@link #extract(RequestBatch)}
   */
  public Extraction extract(ColumnBatch table) {
    long schema = table.beginReading();
    try {
      long session = begin();
      try {
        return finish(NativeMethods.extractBatch(session, schema, table.describe()));
      } finally {
        end();
      }
    } finally {
      table.endReading();
    }
  }

  /**
   * Extracts from a table of an Arrow library, handed over through the Arrow C data interface. The data is only read, and stays the
   * caller's to release.
   *
   * @param schemaAddress of the {@code ArrowSchema} structure of a struct
   * @param arrayAddress of its {@code ArrowArray} structure; as in {@link #extract(ColumnBatch)}, or a row per request with a column
   *     {@code candidates}, a list of structs
   * @return the features, which the caller closes
   * @throws FeatureExtractorException as {@link #extract(RequestBatch)}
   */
  public Extraction extractArrow(long schemaAddress, long arrayAddress) {
    checkedAddress(schemaAddress, "schemaAddress");
    checkedAddress(arrayAddress, "arrayAddress");
    long session = begin();
    try {
      return finish(NativeMethods.extractArrow(session, schemaAddress, arrayAddress));
    } finally {
      end();
    }
  }

  /**
   * Extracts from two tables of an Arrow library. An address is 0 for a table of which the program reads nothing.
   *
   * @param requestSchemaAddress of an {@code ArrowSchema}
   * @param requestArrayAddress of an {@code ArrowArray}
   * @param candidateSchemaAddress of an {@code ArrowSchema}
   * @param candidateArrayAddress of an {@code ArrowArray}
   * @param offsets as in {@link #extract(ColumnBatch, ColumnBatch, long[])}
   * @return the features, which the caller closes
   * @throws FeatureExtractorException as {@link #extract(RequestBatch)}
   */
  public Extraction extractArrow(
      long requestSchemaAddress,
      long requestArrayAddress,
      long candidateSchemaAddress,
      long candidateArrayAddress,
      long[] offsets) {
    int count = checkedCount(offsets, offsets == null ? -1 : offsets.length - 1);
    long session = begin();
    try {
      return finish(
          NativeMethods.extractArrowRequests(
              session,
              requestSchemaAddress,
              requestArrayAddress,
              candidateSchemaAddress,
              candidateArrayAddress,
              offsets,
              count));
    } finally {
      end();
    }
  }

  /**
   * The native memory that the session holds: what it works in, and its extractions. It waits for a call that runs.
   *
   * @return bytes
   */
  public long memory() {
    work.lock();
    try {
      long session = handle.acquire();
      try {
        return NativeMethods.sessionMemory(session);
      } finally {
        handle.release();
      }
    } finally {
      work.unlock();
    }
  }

  /** Frees the memory that is not in use; the next batch takes it again. */
  public void trim() {
    work.lock();
    try {
      long session = handle.acquire();
      try {
        NativeMethods.trimSession(session);
      } finally {
        handle.release();
      }
    } finally {
      work.unlock();
    }
  }

  /** Frees the memory, when the last extraction of the session is closed. */
  @Override
  public void close() {
    work.lock();
    try {
      handle.close();
    } finally {
      work.unlock();
    }
  }

  private static long newSession(long extractor, SessionOptions options) {
    MemoryReservation reservation = options.reservation();
    return NativeMethods.newSession(
        extractor,
        options.threads(),
        options.chunkRows(),
        reservation == MemoryReservation.UNLIMITED ? null : reservation);
  }

  private long begin() {
    if (!work.tryLock() || work.getHoldCount() > 1) {
      if (work.isHeldByCurrentThread()) {
        work.unlock();
      }
      throw new IllegalStateException(
          "The session is used by two threads at once. Make a session for each: they share the extractor.");
    }
    try {
      return handle.acquire();
    } catch (IllegalStateException closed) {
      work.unlock();
      throw closed;
    }
  }

  private void end() {
    handle.release();
    work.unlock();
  }

  /** Extracts from messages; {@code whenClosed} runs when the extraction was closed and its memory given back. */
  Extraction extract(long decoder, Object[] blocks, int[] places, Runnable whenClosed) {
    long session = begin();
    try {
      return new Extraction(this, NativeMethods.extractMessages(session, decoder, blocks, places), whenClosed);
    } finally {
      end();
    }
  }

  private Extraction finish(long extraction) {
    return new Extraction(this, extraction, () -> {});
  }

  NativeHandle handle() {
    return handle;
  }

  ReentrantLock work() {
    return work;
  }

  private static int checkedCount(long[] offsets, int requestCount) {
    if (offsets == null ? requestCount != -1 : requestCount < 0 || requestCount >= offsets.length) {
      throw new IllegalArgumentException(
          offsets == null
              ? "Without offsets there is one request."
              : requestCount + " requests need " + (requestCount + 1L) + " offsets; there are " + offsets.length + ".");
    }
    return requestCount;
  }

  static long checkedAddress(long address, String name) {
    if (address == 0) {
      throw new IllegalArgumentException(name + " is 0");
    }
    return address;
  }
}
