package org.featureextractor;

/** Floats: 64 bits each. */
final class DoubleColumn extends BufferedColumn {
  private final BatchMemory.Buffer values;

  DoubleColumn(DataType type, BatchMemory memory) {
    super(type, memory);
    values = memory.newBuffer();
  }

  @Override
  public void writeNull() {
    roomForValidity(true);
    values.appendLong(0);
    absent();
  }

  @Override
  public void writeDouble(double value) {
    roomForValidity(false);
    values.appendLong(Double.doubleToRawLongBits(value));
    present();
  }

  @Override
  public void writeLong(long value) {
    writeDouble((double) value);
  }

  @Override
  void truncateValues(int rows) {
    values.setSize(rows * Double.BYTES);
  }

  @Override
  boolean valuesEqual(int first, int second) {
    return values.data().getLong(first * Double.BYTES) == values.data().getLong(second * Double.BYTES);
  }

  @Override
  long valueBytes() {
    return values.size();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add("g", name, 0);
  }

  @Override
  int describe(long[] numbers, int at) {
    return describeNode(numbers, at, values.address(), 0);
  }
}
