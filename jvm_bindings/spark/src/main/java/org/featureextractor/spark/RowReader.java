package org.featureextractor.spark;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.array.ByteArrayMethods;
import org.featureextractor.ColumnBatch;
import org.featureextractor.Domain;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;
import org.featureextractor.RequestBatch;

/**
 * Writes rows of Spark to a batch of requests and candidates. Where a row is a candidate, consecutive rows whose request inputs are the
 * same bytes are one request: their long lists are compared, not written again.
 */
final class RowReader {
  private final InputLayout layout;
  private final RequestBatch batch;
  private final boolean hasCandidates;
  private final ValueCopier[] requests;
  private final ValueCopier[] candidates;
  private final boolean[] isFixed;

  /** The row whose request was written last. */
  private final UnsafeRow previous;

  private byte[] previousBytes = new byte[0];
  private boolean hasPrevious;

  /** What to keep of nested candidates; null for nothing. */
  private final UnsafeProjection toKept;

  private final KeptRows kept;

  RowReader(
      FeatureExtractor extractor,
      InputLayout layout,
      RequestBatch batch,
      int fields,
      UnsafeProjection toKept,
      KeptRows kept) {
    this.toKept = toKept;
    this.kept = kept;
    this.layout = layout;
    this.batch = batch;
    hasCandidates = extractor.outputDomain() == Domain.CANDIDATE;
    requests = copiers(extractor, Domain.REQUEST, layout.requestTypes());
    candidates = copiers(extractor, Domain.CANDIDATE, layout.candidateTypes());
    isFixed = new boolean[requests.length];
    for (int i = 0; i < requests.length; ++i) {
      isFixed[i] = UnsafeRow.isFixedLength(layout.requestTypes()[i]);
    }
    previous = new UnsafeRow(fields);
  }

  private static ValueCopier[] copiers(FeatureExtractor extractor, Domain domain, DataType[] types) {
    List<Input> inputs = extractor.inputs(domain).stream().filter(Input::used).toList();
    ValueCopier[] copiers = new ValueCopier[inputs.size()];
    for (int i = 0; i < copiers.length; ++i) {
      copiers[i] = ValueCopier.of(inputs.get(i).type(), types[i]);
    }
    return copiers;
  }

  /** Begins a new batch. */
  void reset() {
    batch.reset();
    hasPrevious = false;
  }

  /** Writes a row; returns how many rows of the output it makes. */
  int write(UnsafeRow row) {
    if (layout.isNested()) {
      writeRequest(row);
      return writeCandidates(row);
    } else if (!hasCandidates) {
      writeRequest(row);
      return 1;
    }
    if (requests.length > 0 && !(hasPrevious && hasSameRequest(row))) {
      writeRequest(row);
      remember(row);
    }
    ColumnBatch to = batch.candidates();
    for (int i = 0; i < candidates.length; ++i) {
      candidates[i].copy(row, layout.ordinals()[requests.length + i], to.column(i));
    }
    batch.endCandidate();
    return 1;
  }

  private void writeRequest(UnsafeRow row) {
    if (requests.length == 0 && hasCandidates) {
      return;
    }
    ColumnBatch to = batch.requests();
    for (int i = 0; i < requests.length; ++i) {
      requests[i].copy(row, layout.ordinals()[i], to.column(i));
    }
    batch.endRequest();
  }

  private int writeCandidates(UnsafeRow row) {
    int ordinal = layout.ordinals()[requests.length];
    if (row.isNullAt(ordinal)) {
      return 0;
    }
    ArrayData list = row.getArray(ordinal);
    ColumnBatch to = batch.candidates();
    int count = list.numElements();
    if (toKept == null && list instanceof UnsafeArrayData structs && !ValueCopier.hasNull(structs)) {
      for (int i = 0; i < candidates.length; ++i) {
        candidates[i].copyField(structs, layout.candidateFields()[i], layout.candidateWidth(), to.column(i));
      }
      batch.endCandidates(count);
      return count;
    }
    for (int c = 0; c < count; ++c) {
      InternalRow candidate = list.isNullAt(c) ? null : list.getStruct(c, layout.candidateWidth());
      if (candidate != null) {
        writeFields(candidate, to);
      }
      if (toKept != null) {
        kept.add(toKept.apply(candidate != null ? candidate : new GenericInternalRow(layout.candidateWidth())));
      }
      // A struct that is null has inputs that are all null: a column without a value is.
      batch.endCandidate();
    }
    return count;
  }

  private void writeFields(SpecializedGetters candidate, ColumnBatch to) {
    for (int i = 0; i < candidates.length; ++i) {
      candidates[i].copy(candidate, layout.candidateFields()[i], to.column(i));
    }
  }

  private void remember(UnsafeRow row) {
    int size = row.getSizeInBytes();
    if (previousBytes.length < size) {
      previousBytes = new byte[size + size / 2];
    }
    row.writeToMemory(previousBytes, org.apache.spark.unsafe.Platform.BYTE_ARRAY_OFFSET);
    previous.pointTo(previousBytes, size);
    hasPrevious = true;
  }

  /** Compares the bytes of the request's fields. Equal values in other bytes are only computed once more. */
  private boolean hasSameRequest(UnsafeRow row) {
    for (int i = 0; i < requests.length; ++i) {
      int ordinal = layout.ordinals()[i];
      boolean isNull = row.isNullAt(ordinal);
      if (isNull != previous.isNullAt(ordinal)) {
        return false;
      }
      if (!isNull && !hasSameField(row, ordinal, isFixed[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean hasSameField(UnsafeRow row, int ordinal, boolean fixed) {
    long word = row.getLong(ordinal);
    long before = previous.getLong(ordinal);
    if (fixed) {
      return word == before;
    }
    int size = (int) word;
    return size == (int) before
        && ByteArrayMethods.arrayEquals(
            row.getBaseObject(),
            row.getBaseOffset() + (word >>> 32),
            previous.getBaseObject(),
            previous.getBaseOffset() + (before >>> 32),
            size);
  }
}
