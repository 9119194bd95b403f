package org.featureextractor;

/** Integers and times: 64 bits each. */
final class LongColumn extends BufferedColumn {
  private final String format;
  private final BatchMemory.Buffer values;

  LongColumn(DataType type, String format, BatchMemory memory) {
    super(type, memory);
    this.format = format;
    values = memory.newBuffer();
  }

  @Override
  public void writeNull() {
    roomForValidity(true);
    values.appendLong(0);
    absent();
  }

  @Override
  public void writeLong(long value) {
    roomForValidity(false);
    values.appendLong(value);
    present();
  }

  @Override
  void truncateValues(int rows) {
    values.setSize(rows * Long.BYTES);
  }

  @Override
  boolean valuesEqual(int first, int second) {
    return values.data().getLong(first * Long.BYTES) == values.data().getLong(second * Long.BYTES);
  }

  @Override
  long valueBytes() {
    return values.size();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add(format, name, 0);
  }

  @Override
  int describe(long[] numbers, int at) {
    return describeNode(numbers, at, values.address(), 0);
  }
}
