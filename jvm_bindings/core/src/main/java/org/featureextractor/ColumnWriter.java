package org.featureextractor;

/**
 * Writes the values of one column of a {@link ColumnBatch}, or of a part of it: the elements of a list, the keys and values of a
 * map, a field of a struct.
 *
 * <p>Each row takes one value: {@code writeNull}, one of the methods that suit the type, or {@code begin...} and {@code end...}
 * with the parts between them. Nothing is allocated per value once the memory of the batch has grown to what the rows need.
 *
 * <pre>{@code
 * ColumnWriter history = batch.column("history");  // list<{movie: int, genre: string}>
 * ColumnWriter event = history.element();
 * history.beginList();
 * for (Event e : events) {
 *   event.beginStruct();
 *   event.field(0).writeLong(e.movie());
 *   event.field(1).writeString(e.genre());
 *   event.endStruct();
 * }
 * history.endList();
 * }</pre>
 *
 * <p>A method that does not suit the type throws {@link UnsupportedOperationException}. After any exception the row is half-written:
 * {@link ColumnBatch#abortRow} takes it back. A writer belongs to its batch, and like it to one thread at a time.
 */
public abstract sealed class ColumnWriter permits BufferedColumn, SampleColumn {
  private final DataType type;

  ColumnWriter(DataType type) {
    this.type = type;
  }

  /**
   * The declared type of the values.
   *
   * @return the type, from the program
   */
  public final DataType type() {
    return type;
  }

  /**
   * The number of values, also those of a row that is not complete.
   *
   * @return values written since the last reset
   */
  public abstract long count();

  /**
   * Writes null, which any type accepts.
   *
   * @throws FeatureExtractorException {@link ErrorCode#OUT_OF_MEMORY} or {@link ErrorCode#LIMIT}, as every method that writes
   */
  public abstract void writeNull();

  /**
   * Writes a {@code bool}.
   *
   * @param value the value
   */
  public void writeBoolean(boolean value) {
    throw unsuitable("writeBoolean");
  }

  /**
   * Writes an {@code int}, the microseconds of a {@code timestamp} (since 1970, UTC) or {@code duration}, or an integer as a
   * {@code float}.
   *
   * @param value the value
   */
  public void writeLong(long value) {
    throw unsuitable("writeLong");
  }

  /**
   * Writes a {@code float}, or an element of a {@code vector}, where it is rounded to 32 bits. NaN and infinities become null inside,
   * and are counted.
   *
   * @param value the value
   */
  public void writeDouble(double value) {
    throw unsuitable("writeDouble");
  }

  /**
   * Writes {@code bytes}, or a {@code string} as UTF-8. Text that is not valid UTF-8 becomes null inside, and is counted.
   *
   * @param bytes holds the value
   * @param offset where it begins
   * @param length how long it is
   * @throws IndexOutOfBoundsException if there are not so many bytes; nothing is then written
   */
  public void writeBytes(byte[] bytes, int offset, int length) {
    throw unsuitable("writeBytes");
  }

  /**
   * Writes {@code bytes}, or a {@code string} as UTF-8.
   *
   * @param bytes the whole value
   */
  public final void writeBytes(byte[] bytes) {
    writeBytes(bytes, 0, bytes.length);
  }

  /**
   * Writes a {@code string}. A string with half of a surrogate pair has no UTF-8: like other text that is not valid it becomes null
   * inside, and is counted.
   *
   * @param value the text
   */
  public void writeString(String value) {
    throw unsuitable("writeString");
  }

  /** Begins a list, map or vector: the values follow in {@link #element}, or {@link #key} and {@link #value}. */
  public void beginList() {
    throw unsuitable("beginList");
  }

  /**
   * Ends the list, map or vector.
   *
   * @throws IllegalStateException if it was not begun, or a map has not as many keys as values. A vector with another number of
   *     elements than its type says is no error here: it becomes null inside, and is counted.
   */
  public void endList() {
    throw unsuitable("endList");
  }

  /**
   * Writes a {@code vector} at once.
   *
   * @param values hold the elements
   * @param offset where they begin
   * @param length how many they are
   * @throws IndexOutOfBoundsException if there are not so many values; nothing is then written
   */
  public void writeFloats(float[] values, int offset, int length) {
    throw unsuitable("writeFloats");
  }

  /**
   * The writer of the elements of a list or vector.
   *
   * @return always the same writer
   */
  public ColumnWriter element() {
    throw unsuitable("element");
  }

  /**
   * The writer of the keys of a map. A null key is null inside like any other value.
   *
   * @return always the same writer
   */
  public ColumnWriter key() {
    throw unsuitable("key");
  }

  /**
   * The writer of the values of a map.
   *
   * @return always the same writer
   */
  public ColumnWriter value() {
    throw unsuitable("value");
  }

  /** Begins a struct: each of its fields takes one value. */
  public void beginStruct() {
    throw unsuitable("beginStruct");
  }

  /**
   * Ends the struct. A field that took no value is null.
   *
   * @throws IllegalStateException if it was not begun, or a field took more than one value
   */
  public void endStruct() {
    throw unsuitable("endStruct");
  }

  /**
   * Ends many structs at once, for hosts that write column by column: no struct was begun, and each field took a value for each of them.
   *
   * @param count of the structs
   * @throws IllegalStateException if a field took more or fewer values
   */
  public void endStructs(int count) {
    throw unsuitable("endStructs");
  }

  /**
   * The number of fields of a struct.
   *
   * @return the fields of its declared type
   */
  public int fieldCount() {
    throw unsuitable("fieldCount");
  }

  /**
   * The writer of a field of a struct.
   *
   * @param index the position of the field in the declared type
   * @return always the same writer
   * @throws IndexOutOfBoundsException if there is no such field
   */
  public ColumnWriter field(int index) {
    throw unsuitable("field");
  }

  /**
   * The writer of a field of a struct. Hosts that write many rows look it up once.
   *
   * @param name the name of the field
   * @return always the same writer
   * @throws IllegalArgumentException if there is no such field
   */
  public ColumnWriter field(String name) {
    throw unsuitable("field");
  }

  final UnsupportedOperationException unsuitable(String method) {
    return new UnsupportedOperationException(method + " does not suit a column of type " + type + ".");
  }
}
