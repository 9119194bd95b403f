package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ExtractionTest {
  private static FeatureExtractor extractor;
  private static Session session;
  private static Extraction extraction;

  @BeforeAll
  static void extract() {
    extractor = Packages.load("kinds");
    session = extractor.newSession();
    try (RequestBatch batch = RequestBatch.of(extractor)) {
      batch.addRequest(Packages.request());
      batch.addCandidate(Packages.candidate(1, 1.5));
      batch.addCandidate(Packages.candidate(12, Double.NaN));
      extraction = session.extract(batch);
    }
  }

  @AfterAll
  static void close() {
    extraction.close();
    session.close();
    extractor.close();
  }

  private static int index(String name) {
    return extractor.feature(name).index();
  }

  @Test
  void aProgramDescribesItself() {
    assertEquals("kinds", extractor.name().replaceAll(".*/", "").replace(".fx", ""));
    assertTrue(extractor.digest().matches("[0-9a-f]{32}"), extractor.digest());
    assertTrue(extractor.manifest().contains("\"tag_ids\""));
    assertEquals(Domain.CANDIDATE, extractor.outputDomain());
    assertEquals(13, extractor.inputs().size());
    Input seen = extractor.inputs(Domain.REQUEST).get(2);
    assertEquals(new Input("seen", DataType.parse("list<int>"), Domain.REQUEST, true), seen);
    Feature ids = extractor.feature("tag_ids");
    assertEquals(new Feature(ids.index(), "tag_ids", FeatureKind.IDS, 0, 2, 1000), ids);
    assertEquals(2, extractor.feature("where").width());
    assertThrows(IllegalArgumentException.class, () -> extractor.feature("nothing"));
    assertTrue(FeatureExtractor.libraryVersion().matches("\\d+\\.\\d+\\.\\d+.*"));
  }

  @Test
  void valuesOfEachKind() {
    assertEquals(2, extraction.rows());
    assertEquals(1, extraction.requests());
    assertEquals(2.5F, extraction.getFloat(index("half"), 1));
    assertEquals(3.0F, extraction.getFloat(index("double"), 0));
    assertEquals(-1.0F, extraction.getFloat(index("double"), 1));
    assertEquals(12.5F, extraction.getFloat(index("where"), 1, 1));
    assertEquals(2F, extraction.getFloat(index("again"), 0));
    assertEquals(1F, extraction.getFloat(index("grown"), 0));
    assertEquals(2, extraction.getId(index("bucket"), 1));
    assertEquals(2, extraction.getIds(index("tag_ids"), 0).length);
    assertEquals(0, extraction.getIds(index("tag_ids"), 1).length);
    assertEquals(3, extraction.getCount(index("liked"), 0));
    assertArrayEquals(new float[] {2F, 0.5F, 0.5F}, extraction.getWeights(index("liked"), 0));
    assertEquals("ann", extraction.getText(index("who"), 1));
    assertEquals(1F, extraction.getFloat(index("long"), 0));
    assertEquals(0F, extraction.getFloat(index("long"), 1));
    assertEquals(1F, extraction.getFloat(index("hour"), 1));
    assertEquals(1951F, extraction.getFloat(index("born"), 0));
    assertEquals(3F, extraction.getFloat(index("roles"), 0));
  }

  @Test
  void viewsShowTheSame() {
    FloatBuffer where = extraction.floats(index("where"));
    assertEquals(4, where.remaining());
    assertEquals(1.5F, where.get(1));
    assertThrows(ReadOnlyBufferException.class, () -> where.put(0, 1F));
    assertEquals(3, extraction.offsets(index("liked")).remaining());
    assertEquals(3, extraction.longs(index("liked")).remaining());
    assertEquals(3, extraction.weights(index("liked")).remaining());
    assertEquals(6, extraction.bytes(index("who")).remaining());
    assertEquals(2, extraction.longs(index("bucket")).remaining());
    assertTrue(extraction.valuesAddress(index("half")) != 0);
    assertArrayEquals(
        new float[] {2.5F, 1F, 1.5F, 2.5F, 12F, 12.5F}, extraction.matrix(index("half"), index("where")));
  }

  @Test
  void countsSayWhatDidNotExist() {
    assertEquals(1, extraction.defaulted(index("double")));
    List<Input> inputs = extractor.inputs();
    for (int i = 0; i < inputs.size(); ++i) {
      InputCounts counts = extraction.inputCounts(i);
      String name = inputs.get(i).name();
      assertEquals(name.equals("price") ? 1 : 0, counts.notFinite(), name);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.inputCounts(inputs.size()));
  }

  @Test
  void wrongQuestionsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> extraction.getFloat(index("who"), 0));
    assertThrows(IllegalArgumentException.class, () -> extraction.getId(index("tag_ids"), 0));
    assertThrows(IllegalArgumentException.class, () -> extraction.longs(index("half")));
    assertThrows(IllegalArgumentException.class, () -> extraction.offsets(index("half")));
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(index("half"), 2));
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(index("half"), -1));
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(index("half"), 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.getFloat(99, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> extraction.defaulted(-1));
  }

  @Test
  void emptyBatches() {
    try (ColumnBatch table = extractor.newTable(MemoryReservation.UNLIMITED);
        RequestBatch pairs = RequestBatch.of(extractor);
        Session own = extractor.newSession()) {
      for (int round = 0; round < 2; ++round) {
        try (Extraction empty = own.extract(table)) {
          assertEquals(0, empty.rows());
          assertEquals(0, empty.floats(index("half")).remaining());
          assertEquals(0, empty.bytes(index("who")).remaining());
          assertEquals(0, empty.matrix(index("half")).length);
        }
        try (Extraction empty = own.extract(pairs)) {
          assertEquals(0, empty.rows());
        }
        pairs.addRequest(Packages.request());
        try (Extraction none = own.extract(pairs)) {
          assertEquals(0, none.rows());
        }
        pairs.reset();
      }
    }
  }

  @Test
  void oneRequestWithoutOffsets() {
    try (ColumnBatch requests = extractor.newBatch(Domain.REQUEST, MemoryReservation.UNLIMITED);
        ColumnBatch candidates = extractor.newBatch(Domain.CANDIDATE, MemoryReservation.UNLIMITED)) {
      requests.addRow(Packages.request());
      for (int i = 0; i < 5; ++i) {
        candidates.addRow(Packages.candidate(i, i));
      }
      try (Extraction five = session.extract(requests, candidates, null)) {
        assertEquals(5, five.rows());
        assertEquals(8F, five.getFloat(index("double"), 4));
      }
    }
  }

  @Test
  void dataThatDoesNotFitIsRefusedWithAReason() {
    try (FeatureExtractor small = Packages.load("small");
        Session own = small.newSession();
        ColumnBatch wrongType =
            ColumnBatch.of(
                List.of(
                    new Input("u", DataType.parse("string"), Domain.REQUEST, true),
                    new Input("x", DataType.parse("float"), Domain.CANDIDATE, true)),
                MemoryReservation.UNLIMITED);
        ColumnBatch missing =
            ColumnBatch.of(
                List.of(new Input("u", DataType.parse("int"), Domain.REQUEST, true)), MemoryReservation.UNLIMITED);
        ColumnBatch right = Packages.smallTable(small, MemoryReservation.UNLIMITED, 3, 1)) {
      FeatureExtractorException refused = assertThrows(FeatureExtractorException.class, () -> own.extract(wrongType));
      assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code());
      assertTrue(refused.getMessage().contains("'u' must be int"), refused.getMessage());
      refused = assertThrows(FeatureExtractorException.class, () -> own.extract(missing));
      assertTrue(refused.getMessage().contains("'x' is missing"), refused.getMessage());
      missing.column(0).writeLong(1);
      missing.endRow();
      for (long[] offsets : List.of(new long[] {0, 2}, new long[] {1, 3}, new long[] {0, 4}, new long[] {0, 3, 2, 3})) {
        refused = assertThrows(FeatureExtractorException.class, () -> own.extract(missing, right, offsets));
        assertEquals(ErrorCode.INVALID_ARGUMENT, refused.code());
      }
      assertThrows(IllegalArgumentException.class, () -> own.extract(missing, right, new long[1], 1));
      assertThrows(IllegalArgumentException.class, () -> own.extractArrow(0, 0));
      right.column("u").writeLong(3);
      assertThrows(IllegalStateException.class, () -> own.extract(right));
      right.abortRow();
      try (Extraction fine = own.extract(right)) {
        assertEquals(5F, fine.getFloat(0, 2));
      }
    }
  }

  @Test
  void vectorsOfAnotherSizeAreNullAndCounted() {
    try (ColumnBatch table = extractor.newTable(MemoryReservation.UNLIMITED)) {
      Map<String, Object> row = Packages.request();
      row.putAll(Packages.candidate(1, 1));
      table.addRow(row);
      table.write(row);
      table.abortRow();
      row.remove("v");
      for (ColumnWriter column : columns(table)) {
        if (!column.type().toString().equals("vector<2>")) {
          JavaValues.write(column, row.get(name(table, column)), 1, "");
        }
      }
      table.column("v").writeFloats(new float[] {1, 2, 3}, 0, 3);
      table.endRow();
      try (Extraction two = session.extract(table)) {
        List<String> names = extractor.inputs().stream().map(Input::name).toList();
        assertEquals(1, two.inputCounts(names.indexOf("v")).wrongSize());
        assertEquals(1, two.defaulted(index("where")));
      }
    }
  }

  private static List<ColumnWriter> columns(ColumnBatch batch) {
    List<ColumnWriter> columns = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); ++i) {
      columns.add(batch.column(i));
    }
    return columns;
  }

  private static String name(ColumnBatch batch, ColumnWriter column) {
    return batch.columns().get(columns(batch).indexOf(column)).name();
  }

  @Test
  void halfOfASurrogatePairIsNullAndCounted() {
    try (RequestBatch batch = RequestBatch.of(extractor)) {
      Map<String, Object> request = Packages.request();
      request.put("user", "a\uD83D");
      batch.addRequest(request);
      batch.addCandidate(Packages.candidate(1, 1));
      request.put("user", "\uD83D\uDE00\u00C9");
      batch.addRequest(request);
      batch.addCandidate(Packages.candidate(1, 1));
      try (Extraction two = session.extract(batch)) {
        assertEquals(1, two.inputCounts(0).notUtf8());
        assertEquals("\uD83D\uDE00\u00E9", two.getText(index("who"), 1));
      }
    }
  }

  @Test
  void featuresAreHandedOnThroughArrow() {
    AtomicLong held = new AtomicLong();
    MemoryReservation reservation =
        bytes -> {
          held.addAndGet(bytes);
          return true;
        };
    try (FeatureExtractor first = Packages.load("small");
        FeatureExtractor next = Packages.load("reads_y");
        Session reader = next.newSession();
        ColumnBatch table = Packages.smallTable(first, MemoryReservation.UNLIMITED, 1000, 1)) {
      Session session = first.newSession(SessionOptions.DEFAULT.withReservation(reservation));
      try (ArrowStructures structures = new ArrowStructures()) {
        first.exportOutputSchema(structures.schemaAddress());
        try (Extraction features = session.extract(table)) {
          features.exportArrow(structures.arrayAddress());
        }
        // The table keeps the memory, and the account of it, although all handles are closed.
        session.close();
        assertTrue(held.get() > 0);
        try (Extraction read = reader.extractArrow(structures.schemaAddress(), structures.arrayAddress())) {
          assertEquals(1000, read.rows());
          assertEquals((1 + 2 * 999) + 0.5F, read.getFloat(0, 999));
        }
        try (Extraction read =
            reader.extractArrow(0, 0, structures.schemaAddress(), structures.arrayAddress(), null)) {
          assertEquals(1.5F, read.getFloat(0, 0));
        }
      }
      assertEquals(0, held.get());
    }
  }
}
