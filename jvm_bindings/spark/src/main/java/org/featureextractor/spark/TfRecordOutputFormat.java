package org.featureextractor.spark;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.util.ReflectionUtils;

/** Files of records that are already framed. Hadoop's committer sees to it that only the files of tasks that succeeded appear. */
public final class TfRecordOutputFormat extends FileOutputFormat<NullWritable, BytesWritable> {
  @Override
  public RecordWriter<NullWritable, BytesWritable> getRecordWriter(TaskAttemptContext context) throws IOException {
    boolean compressed = getCompressOutput(context);
    Path file = getDefaultWorkFile(context, compressed ? ".tfrecord.gz" : ".tfrecord");
    OutputStream plain = file.getFileSystem(context.getConfiguration()).create(file, false);
    OutputStream stream =
        compressed
            ? ReflectionUtils.newInstance(GzipCodec.class, context.getConfiguration()).createOutputStream(plain)
            : plain;
    return new RecordWriter<>() {
      @Override
      public void write(NullWritable key, BytesWritable record) throws IOException {
        stream.write(record.getBytes(), 0, record.getLength());
      }

      @Override
      public void close(TaskAttemptContext closing) throws IOException {
        stream.close();
      }
    };
  }
}
