package org.featureextractor.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.bitset.BitSetMethods;
import org.apache.spark.unsafe.types.UTF8String;
import org.featureextractor.ColumnWriter;

/**
 * Writes one value of a Spark row, array or struct to a column of a batch. The way from Spark's type to the declared type is chosen
 * once; {@link InputTypes} has checked before that there is one.
 */
abstract class ValueCopier {
  private static final long MICROSECONDS_PER_DAY = 86_400_000_000L;

  /** Days whose microseconds do not fit into 64 bits are no instants. */
  private static final long LAST_DAY = Long.MAX_VALUE / MICROSECONDS_PER_DAY;

  /** Writes a value that is not null. */
  abstract void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to);

  /** Writes a value, or null. */
  final void copy(SpecializedGetters from, int ordinal, ColumnWriter to) {
    if (from.isNullAt(ordinal)) {
      to.writeNull();
    } else {
      copyPresent(from, ordinal, to);
    }
  }

  /**
   * Writes one field of all structs of a list, none of which is null: column by column each loop does one thing.
   *
   * @param structs in Spark's own format
   * @param ordinal of the field
   * @param width the number of fields of the structs
   */
  void copyField(UnsafeArrayData structs, int ordinal, int width, ColumnWriter to) {
    UnsafeRow struct = new UnsafeRow(width);
    int count = structs.numElements();
    for (int i = 0; i < count; ++i) {
      long place = structs.getLong(i);
      struct.pointTo(structs.getBaseObject(), structs.getBaseOffset() + (place >>> 32), (int) place);
      copy(struct, ordinal, to);
    }
  }

  /** Where a struct of a list begins. */
  private static long beginOf(UnsafeArrayData structs, int index) {
    return structs.getBaseOffset() + (structs.getLong(index) >>> 32);
  }

  /** Where a field stands behind the beginning of its struct. */
  private static long slot(int ordinal, int width) {
    return UnsafeRow.calculateBitSetWidthInBytes(width) + (long) ordinal * Long.BYTES;
  }

  static ValueCopier of(org.featureextractor.DataType declared, DataType given) {
    if (given instanceof NullType) {
      return new NullCopier();
    } else if (declared instanceof org.featureextractor.DataType.VectorType vector) {
      return vector(vector.size(), ((ArrayType) given).elementType());
    } else if (declared instanceof org.featureextractor.DataType.ListType list) {
      return new ListCopier(of(list.element(), ((ArrayType) given).elementType()));
    } else if (declared instanceof org.featureextractor.DataType.MapType map) {
      return map(map, given);
    } else if (declared instanceof org.featureextractor.DataType.StructType struct) {
      return new StructCopier(struct, (StructType) given);
    } else if (declared instanceof org.featureextractor.DataType.FloatType) {
      return number(given);
    }
    return flat(given);
  }

  private static ValueCopier flat(DataType given) {
    if (given instanceof BooleanType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeBoolean(from.getBoolean(ordinal));
        }
      };
    } else if (given instanceof StringType) {
      return new ValueCopier() {
        @Override
        void copyField(UnsafeArrayData structs, int ordinal, int width, ColumnWriter to) {
          Object base = structs.getBaseObject();
          long slot = slot(ordinal, width);
          int count = structs.numElements();
          for (int i = 0; i < count; ++i) {
            long begin = beginOf(structs, i);
            if (BitSetMethods.isSet(base, begin, ordinal)) {
              to.writeNull();
            } else {
              writeText(base, begin, Platform.getLong(base, begin + slot), to);
            }
          }
        }

        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          if (from instanceof UnsafeRow row) {
            writeText(row.getBaseObject(), row.getBaseOffset(), row.getLong(ordinal), to);
          } else if (from instanceof UnsafeArrayData array) {
            writeText(array.getBaseObject(), array.getBaseOffset(), array.getLong(ordinal), to);
          } else {
            writeText(from.getUTF8String(ordinal), to);
          }
        }
      };
    } else if (given instanceof BinaryType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeBytes(from.getBinary(ordinal));
        }
      };
    } else if (given instanceof DateType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          long day = from.getInt(ordinal);
          if (day > LAST_DAY || day < -LAST_DAY) {
            to.writeNull();
          } else {
            to.writeLong(day * MICROSECONDS_PER_DAY);
          }
        }
      };
    }
    return number(given);
  }

  private static ValueCopier number(DataType given) {
    if (given instanceof DoubleType) {
      return new ValueCopier() {
        @Override
        void copyField(UnsafeArrayData structs, int ordinal, int width, ColumnWriter to) {
          Object base = structs.getBaseObject();
          long slot = slot(ordinal, width);
          int count = structs.numElements();
          for (int i = 0; i < count; ++i) {
            long begin = beginOf(structs, i);
            if (BitSetMethods.isSet(base, begin, ordinal)) {
              to.writeNull();
            } else {
              to.writeDouble(Platform.getDouble(base, begin + slot));
            }
          }
        }

        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeDouble(from.getDouble(ordinal));
        }
      };
    } else if (given instanceof FloatType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeDouble(from.getFloat(ordinal));
        }
      };
    } else if (given instanceof IntegerType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeLong(from.getInt(ordinal));
        }
      };
    } else if (given instanceof ShortType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeLong(from.getShort(ordinal));
        }
      };
    } else if (given instanceof ByteType) {
      return new ValueCopier() {
        @Override
        void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
          to.writeLong(from.getByte(ordinal));
        }
      };
    }
    // Longs, and the microseconds of instants and durations.
    return new ValueCopier() {
      @Override
      void copyField(UnsafeArrayData structs, int ordinal, int width, ColumnWriter to) {
        Object base = structs.getBaseObject();
        long slot = slot(ordinal, width);
        int count = structs.numElements();
        for (int i = 0; i < count; ++i) {
          long begin = beginOf(structs, i);
          if (BitSetMethods.isSet(base, begin, ordinal)) {
            to.writeNull();
          } else {
            to.writeLong(Platform.getLong(base, begin + slot));
          }
        }
      }

      @Override
      void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
        to.writeLong(from.getLong(ordinal));
      }
    };
  }

  /** Writes a text of a row or list in Spark's own format, where offset and size are one word. */
  private static void writeText(Object base, long offset, long place, ColumnWriter to) {
    int size = (int) place;
    if (base instanceof byte[] bytes) {
      to.writeBytes(bytes, (int) (offset - Platform.BYTE_ARRAY_OFFSET + (place >>> 32)), size);
    } else {
      writeText(UTF8String.fromAddress(base, offset + (place >>> 32), size), to);
    }
  }

  private static void writeText(UTF8String text, ColumnWriter to) {
    if (text.getBaseObject() instanceof byte[] bytes) {
      to.writeBytes(bytes, (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET), text.numBytes());
    } else {
      to.writeBytes(text.getBytes());
    }
  }

  private static ValueCopier vector(int size, DataType element) {
    ListCopier elements = new ListCopier(element instanceof NullType ? new NullCopier() : number(element));
    if (!(element instanceof FloatType)) {
      return elements;
    }
    return new ValueCopier() {
      private final float[] values = new float[size];

      @Override
      void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
        ArrayData array = from.getArray(ordinal);
        if (array.numElements() == size && array instanceof UnsafeArrayData unsafe && !hasNull(unsafe)) {
          long begin = unsafe.getBaseOffset() + UnsafeArrayData.calculateHeaderPortionInBytes(size);
          Platform.copyMemory(
              unsafe.getBaseObject(), begin, values, Platform.FLOAT_ARRAY_OFFSET, (long) size * Float.BYTES);
          to.writeFloats(values, 0, size);
        } else {
          elements.copyArray(array, to);
        }
      }
    };
  }

  static boolean hasNull(UnsafeArrayData array) {
    long words = (array.numElements() + 63L) / 64;
    for (long word = 0; word < words; ++word) {
      if (Platform.getLong(array.getBaseObject(), array.getBaseOffset() + Long.BYTES * (word + 1)) != 0) {
        return true;
      }
    }
    return false;
  }

  private static ValueCopier map(org.featureextractor.DataType.MapType declared, DataType given) {
    if (given instanceof MapType map) {
      return new MapCopier(of(declared.key(), map.keyType()), of(declared.value(), map.valueType()));
    }
    // A list of structs with two fields is a map that its writer could not call one.
    StructType entry = (StructType) ((ArrayType) given).elementType();
    return new EntriesCopier(
        of(declared.key(), entry.fields()[0].dataType()), of(declared.value(), entry.fields()[1].dataType()));
  }

  private static final class NullCopier extends ValueCopier {
    @Override
    void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
      to.writeNull();
    }
  }

  private static final class ListCopier extends ValueCopier {
    private final ValueCopier element;

    ListCopier(ValueCopier element) {
      this.element = element;
    }

    @Override
    void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
      copyArray(from.getArray(ordinal), to);
    }

    void copyArray(ArrayData array, ColumnWriter to) {
      ColumnWriter elements = to.element();
      to.beginList();
      if (element instanceof StructCopier struct && array instanceof UnsafeArrayData structs && !hasNull(structs)) {
        struct.copyAll(structs, elements);
        to.endList();
        return;
      }
      int count = array.numElements();
      for (int i = 0; i < count; ++i) {
        element.copy(array, i, elements);
      }
      to.endList();
    }
  }

  private static final class MapCopier extends ValueCopier {
    private final ValueCopier key;
    private final ValueCopier value;

    MapCopier(ValueCopier key, ValueCopier value) {
      this.key = key;
      this.value = value;
    }

    @Override
    void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
      MapData map = from.getMap(ordinal);
      ArrayData keys = map.keyArray();
      ArrayData values = map.valueArray();
      to.beginList();
      int count = map.numElements();
      for (int i = 0; i < count; ++i) {
        key.copy(keys, i, to.key());
        value.copy(values, i, to.value());
      }
      to.endList();
    }
  }

  private static final class EntriesCopier extends ValueCopier {
    private final ValueCopier key;
    private final ValueCopier value;

    EntriesCopier(ValueCopier key, ValueCopier value) {
      this.key = key;
      this.value = value;
    }

    @Override
    void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
      ArrayData entries = from.getArray(ordinal);
      to.beginList();
      int count = entries.numElements();
      for (int i = 0; i < count; ++i) {
        if (entries.isNullAt(i)) {
          to.key().writeNull();
          to.value().writeNull();
        } else {
          InternalRow entry = entries.getStruct(i, 2);
          key.copy(entry, 0, to.key());
          value.copy(entry, 1, to.value());
        }
      }
      to.endList();
    }
  }

  /** Writes the declared fields of a struct, found by name; those that are not declared are left out. */
  static final class StructCopier extends ValueCopier {
    private final ValueCopier[] fields;
    private final int[] ordinals;
    private final int width;

    StructCopier(org.featureextractor.DataType.StructType declared, StructType given) {
      int count = declared.fields().size();
      fields = new ValueCopier[count];
      ordinals = new int[count];
      width = given.fields().length;
      for (int i = 0; i < count; ++i) {
        org.featureextractor.DataType.Field field = declared.fields().get(i);
        ordinals[i] = given.fieldIndex(field.name());
        fields[i] = of(field.type(), given.fields()[ordinals[i]].dataType());
      }
    }

    /** Writes all structs of a list, none of which is null. */
    void copyAll(UnsafeArrayData structs, ColumnWriter to) {
      for (int i = 0; i < fields.length; ++i) {
        fields[i].copyField(structs, ordinals[i], width, to.field(i));
      }
      to.endStructs(structs.numElements());
    }

    @Override
    void copyPresent(SpecializedGetters from, int ordinal, ColumnWriter to) {
      InternalRow struct = from.getStruct(ordinal, width);
      to.beginStruct();
      for (int i = 0; i < fields.length; ++i) {
        fields[i].copy(struct, ordinals[i], to.field(i));
      }
      to.endStruct();
    }
  }
}
