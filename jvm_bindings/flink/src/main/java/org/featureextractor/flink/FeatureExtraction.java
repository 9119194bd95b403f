package org.featureextractor.flink;

import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.core.memory.ManagedMemoryUseCase;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.ExternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.DataTypeQueryable;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.Row;
import org.featureextractor.Domain;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.Input;

/**
 * Features of a package in jobs of Flink: the same bits as in Python, C and Spark.
 *
 * <pre>{@code
 * Table features = FeatureExtraction.extract(tableEnvironment, samples, "ranking.fxp", ExtractionOptions.DEFAULT);
 * }</pre>
 *
 * <p>The columns of the table are found by the names of the inputs. The output has the columns of the input, or those of the option
 * {@code keep}, and then a column per feature: dense and label as FLOAT or ARRAY&lt;FLOAT&gt;, id as BIGINT, ids as ARRAY&lt;BIGINT&gt;,
 * weighted as ARRAY&lt;ROW&lt;id BIGINT, weight FLOAT&gt;&gt;, text as STRING. None of them is null.
 */
public final class FeatureExtraction {
  /** The name under which {@link #register} makes the function known. */
  public static final String FUNCTION = "fx_extract";

  /** One batch is computed while the next one fills. */
  private static final int OPEN_CALLS = 2_048;

  private FeatureExtraction() {}

  /**
   * Adds the features to a stream of rows in the internal form of tables.
   *
   * @param rows whose type information says the columns, as {@link InternalTypeInfo} does
   * @param packagePath of the {@code .fxp} file, in any file system that Flink knows
   * @param options how
   * @return rows with the kept columns and the features, in the order of the input
   * @throws ValidationException if a column is missing or of another type
   * @throws org.featureextractor.FeatureExtractorException if the package cannot be loaded
   */
  public static SingleOutputStreamOperator<RowData> extract(
      DataStream<RowData> rows, String packagePath, ExtractionOptions options) {
    return extract(rows, rowType(rows.getType()), packagePath, options, null);
  }

  /**
   * As {@link #extract(DataStream, String, ExtractionOptions)}, with packages that come while the job runs.
   *
   * @param rows as above
   * @param packagePath the first package
   * @param options how
   * @param packages further packages: {@code String} paths, or {@code byte[]}. Each task swaps in a package between two rows. It must
   *     have the same features; one that has not, or cannot be loaded, is refused and logged, and the one before stays. The last one is
   *     part of the checkpoints.
   * @return as above
   */
  public static SingleOutputStreamOperator<RowData> extract(
      DataStream<RowData> rows, String packagePath, ExtractionOptions options, DataStream<?> packages) {
    return extract(rows, rowType(rows.getType()), packagePath, options, packages);
  }

  /**
   * Adds the features to a stream of {@link Row}s.
   *
   * @param rows with named fields
   * @param packagePath of the {@code .fxp} file
   * @param options how
   * @return rows with the kept columns and the features
   * @throws ValidationException if the fields have no names, or as {@link #extract(DataStream, String, ExtractionOptions)}
   */
  public static SingleOutputStreamOperator<Row> extractRows(
      DataStream<Row> rows, String packagePath, ExtractionOptions options) {
    return extractRows(rows, packagePath, options, null);
  }

  /**
   * As {@link #extractRows(DataStream, String, ExtractionOptions)}, with packages that come while the job runs.
   *
   * @param rows as above
   * @param packagePath the first package
   * @param options how
   * @param packages as {@link #extract(DataStream, String, ExtractionOptions, DataStream)} takes them, or null
   * @return as above
   */
  public static SingleOutputStreamOperator<Row> extractRows(
      DataStream<Row> rows, String packagePath, ExtractionOptions options, DataStream<?> packages) {
    // The environment is only asked for the types of the columns.
    DataType external =
        StreamTableEnvironment.create(rows.getExecutionEnvironment())
            .fromDataStream(rows)
            .getResolvedSchema()
            .toPhysicalRowDataType()
            .notNull();
    RowType input = rowType(external.getLogicalType());
    SingleOutputStreamOperator<RowData> converted =
        rows.map(RowConversion.toInternal(external))
            .returns(InternalTypeInfo.of(input))
            .setParallelism(rows.getParallelism())
            .name("rows");
    SingleOutputStreamOperator<RowData> features = extract(converted, input, packagePath, options, packages);
    DataType output = TypeConversions.fromLogicalToDataType(rowType(features.getType()));
    return features
        .map(RowConversion.toExternal(output))
        .returns(ExternalTypeInfo.<Row>of(output))
        .setParallelism(features.getParallelism())
        .name("features");
  }

  /**
   * Adds the features to a table.
   *
   * @param tables the environment of the table
   * @param table whose rows are only added, never changed
   * @param packagePath of the {@code .fxp} file
   * @param options how
   * @return a table with the kept columns and the features
   * @throws ValidationException as {@link #extract(DataStream, String, ExtractionOptions)}
   */
  public static Table extract(
      StreamTableEnvironment tables, Table table, String packagePath, ExtractionOptions options) {
    return extract(tables, table, packagePath, options, null);
  }

