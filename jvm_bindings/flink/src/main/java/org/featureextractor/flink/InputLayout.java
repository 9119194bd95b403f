package org.featureextractor.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.RowType;
import org.featureextractor.ColumnBatch;
import org.featureextractor.ColumnWriter;
import org.featureextractor.DataType;
import org.featureextractor.Domain;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;
import org.featureextractor.RequestBatch;

/**
 * Where in the rows of a table the inputs of a program are.
 *
 * <p>A row is either a candidate together with its request, or, where a column holds an array of candidates, a whole request.
 */
final class InputLayout {
  /** A column of the table, and the writer of its values. */
  private record Place(int column, ValueWriter writer) {}

  private final Place[] requests;
  private final Place[] candidates;
  private final boolean hasRequests;
  private final boolean hasCandidates;
  /** The column with the array of candidates, or -1. */
  private final int nested;
  private final int nestedArity;
  private final RowType row;
  private final List<DataType> requestTypes;

  private InputLayout(
      Place[] requests,
      Place[] candidates,
      boolean hasCandidates,
      int nested,
      int nestedArity,
      RowType row,
      List<DataType> requestTypes) {
    this.requests = requests;
    this.candidates = candidates;
    this.hasRequests = requests.length > 0;
    this.hasCandidates = hasCandidates;
    this.nested = nested;
    this.nestedArity = nestedArity;
    this.row = row;
    this.requestTypes = requestTypes;
  }

  /**
   * Finds the inputs that the features read, by name.
   *
   * @param extractor names them
   * @param row the type of the rows
   * @param candidatesColumn the name of the column that may hold an array of candidates
   * @throws ValidationException if a column is missing or of another type; the message says which
   */
  static InputLayout of(FeatureExtractor extractor, RowType row, String candidatesColumn) {
    boolean hasCandidates = extractor.outputDomain() == Domain.CANDIDATE;
    List<Input> requestInputs = used(extractor, Domain.REQUEST);
    List<Input> candidateInputs = used(extractor, Domain.CANDIDATE);
    int nested = nestedColumn(extractor, row, candidatesColumn);
    RowType candidateRow = nested < 0 ? row : (RowType) ((ArrayType) row.getTypeAt(nested)).getElementType();
    Place[] requests = places(extractor, requestInputs, row, "");
    String prefix = nested < 0 ? "" : candidatesColumn + "[].";
    Place[] candidates = places(extractor, candidateInputs, candidateRow, prefix);
    return new InputLayout(
        requests,
        candidates,
        hasCandidates,
        nested,
        candidateRow.getFieldCount(),
        row,
        requestInputs.stream().map(Input::type).toList());
  }

  /** The column with the array of candidates, or -1 if the rows are candidates themselves. */
  static int nestedColumn(FeatureExtractor extractor, RowType row, String candidatesColumn) {
    int column = row.getFieldIndex(candidatesColumn);
    boolean isNested =
        column >= 0
            && extractor.outputDomain() == Domain.CANDIDATE
            && extractor.inputs().stream().noneMatch(input -> input.name().equals(candidatesColumn))
            && row.getTypeAt(column) instanceof ArrayType array
            && array.getElementType() instanceof RowType;
    return isNested ? column : -1;
  }

  private static List<Input> used(FeatureExtractor extractor, Domain domain) {
    return extractor.inputs(domain).stream().filter(Input::used).toList();
  }

  private static Place[] places(FeatureExtractor extractor, List<Input> inputs, RowType row, String prefix) {
    Place[] places = new Place[inputs.size()];
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < places.length; ++i) {
      Input input = inputs.get(i);
      int column = row.getFieldIndex(input.name());
      if (column < 0) {
        missing.add("'" + prefix + input.name() + "' of type " + TypeMismatchException.wanted(input.type()));
        continue;
      }
      places[i] = new Place(column, ValueWriter.of(row.getTypeAt(column), input.type(), prefix + input.name()));
    }
    if (!missing.isEmpty()) {
      throw new ValidationException(
          "The table has no column " + String.join(", ", missing) + ", which the features of '" + extractor.name()
              + "' read. It has: " + String.join(", ", row.getFieldNames()) + ".");
    }
    return places;
  }

  /** Whether a row holds an array of candidates. */
  boolean isNested() {
    return nested >= 0;
  }

  /** The candidates of a row; null or empty where there are none. */
  ArrayData candidates(RowData row) {
    return row.isNullAt(nested) ? null : row.getArray(nested);
  }

  int candidateArity() {
    return nestedArity;
  }

  /** Where the request of the row before is kept while a batch is written. */
  LastRequest newLastRequest() {
    int[] columns = new int[requests.length];
    for (int i = 0; i < columns.length; ++i) {
      columns[i] = requests[i].column();
    }
    return new LastRequest(row, columns, requestTypes);
  }

  /**
   * Writes a row to a batch.
   *
   * @param row to be written
   * @param last the request that was written before in this batch: one that is the same is not written again
   * @return the rows of the output that it makes
   */
  int write(RowData row, LastRequest last, RequestBatch batch) {
    if (isNested()) {
      return writeNested(row, batch);
    }
    if (hasRequests) {
      if (!hasCandidates) {
        writeAll(requests, row, batch.requests());
        batch.endRequest();
      } else if (!last.isSame(row)) {
        writeAll(requests, row, batch.requests());
        // Maps in another order, which were not the same, may still be.
        batch.endRequestIfChanged();
        last.remember(row);
      }
    } else if (!hasCandidates) {
      batch.endRequest();
    }
    if (hasCandidates) {
      writeAll(candidates, row, batch.candidates());
      batch.endCandidate();
    }
    return 1;
  }

  private int writeNested(RowData row, RequestBatch batch) {
    ArrayData array = candidates(row);
    if (hasRequests) {
      writeAll(requests, row, batch.requests());
      batch.endRequest();
    }
    int written = 0;
    for (int i = 0; array != null && i < array.size(); ++i) {
      // A null in place of a candidate is no candidate: there is nothing to rank.
      if (!array.isNullAt(i)) {
        writeAll(candidates, array.getRow(i, nestedArity), batch.candidates());
        batch.endCandidate();
        ++written;
      }
    }
    return written;
  }

  private static void writeAll(Place[] places, RowData row, ColumnBatch batch) {
    for (int i = 0; i < places.length; ++i) {
      ColumnWriter column = batch.column(i);
      places[i].writer().write(row, places[i].column(), column);
    }
  }
}
