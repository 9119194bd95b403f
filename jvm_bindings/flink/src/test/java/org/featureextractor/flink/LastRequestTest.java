package org.featureextractor.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.featureextractor.DataType;
import org.junit.jupiter.api.Test;

/** Which rows count as those of one request, whatever the form in which Flink hands them over. */
class LastRequestTest {
  private static final LogicalType TEXT = new VarCharType(VarCharType.MAX_LENGTH);
  private static final RowType EVENT =
      RowType.of(
          new LogicalType[] {
            new BigIntType(), TEXT, new FloatType(), new DoubleType(), new LocalZonedTimestampType(6), new BooleanType(), TEXT
          },
          new String[] {"product", "brand", "price", "score", "at", "seen", "undeclared"});
  private static final RowType ROW =
      RowType.of(
          new LogicalType[] {
            new BigIntType(),
            TEXT,
            new VarBinaryType(VarBinaryType.MAX_LENGTH),
            new ArrayType(new FloatType()),
            new MapType(TEXT, new DoubleType()),
            new ArrayType(EVENT),
            new BigIntType()
          },
          new String[] {"user", "name", "key", "profile", "taste", "history", "candidate"});
  private static final int[] REQUEST = {0, 1, 2, 3, 4, 5};

  private static final List<DataType> DECLARED =
      List.of(
          new DataType.IntegerType(true),
          new DataType.StringType(true),
          new DataType.BytesType(true),
          new DataType.VectorType(2, true),
          new DataType.MapType(new DataType.StringType(false), new DataType.FloatType(true), true),
          new DataType.ListType(
              new DataType.StructType(
                  List.of(
                      new DataType.Field("product", new DataType.IntegerType(true)),
                      new DataType.Field("brand", new DataType.StringType(true)),
                      new DataType.Field("price", new DataType.FloatType(true)),
                      new DataType.Field("score", new DataType.FloatType(true)),
                      new DataType.Field("at", new DataType.TimestampType(true)),
                      new DataType.Field("seen", new DataType.BooleanType(true))),
                  true),
              true));

  private static final int EVENTS = 3;

