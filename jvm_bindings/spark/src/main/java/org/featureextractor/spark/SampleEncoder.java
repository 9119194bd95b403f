package org.featureextractor.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Writes rows as records of TFRecord files: the same bytes that the core writes for the same features (docs/samples.md), but for any
 * table, also one that was joined or filtered after the features were computed.
 */
final class SampleEncoder {
  // Tags of fields 1 to 3 with a length before the content, which is all that these messages have.
  private static final int FIELD_1 = 1 << 3 | 2;
  private static final int FIELD_2 = 2 << 3 | 2;
  private static final int FIELD_3 = 3 << 3 | 2;

  private static final int HEADER = 12;
  private static final long MICROSECONDS_PER_DAY = 86_400_000_000L;

  /** How the values of a column, or the elements of its lists, are written. */
  private enum Payload {
    TEXTS(FIELD_1),
    FLOATS(FIELD_2),
    INTEGERS(FIELD_3);

    private final int tag;

    Payload(int tag) {
      this.tag = tag;
    }
  }

  /**
   * A feature of the sample.
   *
   * @param name of the feature
   * @param key the name, as a field of a message
   * @param ordinal of the column
   * @param type of the values
   * @param payload how they are written
   * @param isList whether a row has a list of them
   * @param field the field to take from structs in the list; -1 where there are none
   * @param isSteps whether each value is a step of a feature list
   */
  private record Column(
      String name, byte[] key, int ordinal, DataType type, Payload payload, boolean isList, int field, boolean isSteps) {}

  private final List<Column> columns = new ArrayList<>();
  private final boolean sequence;
  private final CRC32C checksum = new CRC32C();
  private final Wire context = new Wire();
  private final Wire lists = new Wire();
  private final Wire value = new Wire();
  private final Wire list = new Wire();
  private final Wire packed = new Wire();
  private final Wire record = new Wire();

  /**
   * Chooses how each column is written.
   *
   * @throws IllegalArgumentException if a column has a type that samples cannot hold, or two features would have one name
   */
  SampleEncoder(StructType schema, boolean sequence) {
    this.sequence = sequence;
    Set<String> names = new HashSet<>();
    StructField[] fields = schema.fields();
    for (int i = 0; i < fields.length; ++i) {
      add(fields[i].name(), i, fields[i].dataType(), names);
    }
  }

  private void add(String name, int ordinal, DataType type, Set<String> names) {
    if (!(type instanceof ArrayType array)) {
      addColumn(name, ordinal, type, false, -1, names);
    } else if (array.elementType() instanceof StructType entry) {
      if (entry.fields().length != 2
          || !(entry.fields()[0].dataType() instanceof LongType)
          || !(entry.fields()[1].dataType() instanceof FloatType)) {
        throw refused(name, type);
      }
      addColumn(name + "_ids", ordinal, entry.fields()[0].dataType(), true, 0, names);
      addColumn(name + "_weights", ordinal, entry.fields()[1].dataType(), true, 1, names);
    } else {
      addColumn(name, ordinal, array.elementType(), true, -1, names);
    }
  }

