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
 *
 * <p>Rows are made some at a time, and column by column: each loop then does one thing.
 */
final class FeatureRowWriter {
  private static final int WORD = Long.BYTES;

  /** An id with its weight is a row of its own: a word of null bits, and two fields. */
  private static final int WEIGHTED_ID = 3 * WORD;

  /** So many rows of a hundred features stay in the cache until they are read. */
  private static final int ROWS_AT_ONCE = 64;

  private final Feature[] features;
  private final int[] widths;
  private final long[] values;
  private final long[] offsets;
  private final long[] weights;
  private final int nullBytes;
  private final UnsafeRow row;
  private final UnsafeRow single = new UnsafeRow(1);

  private byte[] buffer = new byte[1024];

  /** Where the structs that were made last begin, and up to where each is filled. */
  private int[] starts = new int[ROWS_AT_ONCE];

  private int[] ends = new int[ROWS_AT_ONCE];

  /** The rows that the buffer holds. */
  private int firstHeld;

  private int held;

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
    held = 0;
    for (int i = 0; i < features.length; ++i) {
      int index = features[i].index();
      values[i] = extraction.valuesAddress(index);
      offsets[i] = features[i].kind().isRagged() ? extraction.offsetsAddress(index) : 0;
      weights[i] = features[i].kind() == org.featureextractor.FeatureKind.WEIGHTED ? extraction.weightsAddress(index) : 0;
    }
  }

  /** Returns the features of a row of {@code count}; the row is overwritten by the next call. */
  UnsafeRow write(int index, int count) {
    int place = index - firstHeld;
    if (place < 0 || place >= held) {
      firstHeld = index;
      held = Math.min(ROWS_AT_ONCE, count - index);
      place = 0;
      writeStructs(index, held, 0);
    }
    row.pointTo(buffer, at(starts[place]), ends[place] - starts[place]);
    return row;
  }

  /** Returns a row with one field: the list of the features of some rows. */
  UnsafeRow writeList(long begin, long last) {
    held = 0;
    int count = Math.toIntExact(last - begin);
    int list = 2 * WORD;
    int header = UnsafeArrayData.calculateHeaderPortionInBytes(count);
    long first = list + header + (long) count * WORD;
    room(first);
    int end = writeStructs(begin, count, (int) first);
    putLong(0, 0);
    putPlace(WORD, 0, list, end - list);
    putHeader(list, count, header);
    for (int i = 0; i < count; ++i) {
      putPlace(list + header + i * WORD, list, starts[i], ends[i] - starts[i]);
    }
    single.pointTo(buffer, Platform.BYTE_ARRAY_OFFSET, end);
    return single;
  }

  /** Writes the features of some rows one behind the other; returns where they end. */
  private int writeStructs(long first, int count, int position) {
    int end = place(first, count, position);
    for (int i = 0; i < count; ++i) {
      for (int word = 0; word < nullBytes; word += WORD) {
        putLong(starts[i] + word, 0);
      }
    }
    for (int i = 0; i < features.length; ++i) {
      int slot = nullBytes + i * WORD;
      switch (features[i].kind()) {
        case DENSE, LABEL -> {
          if (widths[i] == 1) {
            writeFloats(slot, values[i] + first * Float.BYTES, count);
          } else {
            for (int r = 0; r < count; ++r) {
              writeNumbers(r, slot, values[i], (first + r) * widths[i], widths[i], Float.BYTES);
            }
          }
        }
        case ID -> writeLongs(slot, values[i] + first * Long.BYTES, count);
        case IDS -> {
          for (int r = 0; r < count; ++r) {
            writeNumbers(r, slot, values[i], begin(i, first + r), size(i, first + r), Long.BYTES);
          }
        }
        case WEIGHTED -> {
          for (int r = 0; r < count; ++r) {
            writeWeighted(r, slot, i, begin(i, first + r), size(i, first + r));
          }
        }
        case TEXT, VALUE -> {
          for (int r = 0; r < count; ++r) {
            writeBytes(r, slot, values[i] + begin(i, first + r), size(i, first + r));
          }
        }
      }
    }
    return end;
  }

  /** Finds out where each row begins; {@link #ends} is then where its parts of varying length go. */
  private int place(long first, int count, int position) {
    if (starts.length < count) {
      starts = new int[count];
      ends = new int[count];
    }
    int fixed = nullBytes + features.length * WORD;
    java.util.Arrays.fill(starts, 0, count, fixed);
    for (int i = 0; i < features.length; ++i) {
      boolean isVector = !features[i].kind().isRagged() && widths[i] > 1;
      if (!isVector && !features[i].kind().isRagged()) {
        continue;
      }
      for (int r = 0; r < count; ++r) {
        long size = isVector ? listBytes(widths[i], Float.BYTES) : variableBytes(i, size(i, first + r));
        starts[r] = (int) Math.min(Integer.MAX_VALUE, starts[r] + size);
      }
    }
    long next = position;
    for (int r = 0; r < count; ++r) {
      int bytes = starts[r];
      starts[r] = (int) next;
      ends[r] = (int) next + fixed;
      next += bytes;
      if (next > Integer.MAX_VALUE - 16) {
        throw new FeatureExtractorException(
            ErrorCode.LIMIT, "The features of one row need " + next + " bytes; a row of Spark holds less than 2^31.");
      }
    }
    room(next);
    return (int) next;
  }

  private long variableBytes(int feature, int count) {
    return switch (features[feature].kind()) {
      case IDS -> listBytes(count, Long.BYTES);
      case WEIGHTED -> listBytes(count, WORD + WEIGHTED_ID);
      default -> padded(count);
    };
  }

  private static long listBytes(int count, int bytesPerElement) {
    return UnsafeArrayData.calculateHeaderPortionInBytes(count) + padded((long) count * bytesPerElement);
  }

  private void writeFloats(int slot, long from, int count) {
    for (int r = 0; r < count; ++r) {
      // The other half of the word is zero.
      putLong(starts[r] + slot, Platform.getInt(null, from + (long) r * Float.BYTES) & 0xFFFF_FFFFL);
    }
  }

  private void writeLongs(int slot, long from, int count) {
    for (int r = 0; r < count; ++r) {
      putLong(starts[r] + slot, Platform.getLong(null, from + (long) r * Long.BYTES));
    }
  }

  private void writeNumbers(int r, int slot, long from, long first, int count, int bytesPerNumber) {
    int list = ends[r];
    int header = UnsafeArrayData.calculateHeaderPortionInBytes(count);
    putHeader(list, count, header);
    int end = copy(from + first * bytesPerNumber, list + header, (long) count * bytesPerNumber);
    putPlace(starts[r] + slot, starts[r], list, end - list);
    ends[r] = end;
  }

  private void writeWeighted(int r, int slot, int feature, long first, int count) {
    int list = ends[r];
    int header = UnsafeArrayData.calculateHeaderPortionInBytes(count);
    putHeader(list, count, header);
    int entries = list + header + count * WORD;
    for (int i = 0; i < count; ++i) {
      int entry = entries + i * WEIGHTED_ID;
      putPlace(list + header + i * WORD, list, entry, WEIGHTED_ID);
      putLong(entry, 0);
      putLong(entry + WORD, Platform.getLong(null, values[feature] + (first + i) * Long.BYTES));
      putLong(entry + 2 * WORD, Platform.getInt(null, weights[feature] + (first + i) * Float.BYTES) & 0xFFFF_FFFFL);
    }
    int end = entries + count * WEIGHTED_ID;
    putPlace(starts[r] + slot, starts[r], list, end - list);
    ends[r] = end;
  }

  private void writeBytes(int r, int slot, long from, int size) {
    int text = ends[r];
    ends[r] = copy(from, text, size);
    putPlace(starts[r] + slot, starts[r], text, size);
  }

  private long begin(int feature, long index) {
    return Platform.getLong(null, offsets[feature] + index * Long.BYTES);
  }

  private int size(int feature, long index) {
    return (int) (begin(feature, index + 1) - begin(feature, index));
  }

  /** Copies bytes, and zeros up to the next word; returns where it ends. */
  private int copy(long from, int to, long bytes) {
    int end = (int) (to + padded(bytes));
    if (bytes > 0) {
      putLong(end - WORD, 0);
      Platform.copyMemory(null, from, buffer, at(to), bytes);
    }
    return end;
  }

  /** Begins a list without nulls. */
  private void putHeader(int list, int count, int header) {
    putLong(list, count);
    for (int word = WORD; word < header; word += WORD) {
      putLong(list + word, 0);
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

  private void room(long bytes) {
    if (bytes > buffer.length) {
      buffer = new byte[(int) Math.min(Integer.MAX_VALUE - 16, Math.max(bytes, 2L * buffer.length))];
    }
  }
}
