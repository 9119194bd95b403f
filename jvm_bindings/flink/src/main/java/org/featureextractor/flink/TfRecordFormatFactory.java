package org.featureextractor.flink;

import java.util.Set;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.file.table.factories.BulkWriterFormatFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The format {@code tfrecord} of Flink's filesystem connector, which writes samples for TensorFlow.
 *
 * <pre>{@code
 * CREATE TABLE samples (...) WITH (
 *   'connector' = 'filesystem', 'path' = 'samples', 'format' = 'tfrecord', 'tfrecord.compression' = 'gzip');
 * }</pre>
 */
public final class TfRecordFormatFactory implements BulkWriterFormatFactory {
  /** What a row becomes. */
  public enum Message {
    /** A {@code tf.train.Example}. */
    EXAMPLE,
    /** A {@code tf.train.SequenceExample}. */
    SEQUENCE
  }

  /** How files are compressed. */
  public enum Compression {
    /** Not at all. */
    NONE,
    /** As {@code compression_type="GZIP"} reads them. */
    GZIP
  }

  private static final ConfigOption<Message> MESSAGE =
      ConfigOptions.key("message")
          .enumType(Message.class)
          .defaultValue(Message.EXAMPLE)
          .withDescription("Whether a row becomes an Example or a SequenceExample, in which lists of ids are feature lists.");

  private static final ConfigOption<Compression> COMPRESSION =
      ConfigOptions.key("compression")
          .enumType(Compression.class)
          .defaultValue(Compression.NONE)
          .withDescription("How files are compressed: none or gzip.");

  /** Called by Flink, which finds the format by its name. */
  public TfRecordFormatFactory() {}

  @Override
  public String factoryIdentifier() {
    return "tfrecord";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(MESSAGE, COMPRESSION);
  }

  @Override
  public EncodingFormat<BulkWriter.Factory<RowData>> createEncodingFormat(
      DynamicTableFactory.Context context, ReadableConfig options) {
    FactoryUtil.validateFactoryOptions(this, options);
    boolean sequence = options.get(MESSAGE) == Message.SEQUENCE;
    boolean gzip = options.get(COMPRESSION) == Compression.GZIP;
    return new EncodingFormat<>() {
      @Override
      public BulkWriter.Factory<RowData> createRuntimeEncoder(DynamicTableSink.Context sink, DataType row) {
        return TfRecordWriterFactory.of((RowType) row.getLogicalType(), sequence, gzip);
      }

      @Override
      public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
      }
    };
  }
}
