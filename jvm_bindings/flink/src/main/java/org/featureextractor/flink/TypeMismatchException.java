package org.featureextractor.flink;

import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.LogicalType;
import org.featureextractor.DataType;

/** A column of a table does not fit the input of a program. The message names the column and both types. */
final class TypeMismatchException extends ValidationException {
  private static final long serialVersionUID = 1L;

  TypeMismatchException(String column, LogicalType from, DataType to) {
    super(
        "Column '" + column + "' is of type " + from.asSummaryString() + ", and the program declares " + to + ". "
            + advice(from, to));
  }

  private static String advice(LogicalType from, DataType to) {
    return switch (from.getTypeRoot()) {
      case DECIMAL -> "Decimal numbers have no place in a program: CAST the column to DOUBLE or BIGINT.";
      case INTERVAL_YEAR_MONTH -> "A month has no fixed length: use an interval of days to seconds.";
      case TIME_WITHOUT_TIME_ZONE -> "A time of day is no moment: CAST the column to TIMESTAMP, or pass a number.";
      default -> to instanceof DataType.StructType
          ? "The row needs a field of that name for each field that is declared."
          : "CAST the column to " + wanted(to) + ".";
    };
  }

  /** The type of SQL that suits a declared type best. */
  static String wanted(DataType to) {
    if (to instanceof DataType.BooleanType) {
      return "BOOLEAN";
    }
    if (to instanceof DataType.IntegerType) {
      return "BIGINT";
    }
    if (to instanceof DataType.FloatType) {
      return "DOUBLE";
    }
    if (to instanceof DataType.StringType) {
      return "STRING";
    }
    if (to instanceof DataType.BytesType) {
      return "BYTES";
    }
    if (to instanceof DataType.TimestampType) {
      return "TIMESTAMP_LTZ(6)";
    }
    if (to instanceof DataType.DurationType) {
      return "INTERVAL DAY TO SECOND(3)";
    }
    if (to instanceof DataType.VectorType) {
      return "ARRAY<FLOAT>";
    }
    if (to instanceof DataType.ListType list) {
      return "ARRAY<" + wanted(list.element()) + ">";
    }
    if (to instanceof DataType.MapType map) {
      return "MAP<" + wanted(map.key()) + ", " + wanted(map.value()) + ">";
    }
    return ((DataType.StructType) to)
        .fields().stream()
            .map(field -> "`" + field.name() + "` " + wanted(field.type()))
            .collect(Collectors.joining(", ", "ROW<", ">"));
  }
}
