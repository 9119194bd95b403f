package org.featureextractor;

import java.util.List;

/**
 * The declared type of an input, as in the language: {@code list<{movie: int, at: timestamp?}>}.
 *
 * <p>The types of the language and what Java values stand for them:
 *
 * <table>
 * <caption>Types and Java values</caption>
 * <tr><th>type</th><th>written with</th><th>accepted by {@link ColumnBatch#addRow}</th></tr>
 * <tr><td>bool</td><td>{@link ColumnWriter#writeBoolean}</td><td>Boolean</td></tr>
 * <tr><td>int</td><td>{@link ColumnWriter#writeLong}</td><td>Byte, Short, Integer, Long, BigInteger that fits</td></tr>
 * <tr><td>float</td><td>{@link ColumnWriter#writeDouble}</td><td>any Number</td></tr>
 * <tr><td>string</td><td>{@link ColumnWriter#writeBytes}, {@link ColumnWriter#writeString}</td><td>CharSequence</td></tr>
 * <tr><td>bytes</td><td>{@link ColumnWriter#writeBytes}</td><td>byte[], ByteBuffer</td></tr>
 * <tr><td>timestamp</td><td>{@link ColumnWriter#writeLong}: microseconds since 1970 in UTC</td>
 *     <td>Instant, OffsetDateTime, ZonedDateTime, java.util.Date; Long as microseconds</td></tr>
 * <tr><td>duration</td><td>{@link ColumnWriter#writeLong}: microseconds</td><td>Duration; Long as microseconds</td></tr>
 * <tr><td>vector&lt;N&gt;</td><td>{@link ColumnWriter#writeFloats}, or as a list</td>
 *     <td>float[], double[], list of Numbers</td></tr>
 * <tr><td>list&lt;T&gt;</td><td>{@link ColumnWriter#beginList} ... {@link ColumnWriter#endList}</td>
 *     <td>Collection, or an array</td></tr>
 * <tr><td>map&lt;K, V&gt;</td><td>as a list, with {@link ColumnWriter#key} and {@link ColumnWriter#value}</td>
 *     <td>Map</td></tr>
 * <tr><td>{name: T, ...}</td><td>{@link ColumnWriter#beginStruct} ... {@link ColumnWriter#endStruct}</td>
 *     <td>Map from field names</td></tr>
 * </table>
 */
public sealed interface DataType {
  /**
   * Whether the program says that values may be null. A null in a column that is not nullable is not an error of the
   * data: it is null inside as well, and counted.
   *
   * @return true for {@code T?}
   */
  boolean nullable();

  /** The type {@code bool}. */
  record BooleanType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("bool", nullable);
    }
  }

  /** The type {@code int}: 64 bits, signed. */
  record IntegerType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("int", nullable);
    }
  }

  /** The type {@code float}: 64 bits. */
  record FloatType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("float", nullable);
    }
  }

  /** The type {@code string}: UTF-8. */
  record StringType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("string", nullable);
    }
  }

  /** The type {@code bytes}. */
  record BytesType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("bytes", nullable);
    }
  }

  /** The type {@code timestamp}: microseconds since 1970 in UTC. */
  record TimestampType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("timestamp", nullable);
    }
  }

  /** The type {@code duration}: microseconds. */
  record DurationType(boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("duration", nullable);
    }
  }

  /**
   * The type {@code vector<N>}: a fixed number of 32-bit floats.
   *
   * @param size the number of floats
   * @param nullable whether the program says that values may be null
   */
  record VectorType(int size, boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("vector<" + size + ">", nullable);
    }
  }

  /**
   * The type {@code list<T>}.
   *
   * @param element the type of the elements
   * @param nullable whether the program says that values may be null
   */
  record ListType(DataType element, boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("list<" + element + ">", nullable);
    }
  }

  /**
   * The type {@code map<K, V>}.
   *
   * @param key the type of the keys
   * @param value the type of the values
   * @param nullable whether the program says that values may be null
   */
  record MapType(DataType key, DataType value, boolean nullable) implements DataType {
    @Override
    public String toString() {
      return DataTypeText.marked("map<" + key + ", " + value + ">", nullable);
    }
  }

  /**
   * A field of a struct.
   *
   * @param name the name of the field
   * @param type the type of its values
   */
  record Field(String name, DataType type) {}

  /**
   * The type <code>{name: T, ...}</code>.
   *
   * @param fields the fields, in the order of the declaration
   * @param nullable whether the program says that values may be null
   */
  record StructType(List<Field> fields, boolean nullable) implements DataType {
    /**
     * Copies the list of fields.
     *
     * @param fields the fields, in the order of the declaration
     * @param nullable whether the program says that values may be null
     */
    public StructType {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("{");
      for (Field field : fields) {
        text.append(text.length() > 1 ? ", " : "").append(field.name()).append(": ").append(field.type());
      }
      return DataTypeText.marked(text.append("}").toString(), nullable);
    }
  }

  /**
   * Reads a type as it is written in the language; {@code toString} is the way back.
   *
   * @param text such as {@code map<string, float>?}
   * @return the type
   * @throws IllegalArgumentException if the text is not a type of an input
   */
  static DataType parse(String text) {
    return new DataTypeText(text).parse();
  }
}
