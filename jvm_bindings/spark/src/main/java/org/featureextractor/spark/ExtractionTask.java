package org.featureextractor.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowJoiner;
import org.apache.spark.util.TaskCompletionListener;
import org.featureextractor.ErrorCode;
import org.featureextractor.Extraction;
import org.featureextractor.Feature;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.RequestBatch;
import org.featureextractor.Session;
import org.featureextractor.SessionOptions;

/** Computes features for the rows of one partition, batch by batch. The memory is that of the task, and ends with it. */
final class ExtractionTask implements Iterator<InternalRow> {
  /** Asking how large a batch is looks at each of its columns. */
  private static final int ROWS_BETWEEN_SIZE_CHECKS = 64;

  /**
   * What is the same for all tasks of a query.
   *
   * @param source where the package is
   * @param layout where the inputs are
   * @param features the indexes of the features that are wanted
   * @param keptFields how many columns are kept beside the features
   * @param candidateFields how many fields of nested candidates are kept, each of which becomes a row; negative where rows stay rows
   * @param batchRows the most rows of a batch
   * @param batchBytes about the most bytes of a batch
   * @param metrics shown by Spark
   * @param counts added up by Spark
   */
  record Settings(
      PackageSource source,
      InputLayout layout,
      int[] features,
      int keptFields,
      int candidateFields,
      int batchRows,
      long batchBytes,
      TaskMetrics metrics,
      FeatureCounts counts)
      implements Serializable {}

  /** Where rows come from: Spark's code generation makes the parts. */
  interface Source {
    /** Whether there is another row. */
    boolean hasNext();

    /** Goes to the next row. */
    void next();

    /** The row that has the inputs, where the layout says. */
    UnsafeRow inputs();

    /** The columns to keep. */
    UnsafeRow kept();
  }

  /**
   * How rows of the output are put together.
   *
   * @param kept columns that are kept and fields of candidates that are; null where one of these has none
   * @param features all that is kept and the features; null where one of these has none
   */
  record Joiners(UnsafeRowJoiner kept, UnsafeRowJoiner features) {}

  private final Settings settings;
  private final Source source;
  private final Joiners joiners;
  private final TaskMemory memory;
  private final FeatureExtractor extractor;
  private final FeatureRowWriter writer;
  private final KeptRows kept;
  private final KeptRows keptCandidates;
  private final boolean makesLists;
  private final boolean explodes;

  private Session session;
  private RequestBatch batch;
  private RowReader reader;
  private Extraction extraction;
  private boolean isClosed;

  /** Rows of Spark in the batch. */
  private int rows;

  /** Rows of the output in the batch, and the next one to give out. */
  private int outputs;

  private int position;

  /** The row of Spark whose candidate is next. */
  private int owner;

  /** For nested candidates: where the candidates of each row end. */
  private long[] ends = new long[16];

  ExtractionTask(Settings settings, Source source, int inputFields, UnsafeProjection toKeptCandidate, Joiners joiners) {
    this.settings = settings;
    this.source = source;
    this.joiners = joiners;
    explodes = settings.candidateFields() >= 0;
    makesLists = settings.layout().isNested() && !explodes;
    TaskContext context = TaskContext.get();
    extractor = settings.source().acquire();
    context.addTaskCompletionListener((TaskCompletionListener) finished -> close());
    memory = new TaskMemory(context.taskMemoryManager());
    List<Feature> features = java.util.Arrays.stream(settings.features()).mapToObj(extractor.features()::get).toList();
    writer = new FeatureRowWriter(features);
    kept = settings.keptFields() > 0 ? new KeptRows(settings.keptFields()) : null;
    keptCandidates = settings.candidateFields() > 0 ? new KeptRows(settings.candidateFields()) : null;
    session = extractor.newSession(SessionOptions.DEFAULT.withReservation(memory));
    batch = RequestBatch.of(extractor, memory);
    reader = new RowReader(extractor, settings.layout(), batch, inputFields, toKeptCandidate, keptCandidates);
  }