  /**
   * As {@link #extract(StreamTableEnvironment, Table, String, ExtractionOptions)}, with packages that come while the job runs.
   *
   * @param tables the environment of the table
   * @param table whose rows are only added, never changed
   * @param packagePath the first package
   * @param options how
   * @param packages as {@link #extract(DataStream, String, ExtractionOptions, DataStream)} takes them, or null
   * @return as above
   */
  public static Table extract(
      StreamTableEnvironment tables,
      Table table,
      String packagePath,
      ExtractionOptions options,
      DataStream<?> packages) {
    PackageReference.Loaded loaded = load(packagePath, options);
    try (FeatureExtractor extractor = loaded.extractor()) {
      // Of the whole table, so that messages name all of its columns.
      check(rowType(table.getResolvedSchema().toPhysicalRowDataType().getLogicalType()), extractor, options);
      boolean mayChange = packages != null || options.watchInterval() != null || loaded.reference().bytes() == null;
      Table needed = NeededColumns.of(table, extractor, options, mayChange);
      DataType type = needed.getResolvedSchema().toPhysicalRowDataType();
      DataStream<RowData> rows = tables.toDataStream(needed, type.notNull().bridgedTo(RowData.class));
      return tables.fromDataStream(extract(rows, (RowType) type.getLogicalType(), loaded, options, packages));
    }
  }

  /**
   * Makes the function {@code fx_extract} known to SQL and the Table API, and, unless it is set, has Flink keep enough calls open for
   * good batches.
   *
   * @param tables the environment
   */
  public static void register(TableEnvironment tables) {
    var capacity = ExecutionConfigOptions.TABLE_EXEC_ASYNC_SCALAR_MAX_CONCURRENT_OPERATIONS;
    if (tables.getConfig().getOptional(capacity).isEmpty()) {
      tables.getConfig().set(capacity, OPEN_CALLS);
    }
    tables.createTemporarySystemFunction(FUNCTION, FxExtract.class);
  }

  /**
   * The call of {@code fx_extract} with the columns of a package in their order.
   *
   * @param packagePath of the {@code .fxp} file
   * @return such as <code>fx_extract('ranking.fxp', ROW(`user`, `age`))</code>
   */
  public static String call(String packagePath) {
    try (FeatureExtractor extractor = PackageReference.load(packagePath, 0, false).extractor()) {
      return call(extractor, packagePath);
    }
  }

  static String call(FeatureExtractor extractor, String packagePath) {
    String columns =
        extractor.inputs().stream()
            .filter(Input::used)
            .map(input -> "`" + input.name() + "`")
            .collect(Collectors.joining(", "));
    return FUNCTION + "('" + packagePath.replace("'", "''") + "', ROW(" + columns + "))";
  }

  private static SingleOutputStreamOperator<RowData> extract(
      DataStream<RowData> rows,
      RowType input,
      String packagePath,
      ExtractionOptions options,
      DataStream<?> packages) {
    PackageReference.Loaded loaded = load(packagePath, options);
    try (FeatureExtractor ignored = loaded.extractor()) {
      return extract(rows, input, loaded, options, packages);
    }
  }

  private static PackageReference.Loaded load(String packagePath, ExtractionOptions options) {
    return PackageReference.load(packagePath, options.shippedBytes(), options.watchInterval() != null);
  }

  /** Looks for the columns here, so that mistakes are told before the job starts. */
  private static OutputLayout check(RowType input, FeatureExtractor extractor, ExtractionOptions options) {
    InputLayout.of(extractor, input, options.candidatesColumn());
    return OutputLayout.of(extractor, input, options);
  }

  /** As the others; the loaded extractor stays the caller's. */
  private static SingleOutputStreamOperator<RowData> extract(
      DataStream<RowData> rows,
      RowType input,
      PackageReference.Loaded loaded,
      ExtractionOptions options,
      DataStream<?> packages) {
    FeatureExtractor extractor = loaded.extractor();
    OutputLayout output = check(input, extractor, options);
    String name = "extract " + extractor.name();
    PackageReference reference = loaded.reference();
    InternalTypeInfo<RowData> outputType = InternalTypeInfo.of(output.type());
    SingleOutputStreamOperator<RowData> features =
        packages == null
            ? rows.transform(name, outputType, new ExtractOperator(input, output, reference, options))
            : rows.connect(packages.map(update -> (Object) update).returns(Object.class).broadcast())
                .transform(name, outputType, new ExtractWithUpdatesOperator(input, output, reference, options));
    Transformation<RowData> transformation = features.getTransformation();
    transformation.declareManagedMemoryUseCaseAtOperatorScope(ManagedMemoryUseCase.OPERATOR, options.managedMemory());
    if (rows.getParallelism() > 0) {
      features.setParallelism(rows.getParallelism());
    }
    return features;
  }

  /** The features of a package as the fields of a row: an array of rows where it computes requests with their candidates. */
  static LogicalType resultType(FeatureExtractor extractor, boolean isNested) {
    LogicalType row = new RowType(false, FeatureColumns.fields(extractor.features()));
    return isNested && extractor.outputDomain() == Domain.CANDIDATE
        ? new org.apache.flink.table.types.logical.ArrayType(false, row)
        : row;
  }

  private static RowType rowType(TypeInformation<?> type) {
    return rowType(dataType(type).getLogicalType());
  }

  static RowType rowType(LogicalType type) {
    if (type instanceof RowType row) {
      return row;
    }
    throw new ValidationException("The stream has no rows with named fields, but " + type.asSummaryString() + ".");
  }

  static DataType dataType(TypeInformation<?> type) {
    if (type instanceof DataTypeQueryable queryable) {
      return queryable.getDataType();
    }
    throw new ValidationException(
        "The type " + type + " does not say the names and types of the columns. Give the stream an InternalTypeInfo, or make it"
            + " from a table.");
  }
}
