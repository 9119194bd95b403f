package org.featureextractor.spark;

import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Which of Spark's types can be read as which declared type: the same that the core accepts from Arrow tables. */
final class InputTypes {
  private InputTypes() {}

  /**
   * Compares a column with a declared input.
   *
   * @param place names the column, or the part of it, in the message
   * @param declared the type in the program
   * @param given the type in the data
   * @return why the column cannot be read; empty if it can
   */
  static Optional<String> problem(String place, org.featureextractor.DataType declared, DataType given) {
    if (given instanceof NullType) {
      return Optional.empty();
    } else if (declared instanceof org.featureextractor.DataType.ListType list && given instanceof ArrayType array) {
      return problem(place + "[]", list.element(), array.elementType());
    } else if (declared instanceof org.featureextractor.DataType.VectorType && given instanceof ArrayType array) {
      return problem(place + "[]", new org.featureextractor.DataType.FloatType(true), array.elementType());
    } else if (declared instanceof org.featureextractor.DataType.MapType map && given instanceof MapType pairs) {
      return problem(place + "{key}", map.key(), pairs.keyType())
          .or(() -> problem(place + "{value}", map.value(), pairs.valueType()));
    } else if (declared instanceof org.featureextractor.DataType.MapType map
        && given instanceof ArrayType array
        && array.elementType() instanceof StructType entry
        && entry.fields().length == 2) {
      return problem(place + "{key}", map.key(), entry.fields()[0].dataType())
          .or(() -> problem(place + "{value}", map.value(), entry.fields()[1].dataType()));
    } else if (declared instanceof org.featureextractor.DataType.StructType struct && given instanceof StructType row) {
      return structProblem(place, struct, row);
    } else if (isReadable(declared, given)) {
      return Optional.empty();
    }
    String advice =
        given instanceof DecimalType
            ? "Decimals have no exact counterpart: cast the column to double or bigint."
            : "Cast the column, or change the declaration in the program.";
    return Optional.of(
        "Column '" + place + "' must be " + declared + ", but the data has " + given.simpleString() + ". " + advice);
  }

  private static Optional<String> structProblem(
      String place, org.featureextractor.DataType.StructType declared, StructType given) {
    for (org.featureextractor.DataType.Field field : declared.fields()) {
      int found = java.util.Arrays.asList(given.fieldNames()).indexOf(field.name());
      if (found < 0) {
        return Optional.of("Column '" + place + "' has no field '" + field.name() + "' of type " + field.type() + ".");
      }
      Optional<String> problem = problem(place + "." + field.name(), field.type(), given.fields()[found].dataType());
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static boolean isReadable(org.featureextractor.DataType declared, DataType given) {
    if (declared instanceof org.featureextractor.DataType.BooleanType) {
      return given instanceof BooleanType;
    } else if (declared instanceof org.featureextractor.DataType.IntegerType) {
      return isInteger(given);
    } else if (declared instanceof org.featureextractor.DataType.FloatType) {
      return given instanceof FloatType || given instanceof DoubleType || isInteger(given);
    } else if (declared instanceof org.featureextractor.DataType.StringType) {
      return given instanceof StringType;
    } else if (declared instanceof org.featureextractor.DataType.BytesType) {
      return given instanceof BinaryType || given instanceof StringType;
    } else if (declared instanceof org.featureextractor.DataType.TimestampType) {
      return given instanceof TimestampType || given instanceof TimestampNTZType || given instanceof DateType;
    } else if (declared instanceof org.featureextractor.DataType.DurationType) {
      return given instanceof DayTimeIntervalType;
    }
    return false;
  }

  private static boolean isInteger(DataType given) {
    return given instanceof LongType
        || given instanceof IntegerType
        || given instanceof ShortType
        || given instanceof ByteType;
  }
}