  @Override
  public boolean hasNext() {
    return position < outputs || compute();
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int output = position++;
    if (makesLists) {
      return beside(output, writer.writeList(output == 0 ? 0 : ends[output - 1], ends[output]));
    }
    UnsafeRow features = writer.write(output, outputs);
    if (!explodes) {
      return beside(output, features);
    }
    while (ends[owner] <= output) {
      ++owner;
    }
    if (keptCandidates == null) {
      return beside(owner, features);
    }
    UnsafeRow candidate = keptCandidates.get(output);
    UnsafeRow all = kept == null ? candidate : joiners.kept().join(kept.get(owner), candidate);
    return joiners.features() == null ? all : joiners.features().join(all, features);
  }

  /** Puts features beside the columns that are kept of a row. */
  private UnsafeRow beside(int row, UnsafeRow features) {
    if (kept == null) {
      return features;
    }
    return joiners.features() == null ? kept.get(row) : joiners.features().join(kept.get(row), features);
  }

  /** Computes the next batch; false if there are no more rows. */
  private boolean compute() {
    if (isClosed) {
      return false;
    }
    do {
      releaseExtraction();
      if (!source.hasNext()) {
        close();
        return false;
      }
      extract();
      // All rows may be without candidates.
    } while (outputs == 0);
    return true;
  }

  private void extract() {
    try {
      collect();
      long begin = System.nanoTime();
      extraction = session.extract(batch);
      settings.metrics().nanoseconds().add(System.nanoTime() - begin);
    } catch (FeatureExtractorException e) {
      if (e.code() == ErrorCode.OUT_OF_MEMORY) {
        throw new FeatureExtractorException(
            e.code(),
            e.getMessage()
                + " This task of Spark has no more memory: give executors more (spark.executor.memory, or spark.memory.offHeap.size), or"
                + " make batches smaller (spark.featureExtractor.batch.rows).");
      }
      throw e;
    }
    writer.readFrom(extraction);
    count();
  }

  private void collect() {
    reader.reset();
    if (kept != null) {
      kept.reset();
    }
    if (keptCandidates != null) {
      keptCandidates.reset();
    }
    rows = 0;
    position = 0;
    owner = 0;
    long candidates = 0;
    do {
      source.next();
      UnsafeRow inputs = source.inputs();
      candidates += reader.write(inputs);
      if (settings.layout().isNested()) {
        if (rows == ends.length) {
          ends = java.util.Arrays.copyOf(ends, 2 * rows);
        }
        ends[rows] = candidates;
      }
      if (kept != null) {
        kept.add(source.kept());
      }
      ++rows;
    } while (candidates < settings.batchRows() && rows < settings.batchRows() && !isLarge() && source.hasNext());
    outputs = explodes ? Math.toIntExact(candidates) : rows;
  }

  private boolean isLarge() {
    if (sizeOf(kept) + sizeOf(keptCandidates) >= settings.batchBytes()) {
      return true;
    }
    boolean isDue = settings.layout().isNested() || rows % ROWS_BETWEEN_SIZE_CHECKS == 0;
    return isDue && batch.sizeInBytes() >= settings.batchBytes();
  }

  private static long sizeOf(KeptRows rows) {
    return rows == null ? 0 : rows.size();
  }

  private void count() {
    TaskMetrics metrics = settings.metrics();
    long[] sums = settings.counts().add(extraction);
    metrics.rows().add(outputs);
    metrics.batches().add(1);
    metrics.requests().add(extraction.requests());
    metrics.defaulted().add(sums[0]);
    metrics.missing().add(sums[1]);
    metrics.nativeMemory().set(memory.peak());
  }

  private void releaseExtraction() {
    if (extraction != null) {
      extraction.close();
      extraction = null;
    }
  }

  private void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    outputs = 0;
    position = 0;
    try {
      releaseExtraction();
      if (batch != null) {
        batch.close();
      }
      if (session != null) {
        session.close();
      }
      memory.close();
    } finally {
      SharedExtractors.release(settings.source().digest());
    }
  }
}
