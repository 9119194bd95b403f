package org.featureextractor;

/** Lists. */
class ListColumn extends RaggedColumn {
  private final BufferedColumn element;

  ListColumn(DataType type, BufferedColumn element, BatchMemory memory) {
    super(type, memory);
    this.element = element;
  }

  @Override
  public final ColumnWriter element() {
    return element;
  }

  @Override
  final int elements() {
    return element.size();
  }

  @Override
  final void checkElements() {
    if (element.isOpen()) {
      throw new IllegalStateException("The last element of a column of type " + type() + " was begun and not ended.");
    }
  }

  @Override
  final void truncateElements(int rows) {
    element.truncate(rows);
  }

  @Override
  final boolean elementsEqual(int first, int second) {
    return element.rowsEqual(first, second);
  }

  @Override
  final long valueBytes() {
    return offsetBytes() + element.sizeInBytes();
  }

  @Override
  final void addSchema(BatchSchema schema, String name) {
    schema.add("+L", name, 1);
    element.addSchema(schema, "item");
  }

  @Override
  final int describe(long[] numbers, int at) {
    return element.describe(numbers, describeList(numbers, at));
  }
}
