package org.featureextractor.flink;

import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.ColumnWriter;
import org.featureextractor.DataType;
import org.featureextractor.TfRecordEncoder;

/** Writes rows of any table as records of TFRecord files, also of one that was joined or filtered after the features were computed. */
final class SampleEncoder {
  private final TfRecordEncoder encoder;
  private final ColumnWriter[] columns;
  private final ValueWriter[] writers;

  /**
   * Chooses how each column is written.
   *
   * @throws ValidationException if a column has a type that samples cannot hold, or two features would have one name
   */
  SampleEncoder(RowType row, boolean sequence) {
    encoder = new TfRecordEncoder(sequence);
    columns = new ColumnWriter[row.getFieldCount()];
    writers = new ValueWriter[columns.length];
    for (int i = 0; i < columns.length; ++i) {
      String name = row.getFieldNames().get(i);
      LogicalType type = row.getTypeAt(i);
      DataType sample = sampleType(type);
      if (sample == null) {
        throw new ValidationException(
            "Column '" + name + "' is " + type.asSummaryString() + ", which a sample cannot hold. Leave it out, or CAST it.");
      }
      try {
        columns[i] = encoder.addColumn(name, sample);
      } catch (IllegalArgumentException refused) {
        throw new ValidationException(refused.getMessage(), refused);
      }
      writers[i] = ValueWriter.of(type, sample, name);
    }
  }

  /** The type by which a sample knows a column, or null. */
  private static DataType sampleType(LogicalType type) {
    if (!(type instanceof ArrayType array)) {
      return flatType(type);
    }
    LogicalType element = array.getElementType();
    if (element.is(LogicalTypeRoot.FLOAT)) {
      // A list of 32-bit floats is a vector, of any size: lists of ids have steps.
      return new DataType.VectorType(0, true);
    }
    if (element instanceof RowType entry) {
      boolean isWeighted =
          entry.getFieldCount() == 2
              && entry.getTypeAt(0).is(LogicalTypeRoot.BIGINT)
              && entry.getTypeAt(1).is(LogicalTypeRoot.FLOAT);
      return isWeighted
          ? new DataType.ListType(new DataType.StructType(List.of(field(entry, 0), field(entry, 1)), true), true)
          : null;
    }
    DataType flat = flatType(element);
    return flat == null ? null : new DataType.ListType(flat, true);
  }

  private static DataType.Field field(RowType row, int at) {
    return new DataType.Field(row.getFieldNames().get(at), flatType(row.getTypeAt(at)));
  }

  private static DataType flatType(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> new DataType.BooleanType(true);
      case TINYINT, SMALLINT, INTEGER, BIGINT -> new DataType.IntegerType(true);
      case FLOAT, DOUBLE -> new DataType.FloatType(true);
      case CHAR, VARCHAR -> new DataType.StringType(true);
      case BINARY, VARBINARY -> new DataType.BytesType(true);
      case DATE, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new DataType.TimestampType(true);
      case INTERVAL_DAY_TIME -> new DataType.DurationType(true);
      default -> null;
    };
  }

  /** Encodes a row; {@link #bytes} and {@link #size} have the record until the next call. */
  void encode(RowData row) {
    try {
      for (int i = 0; i < columns.length; ++i) {
        writers[i].write(row, i, columns[i]);
      }
      encoder.endRecord();
    } catch (RuntimeException failure) {
      encoder.abortRecord();
      throw failure;
    }
  }

  byte[] bytes() {
    return encoder.bytes();
  }

  int size() {
    return encoder.size();
  }
}
