package org.featureextractor.flink;

import java.util.Arrays;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.featureextractor.DataType;

/**
 * Compares what two rows hold in a column, in any form that Flink has for rows: numbers by their bits, lists element by element, of
 * structs those fields that the program declares.
 *
 * <p>What is the same here is the same to the program. Maps whose entries come in another order count as different.
 */
abstract class ValueComparison {
  abstract boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt);

  abstract boolean valuesAreSame(ArrayData first, ArrayData second, int at);

  final boolean areSame(RowData first, int firstAt, RowData second, int secondAt) {
    boolean isNull = first.isNullAt(firstAt);
    return isNull == second.isNullAt(secondAt) && (isNull || valuesAreSame(first, firstAt, second, secondAt));
  }

  final boolean areSame(ArrayData first, ArrayData second, int at) {
    boolean isNull = first.isNullAt(at);
    return isNull == second.isNullAt(at) && (isNull || valuesAreSame(first, second, at));
  }

  /**
   * A comparison of values of one type of Flink that are written to a column of another, as {@link ValueWriter#of} does.
   *
   * @param type in the table
   * @param declared by the program
   */
  static ValueComparison of(LogicalType type, DataType declared) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> new Booleans();
      case TINYINT -> new Bytes();
      case SMALLINT -> new Shorts();
      case INTEGER, DATE -> new Integers();
      case BIGINT, INTERVAL_DAY_TIME -> new Longs();
      case FLOAT -> new Floats();
      case DOUBLE -> new Doubles();
      case CHAR, VARCHAR -> new Strings();
      case BINARY, VARBINARY -> new Binaries();
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          new Timestamps(LogicalTypeChecks.getPrecision(type));
      case ARRAY -> {
        DataType element =
            declared instanceof DataType.ListType list ? list.element() : new DataType.FloatType(true);
        yield new Arrayed(of(((ArrayType) type).getElementType(), element));
      }
      case MAP -> {
        MapType map = (MapType) type;
        DataType.MapType entries = (DataType.MapType) declared;
        yield new Maps(of(map.getKeyType(), entries.key()), of(map.getValueType(), entries.value()));
      }
      case ROW -> new Rows((RowType) type, (DataType.StructType) declared);
      default -> throw new IllegalStateException("No input has the type " + type + ".");
    };
  }

  private static final class Booleans extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getBoolean(firstAt) == second.getBoolean(secondAt);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getBoolean(at) == second.getBoolean(at);
    }
  }

  private static final class Bytes extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getByte(firstAt) == second.getByte(secondAt);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getByte(at) == second.getByte(at);
    }
  }

  private static final class Shorts extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getShort(firstAt) == second.getShort(secondAt);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getShort(at) == second.getShort(at);
    }
  }

  private static final class Integers extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getInt(firstAt) == second.getInt(secondAt);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getInt(at) == second.getInt(at);
    }
  }

  private static final class Longs extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getLong(firstAt) == second.getLong(secondAt);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getLong(at) == second.getLong(at);
    }
  }

  private static final class Floats extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return Float.floatToRawIntBits(first.getFloat(firstAt)) == Float.floatToRawIntBits(second.getFloat(secondAt));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return Float.floatToRawIntBits(first.getFloat(at)) == Float.floatToRawIntBits(second.getFloat(at));
    }
  }

  private static final class Doubles extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return Double.doubleToRawLongBits(first.getDouble(firstAt)) == Double.doubleToRawLongBits(second.getDouble(secondAt));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return Double.doubleToRawLongBits(first.getDouble(at)) == Double.doubleToRawLongBits(second.getDouble(at));
    }
  }

  private static final class Strings extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getString(firstAt).equals(second.getString(secondAt));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getString(at).equals(second.getString(at));
    }
  }

  private static final class Binaries extends ValueComparison {
    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return Arrays.equals(first.getBinary(firstAt), second.getBinary(secondAt));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return Arrays.equals(first.getBinary(at), second.getBinary(at));
    }
  }

  private static final class Timestamps extends ValueComparison {
    private final int precision;

    Timestamps(int precision) {
      this.precision = precision;
    }

    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return first.getTimestamp(firstAt, precision).equals(second.getTimestamp(secondAt, precision));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return first.getTimestamp(at, precision).equals(second.getTimestamp(at, precision));
    }
  }

  private static final class Arrayed extends ValueComparison {
    private final ValueComparison element;

    Arrayed(ValueComparison element) {
      this.element = element;
    }

    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return areSame(first.getArray(firstAt), second.getArray(secondAt), element);
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return areSame(first.getArray(at), second.getArray(at), element);
    }

    static boolean areSame(ArrayData first, ArrayData second, ValueComparison element) {
      int size = first.size();
      if (size != second.size()) {
        return false;
      }
      for (int i = 0; i < size; ++i) {
        if (!element.areSame(first, second, i)) {
          return false;
        }
      }
      return true;
    }
  }

  private static final class Maps extends ValueComparison {
    private final ValueComparison key;
    private final ValueComparison value;

    Maps(ValueComparison key, ValueComparison value) {
      this.key = key;
      this.value = value;
    }

    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return areSame(first.getMap(firstAt), second.getMap(secondAt));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return areSame(first.getMap(at), second.getMap(at));
    }

    private boolean areSame(MapData first, MapData second) {
      return first.size() == second.size()
          && Arrayed.areSame(first.keyArray(), second.keyArray(), key)
          && Arrayed.areSame(first.valueArray(), second.valueArray(), value);
    }
  }

  private static final class Rows extends ValueComparison {
    private final int arity;
    private final int[] places;
    private final ValueComparison[] fields;

    Rows(RowType row, DataType.StructType declared) {
      arity = row.getFieldCount();
      places = new int[declared.fields().size()];
      fields = new ValueComparison[places.length];
      for (int i = 0; i < places.length; ++i) {
        DataType.Field field = declared.fields().get(i);
        places[i] = row.getFieldIndex(field.name());
        fields[i] = of(row.getTypeAt(places[i]), field.type());
      }
    }

    @Override
    boolean valuesAreSame(RowData first, int firstAt, RowData second, int secondAt) {
      return areSame(first.getRow(firstAt, arity), second.getRow(secondAt, arity));
    }

    @Override
    boolean valuesAreSame(ArrayData first, ArrayData second, int at) {
      return areSame(first.getRow(at, arity), second.getRow(at, arity));
    }

    private boolean areSame(RowData first, RowData second) {
      for (int i = 0; i < fields.length; ++i) {
        if (!fields[i].areSame(first, places[i], second, places[i])) {
          return false;
        }
      }
      return true;
    }
  }
}
