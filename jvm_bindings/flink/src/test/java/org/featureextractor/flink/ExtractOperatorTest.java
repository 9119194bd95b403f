package org.featureextractor.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.MetricRegistry;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.featureextractor.FeatureExtractor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When rows are computed, and by which package. */
class ExtractOperatorTest {
  private static final RowType FLAT =
      RowType.of(
          new LogicalType[] {new VarCharType(VarCharType.MAX_LENGTH), new BigIntType(), new BigIntType()},
          new String[] {"user", "base", "x"});
  private static final ExtractionOptions THREE_ROWS =
      ExtractionOptions.DEFAULT.withBatch(3, 1 << 20, Duration.ofMillis(50)).withKeep(List.of("x"));

  private static final int MOST_TASKS = 16;

  private static Path program(String name) {
    return Path.of(System.getProperty("test.packages"), name + ".fxp");
  }

  private static RowData row(String user, long base, Long x) {
    return GenericRowData.of(StringData.fromString(user), base, x);
  }

  private record Parts(RowType input, OutputLayout output, PackageReference reference) {}

  private static Parts parts(String program, RowType input, ExtractionOptions options) {
    return parts(program(program), input, options);
  }

  private static Parts parts(Path file, RowType input, ExtractionOptions options) {
    PackageReference.Loaded loaded = PackageReference.load(file.toString(), options.shippedBytes(), true);
    try (FeatureExtractor extractor = loaded.extractor()) {
      return new Parts(input, OutputLayout.of(extractor, input, options), loaded.reference());
    }
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(Parts parts, ExtractionOptions options)
      throws Exception {
    OneInputStreamOperator<RowData, RowData> operator =
        new ExtractOperator(parts.input(), parts.output(), parts.reference(), options);
    var harness =
        new OneInputStreamOperatorTestHarness<>(operator, InternalTypeInfo.of(parts.input()).toSerializer());
    harness.setup(InternalTypeInfo.of(parts.output().type()).toSerializer());
    return harness;
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> open(ExtractionOptions options) throws Exception {
    var harness = harness(parts("first", FLAT, options), options);
    harness.open();
    return harness;
  }

  private static TwoInputStreamOperatorTestHarness<RowData, Object, RowData> updatable(Parts parts) throws Exception {
    return updatable(parts, 1, 0);
  }

  private static TwoInputStreamOperatorTestHarness<RowData, Object, RowData> updatable(
      Parts parts, int parallelism, int task) throws Exception {
    var operator = new ExtractWithUpdatesOperator(parts.input(), parts.output(), parts.reference(), THREE_ROWS);
    var harness = new TwoInputStreamOperatorTestHarness<RowData, Object, RowData>(operator, MOST_TASKS, parallelism, task);
    harness.setup(InternalTypeInfo.of(parts.output().type()).toSerializer());
    return harness;
  }

  /** The output as text: sums and watermarks, in order. */
  private static List<String> shown(Iterable<Object> output) {
    List<String> shown = new ArrayList<>();
    for (Object element : output) {
      if (element instanceof StreamRecord<?> record && record.getValue() instanceof RowData row) {
        shown.add(String.valueOf((int) row.getFloat(row.getArity() == 3 ? 1 : 0)));
      } else if (element instanceof Watermark mark) {
        shown.add("W" + mark.getTimestamp());
      }
    }
    return shown;
  }

  @Test
  void rowsWaitForABatch() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.processElement(row("a", 1, 1L), 10);
      harness.processElement(row("a", 1, 2L), 11);
      assertEquals(List.of(), shown(harness.getOutput()));
      harness.processElement(row("b", 5, null), 12);
      assertEquals(List.of("2", "3", "5"), shown(harness.getOutput()));
      var last = (StreamRecord<?>) harness.getOutput().toArray()[2];
      assertEquals(12, last.getTimestamp());
      RowData row = (RowData) last.getValue();
      assertTrue(row.isNullAt(0));
      assertEquals("b", row.getString(2).toString());
    }
  }

