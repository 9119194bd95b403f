package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Whatever a caller does, the answer is an exception. */
class MisuseTest {
  @Test
  void nullsAreExceptions() {
    assertThrows(NullPointerException.class, () -> FeatureExtractor.load((byte[]) null));
    assertThrows(NullPointerException.class, () -> FeatureExtractor.load((Path) null));
    assertThrows(NullPointerException.class, () -> FeatureExtractor.load(new byte[0], null));
    assertThrows(NullPointerException.class, () -> new Service(null));
    assertThrows(NullPointerException.class, () -> ColumnBatch.of(null, MemoryReservation.UNLIMITED));
    try (FeatureExtractor extractor = Packages.load("small");
        Session session = extractor.newSession();
        Service service = new Service(extractor);
        ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 3, 1)) {
      assertThrows(NullPointerException.class, () -> session.extract((ColumnBatch) null));
      assertThrows(NullPointerException.class, () -> session.extract((RequestBatch) null));
      assertThrows(FeatureExtractorException.class, () -> session.extract(null, null, null));
      assertThrows(FeatureExtractorException.class, () -> session.extract(null, null, new long[] {0, 0}));
      assertThrows(IllegalArgumentException.class, () -> session.extract(null, batch, new long[0]));
      assertThrows(IllegalArgumentException.class, () -> session.extractArrow(0, 0));
      assertThrows(FeatureExtractorException.class, () -> session.extractArrow(0, 0, 0, 0, null));
      assertThrows(NullPointerException.class, () -> service.swap(null));
      assertThrows(NullPointerException.class, () -> service.reload(null));
      assertThrows(NullPointerException.class, () -> extractor.newSession(null));
      assertThrows(IllegalArgumentException.class, () -> batch.column(null));
      assertThrows(NullPointerException.class, () -> batch.addRow(null));
      assertThrows(NullPointerException.class, () -> extractor.feature(null));
      try (Extraction extraction = session.extract(batch)) {
        assertThrows(NullPointerException.class, () -> extraction.matrix((int[]) null));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.matrix(7));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.defaulted(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.inputCounts(99));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(-1, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(0, Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> extraction.getIds(0, 0));
        assertThrows(IllegalArgumentException.class, () -> extraction.exportArrow(0));
      }
    }
  }

  @Test
  void offsetsThatAreNoOffsets() {
    try (FeatureExtractor extractor = Packages.load("small");
        Session session = extractor.newSession();
        ColumnBatch requests = extractor.newBatch(Domain.REQUEST, MemoryReservation.UNLIMITED);
        ColumnBatch candidates = extractor.newBatch(Domain.CANDIDATE, MemoryReservation.UNLIMITED)) {
      for (int i = 0; i < 3; ++i) {
        requests.addRow(Map.of("u", i));
        candidates.addRow(Map.of("x", 1.0 * i));
      }
      long[][] wrong = {
        {0, 1, 2, 4}, {0, 2, 1, 3}, {-1, 1, 2, 3}, {1, 1, 2, 3}, {0, 1, 2}, {0, 1, 2, 3, 3},
        {0, 1, 2, Long.MAX_VALUE}, {Long.MIN_VALUE, 0, 0, 3}, {0, 0, 0, 0}
      };
      for (long[] offsets : wrong) {
        assertThrows(
            FeatureExtractorException.class,
            () -> session.extract(requests, candidates, offsets),
            () -> java.util.Arrays.toString(offsets));
      }
      // One batch cannot be both tables, and is free again afterwards.
      assertThrows(IllegalStateException.class, () -> session.extract(requests, requests, new long[] {0, 1, 2, 3}));
      session.extract(requests, candidates, new long[] {0, 1, 2, 3}).close();
      assertThrows(FeatureExtractorException.class, () -> session.extract(candidates, requests, new long[] {0, 1, 2, 3}));
    }
  }

  @Test
  void batchesOfAnotherProgram() {
    try (FeatureExtractor small = Packages.load("small");
        FeatureExtractor kinds = Packages.load("kinds");
        Session session = kinds.newSession();
        ColumnBatch batch = Packages.smallTable(small, MemoryReservation.UNLIMITED, 3, 1)) {
      var failure = assertThrows(FeatureExtractorException.class, () -> session.extract(batch));
      assertTrue(failure.getMessage().contains("user"), failure.getMessage());
    }
  }

  @Test
  void digestsAreThoseOfTheValues() {
    try (FeatureExtractor extractor = Packages.load("small");
        Session session = extractor.newSession()) {
      TableDigest whole = digest(extractor, session, 0, 1, 2, 3);
      assertEquals(whole, digest(extractor, session, 3, 1, 0, 2));
      assertEquals(whole, digest(extractor, session, 0, 1).plus(digest(extractor, session, 2, 3)));
      assertNotEquals(whole, digest(extractor, session, 0, 1, 2, 4));
      assertEquals(32, whole.toString().length());
      assertEquals(4, whole.count());
      assertEquals(extractor.features().size(), whole.columns().size());
      assertThrows(
          IllegalArgumentException.class, () -> whole.plus(new TableDigest(1, List.of(), java.math.BigInteger.ONE)));
    }
  }

  private static TableDigest digest(FeatureExtractor extractor, Session session, double... values) {
    try (ColumnBatch batch = extractor.newTable(MemoryReservation.UNLIMITED)) {
      for (double value : values) {
        batch.addRow(Map.of("u", 1, "x", value));
      }
      try (Extraction extraction = session.extract(batch)) {
        return extraction.digest();
      }
    }
  }

  /** 32 threads share sessions, batches and extractions that others close; each call works, or says what was closed or is in use. */
  @Test
  void manyThreadsUseWhatOthersClose() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Shared> current = new AtomicReference<>(new Shared());
    List<Thread> threads = new ArrayList<>();
    long end = System.nanoTime() + 3_000_000_000L;
    for (int t = 0; t < 32; ++t) {
      Thread thread =
          new Thread(
              () -> {
                while (System.nanoTime() < end && failure.get() == null) {
                  Shared shared = current.get();
                  try {
                    shared.step(ThreadLocalRandom.current().nextInt(40));
                  } catch (IllegalStateException closedOrInUse) {
                    if (shared.isClosed) {
                      Shared next = new Shared();
                      (current.compareAndSet(shared, next) ? shared : next).close();
                    }
                  } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(60_000);
    }
    current.get().close();
    assertNull(failure.get());
  }

  private static final class Shared {
    private final FeatureExtractor extractor = Packages.load("small");
    private final Session session = extractor.newSession();
    private final ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 20, 1);
    private volatile boolean isClosed;

    void step(int what) {
      switch (what) {
        case 0 -> close();
        case 1 -> {
          isClosed = true;
          batch.close();
        }
        case 2 -> {
          isClosed = true;
          session.close();
        }
        case 3 -> session.trim();
        case 4 -> session.memory();
        case 5 -> extractor.newSession().close();
        default -> {
          try (Extraction extraction = session.extract(batch)) {
            assertEquals(20, extraction.rows());
            assertEquals(39F, extraction.getFloat(0, 19));
            extraction.inputCounts(0);
          }
        }
      }
    }

    void close() {
      isClosed = true;
      extractor.close();
      session.close();
      batch.close();
    }
  }
}
