package org.featureextractor.flink;

import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.featureextractor.ColumnWriter;
import org.featureextractor.DataType;

/**
 * Writes values of one type of Flink's tables, in the internal form, to a column of a batch.
 *
 * <p>It is put together once per column, so that no value is asked what it is.
 */
abstract class ValueWriter {
  private static final long MICROSECONDS_PER_DAY = 86_400_000_000L;

  abstract void writeValue(RowData row, int at, ColumnWriter out);

  abstract void writeValue(ArrayData array, int at, ColumnWriter out);

  final void write(RowData row, int at, ColumnWriter out) {
    if (row.isNullAt(at)) {
      out.writeNull();
    } else {
      writeValue(row, at, out);
    }
  }

  final void write(ArrayData array, int at, ColumnWriter out) {
    if (array.isNullAt(at)) {
      out.writeNull();
    } else {
      writeValue(array, at, out);
    }
  }

  /**
   * A writer for values of one type into a column of another.
   *
   * @param from the type in the table
   * @param to the type that the program declares
   * @param name of the column, for the message
   * @throws TypeMismatchException if the one does not fit the other; the message names the column and both types
   */
  static ValueWriter of(LogicalType from, DataType to, String name) {
    ValueWriter writer = suitable(from, to, name);
    if (writer == null) {
      throw new TypeMismatchException(name, from, to);
    }
    return writer;
  }

  private static ValueWriter suitable(LogicalType from, DataType to, String name) {
    if (to instanceof DataType.BooleanType) {
      return from.is(LogicalTypeRoot.BOOLEAN) ? new BooleanWriter() : null;
    }
    if (to instanceof DataType.IntegerType) {
      return integer(from);
    }
    if (to instanceof DataType.FloatType) {
      return number(from);
    }
    if (to instanceof DataType.StringType) {
      return from.is(LogicalTypeFamily.CHARACTER_STRING) ? new StringWriter() : null;
    }
    if (to instanceof DataType.BytesType) {
      return from.is(LogicalTypeFamily.BINARY_STRING) ? new BytesWriter() : null;
    }
    if (to instanceof DataType.TimestampType) {
      return timestamp(from);
    }
    if (to instanceof DataType.DurationType) {
      return from.is(LogicalTypeRoot.INTERVAL_DAY_TIME) ? new LongWriter(1_000) : null;
    }
    if (to instanceof DataType.VectorType) {
      return from instanceof ArrayType array ? VectorWriter.of(array.getElementType()) : null;
    }
    if (to instanceof DataType.ListType list) {
      return from instanceof ArrayType array
          ? new ListWriter(of(array.getElementType(), list.element(), name + "[]"))
          : null;
    }
    if (to instanceof DataType.MapType declared) {
      return from instanceof MapType map
          ? new MapWriter(
              of(map.getKeyType(), declared.key(), name + " (key)"),
              of(map.getValueType(), declared.value(), name + " (value)"))
          : null;
    }
    return from instanceof RowType row ? StructWriter.of(row, (DataType.StructType) to, name) : null;
  }

  private static ValueWriter timestamp(LogicalType from) {
    return switch (from.getTypeRoot()) {
      case DATE -> new DateWriter();
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          new TimestampWriter(LogicalTypeChecks.getPrecision(from));
      default -> null;
    };
  }

  private static ValueWriter integer(LogicalType from) {
    return switch (from.getTypeRoot()) {
      case TINYINT -> new ByteWriter();
      case SMALLINT -> new ShortWriter();
      case INTEGER -> new IntWriter();
      case BIGINT -> new LongWriter(1);
      default -> null;
    };
  }

  private static ValueWriter number(LogicalType from) {
    return switch (from.getTypeRoot()) {
      case FLOAT -> new FloatWriter();
      case DOUBLE -> new DoubleWriter();
      default -> integer(from);
    };
  }

  private static final class BooleanWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeBoolean(row.getBoolean(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeBoolean(array.getBoolean(at));
    }
  }

  private static final class ByteWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeLong(row.getByte(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeLong(array.getByte(at));
    }
  }

  private static final class ShortWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeLong(row.getShort(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeLong(array.getShort(at));
    }
  }

  private static final class IntWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeLong(row.getInt(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeLong(array.getInt(at));
    }
  }

  /** Integers; or intervals in milliseconds, whose largest is far below the overflow. */
  private static final class LongWriter extends ValueWriter {
    private final long factor;

    LongWriter(long factor) {
      this.factor = factor;
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeLong(row.getLong(at) * factor);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeLong(array.getLong(at) * factor);
    }
  }

  private static final class FloatWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeDouble(row.getFloat(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeDouble(array.getFloat(at));
    }
  }

  private static final class DoubleWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeDouble(row.getDouble(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeDouble(array.getDouble(at));
    }
  }

