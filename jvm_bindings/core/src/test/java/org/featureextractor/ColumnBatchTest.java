package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ColumnBatchTest {
  private static ColumnBatch batch(MemoryReservation reservation, String... types) {
    List<Input> inputs = new ArrayList<>();
    for (String type : types) {
      inputs.add(new Input("c" + inputs.size(), DataType.parse(type), Domain.CANDIDATE, true));
    }
    return ColumnBatch.of(inputs, reservation);
  }

  private static ColumnBatch batch(String... types) {
    return batch(MemoryReservation.UNLIMITED, types);
  }

  @Test
  void aColumnWithoutValueIsNull() {
    try (ColumnBatch batch = batch("int", "list<int>", "{a: string}")) {
      batch.column(0).writeLong(7);
      batch.endRow();
      assertEquals(1, batch.rows());
      assertEquals(1, batch.column(1).count());
      assertEquals(1, batch.column(2).field("a").count());
    }
  }

  @Test
  void halfWrittenRowsAreTakenBack() {
    try (ColumnBatch batch = batch("int", "list<{a: string, b: list<int>}>", "map<string, float>")) {
      ColumnWriter event = batch.column(1).element();
      for (int row = 0; row < 3; ++row) {
        long bytes = batch.sizeInBytes();
        batch.column(0).writeNull();
        batch.column(1).beginList();
        event.beginStruct();
        event.field(0).writeString("half");
        event.field(1).beginList();
        event.field(1).element().writeLong(1);
        batch.column(2).beginList();
        batch.column(2).key().writeString("k");
        assertThrows(IllegalStateException.class, batch::endRow);
        batch.abortRow();
        assertEquals(bytes, batch.sizeInBytes());
        assertEquals(row, batch.column(0).count());
        assertEquals(0, event.count() - 2L * row);

        batch.column(0).writeLong(row);
        batch.column(1).beginList();
        for (int i = 0; i < 2; ++i) {
          event.beginStruct();
          event.field(0).writeString("whole");
          event.endStruct();
        }
        batch.column(1).endList();
        batch.endRow();
      }
      assertEquals(3, batch.rows());
    }
  }

  @Test
  void nullsSurviveTruncation() {
    // Compares with a list of the same values, since the bits of nulls are where such code goes wrong.
    Random random = new Random(1);
    try (ColumnBatch batch = batch("bool", "int", "string")) {
      List<Integer> model = new ArrayList<>();
      for (int step = 0; step < 2000; ++step) {
        int kind = random.nextInt(20);
        if (kind == 0) {
          int keep = random.nextInt(model.size() + 1);
          batch.truncate(keep);
          model.subList(keep, model.size()).clear();
        } else {
          boolean isNull = kind < 8;
          model.add(isNull ? -1 : kind % 2);
          for (int c = 0; c < 3; ++c) {
            ColumnWriter column = batch.column(c);
            if (isNull) {
              column.writeNull();
            } else if (c == 0) {
              column.writeBoolean(kind % 2 == 1);
            } else if (c == 1) {
              column.writeLong(kind % 2);
            } else {
              column.writeString(kind % 2 == 1 ? "one" : "");
            }
          }
          batch.endRow();
        }
        assertEquals(model.size(), batch.rows());
        if (model.size() > 1) {
          int a = random.nextInt(model.size());
          int b = random.nextInt(model.size());
          assertEquals(model.get(a).equals(model.get(b)), batch.rowsEqual(a, b), "rows " + a + " and " + b);
        }
      }
    }
  }

  @Test
  void resetKeepsTheMemory() {
    AtomicLong held = new AtomicLong();
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          return true;
        };
    long grown = 0;
    try (ColumnBatch batch = batch(reservation, "int?", "list<string>", "vector<3>")) {
      for (int round = 0; round < 3; ++round) {
        for (int row = 0; row < 1000; ++row) {
          batch.addRow(Map.of("c0", row, "c1", List.of("x" + row), "c2", List.of(1, 2.5, 3F)));
        }
        assertEquals(held.get(), batch.memory());
        assertTrue(batch.memory() >= batch.sizeInBytes());
        if (round == 0) {
          grown = batch.memory();
        }
        assertEquals(grown, batch.memory());
        batch.reset();
        assertEquals(0, batch.rows());
      }
    }
    assertEquals(0, held.get());
  }

  @Test
  void refusedMemoryLeavesTheBatchUsable() {
    // Refuses each reservation once; every row must then go in after all.
    int[] asked = {0};
    for (int refused = 1; refused < 60; ++refused) {
      asked[0] = 0;
      int at = refused;
      long[] held = {0};
      MemoryReservation reservation =
          bytes -> {
            if (bytes > 0 && ++asked[0] == at) {
              return false;
            }
            held[0] += bytes;
            return true;
          };
      try (ColumnBatch batch = batch(reservation, "int?", "list<{a: string, b: bool?}>", "map<string, float>", "bytes?")) {
        for (int row = 0; row < 200; ++row) {
          Map<String, Object> values =
              row % 3 == 0
                  ? Map.of("c1", List.of(), "c2", Map.of())
                  : Map.of(
                      "c0", row,
                      "c1", List.of(Map.of("a", "text", "b", true), Map.of("a", "")),
                      "c2", Map.of("k", row),
                      "c3", new byte[row]);
          try {
            batch.addRow(values);
          } catch (FeatureExtractorException refusal) {
            assertEquals(ErrorCode.OUT_OF_MEMORY, refusal.code());
            assertEquals(row, batch.rows());
            batch.addRow(values);
          }
        }
        assertEquals(200, batch.rows());
        assertEquals(held[0], batch.memory());
      }
      assertEquals(0, held[0]);
    }
    assertTrue(asked[0] > 20, "the batch asked " + asked[0] + " times");
  }

  @Test
  void writersRefuseWhatDoesNotSuit() {
    try (ColumnBatch batch = batch("int", "string", "list<int>", "{a: int}", "map<int, int>", "bytes")) {
      assertThrows(UnsupportedOperationException.class, () -> batch.column(0).writeString("x"));
      assertThrows(UnsupportedOperationException.class, () -> batch.column(0).writeDouble(1));
      assertThrows(UnsupportedOperationException.class, () -> batch.column(0).beginList());
      assertThrows(UnsupportedOperationException.class, () -> batch.column(1).writeLong(1));
      assertThrows(UnsupportedOperationException.class, () -> batch.column(2).key());
      assertThrows(UnsupportedOperationException.class, () -> batch.column(4).element());
      assertThrows(UnsupportedOperationException.class, () -> batch.column(5).writeString("x"));
      assertThrows(IllegalArgumentException.class, () -> batch.column("c9"));
      assertThrows(IllegalArgumentException.class, () -> batch.column(3).field("b"));
      assertThrows(IndexOutOfBoundsException.class, () -> batch.column(1).writeBytes(new byte[3], 2, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> batch.column(1).writeBytes(new byte[3], -1, 2));
      assertEquals(0, batch.sizeInBytes());
    }
  }

  @Test
  void orderOfCallsIsChecked() {
    try (ColumnBatch batch = batch("list<int>", "{a: int}", "map<int, int>")) {
      ColumnWriter list = batch.column(0);
      ColumnWriter struct = batch.column(1);
      ColumnWriter map = batch.column(2);
      assertThrows(IllegalStateException.class, list::endList);
      assertThrows(IllegalStateException.class, struct::endStruct);
      list.element().writeLong(1);
      assertThrows(IllegalStateException.class, list::beginList);
      batch.abortRow();
      list.beginList();
      assertThrows(IllegalStateException.class, list::beginList);
      assertThrows(IllegalStateException.class, list::writeNull);
      batch.abortRow();
      struct.beginStruct();
      struct.field(0).writeLong(1);
      struct.field(0).writeLong(2);
      assertThrows(IllegalStateException.class, struct::endStruct);
      batch.abortRow();
      map.beginList();
      map.key().writeLong(1);
      assertThrows(IllegalStateException.class, map::endList);
      batch.abortRow();
      list.writeNull();
      list.writeNull();
      assertThrows(IllegalStateException.class, batch::endRow);
      batch.abortRow();
      assertEquals(0, list.count());
      assertThrows(IllegalArgumentException.class, () -> batch.truncate(1));
    }
  }

  @Test
  void messagesNameRowAndColumn() {
    try (ColumnBatch batch = batch("int", "list<{a: string}>", "vector<2>", "timestamp", "string")) {
      Map<String, Object> good =
          Map.of("c0", 1, "c1", List.of(), "c2", new double[] {1, 2}, "c3", Instant.EPOCH, "c4", "x");
      batch.addRow(good);
      List<Map.Entry<Map.Entry<String, Object>, String>> wrong =
          List.of(
              Map.entry(Map.entry("c0", 1.5), "Row 1, column 'c0': expected int, got 1.5 (java.lang.Double)."),
              Map.entry(Map.entry("c0", BigInteger.TWO.pow(63)), "does not fit 64 bits"),
              Map.entry(Map.entry("c1", List.of(Map.of("a", 3))), "Row 1, column 'c1[].a': expected string, got 3"),
              Map.entry(Map.entry("c1", List.of(Map.of())), "field 'a' of type string is missing"),
              Map.entry(Map.entry("c1", "text"), "Row 1, column 'c1': expected list<{a: string}>"),
              Map.entry(Map.entry("c2", List.of(1)), "Row 1, column 'c2': expected vector<2>, got 1 numbers."),
              Map.entry(Map.entry("c2", List.of(1, "x")), "Row 1, column 'c2[]': expected float, got x"),
              Map.entry(Map.entry("c3", Instant.MAX), "does not fit 64 bits of microseconds"));
      for (Map.Entry<Map.Entry<String, Object>, String> one : wrong) {
        Map<String, Object> values = new java.util.HashMap<>(good);
        values.put(one.getKey().getKey(), one.getKey().getValue());
        String message = assertThrows(IllegalArgumentException.class, () -> batch.addRow(values)).getMessage();
        assertTrue(message.contains(one.getValue()), message);
        assertEquals(1, batch.rows());
      }
      Map<String, Object> incomplete = new java.util.HashMap<>(good);
      incomplete.remove("c4");
      String message = assertThrows(IllegalArgumentException.class, () -> batch.addRow(incomplete)).getMessage();
      assertEquals("Row 1: column 'c4' of type string is missing.", message);
      batch.addRow(good);
      assertEquals(2, batch.rows());
    }
  }

  @Test
  void closedBatchesSayWhatTheyAre() {
    ColumnBatch batch = batch("int", "list<string>");
    ColumnWriter column = batch.column(0);
    column.writeLong(1);
    batch.endRow();
    batch.close();
    batch.close();
    assertThrows(IllegalStateException.class, () -> column.writeLong(2));
    assertThrows(IllegalStateException.class, () -> column.writeNull());
    assertThrows(IllegalStateException.class, batch::endRow);
    assertThrows(IllegalStateException.class, batch::abortRow);
    assertThrows(IllegalStateException.class, () -> batch.addRow(Map.of("c0", 1)));
    assertEquals(0, batch.memory());
  }

  @Test
  void aColumnHoldsLessThanTwoGigabytes() {
    // The account refuses before the system is asked for more than a few megabytes.
    MemoryReservation small = bytes -> bytes < 64_000_000;
    byte[] text = new byte[1 << 20];
    try (ColumnBatch batch = batch(small, "bytes")) {
      FeatureExtractorException refused =
          assertThrows(
              FeatureExtractorException.class,
              () -> {
                for (int i = 0; i < 4000; ++i) {
                  batch.column(0).writeBytes(text);
                  batch.endRow();
                }
              });
      assertEquals(ErrorCode.OUT_OF_MEMORY, refused.code());
    }
  }

  @Test
  void requestsAreGroupedByTheirBits() {
    try (FeatureExtractor extractor = Packages.load("kinds");
        RequestBatch batch = RequestBatch.of(extractor)) {
      assertThrows(IllegalStateException.class, batch::endCandidate);
      batch.abortRow();
      boolean[] isNew = new boolean[4];
      for (int i = 0; i < 4; ++i) {
        Map<String, Object> request = Packages.request();
        request.put("seen", i < 2 ? List.of(1L, 2L) : List.of(1L, 3L));
        request.put("age", i == 3 ? null : 5);
        // Written by hand, since addRow would end the row.
        for (int c = 0; c < batch.requests().columnCount(); ++c) {
          JavaValues.write(batch.requests().column(c), request.get(batch.requests().columns().get(c).name()), 0, "");
        }
        isNew[i] = batch.endRequestIfChanged();
        batch.candidates().column("movie").writeLong(i);
        batch.endCandidate();
      }
      assertArrayEquals(new boolean[] {true, false, true, true}, isNew);
      assertEquals(3, batch.requests().rows());
      assertEquals(4, batch.rows());
      assertArrayEquals(new long[] {0, 2, 3, 4}, java.util.Arrays.copyOf(batch.offsets(), 4));
      batch.reset();
      assertEquals(0, batch.rows());
      assertEquals(0, batch.requestCount());
    }
  }

  @Test
  void programsWithoutCandidatesKeepEqualRows() {
    try (FeatureExtractor extractor = Packages.load("requests_only");
        RequestBatch batch = RequestBatch.of(extractor);
        Session session = extractor.newSession()) {
      for (int i = 0; i < 3; ++i) {
        batch.requests().column("u").writeLong(4);
        batch.requests().column("name").writeString("n");
        assertTrue(batch.endRequestIfChanged());
      }
      assertFalse(extractor.outputDomain() == Domain.CANDIDATE);
      try (Extraction extraction = session.extract(batch)) {
        assertEquals(3, extraction.rows());
        assertEquals(8, extraction.getFloat(0, 2));
      }
    }
  }
}
