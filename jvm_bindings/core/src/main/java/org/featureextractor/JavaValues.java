package org.featureextractor;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Date;
import java.util.Map;

/** Writes values of Java's own classes, which {@link DataType} names for each type. */
final class JavaValues {
  private static final long MICROSECONDS = 1_000_000L;

  private JavaValues() {}

  /** The place (row and column) is for the message of an error; it is only put together for one. */
  static void write(ColumnWriter writer, Object value, long row, String column) {
    if (value == null) {
      writer.writeNull();
      return;
    }
    DataType type = writer.type();
    if (type instanceof DataType.BooleanType && value instanceof Boolean flag) {
      writer.writeBoolean(flag);
    } else if (type instanceof DataType.IntegerType && isInteger(value)) {
      writer.writeLong(integer(value, type, row, column));
    } else if (type instanceof DataType.FloatType && value instanceof Number number) {
      writer.writeDouble(number.doubleValue());
    } else if (type instanceof DataType.StringType && value instanceof CharSequence text) {
      writer.writeString(text.toString());
    } else if (type instanceof DataType.BytesType && value instanceof byte[] bytes) {
      writer.writeBytes(bytes);
    } else if (type instanceof DataType.BytesType && value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      writer.writeBytes(copy);
    } else if (type instanceof DataType.TimestampType) {
      writer.writeLong(timestamp(value, type, row, column));
    } else if (type instanceof DataType.DurationType) {
      writer.writeLong(duration(value, type, row, column));
    } else if (type instanceof DataType.VectorType vector) {
      writeVector(writer, value, vector, row, column);
    } else if (type instanceof DataType.ListType) {
      writeList(writer, value, row, column);
    } else if (type instanceof DataType.MapType && value instanceof Map<?, ?> map) {
      writer.beginList();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        write(writer.key(), entry.getKey(), row, column + "{key}");
        write(writer.value(), entry.getValue(), row, column + "{value}");
      }
      writer.endList();
    } else if (type instanceof DataType.StructType struct && value instanceof Map<?, ?> fields) {
      writeStruct(writer, fields, struct, row, column);
    } else {
      throw mismatch(type, value, row, column);
    }
  }

  private static void writeStruct(
      ColumnWriter writer, Map<?, ?> values, DataType.StructType type, long row, String column) {
    writer.beginStruct();
    for (int i = 0; i < type.fields().size(); ++i) {
      DataType.Field field = type.fields().get(i);
      Object value = values.get(field.name());
      if (value == null && !field.type().nullable() && !values.containsKey(field.name())) {
        throw new IllegalArgumentException(
            place(row, column) + "field '" + field.name() + "' of type " + field.type() + " is missing.");
      }
      write(writer.field(i), value, row, column + "." + field.name());
    }
    writer.endStruct();
  }

  private static void writeList(ColumnWriter writer, Object value, long row, String column) {
    String place = column + "[]";
    if (value instanceof Collection<?> elements) {
      writer.beginList();
      for (Object element : elements) {
        write(writer.element(), element, row, place);
      }
      writer.endList();
    } else if (value.getClass().isArray()) {
      writer.beginList();
      int length = Array.getLength(value);
      for (int i = 0; i < length; ++i) {
        write(writer.element(), Array.get(value, i), row, place);
      }
      writer.endList();
    } else {
      throw mismatch(writer.type(), value, row, column);
    }
  }

  private static void writeVector(
      ColumnWriter writer, Object value, DataType.VectorType type, long row, String column) {
    int length;
    if (value instanceof Collection<?> elements) {
      length = elements.size();
    } else if (value.getClass().isArray()) {
      length = Array.getLength(value);
    } else {
      throw mismatch(type, value, row, column);
    }
    if (length != type.size()) {
      throw new IllegalArgumentException(
          place(row, column) + "expected " + type + ", got " + length + " numbers.");
    }
    if (value instanceof float[] floats) {
      writer.writeFloats(floats, 0, length);
    } else {
      writeList(writer, value, row, column);
    }
  }

  private static boolean isInteger(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger;
  }

  private static long integer(Object value, DataType type, long row, String column) {
    if (value instanceof BigInteger big) {
      if (big.bitLength() > 63) {
        throw new IllegalArgumentException(place(row, column) + shown(value) + " does not fit 64 bits.");
      }
      return big.longValue();
    }
    if (!isInteger(value)) {
      throw mismatch(type, value, row, column);
    }
    return ((Number) value).longValue();
  }

  private static long timestamp(Object value, DataType type, long row, String column) {
    Instant instant;
    if (value instanceof Instant given) {
      instant = given;
    } else if (value instanceof OffsetDateTime time) {
      instant = time.toInstant();
    } else if (value instanceof ZonedDateTime time) {
      instant = time.toInstant();
    } else if (value instanceof Date date) {
      instant = instant(date);
    } else {
      return integer(value, type, row, column);
    }
    return microseconds(instant.getEpochSecond(), instant.getNano(), value, row, column);
  }

  private static Instant instant(Date date) {
    try {
      // A java.sql.Timestamp has nanoseconds, which getTime() would cut.
      return date.toInstant();
    } catch (UnsupportedOperationException withoutTime) {
      return Instant.ofEpochMilli(date.getTime());
    }
  }

  private static long duration(Object value, DataType type, long row, String column) {
    if (value instanceof Duration duration) {
      return microseconds(duration.getSeconds(), duration.getNano(), value, row, column);
    }
    return integer(value, type, row, column);
  }

  /** Rounds towards minus infinity, as the core does for times in nanoseconds. */
  private static long microseconds(long seconds, int nanoseconds, Object value, long row, String column) {
    try {
      return Math.addExact(Math.multiplyExact(seconds, MICROSECONDS), nanoseconds / 1000);
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          place(row, column) + shown(value) + " does not fit 64 bits of microseconds.", overflow);
    }
  }

  private static String place(long row, String column) {
    return "Row " + row + ", column '" + column + "': ";
  }

  private static IllegalArgumentException mismatch(DataType type, Object value, long row, String column) {
    return new IllegalArgumentException(place(row, column) + "expected " + type + ", got " + shown(value) + ".");
  }

  private static String shown(Object value) {
    String text;
    try {
      text = String.valueOf(value);
    } catch (RuntimeException failure) {
      text = "a value that cannot be shown";
    }
    if (text.length() > 60) {
      text = text.substring(0, 57) + "...";
    }
    return text + " (" + value.getClass().getName() + ")";
  }
}
