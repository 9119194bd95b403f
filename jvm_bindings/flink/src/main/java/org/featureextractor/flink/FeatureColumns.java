package org.featureextractor.flink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.featureextractor.Extraction;
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

  /**
   * Copies the features of a batch out of native memory, column by column.
   *
   * @param extraction is read from
   * @param more columns behind the features, which stay null
   * @return a row for each row of the output
   */
  static GenericRowData[] rows(Extraction extraction, int more) {
    List<Feature> features = extraction.features();
    GenericRowData[] rows = new GenericRowData[Math.toIntExact(extraction.rows())];
    for (int row = 0; row < rows.length; ++row) {
      rows[row] = new GenericRowData(features.size() + more);
    }
    for (Feature feature : features) {
      fill(extraction, feature, rows);
    }
    return rows;
  }

  private static void fill(Extraction extraction, Feature feature, GenericRowData[] rows) {
    int index = feature.index();
    switch (feature.kind()) {
      case DENSE, LABEL -> fillFloats(extraction, feature, rows);
      case ID -> {
        var ids = extraction.longs(index);
        for (int row = 0; row < rows.length; ++row) {
          rows[row].setField(index, ids.get(row));
        }
      }
      case IDS -> {
        var ids = extraction.longs(index);
        var offsets = extraction.offsets(index);
        for (int row = 0; row < rows.length; ++row) {
          int begin = (int) offsets.get(row);
          long[] values = new long[(int) offsets.get(row + 1) - begin];
          ids.get(begin, values);
          rows[row].setField(index, new GenericArrayData(values));
        }
      }
      case WEIGHTED -> {
        var ids = extraction.longs(index);
        var weights = extraction.weights(index);
        var offsets = extraction.offsets(index);
        for (int row = 0; row < rows.length; ++row) {
          int begin = (int) offsets.get(row);
          Object[] values = new Object[(int) offsets.get(row + 1) - begin];
          for (int i = 0; i < values.length; ++i) {
            values[i] = GenericRowData.of(ids.get(begin + i), weights.get(begin + i));
          }
          rows[row].setField(index, new GenericArrayData(values));
        }
      }
      case TEXT, VALUE -> {
        ByteBuffer bytes = extraction.bytes(index);
        var offsets = extraction.offsets(index);
        boolean isText = feature.kind() == org.featureextractor.FeatureKind.TEXT;
        for (int row = 0; row < rows.length; ++row) {
          int begin = (int) offsets.get(row);
          byte[] value = new byte[(int) offsets.get(row + 1) - begin];
          bytes.get(begin, value);
          rows[row].setField(index, isText ? StringData.fromBytes(value) : value);
        }
      }
    }
  }

  private static void fillFloats(Extraction extraction, Feature feature, GenericRowData[] rows) {
    int index = feature.index();
    int width = feature.width();
    var floats = extraction.floats(index);
    for (int row = 0; row < rows.length; ++row) {
      if (width == 1) {
        rows[row].setField(index, floats.get(row));
      } else {
        float[] values = new float[width];
        floats.get(row * width, values);
        rows[row].setField(index, new GenericArrayData(values));
      }
    }
  }
}
