package org.featureextractor.parity;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.featureextractor.ColumnBatch;
import org.featureextractor.ColumnWriter;
import org.featureextractor.DecoderOptions;
import org.featureextractor.Domain;
import org.featureextractor.Extraction;
import org.featureextractor.Feature;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;
import org.featureextractor.InputCounts;
import org.featureextractor.MemoryReservation;
import org.featureextractor.MessageDecoder;
import org.featureextractor.RequestBatch;
import org.featureextractor.Session;
import org.featureextractor.TableDigest;
import org.featureextractor.TfRecordEncoder;

/**
 * Extracts what another program sends, and sends the features back, bit by bit: so tests compare the JVM with other faces in one
 * process. Both files are given as arguments, and may be pipes.
 *
 * <p>A job is one message, and so is its answer: a length in 4 bytes, then the bytes. All numbers are little-endian. A job: the package
 * (length, bytes), the mode (1 byte), the requests and the candidates (tables), the offsets (count, 8 bytes each). A table: the number of
 * columns, their names (length, bytes), the number of rows, the values row by row. A value: 0 for null or 1; then a bool as 1 byte,
 * integers, times and floats as 8, text and bytes as length and bytes, vectors as 4 bytes per float, lists and maps as their length and
 * their elements, or keys and values in turn, structs as their fields.
 *
 * <p>In the modes of messages there are, in place of the tables and offsets, the descriptors, the name of the message and that of its
 * candidates (each length, bytes; empty for JSON), the number of messages and the messages.
 *
 * <p>The answer: 1 and a message, or 0, the numbers of rows and of requests (8 bytes each), and for each feature its kind (1 byte) and
 * defaults (8 bytes), its offsets, values and weights (each with its length in bytes), and for each input the five counts.
 */
public final class ParityRunner {
  private ParityRunner() {}

  /** How a job's rows are handed over. */
  enum Mode {
    /** A flat table by writers; the requests' table is that of all rows, and there are no candidates. */
    TABLE,
    /** The same by addRow. */
    MAPS,
    /** Requests and candidates by writers, with the offsets of the job. */
    PAIR,
    /** The request is written again for each candidate, and RequestBatch finds the groups. */
    GROUPS,
    /** Messages in arrays, with one decoder. */
    MESSAGES,
    /** The same, in buffers outside of the heap. */
    DIRECT_MESSAGES
  }

  /**
   * Answers jobs until there are no more.
   *
   * @param arguments the file of the jobs, and that of the answers
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] arguments) throws IOException {
    try (DataInputStream jobs =
            new DataInputStream(new BufferedInputStream(new FileInputStream(arguments[0])));
        DataOutputStream answers =
            new DataOutputStream(new BufferedOutputStream(new FileOutputStream(arguments[1])))) {
      while (true) {
        int length;
        try {
          length = Integer.reverseBytes(jobs.readInt());
        } catch (EOFException end) {
          break;
        }
        ByteBuffer job = ByteBuffer.wrap(jobs.readNBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] answer;
        try {
          answer = run(job);
        } catch (RuntimeException failure) {
          Answer error = new Answer();
          error.writeByte(1);
          error.writeBytes(String.valueOf(failure).getBytes(StandardCharsets.UTF_8));
          answer = error.toByteArray();
        }
        answers.writeInt(Integer.reverseBytes(answer.length));
        answers.write(answer);
        answers.flush();
      }
    }
  }

  private static byte[] run(ByteBuffer job) {
    byte[] bytes = bytes(job);
    FeatureExtractor extractor = FeatureExtractor.load(bytes);
    try (extractor;
        Session session = extractor.newSession()) {
      Mode mode = Mode.values()[job.get()];
      if (mode == Mode.MESSAGES || mode == Mode.DIRECT_MESSAGES) {
        return messages(extractor, mode, job);
      }
      Table requests = new Table(extractor, job);
      Table candidates = new Table(extractor, job);
      long[] offsets = new long[job.getInt()];
      for (int i = 0; i < offsets.length; ++i) {
        offsets[i] = job.getLong();
      }
      return switch (mode) {
        case TABLE, MAPS -> {
          try (ColumnBatch batch = extractor.newTable(MemoryReservation.UNLIMITED)) {
            requests.fill(batch, mode == Mode.MAPS);
            try (Extraction extraction = session.extract(batch)) {
              yield answer(extractor, extraction);
            }
          }
        }
        case PAIR -> {
          try (ColumnBatch request = extractor.newBatch(Domain.REQUEST, MemoryReservation.UNLIMITED);
              ColumnBatch candidate = extractor.newBatch(Domain.CANDIDATE, MemoryReservation.UNLIMITED)) {
            requests.fill(request, false);
            candidates.fill(candidate, true);
            boolean hasCandidates = extractor.outputDomain() == Domain.CANDIDATE;
            try (Extraction extraction =
                session.extract(
                    request.columnCount() > 0 ? request : null,
                    hasCandidates ? candidate : null,
                    hasCandidates ? offsets : null)) {
              yield answer(extractor, extraction);
            }
          }
        }
        case GROUPS -> {
          try (RequestBatch batch = RequestBatch.of(extractor)) {
            for (int r = 0; r + 1 < offsets.length; ++r) {
              for (long c = offsets[r]; c < offsets[r + 1]; ++c) {
                if (batch.requests().columnCount() > 0) {
                  requests.write(batch.requests(), r);
                  batch.endRequestIfChanged();
                }
                candidates.write(batch.candidates(), (int) c);
                batch.endCandidate();
              }
            }
            try (Extraction extraction = session.extract(batch)) {
              yield answer(extractor, extraction);
            }
          }
        }
        case MESSAGES, DIRECT_MESSAGES -> throw new IllegalStateException();
      };
    }
  }

  private static byte[] messages(FeatureExtractor extractor, Mode mode, ByteBuffer job) {
    byte[] descriptors = bytes(job);
    String message = new String(bytes(job), StandardCharsets.UTF_8);
    String candidates = new String(bytes(job), StandardCharsets.UTF_8);
    List<ByteBuffer> messages = new ArrayList<>();
    int count = job.getInt();
    for (int i = 0; i < count; ++i) {
      byte[] one = bytes(job);
      messages.add(
          mode == Mode.MESSAGES ? ByteBuffer.wrap(one) : ByteBuffer.allocateDirect(one.length).put(one).flip());
    }
    try (MessageDecoder decoder =
            message.isEmpty()
                ? extractor.jsonDecoder()
                : extractor.protobufDecoder(descriptors, message, candidates, DecoderOptions.DEFAULT);
        Extraction extraction = decoder.extractBatch(messages)) {
      return answer(extractor, extraction);
    }
  }

  /** Rows of Java values, by name of the column. */
  private static final class Table {
    private final List<Input> inputs = new ArrayList<>();
    private final List<Map<String, Object>> rows = new ArrayList<>();

