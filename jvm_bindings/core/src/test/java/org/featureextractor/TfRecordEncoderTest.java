package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What callers do wrong, and one record by hand; Python's tests compare whole programs with the core. */
class TfRecordEncoderTest {
  private static final DataType INT = new DataType.IntegerType(false);
  private static final DataType FLOAT = new DataType.FloatType(false);

  private static byte[] message(TfRecordEncoder encoder) {
    return Arrays.copyOfRange(encoder.bytes(), 12, encoder.size() - 4);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  @Test
  void aRecordByHand() {
    TfRecordEncoder encoder = new TfRecordEncoder(false);
    ColumnWriter id = encoder.addColumn("id", INT);
    id.writeLong(300);
    encoder.endRecord();
    // Example{features: {feature: {key: "id", value: {int64_list: {value: [300]}}}}}
    assertArrayEquals(hex("0a0e 0a0c 0a026964 1206 1a04 0a02ac02"), message(encoder));
    assertArrayEquals(hex("1000000000000000"), Arrays.copyOf(encoder.bytes(), 8));
  }

  @Test
  void aRecordHasOnlyWhatItsRowHas() {
    TfRecordEncoder encoder = new TfRecordEncoder(true);
    ColumnWriter id = encoder.addColumn("id", INT);
    ColumnWriter ids = encoder.addColumn("ids", new DataType.ListType(INT, true));
    id.writeNull();
    ids.writeNull();
    encoder.endRecord();
    assertArrayEquals(hex("0a00 1200"), message(encoder));
    ids.beginList();
    ids.element().writeLong(-1);
    ids.endList();
    encoder.endRecord();
    assertEquals(1, message(encoder)[message(encoder).length - 1]);
    encoder.endRecord();
    assertArrayEquals(hex("0a00 1200"), message(encoder));
  }

  @Test
  void typesAndNamesThatSamplesCannotHave() {
    TfRecordEncoder encoder = new TfRecordEncoder(false);
    encoder.addColumn("a", new DataType.ListType(DataType.parse("{id: int, weight: float}"), false));
    assertThrows(IllegalArgumentException.class, () -> encoder.addColumn("a_ids", INT));
    for (String type : List.of("map<string, int>", "{a: int}", "list<list<int>>", "list<{a: int}>", "list<{a: float, b: float}>")) {
      var failure = assertThrows(IllegalArgumentException.class, () -> encoder.addColumn("b", DataType.parse(type)));
      assertTrue(failure.getMessage().contains("which a sample cannot hold"), failure.getMessage());
    }
    assertThrows(NullPointerException.class, () -> encoder.addFeatures(null));
  }

  @Test
  void callsInTheWrongOrder() {
    TfRecordEncoder encoder = new TfRecordEncoder(false);
    ColumnWriter number = encoder.addColumn("number", FLOAT);
    ColumnWriter many = encoder.addColumn("many", new DataType.ListType(DataType.parse("string?"), false));
    assertThrows(UnsupportedOperationException.class, () -> number.writeBoolean(true));
    assertThrows(UnsupportedOperationException.class, () -> many.element().writeLong(1));
    assertThrows(IllegalStateException.class, many::endList);
    number.writeLong(1);
    assertThrows(IllegalStateException.class, () -> number.writeDouble(2));
    many.beginList();
    assertThrows(IllegalArgumentException.class, () -> many.element().writeNull());
    assertThrows(IndexOutOfBoundsException.class, () -> many.element().writeBytes(new byte[2], 1, 2));
    assertThrows(IllegalStateException.class, encoder::endRecord);
    encoder.abortRecord();
    encoder.endRecord();
    assertArrayEquals(hex("0a00"), message(encoder));
  }

  @Test
  void featuresOfAnotherProgramAreRefused() {
    TfRecordEncoder encoder = new TfRecordEncoder(false);
    try (FeatureExtractor extractor = Packages.load("small");
        Session session = extractor.newSession();
        ColumnBatch batch = Packages.smallTable(extractor, MemoryReservation.UNLIMITED, 3, 1)) {
      Extraction extraction = session.extract(batch);
      assertThrows(IllegalStateException.class, () -> encoder.write(extraction, 0));
      encoder.addFeatures(extractor.features());
      assertThrows(IndexOutOfBoundsException.class, () -> encoder.write(extraction, 3));
      encoder.abortRecord();
      extraction.close();
      assertThrows(IllegalStateException.class, () -> encoder.write(extraction, 0));
    }
  }
}
