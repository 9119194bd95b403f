package org.featureextractor;

import java.nio.ByteBuffer;

/** What the columns of all types share: how many values there are, and which are null. */
abstract non-sealed class BufferedColumn extends ColumnWriter {
  /** The numbers that describe a node to the native library; see {@link NativeMethods#extractBatches}. */
  static final int NUMBERS_PER_NODE = 5;

  /** Arrow has one bit per value, from the lowest of the first byte on; empty while there are no nulls. */
  private final BatchMemory.Buffer validity;

  private int count;
  private int nulls;

  BufferedColumn(DataType type, BatchMemory memory) {
    super(type);
    validity = memory.newBuffer();
  }

  @Override
  public final long count() {
    return count;
  }

  /** The number of values, which is below 2^31 since each takes room in a buffer that is. */
  final int size() {
    return count;
  }

  /** Makes room for what {@link #present} and {@link #absent} do, so that they cannot fail half-way. */
  final void roomForValidity(boolean isNull) {
    if (count == Integer.MAX_VALUE) {
      throw new FeatureExtractorException(ErrorCode.LIMIT, "A column of a batch holds less than 2^31 values.");
    }
    if (nulls > 0) {
      validity.room(1);
    } else if (isNull) {
      validity.setSize(0);
      validity.room((count >> 3) + 1);
    }
  }

  /** Counts a value that is there. */
  final void present() {
    if (nulls > 0) {
      append(1);
    }
    ++count;
  }

  /** Counts a null. */
  final void absent() {
    if (nulls == 0) {
      int whole = count >> 3;
      ByteBuffer bits = validity.data();
      for (int i = 0; i < whole; ++i) {
        bits.put(i, (byte) 0xFF);
      }
      int rest = count & 7;
      if (rest > 0) {
        bits.put(whole, (byte) ((1 << rest) - 1));
      }
      validity.setSize(whole + (rest > 0 ? 1 : 0));
    }
    append(0);
    ++nulls;
    ++count;
  }

  private void append(int bit) {
    int at = count >> 3;
    int position = count & 7;
    ByteBuffer bits = validity.data();
    if (position == 0) {
      bits.put(at, (byte) bit);
      validity.setSize(at + 1);
    } else {
      bits.put(at, (byte) (bits.get(at) | bit << position));
    }
  }

  final boolean isNull(int row) {
    return nulls > 0 && (validity.data().get(row >> 3) >> (row & 7) & 1) == 0;
  }

  /** Forgets the values from {@code rows} on, also what is open. */
  final void truncate(int rows) {
    truncateValues(rows);
    if (nulls > 0) {
      for (int row = rows; row < count; ++row) {
        nulls -= isNull(row) ? 1 : 0;
      }
      // Bits behind the last value are zero, as they are for a byte that was just begun.
      validity.setSize(rows + 7 >> 3);
      if ((rows & 7) != 0) {
        ByteBuffer bits = validity.data();
        bits.put(rows >> 3, (byte) (bits.get(rows >> 3) & (1 << (rows & 7)) - 1));
      }
      if (nulls == 0) {
        validity.setSize(0);
      }
    }
    count = rows;
  }

  /** Forgets the values, before the count and the nulls are cut: {@link #size} is still that of before. */
  abstract void truncateValues(int rows);

  /** Whether a list or struct was begun and not ended. */
  boolean isOpen() {
    return false;
  }

  /** Whether two rows hold the same bits. */
  final boolean rowsEqual(int first, int second) {
    boolean isNull = isNull(first);
    return isNull == isNull(second) && (isNull || valuesEqual(first, second));
  }

  abstract boolean valuesEqual(int first, int second);

  /** Bytes written. */
  final long sizeInBytes() {
    return validity.size() + valueBytes();
  }

  abstract long valueBytes();

  /** Adds format, name and number of children of this node and those below. */
  abstract void addSchema(BatchSchema schema, String name);

  /** Writes the numbers of this node and those below from {@code at} on; returns where the next node begins. */
  abstract int describe(long[] numbers, int at);

  final int describeNode(long[] numbers, int at, long firstBuffer, long secondBuffer) {
    numbers[at] = count;
    numbers[at + 1] = nulls;
    numbers[at + 2] = nulls > 0 ? validity.address() : 0;
    numbers[at + 3] = firstBuffer;
    numbers[at + 4] = secondBuffer;
    return at + NUMBERS_PER_NODE;
  }

  static BufferedColumn of(DataType type, BatchMemory memory) {
    if (type instanceof DataType.BooleanType) {
      return new BooleanColumn(type, memory);
    } else if (type instanceof DataType.IntegerType) {
      return new LongColumn(type, "l", memory);
    } else if (type instanceof DataType.TimestampType) {
      return new LongColumn(type, "tsu:UTC", memory);
    } else if (type instanceof DataType.DurationType) {
      return new LongColumn(type, "tDu", memory);
    } else if (type instanceof DataType.FloatType) {
      return new DoubleColumn(type, memory);
    } else if (type instanceof DataType.StringType) {
      return new TextColumn(type, "U", memory);
    } else if (type instanceof DataType.BytesType) {
      return new TextColumn(type, "Z", memory);
    } else if (type instanceof DataType.VectorType vector) {
      return new VectorColumn(vector, memory);
    } else if (type instanceof DataType.ListType list) {
      return new ListColumn(list, of(list.element(), memory), memory);
    } else if (type instanceof DataType.MapType map) {
      return new MapColumn(map, memory);
    } else if (type instanceof DataType.StructType struct) {
      return new StructColumn(struct, memory);
    }
    throw new IllegalArgumentException("There is no column of type " + type + ".");
  }
}
