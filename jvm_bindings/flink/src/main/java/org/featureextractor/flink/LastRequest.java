package org.featureextractor.flink;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.DataType;

/**
 * Remembers the columns of the request that was written last, so that rows of the same request, which repeat its long columns, are known
 * before anything is written.
 */
final class LastRequest {
  private record Column(RowData.FieldGetter getter, ValueTrace trace, int rank) {}

  private final Column[] columns;
  private final ValueTrace.Parts parts = new ValueTrace.Parts();
  private boolean isKnown;

  /**
   * Prepares the comparison.
   *
   * @param type of the rows
   * @param columns of the request
   * @param declared their types in the program
   */
  LastRequest(RowType type, int[] columns, List<DataType> declared) {
    List<Column> all = new ArrayList<>();
    for (int i = 0; i < columns.length; ++i) {
      LogicalType column = type.getTypeAt(columns[i]);
      RowData.FieldGetter getter = RowData.createFieldGetter(column, columns[i]);
      all.add(new Column(getter, ValueTrace.of(column, declared.get(i)), rank(column)));
    }
    // Requests that differ mostly do so in a column that costs little to compare.
    all.sort(Comparator.comparingInt(Column::rank));
    this.columns = all.toArray(new Column[0]);
  }

  private static int rank(LogicalType type) {
    if (BinaryRowData.isInFixedLengthPart(type)) {
      return 0;
    }
    return type.getChildren().isEmpty() ? 1 : 2;
  }

  /** Whether a row has the same request. False may also mean that it is not known. */
  boolean isSame(RowData other) {
    if (!isKnown) {
      return false;
    }
    parts.begin();
    for (Column column : columns) {
      if (!column.trace.matches(column.getter.getFieldOrNull(other), parts)) {
        return false;
      }
    }
    return true;
  }

  /** Remembers the request of a row, which may change afterwards. */
  void remember(RowData row) {
    parts.clear();
    for (Column column : columns) {
      column.trace.record(column.getter.getFieldOrNull(row), parts);
    }
    isKnown = true;
  }

  void forget() {
    isKnown = false;
  }
}
