package org.featureextractor.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.featureextractor.Feature;

/**
 * The features as columns of a table: none of them is ever null.
 *
 * <table>
 * <caption>Kinds of features and types of SQL</caption>
 * <tr><th>kind</th><th>type</th></tr>
 * <tr><td>dense, label of width 1</td><td>FLOAT</td></tr>
 * <tr><td>dense, label of width N</td><td>ARRAY&lt;FLOAT&gt;</td></tr>
 * <tr><td>id</td><td>BIGINT</td></tr>
 * <tr><td>ids</td><td>ARRAY&lt;BIGINT&gt;</td></tr>
 * <tr><td>weighted</td><td>ARRAY&lt;ROW&lt;id BIGINT, weight FLOAT&gt;&gt;</td></tr>
 * <tr><td>text</td><td>STRING</td></tr>
 * </table>
 */
final class FeatureColumns {
  private FeatureColumns() {}

  /** The type of a column. */
  static LogicalType typeOf(Feature feature) {
    LogicalType number = new FloatType(false);
    LogicalType id = new BigIntType(false);
    return switch (feature.kind()) {
      case DENSE, LABEL -> feature.width() == 1 ? number : new ArrayType(false, number);
      case ID -> id;
      case IDS -> new ArrayType(false, id);
      case WEIGHTED ->
          new ArrayType(
              false,
              new RowType(false, List.of(new RowType.RowField("id", id), new RowType.RowField("weight", number))));
      case TEXT -> new VarCharType(false, VarCharType.MAX_LENGTH);
      case VALUE -> new VarBinaryType(false, VarBinaryType.MAX_LENGTH);
    };
  }

  /** The columns of all features, in the order of the program. */
  static List<RowType.RowField> fields(List<Feature> features) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (Feature feature : features) {
      fields.add(new RowType.RowField(feature.name(), typeOf(feature)));
    }
    return fields;
  }
}
