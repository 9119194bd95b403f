package org.featureextractor.flink.parity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DayTimeIntervalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.Collector;
import org.featureextractor.DataType;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureKind;
import org.featureextractor.flink.ExtractionOptions;
import org.featureextractor.flink.FeatureExtraction;

/**
 * Runs many packages in one job, each in all ways that Flink has. For the package N of a folder, {@code N.fxp}, the requests are in
 * {@code N.requests}, the candidates of all of them in {@code N.candidates}, and in {@code N.offsets} is told whose these are. The values of
 * the features go to {@code N.WAY}: for each row the number of the candidate in 8 bytes, and for each feature four bytes of length, then
 * the value's bytes, all with the lowest byte first.
 *
 * <p>Tables: the number of columns and their names, the number of rows, and value after value as {@code ParityRunner} describes them.
 */
public final class RandomPrograms {
  private static final String ROW = "row";

  /** The ways, as the files are called. */
  private static final List<String> WAYS = List.of("flat", "binary", "nested", "sql", "sql_nested");

  private RandomPrograms() {}

  /**
   * Runs the packages.
   *
   * @param arguments the folder, the number of packages, and the jar with the classes as a URL
   * @throws Exception if the job fails
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(
            // One row of a random program may be some megabytes long.
            Configuration.fromMap(
                Map.of(
                    "pipeline.jars", arguments[2],
                    "taskmanager.memory.managed.size", "4g",
                    "collect-sink.batch-size.max", "64mb")));
    environment.setParallelism(1);
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    FeatureExtraction.register(tables);
    DataStream<RowData> all = null;
    for (int i = 0; i < count; ++i) {
      Sample sample = Sample.read(folder, i);
      for (int way = 0; way < WAYS.size(); ++way) {
        Encode encode = new Encode((long) i * WAYS.size() + way, sample.candidateColumns(), sample.kinds());
        RowType answerType = RowType.of(new BigIntType(), new VarBinaryType(VarBinaryType.MAX_LENGTH));
        DataStream<RowData> answers =
            features(environment, tables, sample, way).flatMap(encode).returns(InternalTypeInfo.of(answerType));
        all = all == null ? answers : all.union(answers);
      }
    }
    Map<Long, ByteArrayOutputStream> files = new HashMap<>();
    try (var answers = all.executeAndCollect()) {
      while (answers.hasNext()) {
        RowData answer = answers.next();
        files.computeIfAbsent(answer.getLong(0), i -> new ByteArrayOutputStream()).writeBytes(answer.getBinary(1));
      }
    }
    for (var file : files.entrySet()) {
      long package_ = file.getKey() / WAYS.size();
      String way = WAYS.get((int) (file.getKey() % WAYS.size()));
      Files.write(folder.resolve(package_ + "." + way), file.getValue().toByteArray());
    }
  }

  private static DataStream<RowData> features(
      StreamExecutionEnvironment environment, StreamTableEnvironment tables, Sample sample, int way) {
    ExtractionOptions options =
        ExtractionOptions.DEFAULT.withKeep(List.of(ROW)).withBatch(37, 1 << 20, Duration.ofMillis(20)).withManagedMemory(1);
    String path = sample.file().toString();
    InternalTypeInfo<RowData> flat = InternalTypeInfo.of(sample.flatType());
    InternalTypeInfo<RowData> nested = InternalTypeInfo.of(sample.nestedType());
    return switch (WAYS.get(way)) {
      case "flat" -> FeatureExtraction.extract(environment.fromData(sample.flat(), flat), path, options);
      case "binary" -> {
        List<RowData> rows = new ArrayList<>();
        sample.flat().forEach(row -> rows.add(flat.toRowSerializer().toBinaryRow(row).copy()));
        yield FeatureExtraction.extract(environment.fromData(rows, flat), path, options);
      }
      case "nested" -> FeatureExtraction.extract(environment.fromData(sample.nested(), nested), path, options);
      case "sql" -> {
        Table table = tables.fromDataStream(environment.fromData(sample.flat(), flat));
        String call = FeatureExtraction.call(path);
        yield stream(tables, tables.sqlQuery("SELECT `row`, " + call + " AS features FROM " + table));
      }
      default -> {
        RowType whole = new RowType(false, List.of(new RowType.RowField("request", sample.nestedType())));
        List<RowData> rows = new ArrayList<>();
        sample.nested().forEach(row -> rows.add(GenericRowData.of(row)));
        Table table = tables.fromDataStream(environment.fromData(rows, InternalTypeInfo.of(whole)));
        // The features of candidates are in their order.
        String query = "SELECT request.candidates, fx_extract('" + path + "', request) AS features FROM " + table;
        yield stream(tables, tables.sqlQuery(query));
      }
    };
  }

  private static DataStream<RowData> stream(StreamTableEnvironment tables, Table table) {
    return tables.toDataStream(table, table.getResolvedSchema().toPhysicalRowDataType().notNull().bridgedTo(RowData.class));
  }

  /** Writes the features of a row as bytes, which any type of row can travel in. */
  private static final class Encode implements FlatMapFunction<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private final long index;
    private final int candidateColumns;
    private final ArrayList<Kind> kinds;

