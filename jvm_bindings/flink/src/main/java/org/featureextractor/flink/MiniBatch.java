package org.featureextractor.flink;

import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.Extraction;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.MemoryReservation;
import org.featureextractor.RequestBatch;
import org.featureextractor.Session;
import org.featureextractor.SessionOptions;

/** What a task needs to extract with one package: the session, the batch that is filled, and where the inputs are. */
final class MiniBatch implements AutoCloseable {
  private final PackageReference.Loaded loaded;
  private final InputLayout layout;
  private final Session session;
  private final RequestBatch batch;
  private final LastRequest last;

  /**
   * Prepares extraction; takes over the extractor, also if it fails.
   *
   * @throws org.apache.flink.table.api.ValidationException if the columns do not fit the program
   */
  MiniBatch(
      PackageReference.Loaded loaded,
      RowType input,
      String candidatesColumn,
      MemoryReservation reservation) {
    this.loaded = loaded;
    FeatureExtractor extractor = loaded.extractor();
    try {
      layout = InputLayout.of(extractor, input, candidatesColumn);
      last = layout.newLastRequest();
      session = extractor.newSession(SessionOptions.DEFAULT.withReservation(reservation));
      batch = RequestBatch.of(extractor, reservation);
    } catch (RuntimeException | Error failure) {
      extractor.close();
      throw failure;
    }
  }

  FeatureExtractor extractor() {
    return loaded.extractor();
  }

  PackageReference reference() {
    return loaded.reference();
  }

  InputLayout layout() {
    return layout;
  }

  /** Writes a row, and returns how many rows of the output it makes. After an exception the row is not part of the batch. */
  int add(RowData row) {
    try {
      return layout.write(row, last, batch);
    } catch (RuntimeException | Error failure) {
      batch.abortRow();
      // What was aborted may be the request itself.
      last.forget();
      throw failure;
    }
  }

  /** The rows of the output so far. */
  long rows() {
    return batch.rows();
  }

  long sizeInBytes() {
    return batch.sizeInBytes();
  }

  /** The native memory that is held. */
  long memory() {
    return batch.memory() + session.memory();
  }

  /** Computes the features of the rows that were added. */
  Extraction extract() {
    return session.extract(batch);
  }

  void reset() {
    last.forget();
    batch.reset();
  }

  @Override
  public void close() {
    batch.close();
    session.close();
    loaded.extractor().close();
  }
}