  @Test
  void aBatchEndsBeforeTheBarrier() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.processElement(row("a", 1, 1L), 10);
      harness.prepareSnapshotPreBarrier(1);
      assertEquals(List.of("2"), shown(harness.getOutput()));
      harness.snapshot(1, 10);
      assertEquals(List.of("2"), shown(harness.getOutput()));
    }
  }

  @Test
  void aBatchEndsInTime() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.setProcessingTime(1_000);
      harness.processElement(row("a", 1, 1L), 10);
      harness.setProcessingTime(1_049);
      assertEquals(List.of(), shown(harness.getOutput()));
      harness.setProcessingTime(1_050);
      assertEquals(List.of("2"), shown(harness.getOutput()));
    }
  }

  @Test
  void theTimeCountsFromTheFirstRowOfTheBatch() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.setProcessingTime(1_000);
      for (long x = 1; x <= 3; ++x) {
        harness.processElement(row("a", 1, x), 10);
      }
      harness.setProcessingTime(1_040);
      harness.processElement(row("a", 1, 7L), 10);
      harness.setProcessingTime(1_060);
      assertEquals(List.of("2", "3", "4"), shown(harness.getOutput()));
      harness.setProcessingTime(1_090);
      assertEquals(List.of("2", "3", "4", "8"), shown(harness.getOutput()));
    }
  }

  @Test
  void aBatchEndsAtItsBytes() throws Exception {
    ExtractionOptions options = THREE_ROWS.withBatch(1_000, 1_024, Duration.ofHours(1));
    try (var harness = open(options)) {
      String user = "u".repeat(600);
      for (long x = 0; x < 64; ++x) {
        harness.processElement(row(user + x, 1, x), 10);
      }
      assertEquals(64, shown(harness.getOutput()).size());
    }
  }

  @Test
  void watermarksWaitForTheRowsBeforeThem() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.processWatermark(5);
      harness.processElement(row("a", 1, 1L), 10);
      harness.processWatermark(9);
      harness.processWatermark(10);
      assertEquals(List.of("W5"), shown(harness.getOutput()));
      harness.processElement(row("a", 1, 2L), 20);
      harness.processElement(row("a", 1, 3L), 20);
      assertEquals(List.of("W5", "2", "3", "4", "W10"), shown(harness.getOutput()));
    }
  }

  @Test
  void theLastBatchEndsWithTheInput() throws Exception {
    try (var harness = open(THREE_ROWS)) {
      harness.processElement(row("a", 1, 1L), 10);
      harness.endInput();
      assertEquals(List.of("2"), shown(harness.getOutput()));
    }
  }

  @Test
  void binaryRowsGiveTheSame() throws Exception {
    RowDataSerializer serializer = InternalTypeInfo.of(FLAT).toRowSerializer();
    try (var harness = open(THREE_ROWS)) {
      String[] users = {"short", "short", "a name that is longer than a slot"};
      for (int i = 0; i < 3; ++i) {
        harness.processElement(serializer.toBinaryRow(row(users[i], i / 2, (long) i), true).copy(), 10);
      }
      for (int i = 0; i < 3; ++i) {
        harness.processElement(
            serializer.toBinaryRow(row("a name that is longer than a slot", i / 2, null), true).copy(), 10);
      }
      assertEquals(List.of("0", "1", "3", "0", "0", "1"), shown(harness.getOutput()));
    }
  }

  @Test
  void aRequestWithItsCandidatesMakesARowForEach() throws Exception {
    RowType candidate = RowType.of(new LogicalType[] {new BigIntType()}, new String[] {"x"});
    RowType nested =
        RowType.of(
            new LogicalType[] {new VarCharType(VarCharType.MAX_LENGTH), new BigIntType(), new ArrayType(candidate)},
            new String[] {"user", "base", "candidates"});
    try (var harness = harness(parts("first", nested, THREE_ROWS), THREE_ROWS)) {
      harness.open();
      Object[] candidates = {GenericRowData.of(1L), null, GenericRowData.of((Object) null)};
      harness.processElement(
          GenericRowData.of(StringData.fromString("a"), 1L, new GenericArrayData(candidates)), 10);
      harness.processElement(GenericRowData.of(StringData.fromString("a"), 1L, null), 10);
      harness.processElement(
          GenericRowData.of(StringData.fromString("b"), 7L, new GenericArrayData(new Object[] {GenericRowData.of(2L)})),
          10);
      assertEquals(List.of("2", "1", "9"), shown(harness.getOutput()));
    }
  }

  @Test
  void aMissingColumnIsNamed() {
    RowType input = RowType.of(new LogicalType[] {new BigIntType()}, new String[] {"base"});
    try (FeatureExtractor extractor = FeatureExtractor.load(program("first"))) {
      var failure = assertThrows(ValidationException.class, () -> InputLayout.of(extractor, input, "candidates"));
      assertTrue(failure.getMessage().contains("no column 'user' of type STRING"), failure.getMessage());
      RowType wrong =
          RowType.of(
              new LogicalType[] {new BigIntType(), new BigIntType(), new BigIntType()},
              new String[] {"user", "base", "x"});
      failure = assertThrows(ValidationException.class, () -> InputLayout.of(extractor, wrong, "candidates"));
      assertEquals(
          "Column 'user' is of type BIGINT, and the program declares string. CAST the column to STRING.",
          failure.getMessage());
    }
  }

  @Test
  void aColumnMayNotComeTwice() {
    RowType input =
        RowType.of(new LogicalType[] {new BigIntType(), new BigIntType()}, new String[] {"sum", "x"});
    try (FeatureExtractor extractor = FeatureExtractor.load(program("first"))) {
      var failure =
          assertThrows(
              ValidationException.class, () -> OutputLayout.of(extractor, input, ExtractionOptions.DEFAULT));
      assertTrue(failure.getMessage().contains("two columns 'sum'"), failure.getMessage());
      failure =
          assertThrows(
              ValidationException.class,
              () -> OutputLayout.of(extractor, input, ExtractionOptions.DEFAULT.withKeep(List.of("nothing"))));
      assertTrue(failure.getMessage().contains("[nothing]"), failure.getMessage());
    }
  }

  // ---- packages ---------------------------------------------------------------------------------

  @Test
  void aPackageIsSwappedBetweenRows() throws Exception {
    try (var harness = updatable(parts("first", FLAT, THREE_ROWS))) {
      harness.open();
      harness.processElement1(row("a", 1, 1L), 10);
      harness.processElement2(new StreamRecord<>(program("second").toString()));
      harness.processElement1(row("a", 1, 1L), 10);
      harness.processElement2(new StreamRecord<>(Files.readAllBytes(program("first"))));
      assertEquals(List.of("2", "101"), shown(harness.getOutput()));
    }
  }

  @Test
  void aBadPackageIsRefused() throws Exception {
    try (var harness = updatable(parts("first", FLAT, THREE_ROWS))) {
      harness.open();
      harness.processElement1(row("a", 1, 1L), 10);
      harness.processElement2(new StreamRecord<>("/there/is/no/such.fxp"));
      harness.processElement2(new StreamRecord<>(new byte[] {1, 2, 3}));
      harness.processElement2(new StreamRecord<>(program("other_outputs").toString()));
      assertEquals(List.of(), shown(harness.getOutput()), "a package that is refused does not end a batch");
      harness.prepareSnapshotPreBarrier(1);
      assertEquals(List.of("2"), shown(harness.getOutput()));
    }
  }

  @Test
  void packagesHaveNoSayInTime() throws Exception {
    try (var harness = updatable(parts("first", FLAT, THREE_ROWS))) {
      harness.open();
      harness.processWatermark1(new Watermark(7));
      harness.processWatermark2(new Watermark(3));
      assertEquals(List.of("W7"), shown(harness.getOutput()));
    }
  }

  @Test
  void aRestartGoesOnWithThePackageOfTheCheckpoint() throws Exception {
    OperatorSubtaskState state;
    Parts first = parts("first", FLAT, THREE_ROWS);
    try (var harness = updatable(first)) {
      harness.open();
      harness.processElement2(new StreamRecord<>(program("second").toString()));
      state = harness.snapshot(1, 10);
    }
    try (var harness = updatable(first)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement1(row("a", 1, 1L), 10);
      harness.prepareSnapshotPreBarrier(2);
      assertEquals(List.of("101"), shown(harness.getOutput()));
    }
    // A job that is started with another package uses that one.
    PackageReference other = new PackageReference(first.reference().path(), first.reference().bytes(), "another digest");
    try (var harness = updatable(new Parts(FLAT, first.output(), other))) {
      harness.initializeState(state);
      harness.open();
      harness.processElement1(row("a", 1, 1L), 10);
      harness.prepareSnapshotPreBarrier(2);
      assertEquals(List.of("2"), shown(harness.getOutput()));
    }
  }

  @Test
  void aFileIsWatched(@TempDir Path folder) throws Exception {
    Path file = Files.copy(program("first"), folder.resolve("watched.fxp"));
    ExtractionOptions options = THREE_ROWS.withBatch(1, 1 << 20, Duration.ZERO).withWatchInterval(Duration.ofMillis(100));
    try (var harness = harness(parts(file, FLAT, options), options)) {
      harness.setProcessingTime(1_000);
      harness.open();
      harness.processElement(row("a", 1, 1L), 10);
      Path damaged = Files.write(folder.resolve("damaged.fxp"), new byte[] {1, 2, 3});
      Files.move(damaged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      harness.setProcessingTime(1_100);
      Path next = Files.copy(program("second"), folder.resolve("next.fxp"));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      // The file is read in another thread; each look comes when the clock of the test says so.
      for (long time = 1_200; shown(harness.getOutput()).indexOf("101") < 0; time += 100) {
        assertTrue(time < 1_000_000, "the package was never swapped");
        Thread.sleep(5);
        harness.setProcessingTime(time);
        harness.processElement(row("a", 1, 1L), 10);
      }
      assertEquals("2", shown(harness.getOutput()).get(0));
    }
  }

  @Test
  void theDigestColumnNamesThePackage() throws Exception {
    ExtractionOptions options =
        THREE_ROWS.withBatch(1, 1 << 20, Duration.ZERO).withKeep(List.of()).withDigestColumn("package");
    Parts parts = parts("first", FLAT, options);
    try (var harness = harness(parts, options)) {
      harness.open();
      harness.processElement(row("a", 1, 1L), 10);
      RowData row = (RowData) ((StreamRecord<?>) harness.getOutput().peek()).getValue();
      assertEquals(3, row.getArity());
      assertEquals(parts.reference().digest(), row.getString(2).toString());
    }
  }

  @Test
  void eachTaskHasTheNewestPackageAfterRescaling() throws Exception {
    Parts first = parts("first", FLAT, THREE_ROWS);
    OperatorSubtaskState[] states = new OperatorSubtaskState[2];
    for (int i = 0; i < states.length; ++i) {
      try (var harness = updatable(first, 2, i)) {
        harness.open();
        harness.processElement2(new StreamRecord<>(program("second").toString()));
        states[i] = harness.snapshot(1, 10);
      }
    }
    OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(states);
    for (int parallelism : new int[] {1, 2, 5}) {
      for (int i = 0; i < parallelism; ++i) {
        try (var harness = updatable(first, parallelism, i)) {
          harness.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(both, MOST_TASKS, 2, parallelism, i));
          harness.open();
          harness.processElement1(row("a", 1, 1L), 10);
          harness.prepareSnapshotPreBarrier(2);
          assertEquals(List.of("101"), shown(harness.getOutput()), "task " + i + " of " + parallelism);
        }
      }
    }
  }

  // ---- objects that are used again --------------------------------------------------------------

  @Test
  void objectsMayBeUsedAgain() throws Exception {
    try (var harness = harness(parts("first", FLAT, THREE_ROWS), THREE_ROWS)) {
      harness.getExecutionConfig().enableObjectReuse();
      harness.open();
      GenericRowData row = new GenericRowData(3);
      String[] users = {"a", "a", "b", "b", "b", "c"};
      for (int i = 0; i < users.length; ++i) {
        row.setField(0, StringData.fromString(users[i]));
        row.setField(1, (long) users[i].charAt(0));
        row.setField(2, i == 4 ? null : (Long) (long) i);
        harness.processElement(row, 10);
      }
      assertEquals(List.of("97", "98", "100", "101", "98", "104"), shown(harness.getOutput()));
      assertEquals(List.of("0 a", "1 a", "2 b", "3 b", "null b", "5 c"), kept(harness.getOutput()));
    }
  }

  @Test
  void binaryRowsMayBeUsedAgain() throws Exception {
    RowDataSerializer serializer = InternalTypeInfo.of(FLAT).toRowSerializer();
    try (var harness = harness(parts("first", FLAT, THREE_ROWS), THREE_ROWS)) {
      harness.getExecutionConfig().enableObjectReuse();
      harness.open();
      String[] users = {"a name that is longer than a slot", "a name that is longer than a slot", "b"};
      for (int i = 0; i < users.length; ++i) {
        // The serializer gives the same object each time.
        harness.processElement(serializer.toBinaryRow(row(users[i], i / 2, (long) i)), 10);
      }
      assertEquals(List.of("0", "1", "3"), shown(harness.getOutput()));
      assertEquals(List.of("0 " + users[0], "1 " + users[0], "2 b"), kept(harness.getOutput()));
    }
  }

  @Test
  void nestedObjectsMayBeUsedAgain() throws Exception {
    RowType candidate = RowType.of(new LogicalType[] {new BigIntType()}, new String[] {"x"});
    RowType nested =
        RowType.of(
            new LogicalType[] {new VarCharType(VarCharType.MAX_LENGTH), new BigIntType(), new ArrayType(candidate)},
            new String[] {"user", "base", "candidates"});
    ExtractionOptions options = THREE_ROWS.withKeep(List.of("base", "x")).withBatch(100, 1 << 20, Duration.ofHours(1));
    try (var harness = harness(parts("first", nested, options), options)) {
      harness.getExecutionConfig().enableObjectReuse();
      harness.open();
      GenericRowData one = new GenericRowData(1);
      Object[] candidates = {one, null};
      GenericRowData row = new GenericRowData(3);
      for (long i = 0; i < 3; ++i) {
        one.setField(0, i);
        row.setField(0, StringData.fromString("u" + i));
        row.setField(1, 10 * i);
        row.setField(2, new GenericArrayData(candidates));
        harness.processElement(row, 10);
      }
      harness.endInput();
      List<String> found = new ArrayList<>();
      for (Object element : harness.getOutput()) {
        RowData output = (RowData) ((StreamRecord<?>) element).getValue();
        found.add(output.getLong(0) + " " + output.getLong(1) + " " + output.getFloat(2) + " " + output.getString(3));
      }
      assertEquals(List.of("0 0 0.0 u0", "10 1 11.0 u1", "20 2 22.0 u2"), found);
    }
  }

  /** The column that is kept, and the user, of each row of the output. */
  private static List<String> kept(Iterable<Object> output) {
    List<String> kept = new ArrayList<>();
    for (Object element : output) {
      RowData row = (RowData) ((StreamRecord<?>) element).getValue();
      kept.add((row.isNullAt(0) ? "null" : String.valueOf(row.getLong(0))) + " " + row.getString(2));
    }
    return kept;
  }

  // ---- metrics ----------------------------------------------------------------------------------

  @Test
  void metricsCountWhatHappened() throws Exception {
    Map<String, Metric> metrics = new ConcurrentHashMap<>();
    MetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  if (group.getLogicalScope(scope -> scope).endsWith("feature_extractor")) {
                    metrics.put(name, metric);
                  }
                })
            .build();
    TaskMetricGroup group =
        TaskManagerMetricGroup.createTaskManagerMetricGroup(registry, "host", ResourceID.generate())
            .addJob(new JobID(), "job")
            .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
    Parts parts = parts("first", FLAT, THREE_ROWS);
    OneInputStreamOperator<RowData, RowData> operator =
        new ExtractOperator(parts.input(), parts.output(), parts.reference(), THREE_ROWS);
    try (var environment = new MockEnvironmentBuilder().setMetricGroup(group).build();
        var harness =
            new OneInputStreamOperatorTestHarness<>(operator, InternalTypeInfo.of(FLAT).toSerializer(), environment)) {
      harness.setup(InternalTypeInfo.of(parts.output().type()).toSerializer());
      harness.open();
      harness.processElement(row("a", 1, 1L), 10);
      harness.processElement(row(null, 1, null), 10);
      harness.prepareSnapshotPreBarrier(1);
      assertEquals(
          Map.of("rows", 2L, "batches", 1L, "nulls", 2L, "defaulted", 1L, "reloads", 0L, "reloadsRefused", 0L),
          counters(metrics));
      assertEquals(parts.reference().digest(), gauge(metrics, "packageDigest"));
      assertTrue((Long) gauge(metrics, "nativeBytes") > 1_000, String.valueOf(gauge(metrics, "nativeBytes")));
      harness.processElement(row("a", 1, 1L), 10);
      harness.prepareSnapshotPreBarrier(2);
      assertEquals(3L, counters(metrics).get("rows"));
      assertEquals(2L, counters(metrics).get("batches"));
    }
  }

  private static Map<String, Long> counters(Map<String, Metric> metrics) {
    Map<String, Long> counters = new TreeMap<>();
    metrics.forEach(
        (name, metric) -> {
          if (metric instanceof Counter counter) {
            counters.put(name, counter.getCount());
          }
        });
    return counters;
  }

  private static Object gauge(Map<String, Metric> metrics, String name) {
    return ((Gauge<?>) metrics.get(name)).getValue();
  }
}