  private static final class StringWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getString(at), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getString(at), out);
    }

    private static void write(StringData text, ColumnWriter out) {
      if (text instanceof BinaryStringData binary) {
        if (binary.getBinarySection() == null) {
          // Java's own encoder is some times as fast as Flink's, and gives the same bytes.
          out.writeBytes(binary.getJavaObject().getBytes(StandardCharsets.UTF_8));
          return;
        }
        // Text in one segment of heap memory is copied from there; the array of bytes that toBytes() makes is saved.
        if (binary.getSegments().length == 1 && !binary.getSegments()[0].isOffHeap()) {
          out.writeBytes(binary.getSegments()[0].getArray(), binary.getOffset(), binary.getSizeInBytes());
          return;
        }
      }
      out.writeBytes(text.toBytes());
    }
  }

  private static final class BytesWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeBytes(row.getBinary(at));
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeBytes(array.getBinary(at));
    }
  }

  private static final class DateWriter extends ValueWriter {
    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      out.writeLong(row.getInt(at) * MICROSECONDS_PER_DAY);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      out.writeLong(array.getInt(at) * MICROSECONDS_PER_DAY);
    }
  }

  private static final class TimestampWriter extends ValueWriter {
    private final int precision;

    TimestampWriter(int precision) {
      this.precision = precision;
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getTimestamp(at, precision), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getTimestamp(at, precision), out);
    }

    private static void write(TimestampData time, ColumnWriter out) {
      // The nanoseconds count up from the millisecond, so this rounds down, also before 1970.
      out.writeLong(time.getMillisecond() * 1_000 + time.getNanoOfMillisecond() / 1_000);
    }
  }

  /** Floats in one call; element by element only where one of them is null. */
  private static final class VectorWriter extends ValueWriter {
    private final boolean isDouble;
    private float[] floats = new float[0];

    private VectorWriter(boolean isDouble) {
      this.isDouble = isDouble;
    }

    static VectorWriter of(LogicalType element) {
      return switch (element.getTypeRoot()) {
        case FLOAT -> new VectorWriter(false);
        case DOUBLE -> new VectorWriter(true);
        default -> null;
      };
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getArray(at), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getArray(at), out);
    }

    private void write(ArrayData array, ColumnWriter out) {
      int size = array.size();
      if (floats.length < size) {
        floats = new float[size];
      }
      for (int i = 0; i < size; ++i) {
        if (array.isNullAt(i)) {
          writeWithNulls(array, out);
          return;
        }
        floats[i] = get(array, i);
      }
      out.writeFloats(floats, 0, size);
    }

    private void writeWithNulls(ArrayData array, ColumnWriter out) {
      out.beginList();
      for (int i = 0; i < array.size(); ++i) {
        if (array.isNullAt(i)) {
          out.element().writeNull();
        } else {
          out.element().writeDouble(get(array, i));
        }
      }
      out.endList();
    }

    private float get(ArrayData array, int at) {
      return isDouble ? (float) array.getDouble(at) : array.getFloat(at);
    }
  }

  private static final class ListWriter extends ValueWriter {
    private final ValueWriter element;

    ListWriter(ValueWriter element) {
      this.element = element;
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getArray(at), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getArray(at), out);
    }

    private void write(ArrayData array, ColumnWriter out) {
      out.beginList();
      writeAll(array, element, out.element());
      out.endList();
    }

    static void writeAll(ArrayData array, ValueWriter writer, ColumnWriter out) {
      for (int i = 0, size = array.size(); i < size; ++i) {
        writer.write(array, i, out);
      }
    }
  }

  private static final class MapWriter extends ValueWriter {
    private final ValueWriter key;
    private final ValueWriter value;

    MapWriter(ValueWriter key, ValueWriter value) {
      this.key = key;
      this.value = value;
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getMap(at), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getMap(at), out);
    }

    private void write(MapData map, ColumnWriter out) {
      out.beginList();
      ListWriter.writeAll(map.keyArray(), key, out.key());
      ListWriter.writeAll(map.valueArray(), value, out.value());
      out.endList();
    }
  }

  /** Fields are found by name; those that the program does not declare are not read. */
  static final class StructWriter extends ValueWriter {
    private final int arity;
    private final int[] places;
    private final ValueWriter[] fields;

    private StructWriter(int arity, int[] places, ValueWriter[] fields) {
      this.arity = arity;
      this.places = places;
      this.fields = fields;
    }

    static StructWriter of(RowType row, DataType.StructType struct, String name) {
      int[] places = new int[struct.fields().size()];
      ValueWriter[] fields = new ValueWriter[places.length];
      for (int i = 0; i < places.length; ++i) {
        DataType.Field field = struct.fields().get(i);
        places[i] = row.getFieldIndex(field.name());
        if (places[i] < 0) {
          throw new TypeMismatchException(name, row, struct);
        }
        fields[i] = ValueWriter.of(row.getTypeAt(places[i]), field.type(), name + "." + field.name());
      }
      return new StructWriter(row.getFieldCount(), places, fields);
    }

    @Override
    void writeValue(RowData row, int at, ColumnWriter out) {
      write(row.getRow(at, arity), out);
    }

    @Override
    void writeValue(ArrayData array, int at, ColumnWriter out) {
      write(array.getRow(at, arity), out);
    }

    private void write(RowData struct, ColumnWriter out) {
      out.beginStruct();
      for (int i = 0; i < fields.length; ++i) {
        fields[i].write(struct, places[i], out.field(i));
      }
      out.endStruct();
    }
  }
}
