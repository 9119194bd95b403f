package org.featureextractor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The features of one batch, read in place in native memory.
 *
 * <p>Close it to give the memory back to the session for the next batch. The methods that take a row and give a value throw
 * {@link IllegalStateException} afterwards. <b>The buffers cannot:</b> what {@link #floats}, {@link #longs}, {@link #offsets},
 * {@link #weights} and {@link #bytes} returned must not be touched after {@code close}.
 *
 * <p>An extraction is used by one thread at a time, which may be another than the session's.
 */
public final class Extraction implements AutoCloseable {
  private static final int HEADER = 2;
  private static final int PER_FEATURE = 5;
  private static final int VALUES = 0;
  private static final int OFFSETS = 1;
  private static final int WEIGHTS = 2;
  private static final int ELEMENTS = 3;
  private static final int DEFAULTED = 4;

  /** Valid as long as {@link #handle} is not freed. */
  private final long sessionPointer;

  private final FeatureExtractor extractor;
  private final ReentrantLock work;

  private final FeatureExtractor.Description description;
  private final NativeHandle handle;
  private final long[] numbers;
  /** For each feature the values, offsets and weights; made when first asked for. */
  private final ByteBuffer[] views;

  /** {@code whenClosed} must not refer to this object, or it is never found to be lost. */
  Extraction(Session session, long pointer, Runnable whenClosed) {
    extractor = session.extractor();
    work = session.work();
    description = extractor.description();
    int features = description.features().size();
    // The session's memory is accounted by it, so its handle lives at least as long as this extraction.
    NativeHandle owner = session.handle();
    sessionPointer = owner.acquire();
    Giveback giveback = new Giveback(owner, session.work(), whenClosed);
    handle = new NativeHandle(NativeHandle.Kind.EXTRACTION, pointer, giveback::free);
    numbers = new long[HEADER + features * PER_FEATURE];
    views = new ByteBuffer[3 * features];
    NativeMethods.describeExtraction(pointer, numbers, features);
    handle.watch(this);
  }

  /** Gives memory back when no call of the session runs. */
  private record Giveback(NativeHandle owner, ReentrantLock work, Runnable whenClosed) {
    void free(long pointer) {
      work.lock();
      try {
        NativeMethods.freeExtraction(pointer);
        owner.release();
      } finally {
        work.unlock();
      }
      whenClosed.run();
    }
  }

  /**
   * The number of rows.
   *
   * @return candidates, or requests if the program has no candidate inputs
   */
  public long rows() {
    return numbers[0];
  }

  /**
   * The number of requests that were computed.
   *
   * @return for a flat table: the groups of consecutive rows with equal requests
   */
  public long requests() {
    return numbers[1];
  }

  /**
   * The package that computed this: a {@link Service} may hold another by now.
   *
   * @return its digest, as {@link FeatureExtractor#digest} has it
   */
  public String packageDigest() {
    return description.digest();
  }

  /**
   * The features, as the accessors number them.
   *
   * @return in the order of the program
   */
  public List<Feature> features() {
    return description.features();
  }

  /**
   * A value of a dense feature or label of width 1, or the first of a wider one.
   *
   * @param feature the index of the feature
   * @param row of the output
   * @return the value
   */
  public float getFloat(int feature, long row) {
    return getFloat(feature, row, 0);
  }

  /**
   * A value of a dense feature or label.
   *
   * @param feature the index of the feature
   * @param row of the output
   * @param position in the vector
   * @return the value
   */
  public float getFloat(int feature, long row, int position) {
    int width = checked(feature, FeatureKind.DENSE, FeatureKind.LABEL).width();
    checkRow(row);
    if (position < 0 || position >= width) {
      throw new IndexOutOfBoundsException(
          "position " + position + " of feature '" + name(feature) + "', which has " + width + " per row");
    }
    return values(feature).getFloat((int) ((row * width + position) * Float.BYTES));
  }

  /**
   * A value of an id feature.
   *
   * @param feature the index of the feature
   * @param row of the output
   * @return the id
   */
  public long getId(int feature, long row) {
    checked(feature, FeatureKind.ID, FeatureKind.ID);
    checkRow(row);
    return values(feature).getLong((int) (row * Long.BYTES));
  }

  /**
   * How many values a row of a ragged feature has.
   *
   * @param feature the index of a feature of ids or text
   * @param row of the output
   * @return ids, or bytes
   */
  public int getCount(int feature, long row) {
    checkRagged(feature);
    checkRow(row);
    return (int) (end(feature, row) - begin(feature, row));
  }

  /**
   * The ids of a row.
   *
   * @param feature the index of a feature of kind ids or weighted
   * @param row of the output
   * @return a copy
   */
  public long[] getIds(int feature, long row) {
    checked(feature, FeatureKind.IDS, FeatureKind.WEIGHTED);
    checkRow(row);
    long begin = begin(feature, row);
    long[] ids = new long[(int) (end(feature, row) - begin)];
    if (ids.length > 0) {
      values(feature).slice((int) (begin * Long.BYTES), ids.length * Long.BYTES).order(ByteOrder.nativeOrder()).asLongBuffer().get(ids);
    }
    return ids;
  }

  /**
   * The weights of a row.
   *
   * @param feature the index of a feature of kind weighted
   * @param row of the output
   * @return a copy, as long as the ids
   */
  public float[] getWeights(int feature, long row) {
    checked(feature, FeatureKind.WEIGHTED, FeatureKind.WEIGHTED);
    checkRow(row);
    long begin = begin(feature, row);
    float[] weights = new float[(int) (end(feature, row) - begin)];
    if (weights.length > 0) {
      view(feature, WEIGHTS)
          .slice((int) (begin * Float.BYTES), weights.length * Float.BYTES)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer()
          .get(weights);
    }
    return weights;
  }

  /**
   * The bytes of a row.
   *
   * @param feature the index of a feature of kind text or value
   * @param row of the output
   * @return a copy
   */
  public byte[] getBytes(int feature, long row) {
    checked(feature, FeatureKind.TEXT, FeatureKind.VALUE);
    checkRow(row);
    long begin = begin(feature, row);
    byte[] bytes = new byte[(int) (end(feature, row) - begin)];
    if (bytes.length > 0) {
      values(feature).get((int) begin, bytes);
    }
    return bytes;
  }

  /**
   * The text of a row.
   *
   * @param feature the index of a feature of kind text
   * @param row of the output
   * @return the text
   */
  public String getText(int feature, long row) {
    checked(feature, FeatureKind.TEXT, FeatureKind.TEXT);
    return new String(getBytes(feature, row), StandardCharsets.UTF_8);
  }

  /**
   * The values of a dense feature or label: rows times width, row by row. Not to be touched after close.
   *
   * @param feature the index of the feature
   * @return a read-only buffer in native memory
   */
  public FloatBuffer floats(int feature) {
    checked(feature, FeatureKind.DENSE, FeatureKind.LABEL);
    return values(feature).asFloatBuffer();
  }

  /**
   * The ids of a feature of kind id, ids or weighted. Not to be touched after close.
   *
   * @param feature the index of the feature
   * @return a read-only buffer in native memory
   */
  public LongBuffer longs(int feature) {
    if (!description.features().get(feature).kind().isId()) {
      throw wrongKind(feature);
    }
    return values(feature).asLongBuffer();
  }

  /**
   * The offsets of a ragged feature: row r has the values {@code offsets[r]} to {@code offsets[r + 1] - 1}. Not to be touched after close.
   *
   * @param feature the index of the feature
   * @return a read-only buffer in native memory, with one more offset than rows
   */
  public LongBuffer offsets(int feature) {
    checkRagged(feature);
    return view(feature, OFFSETS).asLongBuffer();
  }

  /**
   * The weights beside the ids of a weighted feature. Not to be touched after close.
   *
   * @param feature the index of the feature
   * @return a read-only buffer in native memory
   */
  public FloatBuffer weights(int feature) {
    checked(feature, FeatureKind.WEIGHTED, FeatureKind.WEIGHTED);
    return view(feature, WEIGHTS).asFloatBuffer();
  }

  /**
   * The bytes of a feature of kind text or value. Not to be touched after close.
   *
   * @param feature the index of the feature
   * @return a read-only buffer in native memory
   */
  public ByteBuffer bytes(int feature) {
    checked(feature, FeatureKind.TEXT, FeatureKind.VALUE);
    return values(feature).duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * The address of the values of a feature in native memory, for hosts that copy by address. Not to be read after close.
   *
   * @param feature the index of the feature
   * @return 0 where there are no values
   */
  public long valuesAddress(int feature) {
    checkOpen();
    return number(feature, VALUES);
  }

  /**
   * The address of the offsets of a ragged feature. Not to be read after close.
   *
   * @param feature the index of the feature
   * @return as in {@link #offsets}
   */
  public long offsetsAddress(int feature) {
    checkRagged(feature);
    checkOpen();
    return number(feature, OFFSETS);
  }

  /**
   * The address of the weights of a weighted feature. Not to be read after close.
   *
   * @param feature the index of the feature
   * @return as in {@link #weights}
   */
  public long weightsAddress(int feature) {
    checked(feature, FeatureKind.WEIGHTED, FeatureKind.WEIGHTED);
    checkOpen();
    return number(feature, WEIGHTS);
  }

  /**
   * How many values (rows, or ids of a list) of a feature had no result and got the default.
   *
   * @param feature the index of the feature
   * @return a count
   */
  public long defaulted(int feature) {
    return number(feature, DEFAULTED);
  }

  /**
   * How many values of an input did not exist inside, by reason.
   *
   * @param input the position among the inputs of the program
   * @return the counts
   */
  public InputCounts inputCounts(int input) {
    Objects.checkIndex(input, description.inputs().size());
    long[] counts = new long[5];
    long pointer = handle.acquire();
    try {
      NativeMethods.inputCounts(pointer, input, counts);
    } finally {
      handle.release();
    }
    return new InputCounts(counts[0], counts[1], counts[2], counts[3], counts[4]);
  }

  /**
   * Copies dense features side by side, row by row.
   *
   * @param features indexes of dense features or labels
   * @return rows times the sum of their widths
   * @throws FeatureExtractorException if a feature is not dense, or the matrix has more than 2^31 - 1 floats
   */
  public float[] matrix(int... features) {
    long stride = 0;
    for (int feature : features) {
      stride += checked(feature, FeatureKind.DENSE, FeatureKind.LABEL).width();
    }
    long size = rows() * stride;
    if (size > Integer.MAX_VALUE - 8) {
      throw new FeatureExtractorException(ErrorCode.LIMIT, "A matrix of " + size + " floats does not fit a Java array.");
    }
    float[] matrix = new float[(int) size];
    long at = 0;
    for (int feature : features) {
      int width = description.features().get(feature).width();
      FloatBuffer column = floats(feature);
      for (long row = 0; row < rows(); ++row) {
        column.get((int) (row * width), matrix, (int) (row * stride + at), width);
      }
      at += width;
    }
    return matrix;
  }

  /**
   * Hands all features to an Arrow library as one struct array that shares this memory and keeps it alive, also after {@link #close}. Its
   * schema is that of {@link FeatureExtractor#exportOutputSchema}.
   *
   * @param arrayAddress of an {@code ArrowArray} structure that is released or was never filled. It must be released while no call of
   *     the session runs.
   * @throws FeatureExtractorException if there is no memory
   */
  public void exportArrow(long arrayAddress) {
    Session.checkedAddress(arrayAddress, "arrayAddress");
    long pointer = handle.acquire();
    try {
      NativeMethods.exportArrow(sessionPointer, pointer, arrayAddress);
    } finally {
      handle.release();
    }
  }

  /**
   * The digest of all values: the same as in Python and on the command line for the same rows, in whatever order they come. It waits for
   * a call of the session that runs.
   *
   * @return of the features, in the order of the program; those of batches are added
   * @throws IllegalStateException if the extraction or its extractor was closed
   */
  public TableDigest digest() {
    work.lock();
    try (ArrowStructures arrow = new ArrowStructures()) {
      extractor.exportOutputSchema(arrow.schemaAddress());
      exportArrow(arrow.arrayAddress());
      return TableDigest.of(arrow.schemaAddress(), arrow.arrayAddress(), rows(), features().size());
    } finally {
      work.unlock();
    }
  }

  /** Gives the memory back to the session. */
  @Override
  public void close() {
    handle.close();
  }

  private ByteBuffer values(int feature) {
    return view(feature, VALUES);
  }

  private ByteBuffer view(int feature, int part) {
    checkOpen();
    ByteBuffer view = views[feature * 3 + part];
    if (view == null) {
      view = newView(feature, part);
      views[feature * 3 + part] = view;
    }
    return view;
  }

  private ByteBuffer newView(int feature, int part) {
    FeatureKind kind = description.features().get(feature).kind();
    long size =
        switch (part) {
          case OFFSETS -> (rows() + 1) * Long.BYTES;
          case WEIGHTS -> number(feature, ELEMENTS) * Float.BYTES;
          default -> number(feature, ELEMENTS) * (kind.isDense() ? Float.BYTES : kind.isId() ? Long.BYTES : 1);
        };
    if (size > Integer.MAX_VALUE) {
      throw new FeatureExtractorException(
          ErrorCode.LIMIT,
          "Feature '" + name(feature) + "' has " + size + " bytes; a Java buffer holds 2^31 - 1. Use smaller batches.");
    }
    ByteBuffer view = size == 0 ? ByteBuffer.allocate(0) : NativeMethods.view(number(feature, part), (int) size);
    return view.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  private long begin(int feature, long row) {
    return view(feature, OFFSETS).getLong((int) (row * Long.BYTES));
  }

  private long end(int feature, long row) {
    return view(feature, OFFSETS).getLong((int) ((row + 1) * Long.BYTES));
  }

  private long number(int feature, int what) {
    Objects.checkIndex(feature, description.features().size());
    return numbers[HEADER + feature * PER_FEATURE + what];
  }

  private String name(int feature) {
    return description.features().get(feature).name();
  }

  private void checkOpen() {
    if (handle.isClosed()) {
      throw new IllegalStateException("This Extraction was closed.");
    }
  }

  private void checkRow(long row) {
    if (row < 0 || row >= numbers[0]) {
      throw new IndexOutOfBoundsException("row " + row + " of " + numbers[0]);
    }
  }

  private Feature checked(int index, FeatureKind one, FeatureKind other) {
    Feature feature = description.features().get(index);
    if (feature.kind() != one && feature.kind() != other) {
      throw wrongKind(index);
    }
    return feature;
  }

  private void checkRagged(int index) {
    if (!description.features().get(index).kind().isRagged()) {
      throw wrongKind(index);
    }
  }

  private IllegalArgumentException wrongKind(int index) {
    Feature feature = description.features().get(index);
    return new IllegalArgumentException(
        "Feature '" + feature.name() + "' is of kind " + feature.kind() + ", which this method does not read.");
  }
}
