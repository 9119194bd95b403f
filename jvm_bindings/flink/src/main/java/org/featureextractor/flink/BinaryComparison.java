package org.featureextractor.flink;

import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Compares columns of two binary rows, in which a column is eight bytes, or eight bytes that say where the value lies. */
final class BinaryComparison {
  private static final long IS_INLINE = 1L << 63;

  private final int arity;
  private final int[] columns;
  private final Form[] forms;

  /** How a column lies in a binary row. */
  private enum Form {
    /** The eight bytes are the value. */
    FIXED,
    /** Offset and length; or the bytes of a short text. */
    BYTES,
    /** Offset, and nanoseconds; eight bytes of milliseconds lie at the offset. */
    TIMESTAMP
  }

  private BinaryComparison(int arity, int[] columns, Form[] forms) {
    this.arity = arity;
    this.columns = columns;
    this.forms = forms;
  }

  static BinaryComparison of(RowType row, int[] columns) {
    Form[] forms = new Form[columns.length];
    for (int i = 0; i < columns.length; ++i) {
      forms[i] = form(row.getTypeAt(columns[i]));
    }
    return new BinaryComparison(row.getFieldCount(), columns.clone(), forms);
  }

  private static Form form(LogicalType type) {
    if (BinaryRowData.isInFixedLengthPart(type)) {
      return Form.FIXED;
    }
    return switch (type.getTypeRoot()) {
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Form.TIMESTAMP;
      default -> Form.BYTES;
    };
  }

  /** Whether the columns hold the same bits. */
  boolean areSame(BinaryRowData first, BinaryRowData second) {
    for (int i = 0; i < columns.length; ++i) {
      int column = columns[i];
      boolean isNull = first.isNullAt(column);
      if (isNull != second.isNullAt(column)) {
        return false;
      }
      if (isNull) {
        continue;
      }
      long a = slot(first, column);
      long b = slot(second, column);
      boolean isSame =
          switch (forms[i]) {
            case FIXED -> a == b;
            case TIMESTAMP -> (int) a == (int) b && bytesAreSame(first, (int) (a >>> 32), second, (int) (b >>> 32), 8);
            case BYTES -> (a & IS_INLINE) != 0 || (b & IS_INLINE) != 0
                ? a == b
                : (int) a == (int) b && bytesAreSame(first, (int) (a >>> 32), second, (int) (b >>> 32), (int) a);
          };
      if (!isSame) {
        return false;
      }
    }
    return true;
  }

  private static boolean bytesAreSame(BinaryRowData first, int firstAt, BinaryRowData second, int secondAt, int size) {
    return BinarySegmentUtils.equals(
        first.getSegments(), first.getOffset() + firstAt, second.getSegments(), second.getOffset() + secondAt, size);
  }

  private long slot(BinaryRowData row, int column) {
    // The fixed part never crosses a segment, as Flink itself relies on.
    MemorySegment segment = row.getSegments()[0];
    return segment.getLong(row.getOffset() + BinaryRowData.calculateBitSetWidthInBytes(arity) + column * 8);
  }
}
