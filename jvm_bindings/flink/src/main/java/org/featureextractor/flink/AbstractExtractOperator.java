package org.featureextractor.flink;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.featureextractor.ErrorCode;
import org.featureextractor.Extraction;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.Service;

/**
 * Extracts features from a stream in small batches: a batch costs about as much as a row where there are many features.
 *
 * <p>A batch ends when it has enough rows or bytes, when its first row has waited long enough, before the barrier of a checkpoint, and at
 * the end of the input. So no checkpoint holds a row, and nothing is computed twice after a restart that was not replayed. Watermarks
 * wait for the rows that came before them.
 */
abstract class AbstractExtractOperator extends AbstractStreamOperator<RowData> {
  private static final long serialVersionUID = 1L;
  private static final String STATE = "feature-extractor-package";
  /** The key of the digest of the package with which the job was made; the other keys are those of the reference. */
  private static final String JOB_DIGEST = "job";

  private static final int ROWS_BETWEEN_LOOKS_AT_BYTES = 16;

  /**
   * A row that waits for its batch.
   *
   * @param kind of the row
   * @param kept what stays of it; null for nothing
   * @param candidates what stays of each candidate; null for nothing
   * @param outputs the rows of the output that it makes
   * @param hasTimestamp whether it has a timestamp
   * @param timestamp of the row
   */
  private record Waiting(
      RowKind kind, RowData kept, RowData[] candidates, int outputs, boolean hasTimestamp, long timestamp) {}

  private final RowType inputType;
  private final OutputLayout outputLayout;
  private final PackageReference jobPackage;
  private final ExtractionOptions options;

  private transient KeptColumns keptOfRow;
  private transient KeptColumns keptOfCandidate;
  private transient MiniBatch batch;
  /** Refuses packages with other outputs, by the rule that servers use, too. */
  private transient Service service;
  private transient TaskMemory memory;
  private transient PackageWatch watch;
  private transient StringData digest;

  private transient List<Waiting> rows;
  private transient Watermark heldWatermark;
  private transient long batchBegan;
  private transient boolean timerIsSet;

  /**
   * Each task writes its own: Flink makes no checkpoints with a union of lists when part of the tasks have ended.
   */
  private transient BroadcastState<String, byte[]> state;
  private transient ExtractionMetrics metrics;

  AbstractExtractOperator(
      RowType inputType, OutputLayout outputLayout, PackageReference jobPackage, ExtractionOptions options) {
    this.inputType = inputType;
    this.outputLayout = outputLayout;
    this.jobPackage = jobPackage;
    this.options = options;
  }

