package org.featureextractor;

/** The elements of vectors: floats of 32 bits. */
final class SingleColumn extends BufferedColumn {
  private final BatchMemory.Buffer values;

  SingleColumn(BatchMemory memory) {
    super(new DataType.FloatType(false), memory);
    values = memory.newBuffer();
  }

  @Override
  public void writeNull() {
    roomForValidity(true);
    append(0);
    absent();
  }

  @Override
  public void writeDouble(double value) {
    roomForValidity(false);
    append(Float.floatToRawIntBits((float) value));
    present();
  }

  @Override
  public void writeLong(long value) {
    writeDouble((double) value);
  }

  private void append(int bits) {
    values.room(Float.BYTES);
    values.data().putInt(values.size(), bits);
    values.setSize(values.size() + Float.BYTES);
  }

  @Override
  void truncateValues(int rows) {
    values.setSize(rows * Float.BYTES);
  }

  @Override
  boolean valuesEqual(int first, int second) {
    return values.data().getInt(first * Float.BYTES) == values.data().getInt(second * Float.BYTES);
  }

  @Override
  long valueBytes() {
    return values.size();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    schema.add("f", name, 0);
  }

  @Override
  int describe(long[] numbers, int at) {
    return describeNode(numbers, at, values.address(), 0);
  }
}