    Table(FeatureExtractor extractor, ByteBuffer job) {
      Map<String, Input> byName = new LinkedHashMap<>();
      extractor.inputs().forEach(input -> byName.put(input.name(), input));
      int columns = job.getInt();
      for (int i = 0; i < columns; ++i) {
        inputs.add(byName.get(new String(bytes(job), StandardCharsets.UTF_8)));
      }
      int count = job.getInt();
      for (int row = 0; row < count; ++row) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Input input : inputs) {
          values.put(input.name(), Values.read(input.type(), job));
        }
        rows.add(values);
      }
    }

    void fill(ColumnBatch batch, boolean byMaps) {
      for (int row = 0; row < rows.size(); ++row) {
        if (byMaps) {
          batch.addRow(rows.get(row));
        } else {
          write(batch, row);
          batch.endRow();
        }
      }
    }

    void write(ColumnBatch batch, int row) {
      for (int i = 0; i < batch.columnCount(); ++i) {
        ColumnWriter writer = batch.column(i);
        Values.write(writer, rows.get(row).get(batch.columns().get(i).name()));
      }
    }
  }

  private static byte[] answer(FeatureExtractor extractor, Extraction extraction) {
    Answer answer = new Answer();
    answer.writeByte(0);
    answer.writeLong(extraction.rows());
    answer.writeLong(extraction.requests());
    for (Feature feature : extractor.features()) {
      int index = feature.index();
      answer.writeByte(feature.kind().ordinal());
      answer.writeLong(extraction.defaulted(index));
      boolean ragged = feature.kind().isRagged();
      answer.writeBytes(ragged ? copy(extraction.offsets(index)) : new byte[0]);
      switch (feature.kind()) {
        case DENSE, LABEL -> answer.writeBytes(copy(extraction.floats(index)));
        case ID, IDS, WEIGHTED -> answer.writeBytes(copy(extraction.longs(index)));
        case TEXT, VALUE -> {
          ByteBuffer view = extraction.bytes(index);
          byte[] copy = new byte[view.remaining()];
          view.get(copy);
          answer.writeBytes(copy);
        }
      }
      boolean weighted = feature.kind() == org.featureextractor.FeatureKind.WEIGHTED;
      answer.writeBytes(weighted ? copy(extraction.weights(index)) : new byte[0]);
    }
    for (int i = 0; i < extractor.inputs().size(); ++i) {
      InputCounts counts = extraction.inputCounts(i);
      answer.writeLong(counts.nulls());
      answer.writeLong(counts.notFinite());
      answer.writeLong(counts.notUtf8());
      answer.writeLong(counts.outOfRange());
      answer.writeLong(counts.wrongSize());
    }
    answer.writeBytes(digest(extraction).getBytes(StandardCharsets.UTF_8));
    answer.writeBytes(records(extraction, false));
    answer.writeBytes(records(extraction, true));
    return answer.toByteArray();
  }

  /** The digests of the columns, and then that of the rows. */
  private static String digest(Extraction extraction) {
    TableDigest digest = extraction.digest();
    StringBuilder text = new StringBuilder();
    for (BigInteger column : digest.columns()) {
      text.append(String.format("%032x ", column));
    }
    return text.append(digest).toString();
  }

  /** The SHA-256 of the TFRecord file. */
  private static byte[] records(Extraction extraction, boolean sequence) {
    MessageDigest hash;
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    TfRecordEncoder encoder = new TfRecordEncoder(sequence);
    encoder.addFeatures(extraction.features());
    for (long row = 0; row < extraction.rows(); ++row) {
      encoder.write(extraction, row);
      encoder.endRecord();
      hash.update(encoder.bytes(), 0, encoder.size());
    }
    return hash.digest();
  }

  private static byte[] copy(java.nio.LongBuffer view) {
    ByteBuffer copy = ByteBuffer.allocate(view.remaining() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    copy.asLongBuffer().put(view);
    return copy.array();
  }

  private static byte[] copy(java.nio.FloatBuffer view) {
    ByteBuffer copy = ByteBuffer.allocate(view.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    copy.asFloatBuffer().put(view);
    return copy.array();
  }

  static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.getInt()];
    from.get(bytes);
    return bytes;
  }
}
