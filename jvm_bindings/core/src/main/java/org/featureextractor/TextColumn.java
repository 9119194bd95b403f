package org.featureextractor;

import java.util.Objects;

/** Strings and bytes: 64-bit offsets and the bytes of all values. */
final class TextColumn extends BufferedColumn {
  private final String format;
  private final BatchMemory.Buffer offsets;
  private final BatchMemory.Buffer bytes;

  TextColumn(DataType type, String format, BatchMemory memory) {
    super(type, memory);
    this.format = format;
    offsets = memory.newBuffer();
    bytes = memory.newBuffer();
  }

  @Override
  public void writeNull() {
    roomForValidity(true);
    appendOffset();
    absent();
  }

  @Override
  public void writeBytes(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    roomForValidity(false);
    bytes.room(length);
    offsets.room(2 * Long.BYTES);
    bytes.data().put(bytes.size(), source, offset, length);
    bytes.setSize(bytes.size() + length);
    appendOffset();
    present();
  }

  @Override
  public void writeString(String value) {
    if (!(type() instanceof DataType.StringType)) {
      throw unsuitable("writeString");
    }
    byte[] utf8 = Utf8.encode(value);
    writeBytes(utf8, 0, utf8.length);
  }

  private void appendOffset() {
    offsets.room(2 * Long.BYTES);
    if (size() == 0) {
      offsets.setSize(0);
      offsets.appendLong(0);
    }
    offsets.appendLong(bytes.size());
  }

  @Override
  void truncateValues(int rows) {
    bytes.setSize(rows == 0 ? 0 : (int) offset(rows));
    offsets.setSize(rows == 0 ? 0 : (rows + 1) * Long.BYTES);
  }

  private long offset(int row) {
    return offsets.data().getLong(row * Long.BYTES);
  }

  @Override
  boolean valuesEqual(int first, int second) {
    int firstBegin = (int) offset(first);
    int secondBegin = (int) offset(second);
    int length = (int) offset(first + 1) - firstBegin;
    return length == (int) offset(second + 1) - secondBegin
        && bytes.data().slice(firstBegin, length).equals(bytes.data().slice(secondBegin, length));
  }

  @Override
  long valueBytes() {
    return (long) offsets.size() + bytes.size();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add(format, name, 0);
  }

  @Override
  int describe(long[] numbers, int at) {
    return describeNode(numbers, at, offsets.address(), bytes.address());
  }
}