    Encode(long index, int candidateColumns, ArrayList<Kind> kinds) {
      this.index = index;
      this.candidateColumns = candidateColumns;
      this.kinds = kinds;
    }

    @Override
    public void flatMap(RowData row, Collector<RowData> out) {
      String way = WAYS.get((int) (index % WAYS.size()));
      if (way.equals("sql_nested")) {
        ArrayData candidates = row.getArray(0);
        ArrayData features = row.getArray(1);
        if (candidates.size() != features.size()) {
          throw new IllegalStateException(features.size() + " rows for " + candidates.size() + " candidates");
        }
        for (int i = 0; i < candidates.size(); ++i) {
          out.collect(encoded(candidates.getRow(i, candidateColumns).getLong(0), features.getRow(i, kinds.size()), 0));
        }
      } else if (way.equals("sql")) {
        out.collect(encoded(row.getLong(0), row.getRow(1, kinds.size()), 0));
      } else {
        out.collect(encoded(row.getLong(0), row, 1));
      }
    }

    private RowData encoded(long number, RowData features, int first) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(little(Long.BYTES).putLong(number).array());
      for (int i = 0; i < kinds.size(); ++i) {
        byte[] value = value(features, first + i, kinds.get(i));
        bytes.writeBytes(little(Integer.BYTES).putInt(value.length).array());
        bytes.writeBytes(value);
      }
      return GenericRowData.of(index, bytes.toByteArray());
    }

    private static byte[] value(RowData row, int at, Kind kind) {
      return switch (kind.kind()) {
        case DENSE, LABEL -> {
          if (kind.width() == 1) {
            yield little(Float.BYTES).putFloat(row.getFloat(at)).array();
          }
          ByteBuffer floats = little(kind.width() * Float.BYTES);
          for (int i = 0; i < kind.width(); ++i) {
            floats.putFloat(row.getArray(at).getFloat(i));
          }
          yield floats.array();
        }
        case ID -> little(Long.BYTES).putLong(row.getLong(at)).array();
        case IDS, WEIGHTED -> {
          ArrayData array = row.getArray(at);
          boolean isWeighted = kind.kind() == FeatureKind.WEIGHTED;
          ByteBuffer ids = little(array.size() * (isWeighted ? Long.BYTES + Float.BYTES : Long.BYTES));
          for (int i = 0; i < array.size(); ++i) {
            if (isWeighted) {
              RowData entry = array.getRow(i, 2);
              ids.putLong(entry.getLong(0)).putFloat(entry.getFloat(1));
            } else {
              ids.putLong(array.getLong(i));
            }
          }
          yield ids.array();
        }
        case TEXT -> row.getString(at).toBytes();
        case VALUE -> row.getBinary(at);
      };
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** What is needed to read a feature. */
  private record Kind(FeatureKind kind, int width) implements Serializable {}

  /** A package with its data, as candidates with their requests and as requests with their candidates. */
  private record Sample(
      Path file,
      ArrayList<Kind> kinds,
      RowType flatType,
      List<RowData> flat,
      RowType nestedType,
      List<RowData> nested,
      int candidateColumns) {

    static Sample read(Path folder, int index) throws IOException {
      Path file = folder.resolve(index + ".fxp");
      Map<String, DataType> declared = new HashMap<>();
      ArrayList<Kind> kinds = new ArrayList<>();
      try (FeatureExtractor extractor = FeatureExtractor.load(file)) {
        extractor.inputs().forEach(input -> declared.put(input.name(), input.type()));
        extractor.features().forEach(feature -> kinds.add(new Kind(feature.kind(), feature.width())));
      }
      declared.put(ROW, new DataType.IntegerType(false));
      Columns requests = Columns.read(folder.resolve(index + ".requests"), declared);
      Columns candidates = Columns.read(folder.resolve(index + ".candidates"), declared);
      ByteBuffer offsets = bytes(folder.resolve(index + ".offsets"));
      List<RowData> flat = new ArrayList<>();
      List<RowData> nested = new ArrayList<>();
      for (GenericRowData request : requests.rows()) {
        long begin = offsets.getLong();
        Object[] own = new Object[(int) (offsets.getLong(offsets.position()) - begin)];
        for (int i = 0; i < own.length; ++i) {
          GenericRowData candidate = candidates.rows().get((int) begin + i);
          own[i] = candidate;
          flat.add(joined(request, candidate));
        }
        nested.add(joined(request, GenericRowData.of(new GenericArrayData(own))));
      }
      List<RowType.RowField> flatFields = new ArrayList<>(requests.fields());
      flatFields.addAll(candidates.fields());
      List<RowType.RowField> nestedFields = new ArrayList<>(requests.fields());
      nestedFields.add(
          new RowType.RowField("candidates", new ArrayType(false, new RowType(false, candidates.fields()))));
      return new Sample(
          file,
          kinds,
          new RowType(false, flatFields),
          flat,
          new RowType(false, nestedFields),
          nested,
          candidates.fields().size());
    }

    private static GenericRowData joined(GenericRowData first, GenericRowData second) {
      GenericRowData row = new GenericRowData(first.getArity() + second.getArity());
      for (int i = 0; i < row.getArity(); ++i) {
        row.setField(i, i < first.getArity() ? first.getField(i) : second.getField(i - first.getArity()));
      }
      return row;
    }
  }

  /** A table of one domain. */
  private record Columns(List<RowType.RowField> fields, List<GenericRowData> rows) {
    static Columns read(Path file, Map<String, DataType> declared) throws IOException {
      ByteBuffer bytes = bytes(file);
      List<RowType.RowField> fields = new ArrayList<>();
      List<DataType> types = new ArrayList<>();
      for (int columns = bytes.getInt(); columns > 0; --columns) {
        String name = new String(sized(bytes), StandardCharsets.UTF_8);
        types.add(declared.get(name));
        LogicalType type = typeOf(declared.get(name));
        fields.add(new RowType.RowField(name, name.equals(ROW) ? type.copy(false) : type));
      }
      List<GenericRowData> rows = new ArrayList<>();
      for (int count = bytes.getInt(); count > 0; --count) {
        GenericRowData row = new GenericRowData(types.size());
        for (int i = 0; i < types.size(); ++i) {
          row.setField(i, RandomPrograms.read(types.get(i), bytes));
        }
        rows.add(row);
      }
      return new Columns(fields, rows);
    }
  }

  private static ByteBuffer bytes(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static LogicalType typeOf(DataType type) {
    if (type instanceof DataType.BooleanType) {
      return new BooleanType();
    } else if (type instanceof DataType.IntegerType) {
      return new BigIntType();
    } else if (type instanceof DataType.FloatType) {
      return new DoubleType();
    } else if (type instanceof DataType.StringType) {
      return new VarCharType(VarCharType.MAX_LENGTH);
    } else if (type instanceof DataType.BytesType) {
      return new VarBinaryType(VarBinaryType.MAX_LENGTH);
    } else if (type instanceof DataType.TimestampType) {
      return new LocalZonedTimestampType(6);
    } else if (type instanceof DataType.DurationType) {
      return new DayTimeIntervalType(DayTimeIntervalType.DayTimeResolution.SECOND);
    } else if (type instanceof DataType.VectorType) {
      return new ArrayType(new FloatType());
    } else if (type instanceof DataType.ListType list) {
      return new ArrayType(typeOf(list.element()));
    } else if (type instanceof DataType.MapType map) {
      return new MapType(typeOf(map.key()), typeOf(map.value()));
    }
    List<RowType.RowField> fields = new ArrayList<>();
    for (DataType.Field field : ((DataType.StructType) type).fields()) {
      fields.add(new RowType.RowField(field.name(), typeOf(field.type())));
    }
    return new RowType(fields);
  }

  private static Object read(DataType type, ByteBuffer from) {
    if (from.get() == 0) {
      return null;
    }
    if (type instanceof DataType.BooleanType) {
      return from.get() != 0;
    } else if (type instanceof DataType.FloatType) {
      return from.getDouble();
    } else if (type instanceof DataType.StringType) {
      return StringData.fromBytes(sized(from));
    } else if (type instanceof DataType.BytesType) {
      return sized(from);
    } else if (type instanceof DataType.TimestampType) {
      long microseconds = from.getLong();
      return TimestampData.fromEpochMillis(
          Math.floorDiv(microseconds, 1_000), (int) Math.floorMod(microseconds, 1_000L) * 1_000);
    } else if (type instanceof DataType.DurationType) {
      // An interval of Flink has milliseconds.
      return from.getLong() / 1_000;
    } else if (type instanceof DataType.VectorType vector) {
      float[] floats = new float[vector.size()];
      for (int i = 0; i < floats.length; ++i) {
        floats[i] = from.getFloat();
      }
      return new GenericArrayData(floats);
    } else if (type instanceof DataType.ListType list) {
      Object[] elements = new Object[from.getInt()];
      for (int i = 0; i < elements.length; ++i) {
        elements[i] = read(list.element(), from);
      }
      return new GenericArrayData(elements);
    } else if (type instanceof DataType.MapType map) {
      Object[] keys = new Object[from.getInt()];
      Object[] values = new Object[keys.length];
      for (int i = 0; i < keys.length; ++i) {
        keys[i] = read(map.key(), from);
        values[i] = read(map.value(), from);
      }
      return new OrderedMap(new GenericArrayData(keys), new GenericArrayData(values));
    } else if (type instanceof DataType.StructType struct) {
      GenericRowData row = new GenericRowData(struct.fields().size());
      for (int i = 0; i < struct.fields().size(); ++i) {
        row.setField(i, read(struct.fields().get(i).type(), from));
      }
      return row;
    }
    return from.getLong();
  }

  /** Entries in the order that was given; Flink's own map for objects is a hash map. */
  private record OrderedMap(GenericArrayData keyArray, GenericArrayData valueArray)
      implements org.apache.flink.table.data.MapData {
    @Override
    public int size() {
      return keyArray.size();
    }
  }

  private static byte[] sized(ByteBuffer from) {
    byte[] bytes = new byte[from.getInt()];
    from.get(bytes);
    return bytes;
  }
}
