package org.featureextractor;

import java.util.Arrays;
import java.util.Map;

/**
 * Requests with their candidates, for hosts that read row by row.
 *
 * <p>Logs of samples repeat the columns of the request on every row. A request, with its long history, is written once here: the host
 * writes the columns of the request only where they differ from the row before, or writes them and lets {@link #endRequestIfChanged}
 * find out.
 *
 * <pre>{@code
 * for (Row row : rows) {
 *   if (!row.hasSameRequestAs(previous)) {
 *     writeRequest(row, batch.requests());
 *     batch.endRequest();
 *   }
 *   writeCandidate(row, batch.candidates());
 *   batch.endCandidate();
 * }
 * }</pre>
 *
 * <p>For a program without candidate inputs a row is a request: {@code endRequest} ends it, and there is no {@code endCandidate}. For
 * a program without request inputs all candidates belong to one request, and there is no {@code endRequest}.
 */
public final class RequestBatch implements AutoCloseable {
  private final ColumnBatch requests;
  private final ColumnBatch candidates;
  private final boolean hasCandidates;
  /** Request r has the candidates [offsets[r], offsets[r + 1]); the last entry is written when it is asked for. */
  private long[] offsets = new long[16];

  /** Rows of the requests that were ended here: their own endRow() would leave them without candidates. */
  private int ended;

  private RequestBatch(FeatureExtractor extractor, MemoryReservation reservation) {
    hasCandidates = extractor.outputDomain() == Domain.CANDIDATE;
    requests = extractor.newBatch(Domain.REQUEST, reservation);
    candidates = extractor.newBatch(Domain.CANDIDATE, reservation);
  }

  /**
   * A batch for the inputs that a program reads.
   *
   * @param extractor says which
   * @return an empty batch, which the caller closes
   */
  public static RequestBatch of(FeatureExtractor extractor) {
    return of(extractor, MemoryReservation.UNLIMITED);
  }

  /**
   * A batch for the inputs that a program reads.
   *
   * @param extractor says which
   * @param reservation asked before the batch takes native memory
   * @return an empty batch, which the caller closes
   */
  public static RequestBatch of(FeatureExtractor extractor, MemoryReservation reservation) {
    return new RequestBatch(extractor, reservation);
  }

  /**
   * The columns of the requests; without columns if the program reads none.
   *
   * @return always the same batch
   */
  public ColumnBatch requests() {
    return requests;
  }

  /**
   * The columns of the candidates; without columns if the program reads none.
   *
   * @return always the same batch
   */
  public ColumnBatch candidates() {
    return candidates;
  }

  /**
   * Ends a row of {@link #requests}: the candidates that follow belong to it.
   *
   * @throws IllegalStateException as {@link ColumnBatch#endRow}
   */
  public void endRequest() {
    checkEnds();
    if (ended + 2 > offsets.length) {
      offsets = Arrays.copyOf(offsets, Math.toIntExact(Math.min(Integer.MAX_VALUE - 8L, offsets.length * 2L)));
    }
    requests.endRow();
    offsets[ended++] = candidates.rows();
  }

  /**
   * Adds a request from Java values.
   *
   * @param values as {@link ColumnBatch#addRow} takes them
   */
  public void addRequest(Map<String, ?> values) {
    requests.write(values);
    endRequest();
  }

  /**
   * Adds a candidate from Java values.
   *
   * @param values as {@link ColumnBatch#addRow} takes them
   */
  public void addCandidate(Map<String, ?> values) {
    candidates.write(values);
    endCandidate();
  }

  /**
   * Ends a row of {@link #requests}; if it holds the same bits as the row before, it is taken back, and the candidates that follow belong
   * to that one. Without candidate inputs no row is taken back: each is a row of the output.
   *
   * @return false if the row was taken back
   */
  public boolean endRequestIfChanged() {
    endRequest();
    long row = requests.rows() - 1;
    if (!hasCandidates || row == 0 || !requests.rowsEqual(row - 1, row)) {
      return true;
    }
    requests.truncate(row);
    --ended;
    return false;
  }

  /**
   * Ends a row of {@link #candidates}.
   *
   * @throws IllegalStateException if the program has request inputs, and there is no request yet
   */
  public void endCandidate() {
    checkRequest();
    candidates.endRow();
  }

  /**
   * Ends many rows of {@link #candidates}, each column of which took a value for each of them.
   *
   * @param count of the rows
   * @throws IllegalStateException as {@link #endCandidate} and {@link ColumnBatch#endRows}
   */
  public void endCandidates(int count) {
    checkRequest();
    candidates.endRows(count);
  }

  /** Takes back what was written since the last end of a request or candidate. */
  public void abortRow() {
    requests.abortRow();
    candidates.abortRow();
  }

  /** Forgets all rows, and keeps the memory for the next ones. */
  public void reset() {
    ended = 0;
    requests.reset();
    candidates.reset();
  }

  /**
   * The rows of the output.
   *
   * @return candidates, or requests if the program has no candidate inputs
   */
  public long rows() {
    return hasCandidates ? candidates.rows() : requests.rows();
  }

  /**
   * The bytes written: hosts end a batch when it has grown large.
   *
   * @return of both tables
   */
  public long sizeInBytes() {
    return requests.sizeInBytes() + candidates.sizeInBytes();
  }

  /**
   * The native memory that is held.
   *
   * @return bytes, of both tables
   */
  public long memory() {
    return requests.memory() + candidates.memory();
  }

  @Override
  public void close() {
    requests.close();
    candidates.close();
  }

  boolean hasCandidates() {
    return hasCandidates;
  }

  /** Null where all candidates belong to one request. */
  long[] offsets() {
    checkEnds();
    if (!isPair()) {
      return null;
    }
    offsets[ended] = candidates.rows();
    return offsets;
  }

  int requestCount() {
    return isPair() ? ended : -1;
  }

  private void checkEnds() {
    if (ended != requests.rows()) {
      throw new IllegalStateException(
          "A row of requests() was ended or taken back by methods of that table. Use endRequest() or addRequest(), and reset().");
    }
  }

  private void checkRequest() {
    if (requests.columnCount() > 0 && requests.rows() == 0) {
      throw new IllegalStateException("The first candidate comes before the first request: call endRequest() before.");
    }
  }

  private boolean isPair() {
    return hasCandidates && requests.columnCount() > 0;
  }
}