  /** The values of a request, each of which can be replaced by its name. */
  private static Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("user", 7_000_000_000L);
    values.put("name", "a name that is longer than a slot");
    values.put("key", new byte[] {1, 2, 3});
    values.put("profile", new float[] {1.5F, -0.0F});
    values.put("taste", 0.25);
    for (int i = 0; i < EVENTS; ++i) {
      values.put("product " + i, 5_000_000_000L + i);
      values.put("brand " + i, "brand " + i);
      values.put("price " + i, 0.5F * i);
      values.put("score " + i, 0.25 * i);
      values.put("at " + i, TimestampData.fromEpochMillis(1_600_000_000_000L + i, 1_000));
      values.put("seen " + i, i % 2 == 0);
    }
    return values;
  }

  /** What each value may be in another request; null is one more. */
  private static Object other(Object value) {
    if (value instanceof Long number) {
      return number + 1;
    } else if (value instanceof String text) {
      return text + "!";
    } else if (value instanceof byte[]) {
      return new byte[] {1, 2, 4};
    } else if (value instanceof float[]) {
      return new float[] {1.5F, 0.0F};
    } else if (value instanceof Float number) {
      return number + 1;
    } else if (value instanceof Double number) {
      return number + 1;
    } else if (value instanceof TimestampData time) {
      return TimestampData.fromEpochMillis(time.getMillisecond(), 2_000);
    }
    return !(Boolean) value;
  }

  private static StringData text(Object value) {
    return StringData.fromString((String) value);
  }

  private static GenericRowData row(Map<String, Object> values, String undeclared) {
    Object[] events = new Object[EVENTS];
    for (int i = 0; i < EVENTS; ++i) {
      Object[] fields = new Object[EVENT.getFieldCount()];
      for (int field = 0; field < fields.length - 1; ++field) {
        Object value = values.get(EVENT.getFieldNames().get(field) + " " + i);
        fields[field] = value instanceof String string ? text(string) : value;
      }
      fields[fields.length - 1] = text(undeclared);
      events[i] = GenericRowData.of(fields);
    }
    Object profile = values.get("profile");
    return GenericRowData.of(
        values.get("user"),
        text(values.get("name")),
        values.get("key"),
        profile == null ? null : new GenericArrayData((float[]) profile),
        new GenericMapData(java.util.Collections.singletonMap(text("tea"), values.get("taste"))),
        new GenericArrayData(events),
        1L);
  }

  /** One way to hold a row. */
  private interface Form {
    RowData of(GenericRowData row);
  }

  private static final RowDataSerializer SERIALIZER = new RowDataSerializer(ROW);

  private static final Map<String, Form> FORMS =
      Map.of(
          "objects", row -> row,
          "copies of objects", SERIALIZER::copy,
          "binary", row -> SERIALIZER.toBinaryRow(row).copy(),
          "columns of a binary row", LastRequestTest::binaryColumns,
          "boxed elements", LastRequestTest::boxed,
          "joined", row -> new JoinedRowData(row, new GenericRowData(0)));

  private static RowData binaryColumns(GenericRowData row) {
    RowData binary = SERIALIZER.toBinaryRow(row).copy();
    GenericRowData columns = new GenericRowData(ROW.getFieldCount());
    for (int i = 0; i < columns.getArity(); ++i) {
      columns.setField(i, RowData.createFieldGetter(ROW.getTypeAt(i), i).getFieldOrNull(binary));
    }
    return columns;
  }

  /** The vector as objects, and the events in a form that is neither generic nor binary. */
  private static RowData boxed(GenericRowData row) {
    GenericRowData changed = new GenericRowData(ROW.getFieldCount());
    for (int i = 0; i < changed.getArity(); ++i) {
      changed.setField(i, row.getField(i));
    }
    if (!row.isNullAt(3)) {
      float[] profile = row.getArray(3).toFloatArray();
      changed.setField(3, new GenericArrayData(new Object[] {profile[0], profile[1]}));
    }
    List<Object> events = new ArrayList<>();
    ArrayData history = row.getArray(5);
    for (int i = 0; i < history.size(); ++i) {
      events.add(new JoinedRowData(history.getRow(i, EVENT.getFieldCount()), new GenericRowData(0)));
    }
    changed.setField(5, new GenericArrayData(events.toArray()));
    return changed;
  }

  private static LastRequest newLastRequest() {
    return new LastRequest(ROW, REQUEST, DECLARED);
  }

  @Test
  void equalRequestsAreKnown() {
    FORMS.forEach(
        (name, form) -> {
          LastRequest last = newLastRequest();
          last.remember(form.of(row(values(), "x")));
          assertTrue(last.isSame(form.of(row(values(), "x"))), name);
          last.forget();
          assertFalse(last.isSame(form.of(row(values(), "x"))), name);
        });
  }

  @Test
  void eachValueCounts() {
    FORMS.forEach(
        (name, form) -> {
          LastRequest last = newLastRequest();
          for (String changed : values().keySet()) {
            last.remember(form.of(row(values(), "x")));
            Map<String, Object> values = values();
            values.put(changed, other(values.get(changed)));
            RowData differs = form.of(row(values, "x"));
            assertFalse(last.isSame(differs), name + ", " + changed);
            values.put(changed, null);
            RowData isNull = form.of(row(values, "x"));
            assertFalse(last.isSame(isNull), name + ", " + changed + " is null");
            last.remember(isNull);
            assertTrue(last.isSame(isNull), name + ", " + changed + " is null in both");
            assertFalse(last.isSame(differs), name + ", " + changed + " was null");
          }
        });
  }

  @Test
  void formsMayChangeFromRowToRow() {
    Map<String, Object> values = values();
    values.put("score 2", 9.0);
    FORMS.forEach(
        (name, form) ->
            FORMS.forEach(
                (otherName, otherForm) -> {
                  LastRequest last = newLastRequest();
                  last.remember(form.of(row(values(), "x")));
                  // Whether equal rows are known is not promised here.
                  last.isSame(otherForm.of(row(values(), "x")));
                  assertFalse(last.isSame(otherForm.of(row(values, "x"))), name + ", then " + otherName);
                }));
  }

  @Test
  void whatIsNotDeclaredDoesNotCountInRowsOfObjects() {
    LastRequest last = newLastRequest();
    last.remember(row(values(), "x"));
    assertTrue(last.isSame(row(values(), "y")));
    RowData otherCandidate = row(values(), "x");
    ((GenericRowData) otherCandidate).setField(6, 2L);
    assertTrue(last.isSame(otherCandidate));
  }

  @Test
  void whatIsRememberedDoesNotChangeWithTheRow() {
    GenericRowData row = row(values(), "x");
    LastRequest last = newLastRequest();
    last.remember(row);
    ((GenericRowData) row.getArray(5).getRow(1, EVENT.getFieldCount())).setField(0, 1L);
    assertFalse(last.isSame(row), "an event of the same list");
    last.remember(row);
    row.getBinary(2)[0] = 9;
    assertFalse(last.isSame(row), "a byte of the same array");
    last.remember(row);
    row.getArray(3).toFloatArray()[0] = 9;
    assertFalse(last.isSame(row), "a float of the same array");
    last.remember(row);
    row.setField(5, new GenericArrayData(new Object[0]));
    assertFalse(last.isSame(row), "a shorter list");
  }

  /** Two texts that are not UTF-8 look alike as Java strings: to the program both are null, but the comparison does not know it. */
  @Test
  void lostBytesAreNotCompared() {
    LastRequest last = new LastRequest(RowType.of(TEXT), new int[] {0}, List.of(new DataType.StringType(true)));
    StringData first = StringData.fromBytes(new byte[] {'a', (byte) 0xFF});
    StringData second = StringData.fromBytes("a\uFFFD".getBytes(StandardCharsets.UTF_8));
    assertEquals(first.toString(), second.toString());
    last.remember(GenericRowData.of(first));
    assertFalse(last.isSame(GenericRowData.of(second)));
    last.remember(GenericRowData.of(second));
    assertFalse(last.isSame(GenericRowData.of(first)));
  }

  @Test
  void aListWithoutEventsIsNoNull() {
    RowType row = RowType.of(new ArrayType(EVENT));
    LastRequest last = new LastRequest(row, new int[] {0}, DECLARED.subList(5, 6));
    RowData none = GenericRowData.of(new GenericArrayData(new Object[0]));
    RowData unknown = GenericRowData.of(new GenericArrayData(new Object[] {null}));
    RowData missing = GenericRowData.of((Object) null);
    List<RowData> all = List.of(none, unknown, missing);
    for (RowData one : all) {
      last.remember(one);
      for (RowData other : all) {
        assertEquals(one == other, last.isSame(other));
      }
    }
  }
}
