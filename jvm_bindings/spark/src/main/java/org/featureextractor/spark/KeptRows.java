package org.featureextractor.spark;

import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/** The columns that a query keeps beside the features, until the features of their batch are there. */
final class KeptRows {
  private final UnsafeRow row;
  private byte[] bytes = new byte[4096];
  private int[] ends = new int[256];
  private int count;

  KeptRows(int fields) {
    row = new UnsafeRow(fields);
  }

  void reset() {
    count = 0;
  }

  /** The bytes held. */
  int size() {
    return count == 0 ? 0 : ends[count - 1];
  }


  void add(UnsafeRow more) {
    int begin = size();
    long end = (long) begin + more.getSizeInBytes();
    if (end > bytes.length) {
      bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(end, 2L * bytes.length)));
    }
    if (count == ends.length) {
      ends = java.util.Arrays.copyOf(ends, 2 * count);
    }
    more.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + (long) begin);
    ends[count++] = (int) end;
  }

  /** Returns a row, which is valid until the next call. */
  UnsafeRow get(int index) {
    int begin = index == 0 ? 0 : ends[index - 1];
    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + (long) begin, ends[index] - begin);
    return row;
  }
}
