package org.featureextractor.flink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.runtime.typeutils.ArrayDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.DataType;

/**
 * Walks values of one type in one order: once to record their parts, and then to tell whether other values have the same parts.
 *
 * <p>What is the same here is the same to the program: numbers by their bits, texts by their bytes, lists element by element, of structs those
 * fields that the program declares. False may also mean that it is not known: for maps whose entries come in another order, for values in
 * another form, and for binary values that differ only in fields that the program does not declare.
 *
 * <p>Values in Flink's binary format are compared as bytes. Rows of objects, as most sources make them, are compared object by object, and
 * lists of them field by field, so that each loop sees objects of one class only: a history of 200 events with twelve fields is 2,400
 * objects, for each row. The recorded parts lie in two arrays in the order of the walk, so that nothing is looked for. Flink copies
 * such rows between its operators, so that to compare addresses of lists and structs would tell nothing; nor would it with object reuse,
 * where their owner may have changed them. Java strings never change, and copies share them.
 */
abstract class ValueTrace {
  /** The parts of the values that were recorded, and how far a comparison has come. */
  static final class Parts {
    private Object[] objects = new Object[16];
    /** The bits of those parts whose object is {@link #NUMBER}. */
    private long[] bits = new long[16];
    private int size;
    private int at;

    void clear() {
      Arrays.fill(objects, 0, size, null);
      size = 0;
    }

    void add(Object part) {
      add(part, 0);
    }

    void add(Object part, long number) {
      if (size == objects.length) {
        objects = Arrays.copyOf(objects, size * 2);
        bits = Arrays.copyOf(bits, size * 2);
      }
      objects[size] = part;
      bits[size++] = number;
    }

    void begin() {
      at = 0;
    }

    /** The next part. A walk over other values may ask for more parts than there are. */
    private Object next() {
      return at < size ? objects[at++] : END;
    }

    /** Whether the next part is a mark; then it is gone over. */
    private boolean comes(Object mark) {
      boolean isNext = at < size && objects[at] == mark;
      at += isNext ? 1 : 0;
      return isNext;
    }

    /** The bits of the part that was asked for last. */
    private long number() {
      return bits[at - 1];
    }

    /** Goes over many parts at once; returns where they begin, or -1 if there are not so many. */
    private int skip(int count) {
      int begin = at;
      at += count;
      return at <= size ? begin : -1;
    }
  }

  /** Is the same as no part. */
  private static final Object END = new Object();

  private static final Object NUMBER = new Object();

  /** Stands in front of the fields of a struct. */
  private static final Object STRUCT = new Object();

  /** Stands in front of a list of rows of objects, of which the first field of all is recorded first, and so on. */
  private static final Object FIELD_BY_FIELD = new Object();

  private ValueTrace() {}

  /** Records a value, in the form in which rows of objects hold it. */
  final void record(Object value, Parts parts) {
    if (value == null) {
      parts.add(null);
    } else {
      recordValue(value, parts);
    }
  }

  /** Whether a value has the parts that come next. */
  final boolean matches(Object value, Parts parts) {
    Object part = parts.next();
    return value == null || part == null ? value == part : matchesValue(value, part, parts);
  }

  /** Whether a field of many rows has the parts that come next. */
  boolean fieldMatches(Object[] rows, int place, Parts parts) {
    for (Object row : rows) {
      if (!matches(((GenericRowData) row).getField(place), parts)) {
        return false;
      }
    }
    return true;
  }

  abstract void recordValue(Object value, Parts parts);

  /** As {@link #matches}, with the first part; neither is null. */
  abstract boolean matchesValue(Object value, Object part, Parts parts);

