package org.featureextractor.flink;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.DataType;

/**
 * Remembers the columns of the request that was written last, so that rows of the same request, which repeat its long columns, are known
 * before anything is written.
 *
 * <p>Two binary rows are compared as bytes, all others value by value.
 */
final class LastRequest {
  /** A column of the request, and its place among them. */
  private record Compared(int column, int place, ValueComparison comparison, int rank) {}

  private final int[] columns;
  private final Compared[] compared;
  private final BinaryComparison bytes;
  private final RowDataSerializer copier;
  /** Whether rows may change after they were written. */
  private final boolean copies;

  private RowData row;
  /** Whether {@link #row} has the columns of the request only. */
  private boolean isProjected;

  /**
   * Prepares the comparison.
   *
   * @param type of the rows
   * @param columns of the request
   * @param declared their types in the program
   * @param copies whether rows may change after they were written
   */
  LastRequest(RowType type, int[] columns, List<DataType> declared, boolean copies) {
    this.columns = columns.clone();
    this.copies = copies;
    bytes = BinaryComparison.of(type, columns);
    List<Compared> all = new ArrayList<>();
    LogicalType[] types = new LogicalType[columns.length];
    for (int i = 0; i < columns.length; ++i) {
      types[i] = type.getTypeAt(columns[i]);
      all.add(new Compared(columns[i], i, ValueComparison.of(types[i], declared.get(i)), rank(types[i])));
    }
    // Requests that differ mostly do so in a column that costs little to compare.
    all.sort(Comparator.comparingInt(Compared::rank));
    compared = all.toArray(new Compared[0]);
    copier = new RowDataSerializer(types);
  }

  private static int rank(LogicalType type) {
    if (BinaryRowData.isInFixedLengthPart(type)) {
      return 0;
    }
    return type.getChildren().isEmpty() ? 1 : 2;
  }

  /** Whether a row has the same request. False may also mean that it is not known. */
  boolean isSame(RowData other) {
    if (row == null) {
      return false;
    }
    if (!isProjected && row instanceof BinaryRowData first && other instanceof BinaryRowData second) {
      return bytes.areSame(first, second);
    }
    for (Compared one : compared) {
      if (!one.comparison.areSame(row, isProjected ? one.place : one.column, other, one.column)) {
        return false;
      }
    }
    return true;
  }

  /** Remembers the request of a row. */
  void remember(RowData written) {
    isProjected = copies && !(written instanceof BinaryRowData);
    if (!copies) {
      row = written;
    } else if (written instanceof BinaryRowData binary) {
      row = binary.copy();
    } else {
      row = copier.copy(ProjectedRowData.from(columns).replaceRow(written));
    }
  }

  void forget() {
    row = null;
  }
}
