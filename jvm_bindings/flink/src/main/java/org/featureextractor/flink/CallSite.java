package org.featureextractor.flink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.DataTypeUtils;
import org.apache.flink.table.types.utils.TypeConversions;
import org.featureextractor.FeatureExtractor;
import org.featureextractor.FeatureExtractorException;
import org.featureextractor.Input;

/**
 * A call of {@code fx_extract} in a query: the package, and which field of the row is which input.
 *
 * @param reference the package
 * @param input the fields of the row, by the names of the inputs
 * @param isNested whether the row holds an array of candidates, and the result is an array
 */
record CallSite(PackageReference reference, RowType input, boolean isNested) implements Serializable {
  private static final String CANDIDATES = ExtractionOptions.DEFAULT.candidatesColumn();

  /** Looks at the arguments of a call. */
  static CallSite of(CallContext context) {
    PackageReference.Loaded loaded = load(context);
    try (FeatureExtractor extractor = loaded.extractor()) {
      return of(context, extractor, loaded.reference());
    }
  }

  private static PackageReference.Loaded load(CallContext context) {
    Optional<String> path =
        context.isArgumentLiteral(0) ? context.getArgumentValue(0, String.class) : Optional.empty();
    if (path.isEmpty()) {
      throw new ValidationException("The first argument of fx_extract is the path of a package, as a literal.");
    }
    try {
      return PackageReference.load(path.get(), ExtractionOptions.DEFAULT.shippedBytes(), false);
    } catch (FeatureExtractorException failure) {
      // Flink shows the message of this exception, and calls any other a bug of the function.
      throw new ValidationException(failure.getMessage(), failure);
    }
  }

  private static CallSite of(CallContext context, FeatureExtractor extractor, PackageReference reference) {
    List<DataType> arguments = context.getArgumentDataTypes();
    if (arguments.size() != 2 || !(arguments.get(1).getLogicalType() instanceof RowType)) {
      // For a call in which an argument is null Flink makes up a null itself, so columns come in a row, which is never null.
      throw new ValidationException(
          "fx_extract takes the path of a package and one row: " + FeatureExtraction.call(extractor, "package") + ".");
    }
    RowType row = (RowType) arguments.get(1).getLogicalType();
    // A row that is put together in the query has no names: EXPR$0, EXPR$1, and so on.
    if (row.getFieldNames().stream().allMatch(name -> name.startsWith("EXPR$"))) {
      row = named(row.getChildren(), extractor.inputs().stream().filter(Input::used).toList(), extractor);
    }
    InputLayout layout = InputLayout.of(extractor, row, CANDIDATES);
    return new CallSite(reference, row, layout.isNested());
  }

  private static RowType named(List<LogicalType> types, List<Input> inputs, FeatureExtractor extractor) {
    if (types.size() != inputs.size()) {
      throw new ValidationException(
          "The row of fx_extract has " + types.size() + " columns, and the features of '" + extractor.name() + "' read "
              + inputs.size() + ", in this order: " + String.join(", ", inputs.stream().map(Input::name).toList()) + ".");
    }
    List<RowType.RowField> fields = new ArrayList<>();
    for (int i = 0; i < types.size(); ++i) {
      fields.add(new RowType.RowField(inputs.get(i).name(), types.get(i)));
    }
    return new RowType(false, fields);
  }

  /** The types of a call. Values are passed in their internal form. */
  static TypeInference typeInference() {
    return TypeInference.newBuilder()
        .inputTypeStrategy(new Arguments())
        .outputTypeStrategy(
            context -> {
              try (FeatureExtractor extractor = load(context).extractor()) {
                CallSite site = of(context, extractor, null);
                boolean isNullable = context.getArgumentDataTypes().get(1).getLogicalType().isNullable();
                LogicalType type = FeatureExtraction.resultType(extractor, site.isNested()).copy(isNullable);
                return Optional.of(internal(TypeConversions.fromLogicalToDataType(type)));
              }
            })
        .build();
  }

  private static DataType internal(DataType type) {
    return DataTypeUtils.toInternalDataType(type);
  }

  private static final class Arguments implements InputTypeStrategy {
    @Override
    public ArgumentCount getArgumentCount() {
      return ConstantArgumentCount.of(2);
    }

    @Override
    public Optional<List<DataType>> inferInputTypes(CallContext context, boolean throwOnFailure) {
      of(context);
      List<DataType> types = new ArrayList<>();
      for (DataType type : context.getArgumentDataTypes()) {
        types.add(internal(type));
      }
      return Optional.of(types);
    }

    @Override
    public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
      return List.of(
          Signature.of(Signature.Argument.of("package"), Signature.Argument.of("row", "ROW(column, ...)")));
    }
  }

  // ---- at run time ------------------------------------------------------------------------------

  MiniBatch newBatch(MemoryLimit memory) {
    PackageReference.Loaded loaded = reference.load(ExtractionOptions.DEFAULT);
    if (!loaded.extractor().digest().equals(reference.digest())) {
      loaded.extractor().close();
      throw new IllegalStateException(
          "The package '" + reference.path() + "' was replaced since the query was made. Start the query anew.");
    }
    return new MiniBatch(loaded, input, CANDIDATES, memory);
  }

  /** Writes the row of a call to a batch; returns how many rows of the output it makes. */
  int add(MiniBatch batch, RowData row) {
    return batch.add(row);
  }

  /** What the call returns: a row, or the array of the candidates' rows. */
  Object result(FeatureBatch features, int begin, int count) {
    if (!isNested) {
      return features.row(begin);
    }
    Object[] rows = new Object[count];
    for (int i = 0; i < count; ++i) {
      rows[i] = features.row(begin + i);
    }
    return new GenericArrayData(rows);
  }
}