  /**
   * A trace for values of one type of Flink that are written to a column of another, as {@link ValueWriter#of} does.
   *
   * @param type in the table
   * @param declared by the program
   */
  static ValueTrace of(LogicalType type, DataType declared) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> new Texts();
      case BINARY, VARBINARY -> new Binaries();
      case ARRAY -> {
        DataType element = declared instanceof DataType.ListType list ? list.element() : new DataType.FloatType(true);
        yield new Lists(((ArrayType) type).getElementType(), element);
      }
      case MAP -> new Maps((MapType) type, (DataType.MapType) declared);
      case ROW -> new Rows((RowType) type, (DataType.StructType) declared);
      case BIGINT, INTERVAL_DAY_TIME -> new Longs();
      case FLOAT -> new Floats();
      case DOUBLE -> new Doubles();
      default -> new Immutables();
    };
  }

  /** The three kinds of numbers of which lists have most. Each has a loop of its own, which is compiled for its class. */
  private abstract static class Numbers extends ValueTrace {
    abstract long bits(Object value);

    @Override
    final void recordValue(Object value, Parts parts) {
      parts.add(NUMBER, bits(value));
    }

    @Override
    final boolean matchesValue(Object value, Object part, Parts parts) {
      return part == NUMBER && parts.number() == bits(value);
    }
  }

  private static final class Longs extends Numbers {
    @Override
    long bits(Object value) {
      return (Long) value;
    }

    @Override
    boolean fieldMatches(Object[] rows, int place, Parts parts) {
      int begin = parts.skip(rows.length);
      for (int i = 0; begin >= 0 && i < rows.length; ++i) {
        Object value = ((GenericRowData) rows[i]).getField(place);
        Object part = parts.objects[begin + i];
        if (value == null ? part != null : part != NUMBER || parts.bits[begin + i] != bits(value)) {
          return false;
        }
      }
      return begin >= 0;
    }
  }

  private static final class Floats extends Numbers {
    @Override
    long bits(Object value) {
      return Float.floatToRawIntBits((Float) value);
    }

    @Override
    boolean fieldMatches(Object[] rows, int place, Parts parts) {
      int begin = parts.skip(rows.length);
      for (int i = 0; begin >= 0 && i < rows.length; ++i) {
        Object value = ((GenericRowData) rows[i]).getField(place);
        Object part = parts.objects[begin + i];
        if (value == null ? part != null : part != NUMBER || parts.bits[begin + i] != bits(value)) {
          return false;
        }
      }
      return begin >= 0;
    }
  }

  private static final class Doubles extends Numbers {
    @Override
    long bits(Object value) {
      return Double.doubleToRawLongBits((Double) value);
    }

    @Override
    boolean fieldMatches(Object[] rows, int place, Parts parts) {
      int begin = parts.skip(rows.length);
      for (int i = 0; begin >= 0 && i < rows.length; ++i) {
        Object value = ((GenericRowData) rows[i]).getField(place);
        Object part = parts.objects[begin + i];
        if (value == null ? part != null : part != NUMBER || parts.bits[begin + i] != bits(value)) {
          return false;
        }
      }
      return begin >= 0;
    }
  }

  /** The other numbers, and {@code TimestampData}: objects that never change, and that copies share. */
  private static final class Immutables extends ValueTrace {
    @Override
    void recordValue(Object value, Parts parts) {
      parts.add(value);
    }

    @Override
    boolean matchesValue(Object value, Object part, Parts parts) {
      return value == part || value.equals(part);
    }

    @Override
    boolean fieldMatches(Object[] rows, int place, Parts parts) {
      int begin = parts.skip(rows.length);
      for (int i = 0; begin >= 0 && i < rows.length; ++i) {
        Object value = ((GenericRowData) rows[i]).getField(place);
        Object part = parts.objects[begin + i];
        if (value != part && (value == null || !value.equals(part))) {
          return false;
        }
      }
      return begin >= 0;
    }
  }

  /** The part of a text is its Java string, or its bytes where Flink holds only these. */
  private static final class Texts extends ValueTrace {
    /** Stands in a Java string for bytes that are not UTF-8, which then are no longer known. */
    private static final char REPLACEMENT = '\uFFFD';

    @Override
    void recordValue(Object value, Parts parts) {
      String text = javaString(value);
      parts.add(text != null ? text : ((StringData) value).toBytes());
    }

    @Override
    boolean matchesValue(Object value, Object part, Parts parts) {
      String text = javaString(value);
      if (part instanceof String other) {
        return text == other || text != null && text.equals(other) && text.indexOf(REPLACEMENT) < 0;
      }
      if (!(part instanceof byte[] bytes)) {
        return false;
      }
      if (text != null) {
        return text.indexOf(REPLACEMENT) < 0 && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
      }
      return value instanceof BinaryStringData binary
          ? bytesAreSame(binary, bytes)
          : Arrays.equals(((StringData) value).toBytes(), bytes);
    }

    @Override
    boolean fieldMatches(Object[] rows, int place, Parts parts) {
      int begin = parts.skip(rows.length);
      for (int i = 0; begin >= 0 && i < rows.length; ++i) {
        Object value = ((GenericRowData) rows[i]).getField(place);
        Object part = parts.objects[begin + i];
        if (value == null || part == null ? value != part : !matchesValue(value, part, parts)) {
          return false;
        }
      }
      return begin >= 0;
    }

    private static String javaString(Object value) {
      return value instanceof BinaryStringData text ? text.getJavaObject() : null;
    }
  }

  private static final class Binaries extends ValueTrace {
    @Override
    void recordValue(Object value, Parts parts) {
      parts.add(((byte[]) value).clone());
    }

    @Override
    boolean matchesValue(Object value, Object part, Parts parts) {
      return part instanceof byte[] bytes && Arrays.equals((byte[]) value, bytes);
    }
  }

  /** Values that may be binary: then their part is a copy of the bytes. */
  private abstract static class Compound extends ValueTrace {
    @Override
    final void recordValue(Object value, Parts parts) {
      if (value instanceof BinaryFormat binary) {
        parts.add(BinarySegmentUtils.copyToBytes(binary.getSegments(), binary.getOffset(), binary.getSizeInBytes()));
      } else {
        recordObjects(value, parts);
      }
    }

    @Override
    final boolean matchesValue(Object value, Object part, Parts parts) {
      if (value instanceof BinaryFormat binary) {
        return part instanceof byte[] bytes && bytesAreSame(binary, bytes);
      }
      return matchesObjects(value, part, parts);
    }

    abstract void recordObjects(Object value, Parts parts);

    abstract boolean matchesObjects(Object value, Object part, Parts parts);
  }

  /** Their first part is the number of elements; of arrays of unboxed numbers there is one part, a copy. */
  private static final class Lists extends Compound {
    private final ValueTrace element;
    private final ArrayData.ElementGetter getter;
    private final ArrayDataSerializer copier;

    Lists(LogicalType type, DataType declared) {
      element = of(type, declared);
      getter = ArrayData.createElementGetter(type);
      copier = new ArrayDataSerializer(type);
    }

    @Override
    void recordObjects(Object value, Parts parts) {
      if (value instanceof GenericArrayData generic && generic.isPrimitiveArray()) {
        parts.add(copier.copy(generic));
        return;
      }
      ArrayData array = (ArrayData) value;
      parts.add(array.size());
      if (element instanceof Rows rows && rows.areObjects(array)) {
        parts.add(FIELD_BY_FIELD);
        rows.recordFields(((GenericArrayData) array).toObjectArray(), parts);
        return;
      }
      for (int i = 0; i < array.size(); ++i) {
        element.record(getter.getElementOrNull(array, i), parts);
      }
    }

    @Override
    boolean matchesObjects(Object value, Object part, Parts parts) {
      if (value instanceof GenericArrayData generic) {
        if (generic.isPrimitiveArray()) {
          return generic.equals(part);
        }
        if (!(part instanceof Integer size) || generic.size() != size) {
          return false;
        }
        if (element instanceof Rows rows && parts.comes(FIELD_BY_FIELD)) {
          return rows.areObjects(generic) && rows.fieldsMatch(generic.toObjectArray(), parts);
        }
      }
      ArrayData array = (ArrayData) value;
      if (!(part instanceof Integer size) || array.size() != size) {
        return false;
      }
      for (int i = 0; i < size; ++i) {
        if (!element.matches(getter.getElementOrNull(array, i), parts)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Their parts are those of the keys, then those of the values. */
  private static final class Maps extends Compound {
    private final Lists keys;
    private final Lists values;

    Maps(MapType type, DataType.MapType declared) {
      keys = new Lists(type.getKeyType(), declared.key());
      values = new Lists(type.getValueType(), declared.value());
    }

    @Override
    void recordObjects(Object value, Parts parts) {
      MapData map = (MapData) value;
      keys.record(map.keyArray(), parts);
      values.record(map.valueArray(), parts);
    }

    @Override
    boolean matchesObjects(Object value, Object part, Parts parts) {
      MapData map = (MapData) value;
      return keys.matchesValue(map.keyArray(), part, parts) && values.matches(map.valueArray(), parts);
    }
  }

  private static final class Rows extends Compound {
    private final int[] places;
    private final ValueTrace[] fields;
    private final RowData.FieldGetter[] getters;

    Rows(RowType row, DataType.StructType declared) {
      places = new int[declared.fields().size()];
      fields = new ValueTrace[places.length];
      getters = new RowData.FieldGetter[places.length];
      for (int i = 0; i < places.length; ++i) {
        DataType.Field field = declared.fields().get(i);
        places[i] = row.getFieldIndex(field.name());
        fields[i] = of(row.getTypeAt(places[i]), field.type());
        getters[i] = RowData.createFieldGetter(row.getTypeAt(places[i]), places[i]);
      }
    }

    @Override
    void recordObjects(Object value, Parts parts) {
      parts.add(STRUCT);
      for (int i = 0; i < fields.length; ++i) {
        fields[i].record(getters[i].getFieldOrNull((RowData) value), parts);
      }
    }

    @Override
    boolean matchesObjects(Object value, Object part, Parts parts) {
      if (part != STRUCT) {
        return false;
      }
      for (int i = 0; i < fields.length; ++i) {
        if (!fields[i].matches(getters[i].getFieldOrNull((RowData) value), parts)) {
          return false;
        }
      }
      return true;
    }

    /** Whether a list can be walked field by field: all its rows are there, and hold objects. */
    boolean areObjects(ArrayData array) {
      if (!(array instanceof GenericArrayData generic) || generic.isPrimitiveArray()) {
        return false;
      }
      for (Object row : generic.toObjectArray()) {
        if (!(row instanceof GenericRowData)) {
          return false;
        }
      }
      return true;
    }

    void recordFields(Object[] rows, Parts parts) {
      for (int i = 0; i < fields.length; ++i) {
        for (Object row : rows) {
          fields[i].record(((GenericRowData) row).getField(places[i]), parts);
        }
      }
    }

    boolean fieldsMatch(Object[] rows, Parts parts) {
      for (int i = 0; i < fields.length; ++i) {
        if (!fields[i].fieldMatches(rows, places[i], parts)) {
          return false;
        }
      }
      return true;
    }
  }

  private static boolean bytesAreSame(BinaryFormat value, byte[] bytes) {
    if (value.getSizeInBytes() != bytes.length) {
      return false;
    }
    MemorySegment[] segments = value.getSegments();
    int offset = value.getOffset();
    if (segments.length == 1 && !segments[0].isOffHeap()) {
      // This comparison takes many bytes at a time, Flink's own takes eight.
      return Arrays.equals(segments[0].getArray(), offset, offset + bytes.length, bytes, 0, bytes.length);
    }
    return Arrays.equals(BinarySegmentUtils.copyToBytes(segments, offset, bytes.length), bytes);
  }
}
