package org.featureextractor.spark;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;
import org.featureextractor.ErrorCode;
import org.featureextractor.Extraction;
import org.featureextractor.Feature;
import org.featureextractor.FeatureExtractorException;

/**
 * Turns the columns of an extraction into rows in Spark's own format, which are copied from native memory word by word.
 *
 * <p>The layout is that of {@link UnsafeRow} and {@link UnsafeArrayData}: bits of nulls (all zero: features are never null), one word
 * per field, and what varies in length behind these, each part padded with zeros to whole words. Fields that vary in length hold
 * offset and size.
 */
final class FeatureRowWriter {
  private static final int WORD = Long.BYTES;

  /** An id with its weight is a row of its own: a word of null bits, and two fields. */
  private static final int WEIGHTED_ID = 3 * WORD;

  private final Feature[] features;
  private final int[] widths;
  private final long[] values;
  private final long[] offsets;
  private final long[] weights;
  private final int nullBytes;
  private final UnsafeRow row;
  private final UnsafeRow single = new UnsafeRow(1);

  private byte[] buffer = new byte[1024];
  /** Where the next part that varies in length begins. */
  private int end;

  FeatureRowWriter(List<Feature> features) {
    int count = features.size();
    this.features = features.toArray(Feature[]::new);
    widths = features.stream().mapToInt(Feature::width).toArray();
    values = new long[count];
    offsets = new long[count];
    weights = new long[count];
    nullBytes = UnsafeRow.calculateBitSetWidthInBytes(count);
    row = new UnsafeRow(count);
  }

  /** Reads from another extraction from now on, which must stay open. */
  void readFrom(Extraction extraction) {
    for (int i = 0; i < features.length; ++i) {
      int index = features[i].index();
      values[i] = extraction.valuesAddress(index);
      offsets[i] = features[i].kind().isRagged() ? extraction.offsetsAddress(index) : 0;
      weights[i] = features[i].kind() == org.featureextractor.FeatureKind.WEIGHTED ? extraction.weightsAddress(index) : 0;
    }
  }

  /** Returns the features of a row; the row is overwritten by the next call. */
  UnsafeRow write(long index) {
    end = 0;
    writeStruct(index);
    row.pointTo(buffer, Platform.BYTE_ARRAY_OFFSET, end);
    return row;
  }

  /** Returns a row with one field: the list of the features of some rows. */
  UnsafeRow writeList(long begin, long last) {
    end = 0;
    allocate(2L * WORD);
    int list = end;
    int count = Math.toIntExact(last - begin);
    allocate(UnsafeArrayData.calculateHeaderPortionInBytes((long) count) + (long) count * WORD);
    putLong(list, count);
    int slots = list + UnsafeArrayData.calculateHeaderPortionInBytes(count);
    for (int i = 0; i < count; ++i) {
      int struct = end;
      writeStruct(begin + i);
      putPlace(slots + i * WORD, list, struct, end - struct);
    }
    putPlace(WORD, 0, list, end - list);
    single.pointTo(buffer, Platform.BYTE_ARRAY_OFFSET, end);
    return single;
  }

  private void writeStruct(long index) {
    int struct = end;
    allocate(nullBytes + (long) features.length * WORD);
    for (int i = 0; i < features.length; ++i) {
      int slot = struct + nullBytes + i * WORD;
      switch (features[i].kind()) {
        case DENSE, LABEL -> {
          if (widths[i] == 1) {
            Platform.putInt(buffer, at(slot), Platform.getInt(null, values[i] + index * Float.BYTES));
          } else {
            writeNumbers(struct, slot, values[i], index * widths[i], widths[i], Float.BYTES);
          }
        }
        case ID -> putLong(slot, Platform.getLong(null, values[i] + index * Long.BYTES));
        case IDS -> writeNumbers(struct, slot, values[i], first(i, index), count(i, index), Long.BYTES);
        case WEIGHTED -> writeWeighted(struct, slot, i, first(i, index), count(i, index));
        case TEXT, VALUE -> {
          int size = count(i, index);
          int text = end;
          allocate(padded(size));
          copy(values[i] + first(i, index), text, size);
          putPlace(slot, struct, text, size);
        }
      }
    }
  }

  private void writeNumbers(int struct, int slot, long from, long first, int count, int bytesPerNumber) {
    int list = end;
    int header = UnsafeArrayData.calculateHeaderPortionInBytes(count);
    long bytes = (long) count * bytesPerNumber;
    allocate(header + padded(bytes));
    putLong(list, count);
    copy(from + first * bytesPerNumber, list + header, bytes);
    putPlace(slot, struct, list, end - list);
  }

  private void writeWeighted(int struct, int slot, int feature, long first, int count) {
    int list = end;
    int header = UnsafeArrayData.calculateHeaderPortionInBytes(count);
    allocate(header + (long) count * (WORD + WEIGHTED_ID));
    putLong(list, count);
    int entries = list + header + count * WORD;
    for (int i = 0; i < count; ++i) {
      int entry = entries + i * WEIGHTED_ID;
      putPlace(list + header + i * WORD, list, entry, WEIGHTED_ID);
      putLong(entry + WORD, Platform.getLong(null, values[feature] + (first + i) * Long.BYTES));
      Platform.putInt(
          buffer, at(entry + 2 * WORD), Platform.getInt(null, weights[feature] + (first + i) * Float.BYTES));
    }
    putPlace(slot, struct, list, end - list);
  }

  private long first(int feature, long index) {
    return Platform.getLong(null, offsets[feature] + index * Long.BYTES);
  }

  private int count(int feature, long index) {
    return (int) (Platform.getLong(null, offsets[feature] + (index + 1) * Long.BYTES) - first(feature, index));
  }

  private void copy(long from, int to, long bytes) {
    if (bytes > 0) {
      Platform.copyMemory(null, from, buffer, at(to), bytes);
    }
  }

  private void putLong(int position, long value) {
    Platform.putLong(buffer, at(position), value);
  }

  private void putPlace(int slot, int base, int position, int size) {
    putLong(slot, (long) (position - base) << 32 | size);
  }

  private static long at(int position) {
    return Platform.BYTE_ARRAY_OFFSET + (long) position;
  }

  private static long padded(long bytes) {
    return bytes + 7 & -8L;
  }

  /** Takes zeroed bytes at the end. */
  private void allocate(long bytes) {
    long needed = end + bytes;
    if (needed > buffer.length) {
      if (needed > Integer.MAX_VALUE - 16) {
        throw new FeatureExtractorException(
            ErrorCode.LIMIT, "The features of one row need " + needed + " bytes; a row of Spark holds less than 2^31.");
      }
      buffer = java.util.Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * buffer.length)));
    }
    java.util.Arrays.fill(buffer, end, (int) needed, (byte) 0);
    end = (int) needed;
  }
}
