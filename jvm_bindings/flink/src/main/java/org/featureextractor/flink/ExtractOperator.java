package org.featureextractor.flink;

import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Extracts features with the package of the job, or the newest one in its file. */
final class ExtractOperator extends AbstractExtractOperator
    implements OneInputStreamOperator<RowData, RowData>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  ExtractOperator(RowType inputType, OutputLayout outputLayout, PackageReference jobPackage, ExtractionOptions options) {
    super(inputType, outputLayout, jobPackage, options);
  }

  @Override
  public void processElement(StreamRecord<RowData> record) throws Exception {
    add(record);
  }

  @Override
  public void endInput() throws Exception {
    flush();
  }
}