  private void addColumn(String name, int ordinal, DataType type, boolean isList, int field, Set<String> names) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("Two features of a sample would be called '" + name + "'; rename one column.");
    }
    Payload payload = payload(type);
    if (payload == null) {
      throw refused(name, type);
    }
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    Wire key = new Wire();
    key.head(FIELD_1, utf8.length);
    key.bytes(utf8, 0, utf8.length);
    // A list of 32-bit floats is a vector: lists of ids have steps.
    boolean isVector = type instanceof FloatType && field < 0;
    columns.add(new Column(name, key.copy(), ordinal, type, payload, isList, field, sequence && isList && !isVector));
  }

  private static Payload payload(DataType type) {
    if (type instanceof FloatType || type instanceof DoubleType) {
      return Payload.FLOATS;
    } else if (type instanceof StringType || type instanceof BinaryType) {
      return Payload.TEXTS;
    } else if (type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof DayTimeIntervalType) {
      return Payload.INTEGERS;
    }
    return null;
  }

  private static IllegalArgumentException refused(String name, DataType type) {
    return new IllegalArgumentException(
        "Column '" + name + "' is " + type.simpleString() + ", which a sample cannot hold. Leave it out, or cast it.");
  }

  /** Encodes a row; {@link #bytes} and {@link #size} have the record until the next call. */
  void encode(InternalRow row) {
    context.clear();
    lists.clear();
    for (Column column : columns) {
      if (!row.isNullAt(column.ordinal)) {
        Wire target = column.isSteps ? lists : context;
        int tag = column.payload.tag;
        value.clear();
        if (column.isSteps) {
          writeSteps(column, row.getArray(column.ordinal));
        } else {
          writeValues(column, row);
          value.head(tag, list.size);
          value.append(list);
        }
        target.head(FIELD_1, column.key.length + Wire.fieldSize(value.size));
        target.bytes(column.key, 0, column.key.length);
        target.head(FIELD_2, value.size);
        target.append(value);
      }
    }
    int message = Wire.fieldSize(context.size) + (sequence ? Wire.fieldSize(lists.size) : 0);
    record.clear();
    record.little(message, Long.BYTES);
    record.little(masked(record.bytes, 0, Long.BYTES), Integer.BYTES);
    record.head(FIELD_1, context.size);
    record.append(context);
    if (sequence) {
      record.head(FIELD_2, lists.size);
      record.append(lists);
    }
    record.little(masked(record.bytes, HEADER, message), Integer.BYTES);
  }

  byte[] bytes() {
    return record.bytes;
  }

  int size() {
    return record.size;
  }

  private void writeSteps(Column column, ArrayData values) {
    for (int i = 0; i < values.numElements(); ++i) {
      list.clear();
      if (column.payload == Payload.TEXTS) {
        writeText(column, values, i);
      } else {
        packed.clear();
        writeNumber(column, values, i, packed);
        list.head(FIELD_1, packed.size);
        list.append(packed);
      }
      value.head(FIELD_1, Wire.fieldSize(list.size));
      value.head(column.payload.tag, list.size);
      value.append(list);
    }
  }

  /** Writes the list message of all values of a row. */
  private void writeValues(Column column, InternalRow row) {
    list.clear();
    SpecializedGetters values = column.isList ? row.getArray(column.ordinal) : row;
    int first = column.isList ? 0 : column.ordinal;
    int end = column.isList ? ((ArrayData) values).numElements() : first + 1;
    if (column.payload == Payload.TEXTS) {
      for (int i = first; i < end; ++i) {
        writeText(column, values, i);
      }
      return;
    }
    packed.clear();
    for (int i = first; i < end; ++i) {
      writeNumber(column, values, i, packed);
    }
    if (packed.size > 0) {
      list.head(FIELD_1, packed.size);
      list.append(packed);
    }
  }

  private void writeText(Column column, SpecializedGetters values, int index) {
    checkPresent(column, values, index);
    byte[] text =
        column.type instanceof BinaryType ? values.getBinary(index) : values.getUTF8String(index).getBytes();
    list.head(FIELD_1, text.length);
    list.bytes(text, 0, text.length);
  }

  private static void writeNumber(Column column, SpecializedGetters from, int at, Wire to) {
    checkPresent(column, from, at);
    SpecializedGetters values = column.field < 0 ? from : from.getStruct(at, 2);
    int index = column.field < 0 ? at : column.field;
    if (column.field >= 0) {
      checkPresent(column, values, index);
    }
    if (column.type instanceof FloatType) {
      to.little(Float.floatToRawIntBits(values.getFloat(index)) & 0xFFFFFFFFL, Float.BYTES);
    } else if (column.type instanceof DoubleType) {
      to.little(Float.floatToRawIntBits((float) values.getDouble(index)) & 0xFFFFFFFFL, Float.BYTES);
    } else {
      to.varint(integer(column.type, values, index));
    }
  }

  private static long integer(DataType type, SpecializedGetters values, int index) {
    if (type instanceof BooleanType) {
      return values.getBoolean(index) ? 1 : 0;
    } else if (type instanceof DateType) {
      return Math.multiplyExact(values.getInt(index), MICROSECONDS_PER_DAY);
    } else if (type instanceof IntegerType) {
      return values.getInt(index);
    } else if (type instanceof ShortType) {
      return values.getShort(index);
    } else if (type instanceof ByteType) {
      return values.getByte(index);
    }
    return values.getLong(index);
  }

  private static void checkPresent(Column column, SpecializedGetters values, int index) {
    if (column.isList && values.isNullAt(index)) {
      throw new IllegalArgumentException(
          "Column '" + column.name + "' has nulls within its lists, which a sample cannot hold.");
    }
  }

  /** As in tensorflow/core/lib/hash/crc32c.h: a checksum of bytes that hold checksums is then no fixed point. */
  private long masked(byte[] bytes, int offset, int length) {
    checksum.reset();
    checksum.update(bytes, offset, length);
    int crc = (int) checksum.getValue();
    return (crc >>> 15 | crc << 17) + 0xa282ead8 & 0xFFFFFFFFL;
  }

  /** Bytes in the wire format of protocol buffers, which grow at their end. */
  private static final class Wire {
    private byte[] bytes = new byte[64];
    private int size;

    void clear() {
      size = 0;
    }

    byte[] copy() {
      return java.util.Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
      long needed = (long) size + more;
      if (needed > bytes.length) {
        if (needed > Integer.MAX_VALUE - 16) {
          throw new IllegalArgumentException("A row makes a sample of 2 GiB or more, which no reader takes.");
        }
        bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * size)));
      }
    }

    void varint(long number) {
      room(10);
      long rest = number;
      while ((rest & ~0x7FL) != 0) {
        bytes[size++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      bytes[size++] = (byte) rest;
    }

    void head(int tag, int content) {
      varint(tag);
      varint(content);
    }

    void bytes(byte[] from, int offset, int length) {
      room(length);
      System.arraycopy(from, offset, bytes, size, length);
      size += length;
    }

    void append(Wire other) {
      bytes(other.bytes, 0, other.size);
    }

    /** Writes a number with its lowest byte first. */
    void little(long number, int length) {
      room(Long.BYTES);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(size, number);
      size += length;
    }

    static int fieldSize(int content) {
      int size = 2;
      for (int rest = content; (rest & ~0x7F) != 0; rest >>>= 7) {
        ++size;
      }
      return size + content;
    }
  }
}
