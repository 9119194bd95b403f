package org.featureextractor.spark;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.featureextractor.ColumnWriter;
import org.featureextractor.TfRecordEncoder;

/** Writes rows of any table as records of TFRecord files, also of one that was joined or filtered after the features were computed. */
final class SampleEncoder {
  private final TfRecordEncoder encoder;
  private final ColumnWriter[] columns;
  private final ValueCopier[] copiers;

  /**
   * Chooses how each column is written.
   *
   * @throws IllegalArgumentException if a column has a type that samples cannot hold, or two features would have one name
   */
  SampleEncoder(StructType schema, boolean sequence) {
    StructField[] fields = schema.fields();
    encoder = new TfRecordEncoder(sequence);
    columns = new ColumnWriter[fields.length];
    copiers = new ValueCopier[fields.length];
    for (int i = 0; i < fields.length; ++i) {
      org.featureextractor.DataType type = sampleType(fields[i].dataType());
      if (type == null) {
        throw new IllegalArgumentException(
            "Column '" + fields[i].name() + "' is " + fields[i].dataType().simpleString()
                + ", which a sample cannot hold. Leave it out, or cast it.");
      }
      columns[i] = encoder.addColumn(fields[i].name(), type);
      copiers[i] = ValueCopier.of(type, fields[i].dataType());
    }
  }

  /** The type by which a sample knows a column, or null. */
  private static org.featureextractor.DataType sampleType(DataType type) {
    if (!(type instanceof ArrayType array)) {
      return flatType(type);
    }
    if (array.elementType() instanceof FloatType) {
      // A list of 32-bit floats is a vector, of any size: lists of ids have steps.
      return new org.featureextractor.DataType.VectorType(0, true);
    }
    if (array.elementType() instanceof StructType entry) {
      StructField[] fields = entry.fields();
      return fields.length == 2 && fields[0].dataType() instanceof LongType && fields[1].dataType() instanceof FloatType
          ? new org.featureextractor.DataType.ListType(
              new org.featureextractor.DataType.StructType(List.of(field(fields[0]), field(fields[1])), true), true)
          : null;
    }
    org.featureextractor.DataType element = flatType(array.elementType());
    return element == null ? null : new org.featureextractor.DataType.ListType(element, true);
  }

  private static org.featureextractor.DataType.Field field(StructField field) {
    return new org.featureextractor.DataType.Field(field.name(), flatType(field.dataType()));
  }

  private static org.featureextractor.DataType flatType(DataType type) {
    if (type instanceof FloatType || type instanceof DoubleType) {
      return new org.featureextractor.DataType.FloatType(true);
    } else if (type instanceof StringType) {
      return new org.featureextractor.DataType.StringType(true);
    } else if (type instanceof BinaryType) {
      return new org.featureextractor.DataType.BytesType(true);
    } else if (type instanceof BooleanType) {
      return new org.featureextractor.DataType.BooleanType(true);
    } else if (type instanceof DateType || type instanceof TimestampType || type instanceof TimestampNTZType) {
      return new org.featureextractor.DataType.TimestampType(true);
    } else if (type instanceof DayTimeIntervalType) {
      return new org.featureextractor.DataType.DurationType(true);
    } else if (type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType) {
      return new org.featureextractor.DataType.IntegerType(true);
    }
    return null;
  }

  /** Encodes a row; {@link #bytes} and {@link #size} have the record until the next call. */
  void encode(InternalRow row) {
    try {
      for (int i = 0; i < columns.length; ++i) {
        copiers[i].copy(row, i, columns[i]);
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
