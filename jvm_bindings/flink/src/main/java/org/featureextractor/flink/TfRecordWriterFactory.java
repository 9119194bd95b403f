package org.featureextractor.flink;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.DataStructureConverter;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;

/**
 * Has Flink's file sink write TFRecord files, for TensorFlow to train on. A row becomes a {@code tf.train.Example}, or a {@code
 * tf.train.SequenceExample} in which lists of ids are feature lists.
 *
 * <pre>{@code
 * features.sinkTo(
 *     FileSink.forBulkFormat(new Path("samples"), TfRecordWriterFactory.of(features.getType(), false, true))
 *         .withOutputFileConfig(OutputFileConfig.builder().withPartSuffix(".tfrecord.gz").build())
 *         .build());
 * }</pre>
 *
 * <p>The sink ends its files at each checkpoint, and shows them when it is complete: each row is in them once, also after a restart. Each
 * subtask writes files of its own.
 *
 * @param <T> the rows: {@link Row} or {@link RowData}
 */
public final class TfRecordWriterFactory<T> implements BulkWriter.Factory<T> {
  private static final long serialVersionUID = 1L;
  private static final int BUFFER = 1 << 16;

  private final RowType type;
  /** Null where rows are in the internal form already. */
  private final DataStructureConverter<Object, Object> converter;

  private final boolean sequence;
  private final boolean gzip;

  private TfRecordWriterFactory(
      RowType type, DataStructureConverter<Object, Object> converter, boolean sequence, boolean gzip) {
    this.type = type;
    this.converter = converter;
    this.sequence = sequence;
    this.gzip = gzip;
    // A column that cannot be written is told here, and not by each task.
    new SampleEncoder(type, sequence);
  }

  /**
   * A factory for rows of a stream, as {@link FeatureExtraction} gives them.
   *
   * @param <T> the class of the rows
   * @param rows whose names and types of columns are known
   * @param sequence whether rows become a {@code SequenceExample}
   * @param gzip whether files are compressed, as {@code compression_type="GZIP"} reads them
   * @return the factory
   * @throws ValidationException if a column has a type that samples cannot hold, or two features would have one name
   */
  public static <T> TfRecordWriterFactory<T> of(TypeInformation<T> rows, boolean sequence, boolean gzip) {
    DataType type = FeatureExtraction.dataType(rows);
    RowType row = FeatureExtraction.rowType(type.getLogicalType());
    boolean isInternal = RowData.class.isAssignableFrom(type.getConversionClass());
    return new TfRecordWriterFactory<>(
        row, isInternal ? null : DataStructureConverters.getConverter(type.notNull()), sequence, gzip);
  }

  static TfRecordWriterFactory<RowData> of(RowType type, boolean sequence, boolean gzip) {
    return new TfRecordWriterFactory<>(type, null, sequence, gzip);
  }

  @Override
  public BulkWriter<T> create(FSDataOutputStream file) throws IOException {
    if (converter != null) {
      converter.open(Thread.currentThread().getContextClassLoader());
    }
    return new Writer<>(new SampleEncoder(type, sequence), converter, file, gzip);
  }

  private static final class Writer<T> implements BulkWriter<T> {
    private final SampleEncoder encoder;
    private final DataStructureConverter<Object, Object> converter;
    private final OutputStream stream;
    private final GZIPOutputStream compressed;

    Writer(
        SampleEncoder encoder, DataStructureConverter<Object, Object> converter, FSDataOutputStream file, boolean gzip)
        throws IOException {
      this.encoder = encoder;
      this.converter = converter;
      compressed = gzip ? new GZIPOutputStream(file, BUFFER) : null;
      // Records of a few hundred bytes each are collected before either of them sees them.
      stream = new BufferedOutputStream(gzip ? compressed : file, BUFFER);
    }

    @Override
    public void addElement(T row) throws IOException {
      encoder.encode(converter == null ? (RowData) row : (RowData) converter.toInternal(row));
      stream.write(encoder.bytes(), 0, encoder.size());
    }

    @Override
    public void flush() throws IOException {
      stream.flush();
    }

    @Override
    public void finish() throws IOException {
      stream.flush();
      // The file itself is closed by Flink.
      if (compressed != null) {
        compressed.finish();
      }
    }
  }
}
