package org.featureextractor;

/** Maps: lists of keys and values. */
final class MapColumn extends RaggedColumn {
  private final BufferedColumn key;
  private final BufferedColumn value;

  MapColumn(DataType.MapType type, BatchMemory memory) {
    super(type, memory);
    key = BufferedColumn.of(type.key(), memory);
    value = BufferedColumn.of(type.value(), memory);
  }

  @Override
  public ColumnWriter key() {
    return key;
  }

  @Override
  public ColumnWriter value() {
    return value;
  }

  @Override
  int elements() {
    return Math.max(key.size(), value.size());
  }

  @Override
  void checkElements() {
    if (key.size() != value.size() || key.isOpen() || value.isOpen()) {
      throw new IllegalStateException(
          "A map of a column of type " + type() + " has not as many keys as values: " + key.size() + " and " + value.size()
              + " in the batch so far.");
    }
  }

  @Override
  void truncateElements(int rows) {
    key.truncate(rows);
    value.truncate(rows);
  }

  @Override
  boolean elementsEqual(int first, int second) {
    return key.rowsEqual(first, second) && value.rowsEqual(first, second);
  }

  @Override
  long valueBytes() {
    return offsetBytes() + key.sizeInBytes() + value.sizeInBytes();
  }

  @Override
  void addSchema(BatchSchema schema, String name) {
    // Arrow's own maps have 32-bit offsets; the core reads a list of pairs just as well.
    schema.add("+L", name, 1);
    schema.add("+s", "entries", 2);
    key.addSchema(schema, "key");
    value.addSchema(schema, "value");
  }

  @Override
  int describe(long[] numbers, int at) {
    int entries = describeList(numbers, at);
    numbers[entries] = key.size();
    numbers[entries + 1] = 0;
    numbers[entries + 2] = 0;
    numbers[entries + 3] = 0;
    numbers[entries + 4] = 0;
    return value.describe(numbers, key.describe(numbers, entries + NUMBERS_PER_NODE));
  }
}
