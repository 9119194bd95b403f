package org.featureextractor.flink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.featureextractor.FeatureExtractor;

/**
 * The columns of the output: those that are kept, then the features, then the digest of the package if it is wanted.
 *
 * @param type of the rows of the output
 * @param row the columns of the row that are kept
 * @param candidate the fields of the candidate that are kept; null unless a row holds an array of candidates
 * @param isWhole whether the row is kept as it is
 */
record OutputLayout(RowType type, int[] row, int[] candidate, boolean isWhole) implements Serializable {
  /**
   * Puts the output together.
   *
   * @throws ValidationException if a column to keep does not exist, or two columns would have the same name
   */
  static OutputLayout of(FeatureExtractor extractor, RowType input, ExtractionOptions options) {
    int nested = InputLayout.nestedColumn(extractor, input, options.candidatesColumn());
    RowType inner = nested < 0 ? null : (RowType) ((ArrayType) input.getTypeAt(nested)).getElementType();
    List<RowType.RowField> fields = new ArrayList<>();
    Set<String> wanted = options.keep() == null ? null : new HashSet<>(options.keep());
    int[] row = kept(input, nested, wanted, fields);
    int[] candidate = inner == null ? null : kept(inner, -1, wanted, fields);
    if (wanted != null) {
      fields.forEach(field -> wanted.remove(field.getName()));
      if (!wanted.isEmpty()) {
        throw new ValidationException(
            "The columns to keep " + wanted + " are not in the table, which has: " + String.join(", ", input.getFieldNames())
                + (inner == null ? "" : "; and in the candidates: " + String.join(", ", inner.getFieldNames())) + ".");
      }
    }
    fields.addAll(FeatureColumns.fields(extractor.features()));
    if (options.digestColumn() != null) {
      fields.add(new RowType.RowField(options.digestColumn(), new VarCharType(false, VarCharType.MAX_LENGTH)));
    }
    Set<String> names = new HashSet<>();
    for (RowType.RowField field : fields) {
      if (!names.add(field.getName())) {
        throw new ValidationException(
            "The output would have two columns '" + field.getName()
                + "'. Keep fewer columns of the table (option keep), or rename the feature.");
      }
    }
    return new OutputLayout(new RowType(false, fields), row, candidate, inner == null && row.length == input.getFieldCount());
  }

  private static int[] kept(RowType input, int without, Set<String> wanted, List<RowType.RowField> fields) {
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < input.getFieldCount(); ++i) {
      RowType.RowField field = input.getFields().get(i);
      if (i != without && (wanted == null || wanted.contains(field.getName()))) {
        columns.add(i);
        LogicalType type = field.getType();
        fields.add(new RowType.RowField(field.getName(), type));
      }
    }
    return columns.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What of a row stays while it waits. */
  KeptColumns keptOfRow(RowType input, boolean copies) {
    return new KeptColumns(input, row, isWhole, copies);
  }

  /** What of its candidates; null unless a row holds an array of them. */
  KeptColumns keptOfCandidate(RowType input, String candidatesColumn, boolean copies) {
    if (candidate == null) {
      return null;
    }
    ArrayType candidates = (ArrayType) input.getTypeAt(input.getFieldIndex(candidatesColumn));
    RowType inner = (RowType) candidates.getElementType();
    return new KeptColumns(inner, candidate, candidate.length == inner.getFieldCount(), copies);
  }
}
