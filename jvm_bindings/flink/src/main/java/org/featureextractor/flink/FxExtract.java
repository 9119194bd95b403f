package org.featureextractor.flink;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.AsyncScalarFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.types.inference.TypeInference;

/**
 * The function {@code fx_extract} of SQL: features of a row, or of a request with its candidates.
 *
 * <pre>{@code
 * CREATE TEMPORARY FUNCTION fx_extract AS 'org.featureextractor.flink.FxExtract' USING JAR 'feature-extractor-flink.jar';
 * SELECT user_id, features.ctr, features.seen
 * FROM (SELECT *, fx_extract('ranking.fxp', ROW(user_id, age, clicks, views)) AS features FROM samples);
 * }</pre>
 *
 * <p>The first argument is the path of a package, as a literal. The second is a row: either one that is put together in the
 * query, with the columns that the features read in the order of the program ({@link FeatureExtraction#call} writes them out), or one with
 * named fields, which are found by name. The result is a row with a field per feature; if the row holds an array {@code candidates}, an
 * array of such rows. It is null only where the row itself is null.
 *
 * <p>Columns are not arguments themselves because Flink does not call an asynchronous function for a row in which an argument is null.
 *
 * <p>It is an asynchronous function, because these get many rows before they must give the first result: calls become batches. Flink
 * keeps the order, and allows as many open calls as {@code table.exec.async-scalar.buffer-capacity} says; a few hundred are good.
 * And other than a plain function, which is called again for each field that a query takes out of its result, it is called once per row.
 */
public final class FxExtract extends AsyncScalarFunction implements SpecializedFunction {
  private static final long serialVersionUID = 1L;

  /** Null in the function that is registered, which only tells types. */
  private final CallSite site;

  private transient CallBatches batches;

  /** The function as it is registered. */
  public FxExtract() {
    this(null);
  }

  private FxExtract(CallSite site) {
    this.site = site;
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory factory) {
    return CallSite.typeInference();
  }

  @Override
  public UserDefinedFunction specialize(SpecializedContext context) {
    return new FxExtract(CallSite.of(context.getCallContext()));
  }

  @Override
  public void open(FunctionContext context) {
    String limit = context.getJobParameter(MemoryLimit.PARAMETER, null);
    long bytes = limit == null ? Long.MAX_VALUE : MemorySize.parseBytes(limit);
    batches = new CallBatches(site, new MemoryLimit(bytes), new ExtractionMetrics(context.getMetricGroup()));
  }

  /**
   * Called by Flink.
   *
   * @param result is completed when the batch of the row is computed
   * @param path of the package, which was looked at when the query was planned
   * @param row the columns, in their internal form
   */
  public void eval(CompletableFuture<Object> result, StringData path, RowData row) {
    batches.add(row, result);
  }

  @Override
  public void close() throws Exception {
    if (batches != null) {
      batches.close();
    }
  }
}
