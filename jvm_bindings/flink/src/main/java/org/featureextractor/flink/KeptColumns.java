package org.featureextractor.flink;

import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** The columns of a row that stay in front of its features, while the row waits for its batch. */
final class KeptColumns {
  private final int[] columns;
  private final boolean isWhole;
  /** Null where rows do not change after they were added. */
  private final RowDataSerializer copier;

  /**
   * Prepares it.
   *
   * @param type of the rows
   * @param columns to keep
   * @param isWhole whether these are all, in their order
   * @param copies whether rows may change after they were added
   */
  KeptColumns(RowType type, int[] columns, boolean isWhole, boolean copies) {
    this.columns = columns;
    this.isWhole = isWhole;
    LogicalType[] types = new LogicalType[columns.length];
    for (int i = 0; i < columns.length; ++i) {
      types[i] = type.getTypeAt(columns[i]);
    }
    copier = copies ? new RowDataSerializer(types) : null;
  }

  /** Whether nothing is kept, and rows need not be. */
  boolean isEmpty() {
    return columns.length == 0;
  }

  /** The columns of a row; only where something is kept. */
  RowData of(RowData row) {
    RowData kept = isWhole ? row : ProjectedRowData.from(columns).replaceRow(row);
    return copier == null ? kept : copier.copy(kept);
  }
}
