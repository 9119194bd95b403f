package org.featureextractor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Writes rows as records of TFRecord files, for TensorFlow to train on: the same bytes that the command line and Python write for the same
 * features. Each row becomes a {@code tf.train.Example}, or a {@code tf.train.SequenceExample} in which lists of ids are feature lists.
 *
 * <pre>{@code
 * TfRecordEncoder encoder = new TfRecordEncoder(false);
 * encoder.addFeatures(extractor.features());
 * for (long row = 0; row < extraction.rows(); ++row) {
 *   encoder.write(extraction, row);
 *   encoder.endRecord();
 *   stream.write(encoder.bytes(), 0, encoder.size());
 * }
 * }</pre>
 *
 * <p>Other columns can stand before the features, after them, or alone, as after a join: {@link #addColumn} gives a writer for each. A column
 * that took no value, or null, is not in the record, so that a reader's default takes its place. An encoder is used by one thread at a time.
 */
public final class TfRecordEncoder {
  /** Bytes of a record before the message: its length, and the checksum of that. */
  private static final int HEADER = 12;

  /** tensorflow/core/lib/hash/crc32c.h adds it, so that a checksum of bytes that hold checksums is no fixed point. */
  private static final int MASK = 0xa282ead8;

  private final boolean sequence;
  private final Set<String> names = new HashSet<>();
  private final List<SampleFeature> features = new ArrayList<>();
  private final List<SampleColumn> columns = new ArrayList<>();
  /** Where {@link #addFeatures} began. */
  private List<Feature> extracted = List.of();

  private int firstExtracted;
  private final CRC32C checksum = new CRC32C();
  private final WireBuffer context = new WireBuffer();
  private final WireBuffer lists = new WireBuffer();
  private final WireBuffer record = new WireBuffer();

  /**
   * An encoder without columns.
   *
   * @param sequence whether rows become a {@code SequenceExample}
   */
  public TfRecordEncoder(boolean sequence) {
    this.sequence = sequence;
  }

  /**
   * Adds a column.
   *
   * @param name of the feature in the record
   * @param type {@code bool}, {@code int}, {@code timestamp} and {@code duration} become integers, {@code float} and {@code vector<N>} floats of
   *     32 bits, {@code string} and {@code bytes} bytes; lists of these become all their elements, of which each is a step in a sequence
   *     example (those of a vector are not); a list of structs of an {@code int} and a {@code float} becomes two features, {@code NAME_ids}
   *     and {@code NAME_weights}
   * @return the writer of the column, which takes at most one value per record
   * @throws IllegalArgumentException if a sample cannot hold the type, or two features would have one name
   */
  public ColumnWriter addColumn(String name, DataType type) {
    SampleColumn column;
    if (type instanceof DataType.VectorType) {
      SampleFeature feature = newFeature(name, SampleFeature.Payload.FLOATS, false);
      column = new SampleColumn.Many(type, elements(new DataType.FloatType(false), feature, name), feature);
    } else if (type instanceof DataType.ListType list && list.element() instanceof DataType.StructType entry) {
      column = newWeighted(name, type, entry);
    } else if (type instanceof DataType.ListType list) {
      SampleFeature feature = newFeature(name, payload(list.element(), name, type), sequence);
      column = new SampleColumn.Many(type, elements(list.element(), feature, name), feature);
    } else {
      SampleFeature.Payload payload = payload(type, name, type);
      column = new SampleColumn.Values(type, newFeature(name, payload, false), payload, false);
    }
    columns.add(column);
    return column;
  }

  private SampleColumn newWeighted(String name, DataType type, DataType.StructType entry) {
    if (entry.fields().size() != 2
        || !(entry.fields().get(0).type() instanceof DataType.IntegerType)
        || !(entry.fields().get(1).type() instanceof DataType.FloatType)) {
      throw refused(name, type);
    }
    SampleFeature ids = newFeature(name + "_ids", SampleFeature.Payload.INTEGERS, sequence);
    SampleFeature weights = newFeature(name + "_weights", SampleFeature.Payload.FLOATS, sequence);
    SampleColumn pair =
        new SampleColumn.Weighted(
            entry,
            elements(entry.fields().get(0).type(), ids, name),
            elements(entry.fields().get(1).type(), weights, name));
    return new SampleColumn.Many(type, pair, ids, weights);
  }

  private static SampleColumn elements(DataType type, SampleFeature feature, String name) {
    return new SampleColumn.Values(type, feature, payload(type, name, type), true);
  }

  private SampleFeature newFeature(String name, SampleFeature.Payload payload, boolean isSteps) {
    if (!names.add(name)) {
      throw new IllegalArgumentException("Two features of a sample would be called '" + name + "'; rename one column.");
    }
    SampleFeature feature = new SampleFeature(name, payload, isSteps);
    features.add(feature);
    return feature;
  }

  private static SampleFeature.Payload payload(DataType type, String name, DataType whole) {
    if (type instanceof DataType.FloatType) {
      return SampleFeature.Payload.FLOATS;
    } else if (type instanceof DataType.StringType || type instanceof DataType.BytesType) {
      return SampleFeature.Payload.TEXTS;
    } else if (type instanceof DataType.BooleanType
        || type instanceof DataType.IntegerType
        || type instanceof DataType.TimestampType
        || type instanceof DataType.DurationType) {
      return SampleFeature.Payload.INTEGERS;
    }
    throw refused(name, whole);
  }

  private static IllegalArgumentException refused(String name, DataType type) {
    return new IllegalArgumentException(
        "Column '" + name + "' is " + type + ", which a sample cannot hold. Leave it out, or cast it.");
  }

  // ---- features of an extraction ----------------------------------------------------------------

  /**
   * Adds a column for each feature of a program, for {@link #write}.
   *
   * @param program its features, in their order
   * @throws IllegalArgumentException as {@link #addColumn}
   */
  public void addFeatures(List<Feature> program) {
    DataType number = new DataType.FloatType(false);
    DataType id = new DataType.IntegerType(false);
    DataType.StructType entry =
        new DataType.StructType(List.of(new DataType.Field("id", id), new DataType.Field("weight", number)), false);
    extracted = List.copyOf(program);
    firstExtracted = columns.size();
    for (Feature feature : extracted) {
      DataType type =
          switch (feature.kind()) {
            case DENSE, LABEL -> feature.width() == 1 ? number : new DataType.VectorType(feature.width(), false);
            case ID -> id;
            case IDS -> new DataType.ListType(id, false);
            case WEIGHTED -> new DataType.ListType(entry, false);
            case TEXT -> new DataType.StringType(false);
            case VALUE -> new DataType.BytesType(false);
          };
      addColumn(feature.name(), type);
    }
  }

  /**
   * Writes the features of a row to their columns; {@link #endRecord} ends the record.
   *
   * @param extraction of the program whose features were added
   * @param row of the extraction
   * @throws IllegalStateException if no features were added, or the extraction was closed
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public void write(Extraction extraction, long row) {
    if (!extraction.features().equals(extracted)) {
      throw new IllegalStateException("The features of this extraction were not added: call addFeatures() before.");
    }
    for (int i = 0; i < extracted.size(); ++i) {
      SampleColumn column = columns.get(firstExtracted + i);
      switch (extracted.get(i).kind()) {
        case DENSE, LABEL -> writeFloats(extraction, i, row, column);
        case ID -> column.writeLong(extraction.getId(i, row));
        case IDS -> writeIds(extraction.getIds(i, row), null, column);
        case WEIGHTED -> writeIds(extraction.getIds(i, row), extraction.getWeights(i, row), column);
        case TEXT, VALUE -> column.writeBytes(extraction.getBytes(i, row));
      }
    }
  }

  private void writeFloats(Extraction extraction, int feature, long row, SampleColumn column) {
    int width = extracted.get(feature).width();
    if (width == 1) {
      column.writeDouble(extraction.getFloat(feature, row));
      return;
    }
    column.beginList();
    for (int i = 0; i < width; ++i) {
      column.element().writeDouble(extraction.getFloat(feature, row, i));
    }
    column.endList();
  }

  private static void writeIds(long[] ids, float[] weights, SampleColumn column) {
    ColumnWriter element = column.element();
    column.beginList();
    for (int i = 0; i < ids.length; ++i) {
      if (weights == null) {
        element.writeLong(ids[i]);
      } else {
        element.field(0).writeLong(ids[i]);
        element.field(1).writeDouble(weights[i]);
      }
    }
    column.endList();
  }

  // ---- records ----------------------------------------------------------------------------------

  /**
   * Puts the record together from what the columns took, in their order; {@link #bytes} and {@link #size} have it until the next call.
   *
   * @throws IllegalStateException if a list was begun and not ended; the record is then still open, for {@link #abortRecord}
   * @throws FeatureExtractorException {@link ErrorCode#LIMIT} if the record has 2 GiB or more
   */
  public void endRecord() {
    for (SampleColumn column : columns) {
      column.checkComplete();
    }
    context.clear();
    lists.clear();
    record.clear();
    for (SampleFeature feature : features) {
      feature.appendTo(context, lists);
    }
    int message = WireBuffer.fieldSize(context.size()) + (sequence ? WireBuffer.fieldSize(lists.size()) : 0);
    record.fixed64(message);
    record.fixed32(masked(0, Long.BYTES));
    record.head(SampleFeature.FIELD_1, context.size());
    record.append(context);
    if (sequence) {
      record.head(SampleFeature.FIELD_2, lists.size());
      record.append(lists);
    }
    record.fixed32(masked(HEADER, message));
    abortRecord();
  }

  /** Takes back what the columns took since the last record, for example after an error. */
  public void abortRecord() {
    for (SampleFeature feature : features) {
      feature.clear();
    }
    for (SampleColumn column : columns) {
      column.abort();
    }
  }

  private int masked(int offset, int length) {
    checksum.reset();
    checksum.update(record.bytes(), offset, length);
    int crc = (int) checksum.getValue();
    return (crc >>> 15 | crc << 17) + MASK;
  }

  /**
   * Holds the last record at its beginning, framed and with checksums.
   *
   * @return an array that is used again, and may be another one after the next record
   */
  public byte[] bytes() {
    return record.bytes();
  }

  /**
   * The length of the last record.
   *
   * @return bytes; 0 before the first record
   */
  public int size() {
    return record.size();
  }
}
