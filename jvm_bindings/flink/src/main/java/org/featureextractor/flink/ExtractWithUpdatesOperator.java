package org.featureextractor.flink;

import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Extracts features with the package that came last on a second input, which is broadcast: paths, or the bytes of packages.
 *
 * <p>Time is that of the rows: the second input has no say in watermarks, and may end early.
 */
final class ExtractWithUpdatesOperator extends AbstractExtractOperator
    implements TwoInputStreamOperator<RowData, Object, RowData>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  ExtractWithUpdatesOperator(
      RowType inputType, OutputLayout outputLayout, PackageReference jobPackage, ExtractionOptions options) {
    super(inputType, outputLayout, jobPackage, options);
  }

  @Override
  public void processElement1(StreamRecord<RowData> record) throws Exception {
    add(record);
  }

  @Override
  public void processElement2(StreamRecord<Object> record) throws Exception {
    if (record.getValue() instanceof byte[] bytes) {
      swap("that came as " + bytes.length + " bytes", () -> PackageReference.load(bytes));
    } else {
      String path = (String) record.getValue();
      swap("'" + path + "'", () -> PackageReference.load(path, options().shippedBytes(), true));
    }
  }

  @Override
  public void processWatermark1(Watermark mark) throws Exception {
    processWatermark(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) {}

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input == 0) {
      processWatermarkStatus(status);
    }
  }

  @Override
  public void endInput(int input) throws Exception {
    if (input == 1) {
      flush();
    }
  }
}