  // ---- life -------------------------------------------------------------------------------------

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    metrics = new ExtractionMetrics(getMetricGroup());
    memory = TaskMemory.of(getContainingTask(), getOperatorConfig(), getUserCodeClassloader());
    state =
        context
            .getOperatorStateStore()
            .getBroadcastState(
                new MapStateDescriptor<>(STATE, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
    begin(context.isRestored() ? restored() : jobPackage);
  }

  /**
   * The package that the job used when the checkpoint was made. A job that was started with another package than the one before, as for an
   * upgrade by savepoint, uses its own.
   */
  private PackageReference restored() throws Exception {
    byte[] jobDigest = state.get(JOB_DIGEST);
    if (jobDigest == null) {
      return jobPackage;
    }
    if (!new String(jobDigest, StandardCharsets.UTF_8).equals(jobPackage.digest())) {
      LOG.info("The job was started with another package, {}, which replaces that of the checkpoint.", jobPackage.digest());
      return jobPackage;
    }
    PackageReference reference = PackageReference.fromState(state);
    return reference.digest().equals(jobPackage.digest()) ? jobPackage : reference;
  }

  private void begin(PackageReference reference) {
    PackageReference.Loaded loaded = reference.load(options);
    FeatureExtractor extractor = loaded.extractor();
    if (!extractor.digest().equals(reference.digest())) {
      LOG.warn(
          "The file {} holds another package than before: {} in place of {}.",
          reference.path(), extractor.digest(), reference.digest());
    }
    try {
      OutputLayout found = OutputLayout.of(extractor, inputType, options);
      if (!found.type().equals(outputLayout.type())) {
        throw new IllegalStateException(
            "The package '" + reference.path() + "' has other features than when the job was made: "
                + found.type().asSummaryString() + ", not " + outputLayout.type().asSummaryString()
                + ". Start the job anew.");
      }
      service = new Service(extractor);
    } catch (RuntimeException failure) {
      extractor.close();
      throw failure;
    }
    use(newBatch(loaded));
  }

  @Override
  public void open() throws Exception {
    super.open();
    rows = new ArrayList<>();
    keptOfRow = outputLayout.keptOfRow(inputType, rowsMayChange());
    keptOfCandidate = outputLayout.keptOfCandidate(inputType, options.candidatesColumn(), rowsMayChange());
    if (options.watchInterval() != null) {
      watch = new PackageWatch(jobPackage.path(), batch.extractor().digest(), options);
      scheduleWatch();
    }
  }

  /** Whether an object that holds a row may hold another one when the next row comes. */
  private boolean rowsMayChange() {
    return getExecutionConfig().isObjectReuseEnabled();
  }

  private MiniBatch newBatch(PackageReference.Loaded loaded) {
    return new MiniBatch(loaded, inputType, options.candidatesColumn(), memory);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.clear();
    state.put(JOB_DIGEST, jobPackage.digest().getBytes(StandardCharsets.UTF_8));
    batch.reference().toState(state);
  }

  @Override
  public void close() throws Exception {
    if (watch != null) {
      watch.close();
    }
    if (batch != null) {
      batch.close();
      batch = null;
    }
    if (service != null) {
      service.close();
    }
    super.close();
  }

  // ---- rows -------------------------------------------------------------------------------------

  final void add(StreamRecord<RowData> record) throws Exception {
    swapIfWatched();
    RowData row = record.getValue();
    int outputs;
    try {
      outputs = batch.add(row);
    } catch (FeatureExtractorException failure) {
      throw failure.code() == ErrorCode.OUT_OF_MEMORY ? memory.explained(failure) : failure;
    }
    rows.add(
        new Waiting(
            row.getRowKind(),
            keptOfRow.isEmpty() ? null : keptOfRow.of(row),
            keptOfCandidate == null || keptOfCandidate.isEmpty() ? null : keptOfCandidates(row, outputs),
            outputs,
            record.hasTimestamp(),
            record.hasTimestamp() ? record.getTimestamp() : 0));
    if (rows.size() == 1) {
      beginBatch();
    }
    if (isFull()) {
      flush();
    }
  }

  private RowData[] keptOfCandidates(RowData row, int outputs) {
    RowData[] kept = new RowData[outputs];
    ArrayData candidates = batch.layout().candidates(row);
    int next = 0;
    for (int i = 0; next < outputs; ++i) {
      if (!candidates.isNullAt(i)) {
        kept[next++] = keptOfCandidate.of(candidates.getRow(i, batch.layout().candidateArity()));
      }
    }
    return kept;
  }

  private boolean isFull() {
    if (rows.size() >= options.batchRows() || batch.rows() >= options.batchRows()) {
      return true;
    }
    return (rows.size() % ROWS_BETWEEN_LOOKS_AT_BYTES == 0 || batch.layout().isNested())
        && batch.sizeInBytes() >= options.batchBytes();
  }

  private void beginBatch() {
    batchBegan = getProcessingTimeService().getCurrentProcessingTime();
    if (!timerIsSet) {
      setTimer(batchBegan + options.maximumDelay().toMillis());
    }
  }

  private void setTimer(long at) {
    timerIsSet = true;
    getProcessingTimeService().registerTimer(at, time -> onTimer());
  }

  /** One timer runs at a time: where its batch is gone already, it is set anew for the one that is there. */
  private void onTimer() throws Exception {
    timerIsSet = false;
    if (rows.isEmpty()) {
      return;
    }
    long due = batchBegan + options.maximumDelay().toMillis();
    if (due > getProcessingTimeService().getCurrentProcessingTime()) {
      setTimer(due);
    } else {
      flush();
    }
  }

  /** Computes the rows that wait, and sends them and the watermark behind them on. */
  final void flush() throws Exception {
    if (!rows.isEmpty()) {
      try (Extraction extraction = extracted()) {
        emit(extraction);
        metrics.count(extraction, batch.extractor().inputs().size(), batch.memory());
      } finally {
        rows.clear();
        batch.reset();
      }
    }
    if (heldWatermark != null) {
      Watermark watermark = heldWatermark;
      heldWatermark = null;
      super.processWatermark(watermark);
    }
  }

  private Extraction extracted() {
    try {
      return batch.extract();
    } catch (FeatureExtractorException failure) {
      throw failure.code() == ErrorCode.OUT_OF_MEMORY ? memory.explained(failure) : failure;
    }
  }

  private void emit(Extraction extraction) {
    FeatureBatch features = new FeatureBatch(extraction, options.digestColumn() == null ? null : digest);
    int next = 0;
    for (Waiting row : rows) {
      for (int i = 0; i < row.outputs; ++i) {
        RowData joined = joined(row, i, features.row(next++));
        output.collect(
            row.hasTimestamp ? new StreamRecord<>(joined, row.timestamp) : new StreamRecord<>(joined));
      }
    }
  }

  /** A row of the output; the parts are not copied. */
  private static RowData joined(Waiting row, int index, RowData features) {
    RowData kept = row.kept;
    if (row.candidates != null) {
      kept = kept == null ? row.candidates[index] : new JoinedRowData(kept, row.candidates[index]);
    }
    if (kept != null) {
      return new JoinedRowData(row.kind, kept, features);
    }
    features.setRowKind(row.kind);
    return features;
  }

  // ---- what flows beside the rows ---------------------------------------------------------------

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    flush();
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (rows.isEmpty()) {
      super.processWatermark(mark);
    } else {
      heldWatermark = mark;
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    flush();
    super.processWatermarkStatus(status);
  }

  @Override
  public void processRecordAttributes(RecordAttributes attributes) throws Exception {
    flush();
    super.processRecordAttributes(attributes);
  }

  // ---- packages ---------------------------------------------------------------------------------

  /** Swaps in what the watch has loaded, between two rows. */
  private void swapIfWatched() throws Exception {
    if (watch != null) {
      PackageWatch.Found found = watch.take();
      if (found != null) {
        swap(found.origin(), found);
      }
    }
  }

  private void scheduleWatch() {
    long next = getProcessingTimeService().getCurrentProcessingTime() + options.watchInterval().toMillis();
    getProcessingTimeService()
        .registerTimer(
            next,
            time -> {
              swapIfWatched();
              watch.look();
              scheduleWatch();
            });
  }

  /** How a new package is got; it throws where it cannot be read or is damaged. */
  @FunctionalInterface
  interface Arrival {
    PackageReference.Loaded load() throws Exception;
  }

  /**
   * Replaces the package between two batches. One that cannot be used is refused: the old one stays, and the reason is logged and counted.
   *
   * @param origin names the package in messages
   */
  final void swap(String origin, Arrival arrival) throws Exception {
    MiniBatch next;
    try {
      PackageReference.Loaded loaded = arrival.load();
      if (loaded.extractor().digest().equals(batch.extractor().digest())) {
        loaded.extractor().close();
        return;
      }
      next = newBatch(loaded);
    } catch (Exception failure) {
      refuse(origin, failure);
      return;
    }
    try {
      service.swap(next.extractor());
    } catch (RuntimeException failure) {
      next.close();
      refuse(origin, failure);
      return;
    }
    flush();
    batch.close();
    use(next);
    metrics.reloaded();
    LOG.info("The package {} is in use, digest {}.", origin, digest);
  }

  private void refuse(String origin, Exception failure) {
    metrics.refused();
    LOG.warn("The package {} is refused, and {} stays in use: {}", origin, digest, failure.getMessage());
  }

  private void use(MiniBatch next) {
    batch = next;
    digest = StringData.fromString(next.extractor().digest());
    metrics.uses(next.extractor().digest());
  }

  final ExtractionOptions options() {
    return options;
  }
}
