package org.featureextractor;

import java.nio.ByteBuffer;

/** Booleans: one bit each. */
final class BooleanColumn extends BufferedColumn {
  private final BatchMemory.Buffer values;

  BooleanColumn(DataType type, BatchMemory memory) {
    super(type, memory);
    values = memory.newBuffer();
  }

  @Override
  public void writeNull() {
    roomForValidity(true);
    append(0);
    absent();
  }

  @Override
  public void writeBoolean(boolean value) {
    roomForValidity(false);
    append(value ? 1 : 0);
    present();
  }

  private void append(int bit) {
    int at = size() >> 3;
    int position = size() & 7;
    if (position == 0) {
      values.room(1);
      values.data().put(at, (byte) bit);
      values.setSize(at + 1);
    } else {
      ByteBuffer bits = values.data();
      int before = bits.get(at) & (1 << position) - 1;
      bits.put(at, (byte) (before | bit << position));
    }
  }

  @Override
  void truncateValues(int rows) {
    values.setSize(rows + 7 >> 3);
  }

  @Override
  boolean valuesEqual(int first, int second) {
    return bit(first) == bit(second);
  }

  private int bit(int row) {
    return values.data().get(row >> 3) >> (row & 7) & 1;
  }

  @Override
  long valueBytes() {
    return values.size();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add("b", name, 0);
  }

  @Override
  int describe(long[] numbers, int at) {
    return describeNode(numbers, at, values.address(), 0);
  }
}
