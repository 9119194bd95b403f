package org.featureextractor;

import java.util.Objects;

/**
 * Vectors. They are written as lists, not in Arrow's layout of fixed size: a value with another number of elements is then null inside,
 * and counted, as it is for data that comes from Arrow.
 */
final class VectorColumn extends ListColumn {
  VectorColumn(DataType.VectorType type, BatchMemory memory) {
    super(type, new SingleColumn(memory), memory);
  }

  @Override
  public void writeFloats(float[] values, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, values.length);
    ColumnWriter element = element();
    beginList();
    for (int i = 0; i < length; ++i) {
      element.writeDouble(values[offset + i]);
    }
    endList();
  }
}
