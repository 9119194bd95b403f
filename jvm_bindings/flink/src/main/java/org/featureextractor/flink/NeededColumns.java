package org.featureextractor.flink;

import static org.apache.flink.table.api.Expressions.$;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.table.operations.ExternalQueryOperation;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;

/**
 * Asks a table only for the columns that features read or that stay in front of them, so that the planner has no others read or copied.
 * A history that no feature reads costs more than all features where a query repeats it for each candidate.
 */
final class NeededColumns {
  private NeededColumns() {}

  /**
   * The table, with fewer columns where that pays.
   *
   * @param table to extract from
   * @param extractor says what is read
   * @param options say what is kept
   * @param mayChange whether another package with the same inputs may come, which may read what this one only declares
   */
  static Table of(Table table, FeatureExtractor extractor, ExtractionOptions options, boolean mayChange) {
    if (options.keep() == null || table.getQueryOperation() instanceof ExternalQueryOperation) {
      // The columns of a stream are there already: to choose among them would only copy them.
      return table;
    }
    RowType row = (RowType) table.getResolvedSchema().toPhysicalRowDataType().getLogicalType();
    Set<String> names = names(row, extractor, options, mayChange);
    List<RowType.RowField> needed = new ArrayList<>();
    List<RowType.RowField> dropped = new ArrayList<>();
    for (RowType.RowField field : row.getFields()) {
      // From the column of event time Flink takes the time of the rows of a stream.
      boolean isNeeded = names.contains(field.getName()) || LogicalTypeChecks.isRowtimeAttribute(field.getType());
      (isNeeded ? needed : dropped).add(field);
    }
    // Where the source cannot leave columns out, a projection copies those that are needed.
    boolean pays = needed.stream().noneMatch(NeededColumns::isLarge) || dropped.stream().anyMatch(NeededColumns::isLarge);
    if (dropped.isEmpty() || needed.isEmpty() || !pays) {
      return table;
    }
    return table.select(needed.stream().map(field -> $(field.getName())).toArray(Expression[]::new));
  }

  private static Set<String> names(RowType row, FeatureExtractor extractor, ExtractionOptions options, boolean mayChange) {
    Set<String> names = new HashSet<>(options.keep());
    for (Input input : extractor.inputs()) {
      if (input.used() || mayChange) {
        names.add(input.name());
      }
    }
    if (InputLayout.nestedColumn(extractor, row, options.candidatesColumn()) >= 0) {
      names.add(options.candidatesColumn());
    }
    return names;
  }

  /** Whether values may have any number of parts, which is where reading and copying take their time. */
  private static boolean isLarge(RowType.RowField field) {
    return !field.getType().getChildren().isEmpty();
  }
}
