package org.featureextractor.flink.parity;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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
import org.featureextractor.DataType;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;
import org.featureextractor.flink.ExtractionOptions;
import org.featureextractor.flink.FeatureExtraction;

/**
 * Runs many programs in one job. For the program N of a folder, {@code N.fxp}, the rows are in {@code N.rows}; the values of its features
 * go to {@code N.out}: for each row and feature four bytes of length, then the value's bytes.
 *
 * <p>Rows: the number of columns and their names, the number of rows, and value after value as {@code ParityRunner} describes them. In one
 * half of the programs the rows pass through Flink's binary format.
 */
public final class RandomPrograms {
  private RandomPrograms() {}

  /**
   * Runs the programs.
   *
   * @param arguments the folder, the number of programs, and the jar with the classes as a URL
   * @throws Exception if the job fails
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(
            Configuration.fromMap(Map.of("pipeline.jars", arguments[2], "taskmanager.memory.managed.size", "4g")));
    environment.setParallelism(1);
    RowType answerType = RowType.of(new BigIntType(), new VarBinaryType(VarBinaryType.MAX_LENGTH));
    InternalTypeInfo<RowData> answerInfo = InternalTypeInfo.of(answerType);
    DataStream<RowData> all = null;
    for (long i = 0; i < count; ++i) {
      DataStream<RowData> answers = features(environment, folder, i).map(new Encode(i)).returns(answerInfo);
      all = all == null ? answers : all.union(answers);
    }
    Map<Long, ByteArrayOutputStream> files = new HashMap<>();
    try (var answers = all.executeAndCollect()) {
      while (answers.hasNext()) {
        RowData answer = answers.next();
        files.computeIfAbsent(answer.getLong(0), i -> new ByteArrayOutputStream()).writeBytes(answer.getBinary(1));
      }
    }
    for (var file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey() + ".out"), file.getValue().toByteArray());
    }
  }

  private static DataStream<RowData> features(StreamExecutionEnvironment environment, Path folder, long index)
      throws IOException {
    Path file = folder.resolve(index + ".fxp");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(index + ".rows"))).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, DataType> declared = new LinkedHashMap<>();
    try (FeatureExtractor extractor = FeatureExtractor.load(file)) {
      for (Input input : extractor.inputs()) {
        declared.put(input.name(), input.type());
      }
    }
    List<RowType.RowField> fields = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    for (int columns = bytes.getInt(); columns > 0; --columns) {
      String name = new String(sized(bytes), StandardCharsets.UTF_8);
      types.add(declared.get(name));
      fields.add(new RowType.RowField(name, typeOf(declared.get(name))));
    }
    InternalTypeInfo<RowData> info = InternalTypeInfo.of(new RowType(false, fields));
    List<RowData> rows = new ArrayList<>();
    for (int count = bytes.getInt(); count > 0; --count) {
      GenericRowData row = new GenericRowData(types.size());
      for (int i = 0; i < types.size(); ++i) {
        row.setField(i, read(types.get(i), bytes));
      }
      rows.add(index % 2 == 0 ? row : info.toRowSerializer().toBinaryRow(row).copy());
    }
    ExtractionOptions options =
        ExtractionOptions.DEFAULT.withKeep(List.of()).withBatch(37, 1 << 20, Duration.ofMillis(20)).withManagedMemory(1);
    return FeatureExtraction.extract(environment.fromData(rows, info), file.toString(), options);
  }

  /** Writes the features of a row as bytes, which any type of row can travel in. */
  private static final class Encode implements org.apache.flink.api.common.functions.MapFunction<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private final long index;

    Encode(long index) {
      this.index = index;
    }

    @Override
    public RowData map(RowData row) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (int i = 0; i < row.getArity(); ++i) {
        byte[] value = row.getBinary(i);
        out.writeInt(value.length);
        out.write(value);
      }
      return GenericRowData.of(index, bytes.toByteArray());
    }
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
