package org.featureextractor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The programs of src/test/programs, compiled. */
final class Packages {
  private Packages() {}

  static Path path(String name) {
    Path path = Path.of(System.getProperty("test.packages"), name + ".fxp");
    if (!Files.exists(path)) {
      throw new IllegalStateException(path + " is missing: `make jars` compiles the programs of the tests.");
    }
    return path;
  }

  static FeatureExtractor load(String name) {
    return FeatureExtractor.load(path(name));
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request of kinds.fx. */
  static Map<String, Object> request() {
    Map<String, Object> values = new HashMap<>();
    values.put("user", "Ann");
    values.put("age", 5);
    values.put("seen", List.of(1L, 2L, 1L));
    values.put("taste", Map.of("a", 2.0));
    return values;
  }

  /** A candidate of kinds.fx. */
  static Map<String, Object> candidate(long movie, Object price) {
    Map<String, Object> values = new HashMap<>();
    values.put("movie", movie);
    values.put("price", price);
    values.put("adult", movie % 2 == 1);
    values.put("at", Instant.ofEpochSecond(3600));
    values.put("length", movie == 1 ? Duration.ofHours(2) : null);
    values.put("tags", movie == 1 ? List.of("a", "b", "c") : List.of());
    values.put("v", new float[] {movie, movie + 0.5F});
    values.put("raw", movie == 1 ? new byte[] {0, 1, (byte) 0xFF} : null);
    values.put(
        "cast",
        List.of(
            Map.of("name", "x", "born", 1950 + movie, "roles", List.of("r")),
            Map.of("name", "y", "roles", List.of("r", "s"))));
    return values;
  }

  /** A table of small.fx: u = u0, and x = 0, 1, 2, ... */
  static ColumnBatch smallTable(FeatureExtractor extractor, MemoryReservation reservation, int rows, long u) {
    ColumnBatch batch = extractor.newTable(reservation);
    ColumnWriter request = batch.column("u");
    ColumnWriter candidate = batch.column("x");
    for (int i = 0; i < rows; ++i) {
      request.writeLong(u);
      candidate.writeDouble(i);
      batch.endRow();
    }
    return batch;
  }
}
