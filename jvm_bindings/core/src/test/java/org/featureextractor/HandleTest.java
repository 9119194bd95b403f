package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class HandleTest {
  @Test
  void packagesThatCannotBeLoaded() {
    FeatureExtractorException failure =
        assertThrows(FeatureExtractorException.class, () -> FeatureExtractor.load(Path.of("/no/such/é.fxp")));
    assertEquals(ErrorCode.NOT_FOUND, failure.code());
    assertTrue(failure.getMessage().contains("/no/such/"), failure.getMessage());
    assertThrows(FeatureExtractorException.class, () -> FeatureExtractor.load(new byte[0]));
    byte[] bytes = Packages.bytes("kinds");
    for (int at = 0; at < bytes.length; at += 97) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x55;
      try (FeatureExtractor loaded = FeatureExtractor.load(damaged)) {
        // Bytes between the members are read by nobody.
        assertEquals(14, loaded.features().size());
      } catch (FeatureExtractorException refused) {
        assertTrue(refused.code() != ErrorCode.INTERNAL, refused.getMessage());
      }
    }
    assertThrows(FeatureExtractorException.class, () -> FeatureExtractor.load(java.util.Arrays.copyOf(bytes, 1000)));
    try (FeatureExtractor again = FeatureExtractor.load(bytes, new LoadOptions(true))) {
      assertEquals(14, again.features().size());
    }
  }

  @Test
  void closedHandlesSayWhatTheyAre() {
    FeatureExtractor extractor = Packages.load("small");
    Session session = extractor.newSession();
    ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 3, 1);
    Extraction extraction = session.extract(batch);
    extractor.close();
    extractor.close();
    assertThrows(IllegalStateException.class, extractor::newSession);
    assertEquals("y", extractor.features().get(0).name());

    // The session keeps what it needs.
    session.extract(batch).close();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.extract(batch));
    assertThrows(IllegalStateException.class, session::memory);
    assertEquals(5F, extraction.getFloat(0, 2));
    extraction.close();
    extraction.close();
    assertThrows(IllegalStateException.class, () -> extraction.getFloat(0, 2));
    assertThrows(IllegalStateException.class, () -> extraction.inputCounts(0));
    assertThrows(IllegalStateException.class, () -> extraction.floats(0));
    assertThrows(IllegalStateException.class, () -> extraction.exportArrow(1));
    batch.close();
    try (FeatureExtractor other = Packages.load("small");
        Session open = other.newSession()) {
      assertThrows(IllegalStateException.class, () -> open.extract(batch));
      assertThrows(IllegalStateException.class, () -> open.extract(null, batch, null));
    }
  }

  @Test
  void memoryIsAccountedAndGivenBack() {
    AtomicLong held = new AtomicLong();
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          return true;
        };
    try (FeatureExtractor extractor = Packages.load("kinds");
        ColumnBatch batch = extractor.newTable(reservation)) {
      for (int i = 0; i < 500; ++i) {
        java.util.Map<String, Object> row = Packages.request();
        row.putAll(Packages.candidate(i, i));
        batch.addRow(row);
      }
      assertEquals(batch.memory(), held.get());
      long before = held.get();
      Session session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation));
      Extraction extraction = session.extract(batch);
      assertTrue(held.get() > before);
      assertTrue(held.get() - before >= session.memory(), held.get() - before + " < " + session.memory());
      session.close();
      assertTrue(held.get() > before, "the extraction still needs its memory");
      extraction.close();
      assertEquals(before, held.get());
    }
    assertEquals(0, held.get());
  }

  @Test
  void refusedMemoryFailsTheCallAndNotTheSession() {
    RuntimeException because = new RuntimeException("the task is full");
    try (FeatureExtractor extractor = Packages.load("small");
        ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 100_000, 1)) {
      int succeededAt = 0;
      for (int refused = 1; refused < 200 && succeededAt == 0; ++refused) {
        int at = refused;
        AtomicInteger asked = new AtomicInteger();
        AtomicLong held = new AtomicLong();
        MemoryReservation reservation =
            bytes -> {
              if (bytes > 0 && asked.incrementAndGet() == at) {
                if (at % 2 == 0) {
                  throw because;
                }
                return false;
              }
              held.addAndGet(bytes);
              return true;
            };
        Session session;
        try {
          session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation));
        } catch (FeatureExtractorException failure) {
          assertEquals(ErrorCode.OUT_OF_MEMORY, failure.code());
          continue;
        }
        try (session) {
          try {
            session.extract(batch).close();
            succeededAt = at;
          } catch (FeatureExtractorException failure) {
            assertEquals(ErrorCode.OUT_OF_MEMORY, failure.code());
            if (at % 2 == 0) {
              assertSame(because, failure.getCause());
            } else {
              assertNull(failure.getCause());
            }
          }
          try (Extraction extraction = session.extract(batch)) {
            assertEquals(100_000, extraction.rows());
            assertEquals(1999F, extraction.getFloat(0, 999));
          }
        }
        assertEquals(0, held.get(), "refused at question " + at);
      }
      assertTrue(succeededAt > 1, "memory was never asked for");
    }
  }

  @Test
  void aSessionWorksForOneThreadAtATime() throws Exception {
    // The session asks for memory while the other thread tries: so the two calls surely overlap.
    CountDownLatch isInside = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    AtomicReference<Session> held = new AtomicReference<>();
    AtomicReference<Throwable> reentered = new AtomicReference<>();
    try (FeatureExtractor extractor = Packages.load("small");
        ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 1000, 1);
        ColumnBatch other = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 10, 1)) {
      MemoryReservation reservation =
          bytes -> {
            Session self = held.get();
            if (bytes > 0 && self != null && isInside.getCount() > 0) {
              isInside.countDown();
              try {
                mayGoOn.await(30, TimeUnit.SECONDS);
                self.extract(other).close();
              } catch (Throwable refused) {
                reentered.set(refused);
              }
            }
            return true;
          };
      Session session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation));
      held.set(session);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread worker =
          new Thread(
              () -> {
                try (Extraction extraction = session.extract(batch)) {
                  assertEquals(1000, extraction.rows());
                } catch (Throwable thrown) {
                  failure.set(thrown);
                }
              });
      worker.start();
      assertTrue(isInside.await(30, TimeUnit.SECONDS), "the session never asked for memory");
      assertThrows(IllegalStateException.class, () -> session.extract(other));
      try (Session third = extractor.newSession()) {
        assertThrows(IllegalStateException.class, () -> third.extract(batch));
      }
      // A close waits for the call, so it needs a thread of its own.
      Thread closer = new Thread(session::close);
      Thread batchCloser = new Thread(batch::close);
      closer.start();
      batchCloser.start();
      mayGoOn.countDown();
      worker.join(30_000);
      closer.join(30_000);
      batchCloser.join(30_000);
      assertNull(failure.get());
      assertTrue(reentered.get() instanceof IllegalStateException, String.valueOf(reentered.get()));
      assertThrows(IllegalStateException.class, () -> session.extract(other));
    }
  }

  @Test
  void closingWhileOthersWorkNeverCrashes() throws Exception {
    for (int round = 0; round < 30; ++round) {
      FeatureExtractor extractor = Packages.load("small");
      Service service = new Service(extractor);
      List<Thread> threads = new ArrayList<>();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      for (int t = 0; t < 3; ++t) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    while (true) {
                      try (FeatureExtractor current = service.current();
                          Session session = current.newSession();
                          ColumnBatch batch = Packages.smallTable(current, MemoryReservation.UNLIMITED, 50, 2);
                          Extraction extraction = session.extract(batch)) {
                        assertEquals(100F, extraction.getFloat(0, 49));
                      }
                    }
                  } catch (IllegalStateException closed) {
                    // The service was closed: the end of the test.
                  } catch (Throwable thrown) {
                    failure.set(thrown);
                  }
                });
        threads.add(thread);
        thread.start();
      }
      Thread.sleep(round % 5);
      extractor.close();
      service.close();
      for (Thread thread : threads) {
        thread.join(30_000);
      }
      assertNull(failure.get());
    }
  }

  @Test
  void lostHandlesAreFreed() throws Exception {
    AtomicLong held = new AtomicLong();
    List<String> logged = Collections.synchronizedList(new ArrayList<>());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(new SimpleFormatter().formatMessage(entry));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(NativeHandle.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try (FeatureExtractor extractor = Packages.load("small")) {
      for (int i = 0; i < 3; ++i) {
        loseABatch(extractor, held);
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (held.get() != 0 && System.nanoTime() < deadline) {
        System.gc();
        Thread.sleep(20);
      }
      assertEquals(0, held.get());
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    for (String name : List.of("ColumnBatch", "Session", "Extraction")) {
      long lines = logged.stream().filter(line -> line.contains("class " + name + " was not closed")).count();
      assertEquals(1, lines, () -> name + ": " + logged);
    }
  }

  private static void loseABatch(FeatureExtractor extractor, AtomicLong held) {
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          return true;
        };
    ColumnBatch lost = Packages.smallTable(extractor, reservation, 100, 1);
    Session session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation));
    assertEquals(100, session.extract(lost).rows());
    assertTrue(held.get() > 0);
  }

  @Test
  void twoThreadsOfTheCoreMayAskForMemory() {
    AtomicLong held = new AtomicLong();
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          return true;
        };
    try (FeatureExtractor extractor = Packages.load("small");
        ColumnBatch requests = extractor.newBatch(Domain.REQUEST, MemoryReservation.UNLIMITED);
        ColumnBatch candidates = extractor.newBatch(Domain.CANDIDATE, MemoryReservation.UNLIMITED)) {
      long[] offsets = new long[101];
      for (int r = 0; r < 100; ++r) {
        requests.addRow(java.util.Map.of("u", r));
        for (int c = 0; c < 1000; ++c) {
          candidates.column(0).writeDouble(c);
          candidates.endRow();
        }
        offsets[r + 1] = candidates.rows();
      }
      try (Session session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation).withThreads(2));
          Extraction extraction = session.extract(requests, candidates, offsets)) {
        assertEquals(100_000, extraction.rows());
        assertEquals(99 + 2 * 999F, extraction.getFloat(0, 99_999));
      }
    }
    assertEquals(0, held.get());
  }
}
